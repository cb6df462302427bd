extension ValueText {
    /// Days since 1970-01-01; nil for a day that is not in the calendar, or beyond 32 bits.
    static func days(_ text: Bytes) -> Int32? {
        var reader = TimeReader()
        guard let days = reader.date(text), reader.isAtEnd(text) else { return nil }
        return Int32(exactly: days)
    }

    /// Nanoseconds since midnight, up to 24:00:00.
    static func nanoseconds(_ text: Bytes) -> Int64? {
        var reader = TimeReader()
        guard let time = reader.time(text), reader.isAtEnd(text) else { return nil }
        return time
    }

    /// A date and a time, a space or `T` between them; an offset behind them where `isInstant`, and none otherwise.
    static func moment(_ text: Bytes, isInstant: Bool) -> Moment? {
        var reader = TimeReader()
        guard let days = reader.date(text),
            reader.take(text, UInt8(ascii: " ")) || reader.take(text, UInt8(ascii: "T")),
            let time = reader.time(text)
        else { return nil }
        var offset: Int64 = 0
        if isInstant {
            guard let read = reader.offset(text) else { return nil }
            offset = read
        }
        guard reader.isAtEnd(text) else { return nil }
        let (seconds, nanoseconds) = time.quotientAndRemainder(dividingBy: 1_000_000_000)
        return Moment(
            seconds: days * 86400 + seconds - offset,
            nanoseconds: Int32(nanoseconds),
            offset: Int32(offset)
        )
    }
}

/// Reads dates and times from the front of a text.
private struct TimeReader {
    typealias Bytes = Span<UInt8>

    private var index = 0

    func isAtEnd(_ text: Bytes) -> Bool { index == text.count }

    mutating func take(_ text: Bytes, _ byte: UInt8) -> Bool {
        guard index < text.count, text[index] == byte else { return false }
        index += 1
        return true
    }

    /// A number of exactly `count` digits.
    private mutating func number(_ text: Bytes, _ count: Int) -> Int64? {
        guard text.count - index >= count else { return nil }
        var value: Int64 = 0
        for place in index..<index + count {
            let digit = text[place] &- 48
            guard digit < 10 else { return nil }
            value = value * 10 + Int64(digit)
        }
        index += count
        return value
    }

    /// How many digits stand here.
    private func digits(_ text: Bytes) -> Int {
        var end = index
        while end < text.count, text[end] &- 48 < 10 { end += 1 }
        return end - index
    }

    /// `2024-02-29`; more than four digits of a year want a sign. Days since 1970-01-01.
    mutating func date(_ text: Bytes) -> Int64? {
        let isNegative = take(text, UInt8(ascii: "-"))
        let isSigned = isNegative || take(text, UInt8(ascii: "+"))
        let length = digits(text)
        // Twelve digits are beyond what 64 bits of seconds hold.
        guard length == 4 || (isSigned && length > 4 && length <= 11), let year = number(text, length),
            take(text, UInt8(ascii: "-")), let month = number(text, 2), take(text, UInt8(ascii: "-")),
            let day = number(text, 2)
        else { return nil }
        let date = CivilDate(year: isNegative ? -year : year, month: Int(month), day: Int(day))
        return date.isValid ? date.days : nil
    }

    /// `23:59`, `23:59:59`, `23:59:59.123456789`, and up to 24:00:00. Nanoseconds.
    mutating func time(_ text: Bytes) -> Int64? {
        guard let hour = number(text, 2), hour <= 24, take(text, UInt8(ascii: ":")), let minute = number(text, 2),
            minute < 60
        else {
            return nil
        }
        var time = hour * 3600 + minute * 60
        var fraction: Int64 = 0
        if take(text, UInt8(ascii: ":")) {
            guard let second = number(text, 2), second < 60 else { return nil }
            time += second
            if take(text, UInt8(ascii: ".")) {
                guard let read = self.fraction(text) else { return nil }
                fraction = read
            }
        }
        let nanoseconds = time * 1_000_000_000 + fraction
        return nanoseconds <= 86_400_000_000_000 ? nanoseconds : nil
    }

    /// Nanoseconds; digits beyond the ninth must be zeros.
    private mutating func fraction(_ text: Bytes) -> Int64? {
        let length = digits(text)
        guard length > 0, var value = number(text, min(length, 9)) else { return nil }
        for _ in 0..<max(0, 9 - length) { value *= 10 }
        for _ in 0..<max(0, length - 9) { guard take(text, 48) else { return nil } }
        return value
    }

    /// `Z`, `+02`, `+0200`, `+02:00`, `+02:00:00`. Seconds east of UTC.
    mutating func offset(_ text: Bytes) -> Int64? {
        if take(text, UInt8(ascii: "Z")) || take(text, UInt8(ascii: "z")) { return 0 }
        let isWest = take(text, UInt8(ascii: "-"))
        guard isWest || take(text, UInt8(ascii: "+")), let hour = number(text, 2), hour < 24 else { return nil }
        var seconds = hour * 3600
        if !isAtEnd(text) {
            let hasColons = take(text, UInt8(ascii: ":"))
            guard let minute = number(text, 2), minute < 60 else { return nil }
            seconds += minute * 60
            if hasColons, take(text, UInt8(ascii: ":")) {
                guard let second = number(text, 2), second < 60 else { return nil }
                seconds += second
            }
        }
        return isWest ? -seconds : seconds
    }
}
