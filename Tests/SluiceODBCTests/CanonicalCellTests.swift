import SluiceTables
import Testing

@testable import SluiceODBC

/// What databases write for a value, and what it is everywhere.
@Suite struct CanonicalCellTests {
    private func canonical(_ type: ColumnType, _ text: String) -> String {
        var bytes = Array(text.utf8)
        let count = bytes.count
        bytes += [UInt8](repeating: 0xAA, count: max(0, 64 - count))
        let kind = CanonicalCell(type)
        let length = bytes.withUnsafeMutableBufferPointer { kind?.rewrite($0.baseAddress!, count) ?? count }
        return String(decoding: bytes.prefix(length), as: UTF8.self)
    }

    @Test(
        "dates have a sign before year 0 and after 9999",
        arguments: [
            ("2024-02-29", "2024-02-29"), ("0044-03-15 BC", "-0043-03-15"), ("0001-12-31 BC", "0000-12-31"),
            ("4713-01-01 BC", "-4712-01-01"), ("99999-01-01", "+99999-01-01"), ("5874897-12-31", "+5874897-12-31"),
            ("infinity", "infinity"), ("-infinity", "-infinity"), ("no date", "no date"), ("", ""),
        ]
    )
    func date(_ written: String, _ wanted: String) { #expect(canonical(.date, written) == wanted) }

    @Test(
        "times and timestamps have no zeros at the end of their fraction",
        arguments: [
            ("2020-01-01 12:34:56", "2020-01-01 12:34:56"), ("2020-01-01 12:34:56.100000", "2020-01-01 12:34:56.1"),
            ("2020-01-01 12:34:56.000", "2020-01-01 12:34:56"), ("2020-01-01 12:34:50", "2020-01-01 12:34:50"),
            ("0044-03-15 12:00:00.50 BC", "-0043-03-15 12:00:00.5"),
            ("294276-12-31 23:59:59.999999", "+294276-12-31 23:59:59.999999"),
            ("infinity", "infinity"),
        ]
    )
    func timestamp(_ written: String, _ wanted: String) { #expect(canonical(.timestamp(digits: 6), written) == wanted) }

    @Test(
        "times of day",
        arguments: [("24:00:00", "24:00:00"), ("12:34:56.500", "12:34:56.5"), ("-838:59:59.000", "-838:59:59")]
    )
    func time(_ written: String, _ wanted: String) { #expect(canonical(.time(digits: 6), written) == wanted) }

    @Test(
        "moments of a session in UTC end with Z",
        arguments: [
            ("2020-01-01 10:34:56.123456+00", "2020-01-01 10:34:56.123456Z"),
            ("2020-01-01 10:34:56+00:00", "2020-01-01 10:34:56Z"),
            ("2020-01-01 10:34:56.120", "2020-01-01 10:34:56.12Z"),
            ("0044-03-15 00:00:00+00 BC", "-0043-03-15 00:00:00Z"),
            ("20200-01-01 10:34:56+00", "+20200-01-01 10:34:56Z"), ("2020-01-01 10:34:56+02", "2020-01-01 10:34:56+02"),
            ("infinity", "infinity"),
        ]
    )
    func instant(_ written: String, _ wanted: String) { #expect(canonical(.instant(digits: 6), written) == wanted) }

    @Test(
        "booleans",
        arguments: [("1", "true"), ("0", "false"), ("t", "true"), ("f", "false"), ("z", "z"), ("10", "10")]
    )
    func boolean(_ written: String, _ wanted: String) { #expect(canonical(.boolean, written) == wanted) }

    @Test("identifiers are in lower case")
    func uuid() {
        #expect(canonical(.uuid, "1E55EAD5-21B3-4A7D-86BC-165249B52A60") == "1e55ead5-21b3-4a7d-86bc-165249b52a60")
    }
}
