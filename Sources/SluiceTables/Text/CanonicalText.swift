/// The text that values have in every text format, written by digits and never by way of a floating-point number.
///
/// | type | text |
/// |---|---|
/// | boolean | `true`, `false` |
/// | integer | digits, with `-` in front of what is below zero |
/// | decimal | the same with a point where there is one, zeros behind it as its source has them; never an exponent |
/// | real | the shortest digits that read back as the same number; `NaN`, `Infinity`, `-Infinity` |
/// | date | `2024-02-29`; with a sign for years beyond 9999 (`+12024-01-01`) and below 0 (`-0044-03-15`; 0 is 1 BC) |
/// | time | `23:59:59.123456`, as many digits as there are, without zeros at the end |
/// | timestamp | the date, a space, the time |
/// | instant | the same with `+02:00` behind it, or `Z` |
/// | uuid | `01234567-89ab-cdef-0123-456789abcdef` |
/// | binary | hexadecimal digits in delimited text and base64 in JSON, or as `BinaryText` says |
///
/// Each `write` writes at `place`, which has room for `most` bytes, and returns how many they are.
enum CanonicalText {
    /// What any of these takes at most: an instant some hundred billion years away.
    static let most = 48

    @unsafe @inline(__always)
    static func write(_ value: UInt64, at place: UnsafeMutablePointer<UInt8>) -> Int {
        let count = digits(value)
        var rest = value
        var index = count
        let pairs = unsafe CanonicalText.pairs.utf8Start
        while rest >= 100 {
            let pair = Int(rest % 100) * 2
            rest /= 100
            index -= 2
            unsafe place[index] = pairs[pair]
            unsafe place[index + 1] = pairs[pair + 1]
        }
        if rest >= 10 {
            unsafe place[0] = pairs[Int(rest) * 2]
            unsafe place[1] = pairs[Int(rest) * 2 + 1]
        } else {
            unsafe place[0] = UInt8(truncatingIfNeeded: rest) &+ 48
        }
        return count
    }

    @unsafe @inline(__always)
    static func write(_ value: Int64, at place: UnsafeMutablePointer<UInt8>) -> Int {
        guard value < 0 else { return unsafe write(UInt64(value), at: place) }
        unsafe place[0] = UInt8(ascii: "-")
        return unsafe 1 + write(value.magnitude, at: place + 1)
    }

    @unsafe static func write(_ value: Bool, at place: UnsafeMutablePointer<UInt8>) -> Int {
        unsafe write(value ? "true" : "false", at: place)
    }

    @unsafe static func write(_ value: Double, at place: UnsafeMutablePointer<UInt8>) -> Int {
        guard value.isFinite else { return unsafe write(beyond: value.isNaN, value < 0, at: place) }
        return unsafe write(value.description, at: place)
    }

    @unsafe static func write(_ value: Float, at place: UnsafeMutablePointer<UInt8>) -> Int {
        guard value.isFinite else { return unsafe write(beyond: value.isNaN, value < 0, at: place) }
        return unsafe write(value.description, at: place)
    }

    @unsafe private static func write(
        beyond isNaN: Bool,
        _ isNegative: Bool,
        at place: UnsafeMutablePointer<UInt8>
    ) -> Int {
        unsafe write(isNaN ? "NaN" : isNegative ? "-Infinity" : "Infinity", at: place)
    }

    @unsafe private static func write(_ text: String, at place: UnsafeMutablePointer<UInt8>) -> Int {
        var count = 0
        for byte in text.utf8 {
            unsafe place[count] = byte
            count += 1
        }
        return count
    }

    @unsafe static func write(uuid: UnsafePointer<UInt8>, at place: UnsafeMutablePointer<UInt8>) -> Int {
        var next = unsafe place
        for index in 0..<16 {
            if index == 4 || index == 6 || index == 8 || index == 10 {
                unsafe next[0] = UInt8(ascii: "-")
                unsafe next += 1
            }
            unsafe writeHexadecimal(uuid[index], at: next)
            unsafe next += 2
        }
        return 36
    }

    @unsafe @inline(__always)
    static func writeHexadecimal(_ byte: UInt8, at place: UnsafeMutablePointer<UInt8>) {
        unsafe place[0] = hexadecimalDigit(byte >> 4)
        unsafe place[1] = hexadecimalDigit(byte & 15)
    }

    @inline(__always) private static func hexadecimalDigit(_ value: UInt8) -> UInt8 { value &+ (value < 10 ? 48 : 87) }

    @inline(__always) private static func digits(_ value: UInt64) -> Int {
        // The power of ten below it says it; 1233 / 4096 is the logarithm of two.
        let estimate = ((64 - (value | 1).leadingZeroBitCount) * 1233) >> 12
        return estimate + (value >= leastOfLength[estimate] ? 1 : 0)
    }

    /// The least number with one digit more than its index; 0 has one digit too.
    private static let leastOfLength: InlineArray<20, UInt64> = [
        0, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
        10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ]

    private static let pairs: StaticString = """
        0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
        5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899
        """
}
