/// A column of a Parquet file: how its values stand there, and what they become.
struct ParquetLeaf: Sendable {
    let column: Column
    let physical: ParquetType.Physical
    /// Bytes of a stored value; 0 where each has its own length.
    let width: Int
    let rule: Rule

    /// How a stored value becomes a cell.
    enum Rule: Sendable, Hashable {
        /// The stored bytes are the cell.
        case asIs
        /// The same, and they must be UTF-8.
        case text
        /// `Int32` to `Int64`, `UInt32` to `UInt64`.
        case widened, widenedUnsigned
        /// Of 16 bits to 32.
        case half
        /// Of so many units a second, in 32 or 64 bits, to nanoseconds.
        case time(units: Int64)
        case moment(units: Int64)
        /// Nanoseconds of a day, and the Julian number of that day.
        case int96
        /// A whole number, the lowest byte first or last, to its text.
        case decimal(scale: Int, isLittle: Bool)
        /// Months, days and milliseconds to ISO 8601.
        case interval
    }

    /// Digits of a decimal, and bytes of a value of fixed length, which no writer comes near.
    private static let mostDigits = 1000
    private static let longestFixed = 1 << 24

    /// - Throws: `unsupported` for groups, lists and maps.
    init(_ element: SchemaElement) throws(ParquetDamage) {
        let name = String(decoding: element.name, as: UTF8.self)
        guard element.children == 0, element.repetition != 2, let number = element.type else {
            throw .unsupported(
                "is a list, a map or a structure",
                advice: "Only columns with one value a row are read: unnest it in the program that made the file"
            )
        }
        guard 0...1 ~= element.repetition else { throw .malformed("it is neither required nor optional") }
        guard let physical = Int32(exactly: number).flatMap({ ParquetType.Physical(rawValue: $0) }) else {
            throw .malformed("its values are of an unknown kind (\(number))")
        }
        self.physical = physical
        switch physical {
        case .boolean: width = 1
        case .int32, .float: width = 4
        case .int64, .double: width = 8
        case .int96: width = 12
        case .bytes: width = 0
        case .fixed:
            guard 1...ParquetLeaf.longestFixed ~= element.length else {
                throw .malformed("its values have a length of \(element.length) bytes")
            }
            width = element.length
        }
        let type: ColumnType
        (type, rule) = try ParquetLeaf.meaning(physical, width, element.logical ?? element.converted)
        column = Column(name, type, isNullable: element.repetition == 1)
    }

    private static func meaning(
        _ physical: ParquetType.Physical,
        _ width: Int,
        _ logical: LogicalType?
    ) throws(ParquetDamage) -> (ColumnType, Rule) {
        switch (logical, physical) {
        case (.text, .bytes), (.text, .fixed): return (.text(length: nil), .text)
        case (.decimal(let precision, let scale), .int32), (.decimal(let precision, let scale), .int64):
            return try decimal(precision, scale, isLittle: true)
        case (.decimal(let precision, let scale), .fixed), (.decimal(let precision, let scale), .bytes):
            return try decimal(precision, scale, isLittle: false)
        case (.date, .int32): return (.date, .asIs)
        case (.time(let units), .int32) where units == 1000, (.time(let units), .int64) where units > 1000:
            return (.time(digits: digits(units)), .time(units: units))
        case (.timestamp(let units, let isInstant), .int64):
            let digits = digits(units)
            return (isInstant ? .instant(digits: digits) : .timestamp(digits: digits), .moment(units: units))
        case (.integer(let bits, let isSigned), .int32) where [8, 16, 32].contains(bits):
            return (.integer(bits: bits, isSigned: isSigned), isSigned ? .widened : .widenedUnsigned)
        case (.integer(bits: 64, let isSigned), .int64): return (.integer(bits: 64, isSigned: isSigned), .asIs)
        case (.uuid, .fixed) where width == 16: return (.uuid, .asIs)
        case (.half, .fixed) where width == 2: return (.real(bits: 32), .half)
        case (.interval, .fixed) where width == 12: return (.text(length: nil), .interval)
        case (nil, _), (.bytes, .bytes): return plain(physical, width)
        default: throw .malformed("its type and its logical type contradict each other")
        }
    }

    private static func plain(_ physical: ParquetType.Physical, _ width: Int) -> (ColumnType, Rule) {
        switch physical {
        case .boolean: (.boolean, .asIs)
        case .int32: (.integer(bits: 32, isSigned: true), .widened)
        case .int64: (.integer(bits: 64, isSigned: true), .asIs)
        case .int96: (.timestamp(digits: 9), .int96)
        case .float: (.real(bits: 32), .asIs)
        case .double: (.real(bits: 64), .asIs)
        case .bytes: (.binary(length: nil), .asIs)
        case .fixed: (.binary(length: width), .asIs)
        }
    }

    private static func decimal(
        _ precision: Int,
        _ scale: Int,
        isLittle: Bool
    ) throws(ParquetDamage) -> (ColumnType, Rule) {
        guard 1...mostDigits ~= precision, 0...precision ~= scale else {
            throw .malformed("it has decimals of \(precision) digits, \(scale) of them behind the point")
        }
        return (.decimal(precision: precision, scale: scale), .decimal(scale: scale, isLittle: isLittle))
    }

