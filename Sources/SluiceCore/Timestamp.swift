/// An instant: nanoseconds since 1970-01-01T00:00:00Z, from 1677-09-21 to 2262-04-11. What files and servers say
/// beyond that becomes the nearest end.
package struct Timestamp: Hashable, Comparable, Sendable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
    package init(seconds: Int64, nanoseconds: Int64 = 0) {
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carried) = whole.addingReportingOverflow(nanoseconds)
        self.nanoseconds = overflow || carried ? (seconds < 0 ? .min : .max) : sum
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }

    /// Whole seconds since the epoch, rounded down.
    package var seconds: Int64 {
        let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// Nanoseconds behind the whole second, 0 to 999,999,999.
    private var fraction: Int64 {
        let remainder = nanoseconds % 1_000_000_000
        return remainder < 0 ? remainder + 1_000_000_000 : remainder
    }
}

/// A calendar date and time of day in UTC, proleptic Gregorian.
package struct CivilTime: Hashable, Sendable {
    package var year: Int
    package var month: Int
    package var day: Int
    package var hour: Int
    package var minute: Int
    package var second: Int

    package init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// The civil time of an instant, by counting eras of 400 years that start on 1 March.
    package init(_ instant: Timestamp) {
        let seconds = Int(instant.seconds)
        let days = floorDivide(seconds, 86400)
        let timeOfDay = seconds - days * 86400
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        hour = timeOfDay / 3600
        minute = timeOfDay / 60 % 60
        second = timeOfDay % 60
    }

    /// Days since 1970-01-01.
    package var dayNumber: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = floorDivide(shiftedYear, 400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Whether the month has such a day.
    var isInCalendar: Bool {
        guard 1...12 ~= month, day >= 1 else { return false }
        let following = month < 12 ? CivilTime(year: year, month: month + 1, day: 1) : CivilTime(year: year + 1, month: 1, day: 1)
        return dayNumber < following.dayNumber
    }

    package var timestamp: Timestamp {
        Timestamp(seconds: Int64(dayNumber * 86400 + hour * 3600 + minute * 60 + second))
    }
}

private func floorDivide(_ value: Int, _ divisor: Int) -> Int {
    value >= 0 ? value / divisor : (value - divisor + 1) / divisor
}

/// `value` in decimal with zeros in front up to `width`.
package func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

extension Timestamp {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// RFC 3339 with milliseconds: `2026-11-21T05:19:51.042Z`.
    package var rfc3339: String {
        let civil = CivilTime(self)
        let milliseconds = Int(fraction) / 1_000_000
        return "\(padded(civil.year, 4))-\(padded(civil.month, 2))-\(padded(civil.day, 2))T"
            + "\(padded(civil.hour, 2)):\(padded(civil.minute, 2)):\(padded(civil.second, 2)).\(padded(milliseconds, 3))Z"
    }

    /// The HTTP date of RFC 9110, 5.6.7: `Sat, 21 Nov 2026 05:19:51 GMT`.
    package var httpDate: String {
        let civil = CivilTime(self)
        let days = civil.dayNumber
        let weekday = Timestamp.weekdays[(days % 7 + 7) % 7]
        return "\(weekday), \(padded(civil.day, 2)) \(Timestamp.months[civil.month - 1]) \(padded(civil.year, 4)) "
            + "\(padded(civil.hour, 2)):\(padded(civil.minute, 2)):\(padded(civil.second, 2)) GMT"
    }

    /// ISO 8601 basic format as SigV4 wants it: `20261121T051951Z`.
    package var basicISO8601: String {
        let civil = CivilTime(self)
        return "\(padded(civil.year, 4))\(padded(civil.month, 2))\(padded(civil.day, 2))T"
            + "\(padded(civil.hour, 2))\(padded(civil.minute, 2))\(padded(civil.second, 2))Z"
    }

    /// Reads an HTTP date in its preferred form; nil for anything else.
    package init?(httpDate text: some StringProtocol) {
        let fields = text.split(whereSeparator: { $0 == " " || $0 == ":" || $0 == "," })
        guard fields.count == 8, fields[7] == "GMT", let day = Int(fields[1]), let year = Int(fields[3]),
            let month = Timestamp.months.firstIndex(of: String(fields[2])),
            let hour = Int(fields[4]), let minute = Int(fields[5]), let second = Int(fields[6]),
            1...9999 ~= year, 1...31 ~= day, 0...23 ~= hour, 0...59 ~= minute, 0...60 ~= second
        else { return nil }
        let civil = CivilTime(year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second)
        guard civil.isInCalendar else { return nil }
        self = civil.timestamp
    }

    /// Reads `2026-11-21`, `2026-11-21T05:19:51Z` and the same with a fraction or a numeric zone; nil for anything else.
    package init?(rfc3339 text: String) {
        let characters = Array(text.utf8)
        func number(_ start: Int, _ length: Int) -> Int? {
            guard start + length <= characters.count else { return nil }
            var value = 0
            for character in characters[start..<start + length] {
                guard character >= 48, character <= 57 else { return nil }
                value = value * 10 + Int(character - 48)
            }
            return value
        }
        func has(_ character: UInt8, at index: Int) -> Bool { index < characters.count && characters[index] == character }
        guard let year = number(0, 4), has(45, at: 4), let month = number(5, 2), has(45, at: 7), let day = number(8, 2)
        else { return nil }
        var civil = CivilTime(year: year, month: month, day: day)
        guard civil.isInCalendar else { return nil }
        guard characters.count > 10 else {
            self = civil.timestamp
            return
        }
        guard has(84, at: 10), let hour = number(11, 2), has(58, at: 13), let minute = number(14, 2), has(58, at: 16),
            let second = number(17, 2), hour < 24, minute < 60, second <= 60
        else { return nil }
        civil.hour = hour
        civil.minute = minute
        civil.second = second
        var index = 19
        var fraction: Int64 = 0
        if has(46, at: index) {
            index += 1
            guard index < characters.count, 48...57 ~= characters[index] else { return nil }
            var unit: Int64 = 100_000_000
            while index < characters.count, 48...57 ~= characters[index] {
                fraction += Int64(characters[index] - 48) * unit
                unit /= 10
                index += 1
            }
        }
        guard let offset = Timestamp.zone(characters[index...]) else { return nil }
        self.init(seconds: civil.timestamp.seconds - Int64(offset), nanoseconds: fraction)
    }

    /// Seconds east of UTC of `Z`, `+02:00` or `-0530`.
    private static func zone(_ characters: ArraySlice<UInt8>) -> Int? {
        if characters.elementsEqual([90]) { return 0 }
        var digits = Array(characters.dropFirst())
        if digits.count == 5, digits[2] == 58 { digits.remove(at: 2) }
        guard let sign = characters.first, sign == 43 || sign == 45, digits.count == 4,
            digits.allSatisfy({ 48...57 ~= $0 })
        else { return nil }
        let value = digits.map { Int($0 - 48) }
        let (hours, minutes) = (value[0] * 10 + value[1], value[2] * 10 + value[3])
        guard hours < 24, minutes < 60 else { return nil }
        let seconds = hours * 3600 + minutes * 60
        return sign == 43 ? seconds : -seconds
    }
}
