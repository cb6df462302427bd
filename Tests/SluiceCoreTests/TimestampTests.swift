import SluiceCore
import SluiceTestSupport
import Testing

/// A civil time and its seconds since 1970, as `date -u -d TIME +%s` says.
struct Instant: CustomTestStringConvertible, Sendable {
    let civil: CivilTime
    let seconds: Int
    var testDescription: String { "\(civil.year)-\(civil.month)-\(civil.day) \(civil.hour):\(civil.minute):\(civil.second)" }

    init(_ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int, _ seconds: Int) {
        civil = CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        self.seconds = seconds
    }
}

@Suite struct CivilTimeTests {
    @Test(
        "instants are converted as date(1) converts them",
        arguments: [
            Instant(1970, 1, 1, 0, 0, 0, 0), Instant(1969, 12, 31, 23, 59, 59, -1), Instant(1900, 2, 28, 23, 59, 59, -2_203_891_201),
            Instant(1900, 3, 1, 0, 0, 0, -2_203_891_200), Instant(2000, 2, 29, 12, 0, 0, 951_825_600),
            Instant(2001, 9, 9, 1, 46, 40, 1_000_000_000), Instant(2024, 2, 29, 23, 59, 59, 1_709_251_199),
            Instant(2026, 11, 21, 5, 19, 51, 1_795_238_391), Instant(2038, 1, 19, 3, 14, 8, 2_147_483_648),
            Instant(2100, 2, 28, 0, 0, 0, 4_107_456_000), Instant(2100, 3, 1, 0, 0, 0, 4_107_542_400),
            Instant(1678, 1, 1, 0, 0, 0, -9_214_560_000), Instant(2262, 4, 11, 0, 0, 0, 9_223_286_400),
        ]
    )
    func knownInstants(instant: Instant) {
        #expect(instant.civil.timestamp.seconds == Int64(instant.seconds))
        #expect(CivilTime(Timestamp(seconds: Int64(instant.seconds))) == instant.civil)
    }

    @Test(
        "days are counted over all years that dates are written with",
        arguments: [(1, 1, 1, -719_162), (1, 12, 31, -718_798), (4, 2, 29, -718_008), (1600, 2, 29, -135_081), (9999, 12, 31, 2_932_896)]
    )
    func days(year: Int, month: Int, day: Int, number: Int) {
        #expect(CivilTime(year: year, month: month, day: day).dayNumber == number)
    }

    @Test("every day from 1700 to 2200 follows the one before")
    func everyDay() {
        var expected = CivilTime(year: 1700, month: 1, day: 1)
        let first = expected.dayNumber
        for number in first..<first + 500 * 365 {
            let civil = CivilTime(Timestamp(seconds: Int64(number) * 86400))
            guard civil == expected, civil.dayNumber == number else {
                Issue.record("day \(number) is \(civil), not \(expected)")
                return
            }
            expected = expected.nextDay
        }
    }

    @Test("a year that a 64-bit count of nanoseconds can't hold becomes the nearest that it can", arguments: [1, 1600, 2300, 9999])
    func beyondTheRange(year: Int) {
        let instant = CivilTime(year: year, month: 6, day: 1).timestamp
        #expect(CivilTime(instant).year == (year < 1970 ? 1677 : 2262))
        // Nothing that a file or a server says may end the process.
        #expect(!instant.rfc3339.isEmpty)
        #expect(!instant.httpDate.isEmpty)
    }
}

extension CivilTime {
    /// The day after, by the rule of the calendar.
    fileprivate var nextDay: CivilTime {
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        if day < lengths[month - 1] { return CivilTime(year: year, month: month, day: day + 1) }
        return month < 12 ? CivilTime(year: year, month: month + 1, day: 1) : CivilTime(year: year + 1, month: 1, day: 1)
    }
}

@Suite struct TimestampTests {
    private let sample = Timestamp(seconds: 1_795_238_391, nanoseconds: 42_000_000)

    @Test("one instant is written in three forms")
    func forms() {
        #expect(sample.rfc3339 == "2026-11-21T05:19:51.042Z")
        #expect(sample.httpDate == "Sat, 21 Nov 2026 05:19:51 GMT")
        #expect(sample.basicISO8601 == "20261121T051951Z")
    }

    @Test("seconds before 1970 are rounded down")
    func rounding() {
        #expect(Timestamp(nanoseconds: -1).seconds == -1)
        #expect(Timestamp(nanoseconds: -1_000_000_000).seconds == -1)
        #expect(Timestamp(nanoseconds: -1).rfc3339 == "1969-12-31T23:59:59.999Z")
        #expect(Timestamp(nanoseconds: 999_999_999).seconds == 0)
    }

