internal import SluiceCore

/// What stands at the end of a Parquet file: its columns, and where their parts are.
struct ParquetFooter {
    let leaves: [ParquetLeaf]
    /// Rows of the whole file.
    let rows: Int
    private let bytes: [UInt8]
    /// Where each row group's description stands in the footer. They are read when they are needed.
    private let groups: [Int]
    /// Bytes of the file in front of the footer.
    private let end: Int

    var groupCount: Int { groups.count }

    private static let magic = Array("PAR1".utf8)
    private static let encryptedMagic = Array("PARE".utf8)
    /// As `DelimitedHead` has it.
    private static let mostColumns = 1 << 16

    /// Reads it from the end of a file.
    ///
    /// - Parameter longest: bytes of a footer at most.
    /// - Throws: a `TableError`, and what `input` throws.
    init(_ input: any RangeInput, longest: Int) throws {
        end = try ParquetFooter.start(input, longest)
        bytes = try ParquetFooter.bytes(input, end, input.count - 8 - end)
        var found: (leaves: [ParquetLeaf]?, rows: Int, groups: [Int]) = (nil, 0, [])
        do {
            var reader = ThriftReader(bytes)
            try reader.structure { reader, field throws(ParquetDamage) in
                switch field.number {
                case 2: found.leaves = try ParquetFooter.schema(&reader, field)
                case 3: found.rows = try reader.integer(field)
                case 4: found.groups = try ParquetFooter.groups(&reader, field)
                default: return false
                }
                return true
            }
        } catch {
            throw error.error(in: "the footer")
        }
        guard let leaves = found.leaves, found.rows >= 0 else {
            throw ParquetDamage.malformed("there is no schema, or a negative number of rows").error(in: "the footer")
        }
        (self.leaves, rows, groups) = (leaves, found.rows, found.groups)
    }

    /// Where the footer begins.
    private static func start(_ input: any RangeInput, _ longest: Int) throws -> Int {
        guard input.count >= 12 else {
            throw ParquetDamage.malformed("there are only \(input.count) bytes").error(in: "the file")
        }
        let last = try bytes(input, input.count - 8, 8)
        guard Array(last[4...]) == magic else {
            throw last[4...].elementsEqual(encryptedMagic)
                ? ParquetDamage.unsupported("is encrypted", advice: "Decrypt it first").error(in: "its footer")
                : ParquetDamage.malformed(
                    "the last four bytes are not PAR1, so that it is no Parquet file, or not whole"
                )
                .error(in: "the file")
        }
        let length = last[..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= input.count - 12 else {
            throw ParquetDamage.malformed("it claims \(length) bytes of a file of \(input.count)").error(
                in: "the footer"
            )
        }
        guard length <= longest else {
            let (long, most) = (ByteCount(length), ByteCount(longest))
            throw ParquetDamage.unsupported("has \(long), more than the \(most) that fit", advice: "Give more --memory")
                .error(in: "its footer")
        }
        return input.count - 8 - length
    }

    private static func bytes(_ input: any RangeInput, _ start: Int, _ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try unsafe bytes.withUnsafeMutableBytes { try unsafe input.read(at: start, into: $0) }
        return bytes
    }

    private static func schema(
        _ reader: inout ThriftReader,
        _ field: ThriftReader.Field
    ) throws(ParquetDamage) -> [ParquetLeaf] {
        let count = try structures(&reader, field)
        guard count > 0 else { throw .malformed("the schema is empty") }
        let root = try SchemaElement(&reader)
        guard count - 1 <= mostColumns else {
            throw .unsupported("has \(count - 1) columns", advice: "At most \(mostColumns) are read")
        }
        var leaves: [ParquetLeaf] = []
        for _ in 1..<count {
            let element = try SchemaElement(&reader)
            let name = String(decoding: element.name, as: UTF8.self)
            do {
                leaves.append(try ParquetLeaf(element))
            } catch {
                switch error {
                case .malformed(let reason): throw .malformed("column \"\(name)\" can't be: \(reason)")
                case .unsupported(let reason, let advice):
                    throw .unsupported("says that column \"\(name)\" \(reason)", advice: advice)
                case .truncated: throw error
                }
            }
        }
        guard root.children == leaves.count else {
            throw .malformed("the schema has \(leaves.count) columns and claims \(root.children)")
        }
        return leaves
    }

    private static func groups(
        _ reader: inout ThriftReader,
        _ field: ThriftReader.Field
    ) throws(ParquetDamage) -> [Int] {
        var groups: [Int] = []
        for _ in 0..<(try structures(&reader, field)) {
            groups.append(reader.position)
            try reader.skip(.structure)
        }
        return groups
    }

    /// How many structures a list has.
    private static func structures(
        _ reader: inout ThriftReader,
        _ field: ThriftReader.Field
    ) throws(ParquetDamage) -> Int {
        guard field.kind == .list else { throw .malformed("field \(field.number) is no list") }
        let (kind, count) = try reader.list()
        guard kind == .structure || count == 0 else { throw .malformed("field \(field.number) lists no structures") }
        return count
    }

    /// The part of each column in a row group, and its rows.
    func group(_ index: Int) throws(TableError) -> ParquetGroup {
        do {
            var reader = ThriftReader(bytes, at: groups[index])
            return try ParquetGroup(&reader, leaves, within: 4..<end)
        } catch {
            throw error.error(in: "row group \(index + 1)")
        }
    }
}

/// Where the columns of a row group are.
struct ParquetGroup {
    let rows: Int
    let parts: [ColumnPart]

