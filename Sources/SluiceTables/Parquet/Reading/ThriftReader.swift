/// Reads structures as Thrift's compact protocol has them. Whatever the bytes are, no more memory is taken than they have.
struct ThriftReader {
    private let bytes: [UInt8]
    /// Where the next byte stands.
    private(set) var position: Int
    private var depth = 0

    /// What a field or the items of a list are.
    enum Kind: UInt8 {
        case yes = 1
        case no = 2
        case byte = 3
        case int16 = 4
        case int32 = 5
        case int64 = 6
        case double = 7
        case binary = 8
        case list = 9
        case set = 10
        case map = 11
        case structure = 12
        case uuid = 13
    }

    struct Field {
        let number: Int
        let kind: Kind
    }

    /// Structures within structures: Parquet's own have five.
    private static let deepest = 32

    init(_ bytes: [UInt8], at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// Reads a structure: calls `body` for each field, which reads its value, or answers false to have it passed over.
    mutating func structure(_ body: (inout ThriftReader, Field) throws(ParquetDamage) -> Bool) throws(ParquetDamage) {
        try deeper()
        var number = 0
        while let field = try field(after: number) {
            number = field.number
            if try !body(&self, field) { try skip(field.kind) }
        }
        depth -= 1
    }

    /// The header of a list; how many items stand behind it, which take a byte each at least.
    mutating func list() throws(ParquetDamage) -> (kind: Kind, count: Int) {
        let head = try byte()
        guard let kind = Kind(rawValue: head & 15) else { throw .malformed("a list has items of an unknown kind") }
        let count = head >> 4 == 15 ? try varint() : UInt64(head >> 4)
        guard count <= UInt64(bytes.count - position) else { throw .truncated }
        return (kind, Int(count))
    }

    /// A number of 32 bits at most, or of 64.
    mutating func integer(_ field: Field) throws(ParquetDamage) -> Int {
        switch field.kind {
        case .byte: Int(Int8(bitPattern: try byte()))
        case .int16, .int32, .int64: try zigzag()
        default: throw .malformed("field \(field.number) is no number")
        }
    }

    func boolean(_ field: Field) throws(ParquetDamage) -> Bool {
        guard field.kind == .yes || field.kind == .no else {
            throw .malformed("field \(field.number) is no boolean")
        }
        return field.kind == .yes
    }

    mutating func binary(_ field: Field) throws(ParquetDamage) -> [UInt8] {
        guard field.kind == .binary else { throw .malformed("field \(field.number) is no text") }
        return Array(bytes[try range()])
    }

    /// The same without a field around it.
    mutating func binary() throws(ParquetDamage) -> [UInt8] { Array(bytes[try range()]) }

    mutating func zigzag() throws(ParquetDamage) -> Int {
        let value = try varint()
        return Int(bitPattern: UInt(value >> 1)) ^ -Int(bitPattern: UInt(value & 1))
    }

    /// Passes over a value.
    mutating func skip(_ kind: Kind) throws(ParquetDamage) {
        switch kind {
        case .yes, .no: break
        case .byte: _ = try byte()
        case .int16, .int32, .int64: _ = try varint()
        case .double: try advance(8)
        case .uuid: try advance(16)
        case .binary: _ = try range()
        case .structure: try structure { _, _ in false }
        case .list, .set: try skipList()
        case .map: try skipMap()
        }
    }

    private mutating func skipList() throws(ParquetDamage) {
        try deeper()
        let (kind, count) = try list()
        for _ in 0..<count { try skipItem(kind) }
        depth -= 1
    }

    private mutating func skipMap() throws(ParquetDamage) {
        try deeper()
        let count = try varint()
        guard count <= UInt64(bytes.count - position) else { throw .truncated }
        if count > 0 {
            let kinds = try byte()
            guard let key = Kind(rawValue: kinds >> 4), let value = Kind(rawValue: kinds & 15) else {
                throw .malformed("a map has items of an unknown kind")
            }
            for _ in 0..<count {
                try skipItem(key)
                try skipItem(value)
            }
        }
        depth -= 1
    }

    /// Booleans take a byte in lists and maps.
    private mutating func skipItem(_ kind: Kind) throws(ParquetDamage) {
        if kind == .yes || kind == .no { _ = try byte() } else { try skip(kind) }
    }

    private mutating func deeper() throws(ParquetDamage) {
        depth += 1
        guard depth <= ThriftReader.deepest else { throw .malformed("structures are nested too deep") }
    }

    private mutating func field(after last: Int) throws(ParquetDamage) -> Field? {
        let head = try byte()
        guard head != 0 else { return nil }
        guard let kind = Kind(rawValue: head & 15) else { throw .malformed("a field is of an unknown kind") }
        let number = head >> 4 == 0 ? try zigzag() : last + Int(head >> 4)
        guard 0...Int(Int16.max) ~= number else { throw .malformed("a field has the number \(number)") }
        return Field(number: number, kind: kind)
    }

    private mutating func range() throws(ParquetDamage) -> Range<Int> {
        let count = try varint()
        guard count <= UInt64(bytes.count - position) else { throw .truncated }
        defer { position += Int(count) }
        return position..<position + Int(count)
    }

    private mutating func varint() throws(ParquetDamage) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try byte()
            guard shift < 63 || byte <= 1 else { throw .malformed("a number has more than 64 bits") }
            value |= UInt64(byte & 127) << shift
            if byte < 128 { return value }
            shift += 7
        }
    }

    private mutating func byte() throws(ParquetDamage) -> UInt8 {
        guard position < bytes.count else { throw .truncated }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func advance(_ count: Int) throws(ParquetDamage) {
        guard count <= bytes.count - position else { throw .truncated }
        position += count
    }
}
