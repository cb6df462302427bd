/// What the values of a column are, as exactly as its source tells.
package enum ColumnType: Sendable, Hashable {
    case boolean
    /// Of 8, 16, 32 or 64 bits.
    case integer(bits: Int, isSigned: Bool)
    /// Exact, in base ten; nil where the source sets no bound.
    case decimal(precision: Int?, scale: Int?)
    /// Binary floating point of 32 or 64 bits, NaN and the infinities included.
    case real(bits: Int)
    /// Unicode text; `length` in characters, nil without a bound.
    case text(length: Int?)
    /// `length` in bytes, nil without a bound.
    case binary(length: Int?)
    /// A day of the proleptic Gregorian calendar, before 1582 and after 9999 too.
    case date
    /// A time of day with `digits` digits behind the second's point.
    case time(digits: Int)
    /// A date and a time of day that say nothing of a zone.
    case timestamp(digits: Int)
    /// A moment: a date and a time of day with their offset from UTC.
    case instant(digits: Int)
    case uuid

    /// How its values lie in memory where there is no reason for another way.
    package var form: ValueForm {
        switch self {
        case .boolean: .boolean
        case .integer(_, let isSigned): isSigned ? .signed : .unsigned
        case .real(let bits): bits <= 32 ? .float : .double
        case .decimal, .text: .text
        case .binary: .binary
        case .date: .days
        case .time: .nanoseconds
        case .timestamp, .instant: .moment
        case .uuid: .uuid
        }
    }
}

/// How a column's values lie in memory.
package enum ValueForm: Sendable, Hashable, CaseIterable {
    /// `Int64`
    case signed
    /// `UInt64`
    case unsigned
    /// `Float`
    case float
    /// `Double`
    case double
    /// `UInt8`, 0 or 1.
    case boolean
    /// `Int32`, days since 1970-01-01.
    case days
    /// `Int64`, nanoseconds since midnight.
    case nanoseconds
    /// `Moment`
    case moment
    /// 16 bytes in the order in which they are written.
    case uuid
    /// UTF-8 that its reader has checked: the text that the type's values have everywhere, see `CanonicalText`.
    case text
    /// Bytes as they are.
    case binary

    /// Bytes of one value; nil where they differ in length.
    package var width: Int? {
        switch self {
        case .signed, .unsigned, .double, .nanoseconds: 8
        case .float, .days: 4
        case .boolean: 1
        case .moment, .uuid: 16
        case .text, .binary: nil
        }
    }
}

/// A date with a time of day.
package struct Moment: Sendable, Hashable, BitwiseCopyable {
    /// Since 1970-01-01 00:00:00, in UTC for an instant, and by the clock on the wall for a timestamp.
    package var seconds: Int64
    /// 0 to 999,999,999.
    package var nanoseconds: Int32
    /// Seconds east of UTC in which an instant was written, less than a day; 0 for a timestamp.
    package var offset: Int32

    package init(seconds: Int64, nanoseconds: Int32 = 0, offset: Int32 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
        self.offset = offset
    }
}

/// A column of a table.
package struct Column: Sendable, Hashable {
    package var name: String
    package var type: ColumnType
    /// How its values come.
    package var form: ValueForm
    package var isNullable: Bool

    /// - Parameter form: nil for the type's own.
    package init(_ name: String, _ type: ColumnType, form: ValueForm? = nil, isNullable: Bool = true) {
        self.name = name
        self.type = type
        self.form = form ?? type.form
        self.isNullable = isNullable
    }
}
