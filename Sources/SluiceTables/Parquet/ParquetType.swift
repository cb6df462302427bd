/// How a column's values stand in a Parquet file.
///
/// | column | physical | logical |
/// |---|---|---|
/// | boolean | BOOLEAN | |
/// | integer of 8, 16, 32 bits | INT32 | INTEGER |
/// | integer of 64 bits | INT64 | INTEGER |
/// | decimal of up to 9, 18, 76 digits | INT32, INT64, FIXED_LEN_BYTE_ARRAY | DECIMAL |
/// | decimal of more digits or without a bound | BYTE_ARRAY | STRING: its text |
/// | real | FLOAT, DOUBLE | |
/// | text | BYTE_ARRAY | STRING |
/// | binary | BYTE_ARRAY | |
/// | date | INT32 | DATE |
/// | time | INT64 | TIME in µs, or ns for more than six digits |
/// | timestamp | INT64 | TIMESTAMP, not adjusted, in the same units |
/// | instant | INT64 | TIMESTAMP, adjusted to UTC; the offset is not kept |
/// | uuid | FIXED_LEN_BYTE_ARRAY | UUID |
struct ParquetType: Sendable, Hashable {
    enum Physical: Int32, Sendable {
        case boolean = 0
        case int32 = 1
        case int64 = 2
        /// Twelve bytes that older writers have for a timestamp; it is read, and not written.
        case int96 = 3
        case float = 4
        case double = 5
        case bytes = 6
        case fixed = 7
    }

    enum Logical: Sendable, Hashable {
        case none
        case string
        case decimal(precision: Int, scale: Int)
        case date
        case time(isNanoseconds: Bool)
        case timestamp(isInstant: Bool, isNanoseconds: Bool)
        case integer(bits: Int, isSigned: Bool)
        case uuid
    }

    let physical: Physical
    let logical: Logical
    /// Bytes of each value of fixed length; 0 for the others.
    let width: Int

    /// Digits of a decimal that readers know to be one.
    private static let mostDigits = 76

    init(_ type: ColumnType) {
        switch type {
        case .boolean: self.init(.boolean, .none, 1)
        case .integer(let bits, let isSigned):
            self.init(bits <= 32 ? .int32 : .int64, .integer(bits: bits, isSigned: isSigned), bits <= 32 ? 4 : 8)
        case .decimal(let precision?, let scale)
        where 1...ParquetType.mostDigits ~= precision && 0...precision ~= scale ?? 0:
            let logical = Logical.decimal(precision: precision, scale: scale ?? 0)
            if precision <= 9 {
                self.init(.int32, logical, 4)
            } else if precision <= 18 {
                self.init(.int64, logical, 8)
            } else {
                self.init(.fixed, logical, ParquetType.bytes(digits: precision))
            }
        case .decimal, .text: self.init(.bytes, .string, 0)
        case .binary: self.init(.bytes, .none, 0)
        case .real(let bits): self.init(bits <= 32 ? .float : .double, .none, bits <= 32 ? 4 : 8)
        case .date: self.init(.int32, .date, 4)
        case .time(let digits): self.init(.int64, .time(isNanoseconds: digits > 6), 8)
        case .timestamp(let digits): self.init(.int64, .timestamp(isInstant: false, isNanoseconds: digits > 6), 8)
        case .instant(let digits): self.init(.int64, .timestamp(isInstant: true, isNanoseconds: digits > 6), 8)
        case .uuid: self.init(.fixed, .uuid, 16)
        }
    }

    private init(_ physical: Physical, _ logical: Logical, _ width: Int) {
        self.physical = physical
        self.logical = logical
        self.width = width
    }

    /// The fewest bytes of a signed number that hold so many digits: 3.3219 bits each, and one for the sign.
    private static func bytes(digits: Int) -> Int { (digits * 33_220 / 10_000 + 1 + 1 + 7) / 8 }

    /// Writes a column of a schema.
    func write(_ column: Column, _ writer: inout ThriftWriter) {
        writer.field(1, physical.rawValue)
        if physical == .fixed { writer.field(2, Int32(width)) }
        writer.field(3, Int32(column.isNullable ? 1 : 0))
        writer.field(4, Array(column.name.utf8))
        if let converted { writer.field(6, converted) }
        if case .decimal(let precision, let scale) = logical {
            writer.field(7, Int32(scale))
            writer.field(8, Int32(precision))
        }
        if logical != .none { writer.field(10) { writeLogical(&$0) } }
    }

    /// What readers older than logical types look at.
    private var converted: Int32? {
        switch logical {
        case .none, .uuid: nil
        case .string: 0
        case .decimal: 5
        case .date: 6
        case .time(let isNanoseconds): isNanoseconds ? nil : 8
        case .timestamp(let isInstant, let isNanoseconds): isInstant && !isNanoseconds ? 10 : nil
        case .integer(let bits, let isSigned):
            (isSigned ? 15 : 11) + Int32(bits <= 8 ? 0 : bits <= 16 ? 1 : bits <= 32 ? 2 : 3)
        }
    }

    private func writeLogical(_ writer: inout ThriftWriter) {
        switch logical {
        case .none: break
        case .string: writer.field(1) { _ in }
        case .decimal(let precision, let scale):
            writer.field(5) {
                $0.field(1, Int32(scale))
                $0.field(2, Int32(precision))
            }
        case .date: writer.field(6) { _ in }
        case .time(let isNanoseconds): writer.field(7) { ParquetType.writeUnit(&$0, false, isNanoseconds) }
        case .timestamp(let isInstant, let isNanoseconds):
            writer.field(8) { ParquetType.writeUnit(&$0, isInstant, isNanoseconds) }
        case .integer(let bits, let isSigned):
            writer.field(10) {
                $0.field(1, byte: Int8(bits <= 8 ? 8 : bits <= 16 ? 16 : bits <= 32 ? 32 : 64))
                $0.field(2, isSigned)
            }
        case .uuid: writer.field(14) { _ in }
        }
    }

    private static func writeUnit(_ writer: inout ThriftWriter, _ isAdjusted: Bool, _ isNanoseconds: Bool) {
        writer.field(1, isAdjusted)
        writer.field(2) { $0.field(isNanoseconds ? 3 : 2) { _ in } }
    }
}