    @Test("the ends of the range can be written", arguments: [Int64.min, .min + 1, -1, 0, .max - 1, .max])
    func ends(nanoseconds: Int64) {
        let instant = Timestamp(nanoseconds: nanoseconds)
        #expect(instant.rfc3339.utf8.count == 24)
        #expect(instant.httpDate.hasSuffix(" GMT"))
        #expect(Timestamp(seconds: instant.seconds) <= instant)
    }

    @Test(
        "seconds beyond the range become its ends",
        arguments: [(Int64.max, Int64.max), (Int64.min, .min), (10_000_000_000, .max), (-10_000_000_000, .min)]
    )
    func saturation(seconds: Int64, nanoseconds: Int64) {
        #expect(Timestamp(seconds: seconds).nanoseconds == nanoseconds)
        #expect(Timestamp(seconds: seconds, nanoseconds: 999_999_999).nanoseconds == nanoseconds || seconds < 0)
    }

    @Test(
        "an HTTP date is read",
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Thu, 29 Feb 2024 23:59:60 GMT", 1_709_251_200), ("Sat, 21 Nov 2026 05:19:51 GMT", 1_795_238_391),
        ] as [(String, Int64)]
    )
    func httpDate(text: String, seconds: Int64) {
        #expect(Timestamp(httpDate: text) == Timestamp(seconds: seconds))
    }

    @Test("an HTTP date of the year 9999 is the end of time and no crash")
    func farDate() {
        #expect(Timestamp(httpDate: "Fri, 31 Dec 9999 23:59:59 GMT") == Timestamp(nanoseconds: .max))
        #expect(Timestamp(httpDate: "Mon, 01 Jan 0001 00:00:00 GMT") == Timestamp(nanoseconds: .min))
        #expect(Timestamp(rfc3339: "9999-12-31T23:59:59-23:59") == Timestamp(nanoseconds: .max))
    }

    @Test(
        "what is no HTTP date is refused",
        arguments: [
            "", "120", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Now 1994 08:49:37 GMT",
            "Sun, 32 Nov 1994 08:49:37 GMT", "Wed, 31 Feb 2024 00:00:00 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Nov 1994 08:60:00 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 29 Feb 2023 00:00:00 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        ]
    )
    func noHTTPDate(text: String) {
        #expect(Timestamp(httpDate: text) == nil)
    }

    @Test(
        "an RFC 3339 time is read with fraction and zone",
        arguments: [
            ("2026-11-21", 1_795_219_200, 0), ("2026-11-21T05:19:51Z", 1_795_238_391, 0),
            ("2026-11-21T05:19:51.5Z", 1_795_238_391, 500_000_000), ("2026-11-21T05:19:51.042Z", 1_795_238_391, 42_000_000),
            ("2026-11-21T05:19:51.123456789123Z", 1_795_238_391, 123_456_789), ("2026-11-21T07:19:51+02:00", 1_795_238_391, 0),
            ("2026-11-20T23:49:51-05:30", 1_795_238_391, 0), ("2026-11-21T05:19:51-0000", 1_795_238_391, 0),
            ("2026-11-21T05:19:51.25+00:00", 1_795_238_391, 250_000_000), ("1970-01-01T00:00:00.000000001Z", 0, 1),
            ("1969-12-31T23:59:59.9Z", -1, 900_000_000), ("2024-02-29T23:59:60Z", 1_709_251_200, 0),
        ] as [(String, Int64, Int64)]
    )
    func rfc3339(text: String, seconds: Int64, nanoseconds: Int64) {
        #expect(Timestamp(rfc3339: text) == Timestamp(seconds: seconds, nanoseconds: nanoseconds))
    }

    @Test(
        "what is no RFC 3339 time is refused",
        arguments: [
            "", "2026", "2026-11", "2026-13-01", "2026-00-01", "2026-11-00", "2026-11-31", "2023-02-29", "1900-02-29", "26-11-21",
            "2026-11-21T", "2026-11-21T05:19", "2026-11-21T05:19:51", "2026-11-21 05:19:51Z", "2026-11-21T24:00:00Z",
            "2026-11-21T05:60:00Z", "2026-11-21T05:19:61Z", "2026-11-21T05:19:51ZZ", "2026-11-21T05:19:51+2:00",
            "2026-11-21T05:19:51+02:60", "2026-11-21T05:19:51+24:00", "2026-11-21T05:19:51.Z", "+026-11-21", "2026-1१-21",
        ]
    )
    func noRFC3339(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("any instant comes back, to the millisecond or second that its form has", arguments: seeds(200))
    func roundTrip(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let instant = Timestamp(seconds: .random(in: -9_000_000_000...9_000_000_000, using: &generator), nanoseconds: 7_000_000)
        #expect(Timestamp(rfc3339: instant.rfc3339) == instant, "seed \(seed)")
        #expect(Timestamp(httpDate: instant.httpDate) == Timestamp(seconds: instant.seconds), "seed \(seed)")
        #expect(CivilTime(instant).timestamp == Timestamp(seconds: instant.seconds), "seed \(seed)")
    }
}
