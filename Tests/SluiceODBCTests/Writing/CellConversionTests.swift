import SluiceTables
import Testing

@testable import SluiceODBC

/// Texts as three databases want them.
@Suite struct CellConversionTests {
    private static let profiles = try? DriverProfiles()

    private func converted(
        _ text: String,
        to type: ColumnType,
        _ driver: String,
        castType: String = "x",
        _ binary: BinaryText = .hexadecimal,
        truncates: Bool = false
    ) throws -> String {
        let profile = try #require(Self.profiles).profile(forDriver: driver)
        var target = TargetColumn(name: "c", type: type, castType: castType, isTyped: !profile.typesAreClaims)
        target.textLength = TargetTable.textLength(type, declared: nil)
        let conversion = CellConversion(
            Column("s", .text(length: nil)),
            target,
            binary,
            profile.writing,
            truncates: truncates
        )
        let bytes = Array(text.utf8)
        return unsafe bytes.withUnsafeBufferPointer { text in
            unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: conversion.most(text.count)) { place in
                switch unsafe conversion.write(text, to: place.baseAddress!) {
                case .bytes(let count): unsafe String(decoding: place[..<count], as: UTF8.self)
                case .refused(_, let clause): "refused: " + clause
                }
            }
        }
    }

    @Test(
        "a value becomes the text that the database reads as the same",
        arguments: [
            ("psqlodbcw.so", ColumnType.date, "-0043-03-15", "0044-03-15 BC"),
            ("psqlodbcw.so", .date, "0000-01-01", "0001-01-01 BC"),
            ("psqlodbcw.so", .date, "+12024-01-01", "12024-01-01"), ("psqlodbcw.so", .date, "2024-02-29", "2024-02-29"),
            ("psqlodbcw.so", .date, "infinity", "infinity"),
            ("psqlodbcw.so", .instant(digits: 6), "-0043-03-15 10:00:00Z", "0044-03-15 10:00:00Z BC"),
            ("psqlodbcw.so", .timestamp(digits: 6), "2020-01-01 01:00:00+02:00", "2019-12-31 23:00:00"),
            ("psqlodbcw.so", .boolean, "true", "true"), ("psqlodbcw.so", .binary(length: nil), "00ff", "\\x00ff"),
            ("libmaodbc.so", .instant(digits: 6), "2020-06-01 10:34:56.5Z", "2020-06-01 10:34:56.5"),
            ("libmaodbc.so", .timestamp(digits: 6), "2020-06-01 10:34:56-11:30", "2020-06-01 22:04:56"),
            ("libmaodbc.so", .integer(bits: 8, isSigned: true), "TRUE", "1"), ("libmaodbc.so", .boolean, "false", "0"),
            ("libmaodbc.so", .decimal(precision: 5, scale: 2), "1.500", "1.500"),
            ("libmaodbc.so", .decimal(precision: 5, scale: 2), "1.5e1", "1.5e1"),
            ("libmaodbc.so", .binary(length: nil), "4142", "AB"), ("libsqlite3odbc.so", .boolean, "true", "1"),
            ("libsqlite3odbc.so", .decimal(precision: 5, scale: 2), "1.555", "1.555"),
        ]
    )
    func writes(_ driver: String, _ type: ColumnType, _ text: String, _ wanted: String) throws {
        #expect(try converted(text, to: type, driver) == wanted)
    }

    @Test(
        "a value loses what has no room where that is allowed, and nothing else",
        arguments: [
            (ColumnType.text(length: 3), "äöüß", "äöü"), (.text(length: 3), "äöü", "äöü"), (.text(length: 3), "", ""),
            (.text(length: 0), "a", ""), (.text(length: nil), "any", "any"),
            (.decimal(precision: 5, scale: 2), "-1.239", "-1.23"), (.decimal(precision: 5, scale: 2), "1.2", "1.2"),
            (.decimal(precision: 5, scale: 0), "7.9", "7"), (.integer(bits: 32, isSigned: true), "-0.5", "-0"),
            (.integer(bits: 32, isSigned: true), "12", "12"),
            (
                .integer(bits: 32, isSigned: true), "1.5e0",
                "refused: which has more digits behind the point than its type x holds"
            ),
            (.integer(bits: 32, isSigned: true), "1.x", "1.x"),
            (.timestamp(digits: 3), "2024-01-01 10:00:00.123456Z", "2024-01-01 10:00:00.123"),
            (.timestamp(digits: 0), "2024-01-01 10:00:00.9", "2024-01-01 10:00:00"),
            (.instant(digits: 0), "2024-01-01 10:00:00.9+02:00", "2024-01-01 08:00:00"),
            (.time(digits: 1), "10:00:00.19", "10:00:00.1"),
        ] as [(ColumnType, String, String)]
    )
    func truncates(_ type: ColumnType, _ text: String, _ wanted: String) throws {
        #expect(try converted(text, to: type, "libmaodbc.so", truncates: true) == wanted)
    }

    @Test("a length that a driver makes up is not believed where the database can be asked")
    func textLength() {
        #expect(TargetTable.textLength(.text(length: 8190), declared: "text") == nil)
        #expect(TargetTable.textLength(.text(length: 8190), declared: "character varying(12)") == 12)
        #expect(TargetTable.textLength(.text(length: 12), declared: nil) == 12)
        #expect(TargetTable.textLength(.decimal(precision: 5, scale: 2), declared: "numeric(5,2)") == nil)
    }

    @Test(
        "a value that would be changed in silence is refused",
        arguments: [
            ("psqlodbcw.so", ColumnType.decimal(precision: 5, scale: 2), "1.555"),
            ("psqlodbcw.so", .decimal(precision: 5, scale: 2), "1e-3"),
            ("libmaodbc.so", .integer(bits: 32, isSigned: true), "1.5"),
            ("libmaodbc.so", .time(digits: 0), "12:00:00.1"),
            ("psqlodbcw.so", .timestamp(digits: 6), "2020-01-01 00:00:00.1234567"),
            ("psqlodbcw.so", .text(length: nil), "a\0b"),
            ("libmaodbc.so", .binary(length: nil), "4"), ("libmaodbc.so", .binary(length: nil), "xy"),
        ]
    )
    func refuses(_ driver: String, _ type: ColumnType, _ text: String) throws {
        #expect(try converted(text, to: type, driver).hasPrefix("refused: which"))
    }

    @Test("bits are a number's, or digits'", arguments: [("true", "\u{1}"), ("0", "\0"), ("1", "\u{1}")])
    func bits(_ text: String, _ wanted: String) throws {
        #expect(try converted(text, to: .boolean, "libmaodbc.so", castType: "bit") == wanted)
        #expect(try converted("4142", to: .binary(length: 2), "libmaodbc.so", castType: "bit") == "AB")
        #expect(try converted("QUI=", to: .binary(length: 2), "libmaodbc.so", castType: "bit", .base64) == "AB")
    }
}
