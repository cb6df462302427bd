/// Makes a column's values what they are in a Parquet file.
@safe final class ParquetValue {
    private let type: ParquetType
    private let form: ValueForm
    private let columnType: ColumnType
    /// The value that was made last, where it is not where it came from.
    private let made: UnsafeMutablePointer<UInt8>

    init(_ column: Column) {
        type = ParquetType(column.type)
        form = column.form
        columnType = column.type
        unsafe made = .allocate(capacity: 64)
        unsafe made.initialize(repeating: 0, count: 64)
    }

    deinit { unsafe made.deallocate() }

    /// A row's value; it stands until the next one is made. Nil where it does not fit the column's type exactly.
    @unsafe func make(_ cell: ColumnValues, _ row: Int, _ length: Int) -> UnsafeBufferPointer<UInt8>? {
        let start = unsafe cell.start(row)
        if form == .text, type.logical != .string {
            return unsafe parse(Span(_unsafeStart: start, count: length)) ? value(type.width) : nil
        }
        switch form {
        case .text, .binary, .uuid: return unsafe UnsafeBufferPointer(start: start, count: length)
        case .boolean: return unsafe put(start[0] != 0 ? 1 : 0 as UInt8)
        case .float: return unsafe put(cell.load(row, as: Float.self).bitPattern)
        case .double: return unsafe put(cell.load(row, as: Double.self).bitPattern)
        case .days: return unsafe put(cell.load(row, as: Int32.self))
        case .signed: return unsafe putInteger(cell.load(row, as: Int64.self))
        case .unsigned: return unsafe putInteger(Int64(bitPattern: cell.load(row, as: UInt64.self)), isUnsigned: true)
        case .nanoseconds: return unsafe putTime(cell.load(row, as: Int64.self))
        case .moment: return unsafe putMoment(cell.load(row, as: Moment.self))
        }
    }

