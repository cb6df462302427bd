/// Reads the text of values: what `CanonicalText` writes, and other forms in which databases and people write the same.
///
/// Each function gives nil for what is no such value, or does not fit it exactly. White space is no part of a value.
enum ValueText {
    typealias Bytes = Span<UInt8>

    static func signed(_ text: Bytes) -> Int64? {
        guard let (magnitude, isNegative) = magnitude(text) else { return nil }
        if !isNegative { return Int64(exactly: magnitude) }
        return magnitude <= Int64.min.magnitude ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
    }

    static func unsigned(_ text: Bytes) -> UInt64? {
        guard let (magnitude, isNegative) = magnitude(text) else { return nil }
        return isNegative && magnitude != 0 ? nil : magnitude
    }

    /// Digits with a sign or without.
    private static func magnitude(_ text: Bytes) -> (UInt64, isNegative: Bool)? {
        guard text.count > 0 else { return nil }
        let first = text[0]
        let isNegative = first == UInt8(ascii: "-")
        var index = isNegative || first == UInt8(ascii: "+") ? 1 : 0
        guard index < text.count else { return nil }
        var value: UInt64 = 0
        while index < text.count {
            let digit = text[index] &- 48
            guard digit < 10 else { return nil }
            let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tenfold.addingReportingOverflow(UInt64(digit))
            guard !overflow, !carry else { return nil }
            value = sum
            index += 1
        }
        return (value, isNegative)
    }

    /// `true`, `t`, `1` and their opposites, in any case.
    static func boolean(_ text: Bytes) -> Bool? {
        if matches(text, "true") || matches(text, "t") || matches(text, "1") { return true }
        if matches(text, "false") || matches(text, "f") || matches(text, "0") { return false }
        return nil
    }

    /// Whether `text` is `word`, which is in lower case, in any case.
    static func matches(_ text: Bytes, _ word: StaticString) -> Bool {
        guard text.count == word.utf8CodeUnitCount else { return false }
        for index in 0..<word.utf8CodeUnitCount {
            let byte = text[index]
            let lower = byte &- 65 < 26 ? byte | 32 : byte
            guard unsafe lower == word.utf8Start[index] else { return false }
        }
        return true
    }

    /// 32 hexadecimal digits of either case, with hyphens behind the 8th, 12th, 16th and 20th or without, in braces or
    /// without; written to `place`.
    @unsafe static func uuid(_ text: Bytes, to place: UnsafeMutablePointer<UInt8>) -> Bool {
        var text = text
        if text.count > 2, text[0] == UInt8(ascii: "{"), text[text.count - 1] == UInt8(ascii: "}") {
            text = text.extracting(1..<text.count - 1)
        }
        let hasHyphens = text.count == 36
        guard hasHyphens || text.count == 32 else { return false }
        var index = 0
        for byte in 0..<16 {
            if hasHyphens, byte == 4 || byte == 6 || byte == 8 || byte == 10 {
                guard text[index] == UInt8(ascii: "-") else { return false }
                index += 1
            }
            guard let high = nibble(text[index]), let low = nibble(text[index + 1]) else { return false }
            unsafe place[byte] = high << 4 | low
            index += 2
        }
        return true
    }

    /// Hexadecimal digits of either case, `0x` or `\x` in front or not; written to `place`, which has room for half as
    /// many bytes; how many they are.
    @unsafe static func hexadecimal(_ text: Bytes, to place: UnsafeMutablePointer<UInt8>) -> Int? {
        var index = 0
        if text.count >= 2, text[1] | 32 == UInt8(ascii: "x"),
            text[0] == UInt8(ascii: "0") || text[0] == UInt8(ascii: "\\")
        {
            index = 2
        }
        guard text.count.isMultiple(of: 2) else { return nil }
        var count = 0
        while index < text.count {
            guard let high = nibble(text[index]), let low = nibble(text[index + 1]) else { return nil }
            unsafe place[count] = high << 4 | low
            count += 1
            index += 2
        }
        return count
    }

    @inline(__always) static func nibble(_ byte: UInt8) -> UInt8? {
        let digit = byte &- 48
        if digit < 10 { return digit }
        let letter = (byte | 32) &- 97
        return letter < 6 ? letter &+ 10 : nil
    }
}
