internal import CODBC
internal import SluiceTables

/// How a column's values come out of the driver, and what they are then.
struct CellBinding: Sendable, Hashable {
    /// The C type that the driver makes of them.
    enum Kind: Sendable, Hashable {
        /// UTF-8, and a zero behind it.
        case text
        case bytes
        case double
        case float
    }

    let column: Column
    let kind: Kind
    /// Bytes that the driver may write of one value; nil where it is asked for value by value, in pieces.
    let width: Int?
    /// Whether values may be far longer.
    let mayBeLong: Bool

    /// What values longer than this one are read again for, where that can be done.
    private static let longestRead = 1 << 10
    /// The longest value that has room in every row where it can't.
    private static let longestBound = 8 << 10
    /// Numbers, dates and their like, rewritten in place.
    private static let shortText = 64

    /// - Parameters:
    ///   - isText: whether the database is asked for text, whatever the column's type.
    init(_ column: ResultColumn, _ profile: DriverProfile, isText: Bool) {
        let said = CellBinding.type(of: column)
        let type = profile.typesAreClaims ? CellBinding.widened(said, column) : profile.writing.declared(said)
        let isBinary = if case .binary = type { true } else { false }
        kind =
            switch type {
            case .real(let bits) where !isText && !profile.typesAreClaims: bits == 32 ? .float : .double
            case .binary where !isText: .bytes
            default: .text
            }
        let form: ValueForm =
            switch kind {
            case .text: .text
            case .bytes: .binary
            case .double: .double
            case .float: .float
            }
        self.column = Column(column.name, type, form: form, isNullable: column.isNullable)
        guard !profile.typesAreClaims else {
            width = nil
            mayBeLong = true
            return
        }
        let isPlainText = if case .text = type { true } else { false }
        mayBeLong = (isPlainText || isBinary) && (column.size == 0 || column.size > CellBinding.longestRead)
        switch kind {
        case .double: width = 8
        case .float: width = 4
        case .text, .bytes:
            guard case .text = type else {
                width =
                    isBinary
                    ? CellBinding.bound(column.size, profile) : max(CellBinding.shortText, 2 * min(column.size, 512))
                return
            }
            width = CellBinding.bound(4 * column.size + 1, profile)
        }
    }

    /// Whole rows as texts that the database makes of columns, with room for most of them.
    init(rowsOf columns: [CellBinding]) {
        column = Column("", .text(length: nil), form: .text, isNullable: false)
        kind = .text
        mayBeLong = columns.contains(where: \.mayBeLong)
        width = min(CellBinding.longestRow, columns.reduce(0) { $0 + ($1.width ?? CellBinding.longestRead) + 3 })
    }

    private static let longestRow = 2 << 10

    /// Some hundred rows as one text.
    static let blockOfRows = CellBinding(Column("", .text(length: nil), form: .text), .text, width: 512 << 10)

    private init(_ column: Column, _ kind: Kind, width: Int) {
        self.column = column
        self.kind = kind
        self.width = width
        mayBeLong = false
    }

    private static func bound(_ bytes: Int, _ profile: DriverProfile) -> Int? {
        if profile.rereadsCells { return bytes > 0 ? min(bytes, longestRead) : longestRead }
        return bytes > 1 && bytes <= longestBound ? bytes : nil
    }

    /// The C type's number.
    var driverType: Int32 {
        switch kind {
        case .text: SQL_C_CHAR
        case .bytes: SQL_C_BINARY
        case .double: SQL_C_DOUBLE
        case .float: SQL_C_FLOAT
        }
    }

    /// Bytes behind a value's that the driver writes, too.
    var terminator: Int { kind == .text ? 1 : 0 }

    /// The type that holds whatever a column may hold of which only the kind is known: integers of 64 bits, and numbers that
    /// the driver takes for floating-point ones and the table does not.
    private static func widened(_ type: ColumnType, _ column: ResultColumn) -> ColumnType {
        switch type {
        case .integer: .integer(bits: 64, isSigned: true)
        case .real where column.typeName.hasPrefix("numeric") || column.typeName.hasPrefix("decimal"):
            .decimal(precision: nil, scale: nil)
        default: type
        }
    }

    /// ODBC's type codes, refined by the database's own name of the type where they are too coarse.
    static func type(of column: ResultColumn) -> ColumnType {
        switch column.typeName {
        case "timestamptz", "timestamp with time zone": return .instant(digits: 6)
        case "uuid", "uniqueidentifier": return .uuid
        case "bool", "boolean": return .boolean
        case "timetz", "interval": return .text(length: nil)
        // SQLite's driver knows `blob` alone, and takes these for text.
        case "tinyblob", "mediumblob", "longblob": return .binary(length: nil)
        default: break
        }
        let length = column.size > 0 ? column.size : nil
        return switch column.type {
        case SQL_BIT: .boolean
        case SQL_TINYINT: .integer(bits: 8, isSigned: !column.isUnsigned)
        case SQL_SMALLINT: .integer(bits: 16, isSigned: !column.isUnsigned)
        case SQL_INTEGER: .integer(bits: 32, isSigned: !column.isUnsigned)
        case SQL_BIGINT: .integer(bits: 64, isSigned: !column.isUnsigned)
        case SQL_NUMERIC, SQL_DECIMAL: .decimal(precision: length, scale: column.digits)
        case SQL_REAL: .real(bits: 32)
        case SQL_FLOAT, SQL_DOUBLE: .real(bits: 64)
        case SQL_TYPE_DATE, SQL_DATE: .date
        case SQL_TYPE_TIME, SQL_TIME: .time(digits: column.digits)
        case SQL_TYPE_TIMESTAMP, SQL_TIMESTAMP: .timestamp(digits: column.digits)
        case SQL_GUID: .uuid
        case SQL_BINARY, SQL_VARBINARY, SQL_LONGVARBINARY: .binary(length: length)
        default: .text(length: length)
        }
    }
}