    private func value(_ count: Int) -> UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(start: made, count: count)
    }

    private func put<Stored: BitwiseCopyable>(_ stored: Stored) -> UnsafeBufferPointer<UInt8> {
        unsafe UnsafeMutableRawPointer(made).storeBytes(of: stored, as: Stored.self)
        return unsafe value(MemoryLayout<Stored>.size)
    }

    /// A number that must fit the column's bits.
    private func putInteger(_ number: Int64, isUnsigned: Bool = false) -> UnsafeBufferPointer<UInt8>? {
        guard case .integer(let bits, let isSigned) = columnType, isSigned != isUnsigned || number >= 0 else {
            return nil
        }
        if bits >= 64 { return unsafe put(number) }
        let range: ClosedRange<Int64> = isSigned ? -(1 << (bits - 1))...(1 << (bits - 1)) - 1 : 0...(1 << bits) - 1
        return unsafe range ~= number ? put(Int32(truncatingIfNeeded: number)) : nil
    }

    private func putTime(_ nanoseconds: Int64) -> UnsafeBufferPointer<UInt8>? {
        if case .time(isNanoseconds: true) = type.logical { return unsafe put(nanoseconds) }
        return unsafe nanoseconds % 1000 == 0 ? put(nanoseconds / 1000) : nil
    }

    private func putMoment(_ moment: Moment) -> UnsafeBufferPointer<UInt8>? {
        guard case .timestamp(_, let isNanoseconds) = type.logical else { return nil }
        let unit: Int64 = isNanoseconds ? 1 : 1000
        let fraction = Int64(moment.nanoseconds)
        guard fraction % unit == 0 else { return nil }
        // The least number is reached from below.
        let sum = Int128(moment.seconds) * Int128(1_000_000_000 / unit) + Int128(fraction / unit)
        return unsafe Int64(exactly: sum).map { unsafe put($0) }
    }

    /// Makes a value of its text, in `made`.
    private func parse(_ text: Span<UInt8>) -> Bool {
        switch columnType {
        case .boolean: unsafe ValueText.boolean(text).map { unsafe put($0 ? 1 : 0 as UInt8) } != nil
        case .integer(_, let isSigned):
            unsafe isSigned
                ? ValueText.signed(text).flatMap { unsafe putInteger($0) } != nil
                : unsafe ValueText.unsigned(text).flatMap { unsafe putInteger(Int64(bitPattern: $0), isUnsigned: true) }
                    != nil
        case .decimal: parseDecimal(text)
        case .real(let bits):
            unsafe bits <= 32
                ? ValueText.float(text).map { unsafe put($0.bitPattern) } != nil
                : unsafe ValueText.double(text).map { unsafe put($0.bitPattern) } != nil
        case .date: unsafe ValueText.days(text).map { unsafe put($0) } != nil
        case .time: unsafe ValueText.nanoseconds(text).flatMap { unsafe putTime($0) } != nil
        case .timestamp: unsafe ValueText.moment(text, isInstant: false).flatMap { unsafe putMoment($0) } != nil
        case .instant: unsafe ValueText.moment(text, isInstant: true).flatMap { unsafe putMoment($0) } != nil
        case .uuid: unsafe ValueText.uuid(text, to: made)
        case .text, .binary: false
        }
    }

    /// The number without its point, as a signed number: of 4 or 8 bytes the lowest first, of more the highest.
    private func parseDecimal(_ text: Span<UInt8>) -> Bool {
        if let quick = quickDecimal(text) {
            unsafe UnsafeMutableRawPointer(made).storeBytes(of: quick.littleEndian, as: Int64.self)
            return true
        }
        guard let number = NumberText(text), case .decimal(let precision, let scale) = type.logical else {
            return false
        }
        let count = number.whole.count + number.fraction.count
        // Digits in front of the point that is wanted.
        let point = number.whole.count + number.exponent + scale
        guard point <= precision + count else { return false }
        for index in 0..<max(point, 0) where point - index > precision && number.digit(index, text) != 48 {
            return false
        }
        for index in max(point, 0)..<max(count, point, 0) where number.digit(index, text) != 48 { return false }
        unsafe made.update(repeating: 0, count: type.width)
        for index in 0..<max(point, 0) {
            var carry = UInt32(number.digit(index, text) - 48)
            for place in 0..<type.width {
                let sum = unsafe UInt32(made[place]) * 10 + carry
                unsafe made[place] = UInt8(truncatingIfNeeded: sum)
                carry = sum >> 8
            }
        }
        if number.isNegative {
            var carry: UInt16 = 1
            for place in 0..<type.width {
                carry += unsafe UInt16(~made[place])
                unsafe made[place] = UInt8(truncatingIfNeeded: carry)
                carry >>= 8
            }
        }
        if type.physical == .fixed {
            var bytes = unsafe UnsafeMutableBufferPointer(start: made, count: type.width)
            unsafe bytes.reverse()
        }
        return true
    }

    /// A number of up to 18 digits, without an exponent and with no more digits behind its point than the type has, for a type
    /// of 4 or 8 bytes; nil for all others.
    private func quickDecimal(_ text: Span<UInt8>) -> Int64? {
        guard type.physical != .fixed, text.count <= 18, case .decimal(let precision, let scale) = type.logical else {
            return nil
        }
        let isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
        var value: Int64 = 0
        var digits = 0
        var behind = -1
        for index in (isNegative ? 1 : 0)..<text.count {
            let digit = text[index] &- 48
            if digit < 10 {
                value = value &* 10 &+ Int64(digit)
                digits &+= 1
                if behind >= 0 { behind &+= 1 }
            } else {
                guard text[index] == UInt8(ascii: "."), behind < 0 else { return nil }
                behind = 0
            }
        }
        let lacking = scale - max(behind, 0)
        guard digits > 0, lacking >= 0, digits + lacking <= 18 else { return nil }
        for _ in 0..<lacking { value &*= 10 }
        guard value < bound(digits: precision) else { return nil }
        return isNegative ? -value : value
    }

    /// 10 to the power of up to 18.
    private func bound(digits: Int) -> Int64 {
        var bound: Int64 = 1
        for _ in 0..<digits { bound &*= 10 }
        return bound
    }
}