    /// The bytes of one column in a row group.
    struct ColumnPart: Equatable {
        let range: Range<Int>
        let codec: Int
    }

    /// - Parameter file: the bytes in which all parts must be.
    init(
        _ reader: inout ThriftReader,
        _ leaves: [ParquetLeaf],
        within file: Range<Int>
    ) throws(ParquetDamage) {
        var rows = -1
        var metas: [ColumnMeta] = []
        try reader.structure { reader, field throws(ParquetDamage) in
            switch field.number {
            case 1 where field.kind == .list:
                let (kind, count) = try reader.list()
                guard kind == .structure, count == leaves.count else {
                    throw .malformed("there are \(count) columns instead of \(leaves.count)")
                }
                for _ in 0..<count { metas.append(try ColumnMeta(&reader)) }
            case 3: rows = try reader.integer(field)
            default: return false
            }
            return true
        }
        guard rows >= 0, metas.count == leaves.count else { throw .malformed("columns or rows are not told of") }
        self.rows = rows
        var parts: [ColumnPart] = []
        for (meta, leaf) in zip(metas, leaves) {
            do {
                parts.append(try meta.part(leaf, rows, file))
            } catch {
                guard case .malformed(let reason) = error else { throw error }
                throw .malformed("column \"\(leaf.column.name)\": \(reason)")
            }
        }
        self.parts = parts
    }
}

/// What a row group says of a column.
private struct ColumnMeta {
    private var type = -1
    private var codec = -1
    private var values = -1
    private var length = -1
    private var dataOffset = -1
    private var dictionaryOffset: Int?
    private var isElsewhere = false
    private var isEncrypted = false

    init(_ reader: inout ThriftReader) throws(ParquetDamage) {
        var meta = ColumnMeta()
        try reader.structure { reader, field throws(ParquetDamage) in
            switch field.number {
            case 1: meta.isElsewhere = true
            case 3 where field.kind == .structure:
                try meta.readMeta(&reader)
                return true
            case 8, 9: meta.isEncrypted = true
            default: break
            }
            return false
        }
        self = meta
    }

    private init() {}

    private mutating func readMeta(_ reader: inout ThriftReader) throws(ParquetDamage) {
        var meta = self
        try reader.structure { reader, field throws(ParquetDamage) in
            switch field.number {
            case 1: meta.type = try reader.integer(field)
            case 4: meta.codec = try reader.integer(field)
            case 5: meta.values = try reader.integer(field)
            case 7: meta.length = try reader.integer(field)
            case 9: meta.dataOffset = try reader.integer(field)
            case 11: meta.dictionaryOffset = try reader.integer(field)
            default: return false
            }
            return true
        }
        self = meta
    }

    func part(
        _ leaf: ParquetLeaf,
        _ rows: Int,
        _ file: Range<Int>
    ) throws(ParquetDamage) -> ParquetGroup.ColumnPart {
        guard !isEncrypted else { throw .malformed("it is encrypted") }
        guard !isElsewhere else { throw .malformed("it is in another file") }
        guard type == Int(leaf.physical.rawValue) else { throw .malformed("its type is not that of the schema") }
        guard values == rows else { throw .malformed("it has \(values) values in \(rows) rows") }
        // Some writers tell of a row group without rows, and of no place in it.
        guard rows > 0 else { return ParquetGroup.ColumnPart(range: 0..<0, codec: codec) }
        // Some writers say 0 where there is no dictionary.
        let start = dictionaryOffset.map { $0 > 0 && $0 < dataOffset ? $0 : dataOffset } ?? dataOffset
        let (end, overflow) = start.addingReportingOverflow(length)
        guard start >= file.lowerBound, length >= 0, !overflow, end <= file.upperBound else {
            throw .malformed("its bytes are not within the file")
        }
        return ParquetGroup.ColumnPart(range: start..<end, codec: codec)
    }
}
