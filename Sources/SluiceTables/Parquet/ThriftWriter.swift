/// Writes structures as Thrift's compact protocol has them, which Parquet's headers and footer are in.
struct ThriftWriter {
    private(set) var bytes: [UInt8] = []
    /// The number of the last field of each structure that is open.
    private var last: [Int] = [0]

    private enum Kind: UInt8 {
        case yes = 1
        case no = 2
        case byte = 3
        case int16 = 4
        case int32 = 5
        case int64 = 6
        case binary = 8
        case list = 9
        case structure = 12
    }

    mutating func field(_ number: Int, _ value: Bool) { begin(number, value ? .yes : .no) }

    mutating func field(_ number: Int, byte value: Int8) {
        begin(number, .byte)
        bytes.append(UInt8(bitPattern: value))
    }

    mutating func field(_ number: Int, _ value: Int32) {
        begin(number, .int32)
        zigzag(Int64(value))
    }

    mutating func field(_ number: Int, _ value: Int64) {
        begin(number, .int64)
        zigzag(value)
    }

    mutating func field(_ number: Int, _ value: [UInt8]) {
        begin(number, .binary)
        binary(value)
    }

    /// A structure, or a union of which `body` writes one field.
    mutating func field(_ number: Int, _ body: (inout ThriftWriter) -> Void) {
        begin(number, .structure)
        structure(body)
    }

    mutating func field(_ number: Int, _ values: [Int32]) {
        list(number, values.count, .int32)
        for value in values { zigzag(Int64(value)) }
    }

    mutating func field(_ number: Int, _ values: [[UInt8]]) {
        list(number, values.count, .binary)
        for value in values { binary(value) }
    }

    /// A list of structures.
    mutating func field<Item>(_ number: Int, each items: [Item], _ body: (inout ThriftWriter, Item) -> Void) {
        list(number, items.count, .structure)
        for item in items { structure { body(&$0, item) } }
    }

    /// Ends the outermost structure.
    mutating func end() { bytes.append(0) }

    private mutating func structure(_ body: (inout ThriftWriter) -> Void) {
        last.append(0)
        body(&self)
        bytes.append(0)
        last.removeLast()
    }

    private mutating func begin(_ number: Int, _ kind: Kind) {
        let step = number - last[last.count - 1]
        precondition(1...15 ~= step, "fields are written in their order")
        bytes.append(UInt8(step) << 4 | kind.rawValue)
        last[last.count - 1] = number
    }

    private mutating func list(_ number: Int, _ count: Int, _ kind: Kind) {
        begin(number, .list)
        if count < 15 {
            bytes.append(UInt8(count) << 4 | kind.rawValue)
        } else {
            bytes.append(0xF0 | kind.rawValue)
            varint(UInt64(count))
        }
    }

    private mutating func binary(_ value: [UInt8]) {
        varint(UInt64(value.count))
        bytes += value
    }

    private mutating func zigzag(_ value: Int64) { varint(UInt64(bitPattern: value << 1 ^ value >> 63)) }

    private mutating func varint(_ value: UInt64) { bytes.appendVarint(value) }
}

extension [UInt8] {
    /// Seven bits a byte, the lowest first.
    mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 128 {
            append(UInt8(truncatingIfNeeded: rest) | 128)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}
