import Testing

@testable import SluiceTables

/// Other forms of the same values, and what is none.
@Suite struct ValueTextTests {
    @Test(
        "integers",
        arguments: [
            ("+7", 7), ("-0", 0), ("007", 7), ("9223372036854775807", .max), ("-9223372036854775808", .min),
            ("9223372036854775808", nil), ("-9223372036854775809", nil), ("", nil), ("-", nil), ("+", nil),
            ("1.0", nil),
            (" 1", nil), ("1 ", nil), ("0x10", nil), ("99999999999999999999999", nil), ("٣", nil),
        ] as [(String, Int64?)]
    )
    func signed(text: String, value: Int64?) { #expect(read(text, ValueText.signed) == value) }

    @Test(
        "integers without a sign",
        arguments: [("18446744073709551615", .max), ("18446744073709551616", nil), ("-0", 0), ("-1", nil)]
            as [(String, UInt64?)]
    )
    func unsigned(text: String, value: UInt64?) { #expect(read(text, ValueText.unsigned) == value) }

    @Test(
        "booleans",
        arguments: [
            ("TRUE", true), ("t", true), ("1", true), ("False", false), ("F", false), ("0", false), ("yes", nil),
            ("", nil), ("10", nil),
        ]
            as [(String, Bool?)]
    )
    func booleans(text: String, value: Bool?) { #expect(read(text, ValueText.boolean) == value) }

    @Test(
        "floating-point numbers",
        arguments: [
            ("1", 1), (".5", 0.5), ("5.", 5), ("1E3", 1000), ("-1e-3", -0.001), ("0.1", 0.1), ("1e23", 1e23),
            ("9007199254740993", 9_007_199_254_740_992), ("123456789012345678901234567890", 1.2345678901234568e29),
            ("1e-400", 0), ("-INF", -.infinity), ("infinity", .infinity), ("+inf", .infinity), ("1e400", nil),
            ("", nil), (".", nil), ("e5", nil),
            ("1e", nil), ("1e+", nil), ("0x1p3", nil), ("1_000", nil), ("1,5", nil), ("nan(1)", nil), ("--1", nil),
            ("1e999999999", nil),
        ] as [(String, Double?)]
    )
    func doubles(text: String, value: Double?) { #expect(read(text, ValueText.double) == value) }

    @Test("a float is rounded once")
    func roundedOnce() {
        // Just above the middle of two floats; rounded to a double first it is the middle, and goes to the even one.
        #expect(read("1.00000005960464477540", ValueText.float) == Float(1).nextUp)
        #expect(read("16777217", ValueText.float) == 16_777_216)
        #expect(read("3.4028236e38", ValueText.float) == nil)
    }

    @Test(
        "decimals",
        arguments: [
            ("1", "1"), ("+1.50", "1.50"), ("-0", "0"), ("-0.00", "0.00"), (".5", "0.5"), ("5.", "5"), ("007.5", "7.5"),
            ("0e5", "0"),
            ("1e3", "1000"), ("1.5E-3", "0.0015"), ("00", "0"), ("NaN", nil), ("", nil), ("-", nil), ("1e1001", nil),
            ("1 000", nil),
        ] as [(String, String?)]
    )
    func decimals(text: String, value: String?) { #expect(decimal(text) == value) }

    @Test(
        "dates",
        arguments: [
            ("1970-01-01", 0), ("+1970-01-01", 0), ("0000-03-01", -719_468), ("-0001-12-31", -719_529),
            ("2000-02-29", 11016), ("1900-02-29", nil),
            ("2001-02-29", nil), ("2024-13-01", nil), ("2024-00-01", nil), ("2024-01-00", nil), ("2024-1-1", nil),
            ("12024-01-01", nil),
            ("+5881580-07-11", .max), ("+5881580-07-12", nil), ("-5877641-06-23", .min), ("-5877641-06-22", nil),
            ("2024-01-01 ", nil), ("", nil),
            ("+99999999999-01-01", nil),
        ] as [(String, Int32?)]
    )
    func dates(text: String, value: Int32?) { #expect(read(text, ValueText.days) == value) }

    @Test(
        "times of day",
        arguments: [
            ("00:00", 0), ("23:59:59.999999999", 86_399_999_999_999), ("24:00:00", 86_400_000_000_000),
            ("12:00:00.5", 43_200_500_000_000),
            ("00:00:00.1234567890", 123_456_789), ("00:00:00.1234567891", nil), ("24:00:01", nil), ("23:60", nil),
            ("23:59:60", nil),
            ("1:00", nil), ("00:00:00.", nil), ("", nil),
        ] as [(String, Int64?)]
    )
    func times(text: String, value: Int64?) { #expect(read(text, ValueText.nanoseconds) == value) }

    @Test(
        "instants",
        arguments: [
            ("1970-01-01T00:00:00Z", Moment(seconds: 0)), ("1970-01-01 02:00:00+02", Moment(seconds: 0, offset: 7200)),
            ("1970-01-01 00:00-0330", Moment(seconds: 12600, offset: -12600)),
            ("1970-01-01 00:00:00.5+00:00:01", Moment(seconds: -1, nanoseconds: 500_000_000, offset: 1)),
            ("1970-01-01 00:00:00", nil), ("1970-01-01", nil), ("1970-01-01 00:00:00+24:00", nil),
            ("1970-01-01 00:00:00 UTC", nil), ("", nil),
        ] as [(String, Moment?)]
    )
    func instants(text: String, value: Moment?) {
        #expect(read(text, { ValueText.moment($0, isInstant: true) }) == value)
    }

    @Test("a timestamp has no offset")
    func noOffset() {
        #expect(read("1970-01-01 00:00:00Z", { ValueText.moment($0, isInstant: false) }) == nil)
        #expect(read("1970-01-02T00:00:00", { ValueText.moment($0, isInstant: false) }) == Moment(seconds: 86400))
    }

    @Test(
        "bytes",
        arguments: [
            ("", []), ("00fF", [0, 255]), ("0x0a", [10]), ("\\x0A0b", [10, 11]), ("0", nil), ("0g", nil), ("0x", []),
            ("x0", nil),
        ] as [(String, [UInt8]?)]
    )
    func bytes(text: String, value: [UInt8]?) {
        var count: Int?
        let read = [UInt8](unsafeUninitializedCapacity: 8) { room, initialized in
            count = ValueText.hexadecimal(Array(text.utf8).span, to: room.baseAddress!)
            initialized = count ?? 0
        }
        #expect(count.map { _ in read } == value)
    }

    @Test(
        "uuids",
        arguments: [
            ("01234567-89ab-cdef-0123-456789ABCDEF", true), ("0123456789abcdef0123456789abcdef", true),
            ("{01234567-89ab-cdef-0123-456789abcdef}", true), ("01234567-89ab-cdef-0123-456789abcde", false),
            ("01234567089ab-cdef-0123-456789abcdef", false), ("0123456789abcdef0123456789abcdeg", false), ("", false),
        ]
    )
    func uuids(text: String, isOne: Bool) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { place in
            #expect(ValueText.uuid(Array(text.utf8).span, to: place.baseAddress!) == isOne)
        }
    }
}