    private static func digits(_ units: Int64) -> Int { units == 1000 ? 3 : units == 1_000_000 ? 6 : 9 }
}

/// What a schema says of the meaning of stored values, by logical types or by the converted ones before them.
enum LogicalType: Sendable, Hashable {
    case text
    /// Bytes that mean something, but nothing here.
    case bytes
    case decimal(precision: Int, scale: Int)
    case date
    /// `units` a second.
    case time(units: Int64)
    case timestamp(units: Int64, isInstant: Bool)
    case integer(bits: Int, isSigned: Bool)
    case uuid
    case half
    case interval
}

/// An entry of a file's schema.
struct SchemaElement {
    private(set) var type: Int?
    private(set) var length = 0
    /// 0 required, 1 optional, 2 repeated.
    private(set) var repetition = 0
    private(set) var name: [UInt8] = []
    private(set) var children = 0
    private(set) var logical: LogicalType?
    private var convertedNumber: Int?
    private var scale = 0
    private var precision = 0

    init(_ reader: inout ThriftReader) throws(ParquetDamage) {
        var element = SchemaElement()
        try reader.structure { reader, field throws(ParquetDamage) in
            switch field.number {
            case 1: element.type = try reader.integer(field)
            case 2: element.length = try reader.integer(field)
            case 3: element.repetition = try reader.integer(field)
            case 4: element.name = try reader.binary(field)
            case 5: element.children = try reader.integer(field)
            case 6: element.convertedNumber = try reader.integer(field)
            case 7: element.scale = try reader.integer(field)
            case 8: element.precision = try reader.integer(field)
            case 10 where field.kind == .structure: element.logical = try SchemaElement.logical(&reader)
            default: return false
            }
            return true
        }
        self = element
    }

    private init() {}

    /// What older writers say instead.
    var converted: LogicalType? {
        switch convertedNumber {
        case 0, 4, 19: .text
        case 5: .decimal(precision: precision, scale: scale)
        case 6: .date
        case 7: .time(units: 1000)
        case 8: .time(units: 1_000_000)
        case 9: .timestamp(units: 1000, isInstant: true)
        case 10: .timestamp(units: 1_000_000, isInstant: true)
        case 11?, 12?, 13?, 14?: .integer(bits: 8 << (convertedNumber! - 11), isSigned: false)
        case 15?, 16?, 17?, 18?: .integer(bits: 8 << (convertedNumber! - 15), isSigned: true)
        case 20: .bytes
        case 21: .interval
        default: nil
        }
    }

    /// A union: the field that is there says what it is. What is newer than this is nil, and the stored value counts.
    private static func logical(_ reader: inout ThriftReader) throws(ParquetDamage) -> LogicalType? {
        var type: LogicalType?
        try reader.structure { reader, field throws(ParquetDamage) in
            switch field.number {
            case 1, 4, 12: type = .text
            case 5:
                let (scale, precision) = try numbers(&reader)
                type = .decimal(precision: precision, scale: scale)
                return true
            case 6: type = .date
            case 7:
                type = .time(units: try unit(&reader).units)
                return true
            case 8:
                let (isInstant, units) = try unit(&reader)
                type = .timestamp(units: units, isInstant: isInstant)
                return true
            case 10:
                let (bits, isSigned) = try numbers(&reader)
                type = .integer(bits: bits, isSigned: isSigned == 1)
                return true
            case 13, 17, 18: type = .bytes
            case 14: type = .uuid
            case 15: type = .half
            default: break
            }
            return false
        }
        return type
    }

    /// The first two fields of a structure, booleans as 0 and 1.
    private static func numbers(_ reader: inout ThriftReader) throws(ParquetDamage) -> (Int, Int) {
        var found = (0, 0)
        try reader.structure { reader, field throws(ParquetDamage) in
            guard 1...2 ~= field.number else { return false }
            let isBoolean = field.kind == .yes || field.kind == .no
            let number = isBoolean ? (try reader.boolean(field) ? 1 : 0) : try reader.integer(field)
            if field.number == 1 { found.0 = number } else { found.1 = number }
            return true
        }
        return found
    }

    /// Whether a time is by UTC, and its units a second.
    private static func unit(_ reader: inout ThriftReader) throws(ParquetDamage) -> (isInstant: Bool, units: Int64) {
        var isInstant = false
        var units: Int64?
        try reader.structure { reader, field throws(ParquetDamage) in
            switch field.number {
            case 1: isInstant = try reader.boolean(field)
            case 2 where field.kind == .structure:
                try reader.structure { _, unit throws(ParquetDamage) in
                    units = [1: 1000, 2: 1_000_000, 3: 1_000_000_000][unit.number]
                    return false
                }
            default: return false
            }
            return true
        }
        guard let units else { throw .malformed("its unit of time is unknown") }
        return (isInstant, units)
    }
}
