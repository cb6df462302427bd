import SluiceTestSupport
import Testing

@testable import SluiceTables

@Suite struct DelimitedEncoderTests {
    private static func format(_ change: (inout DelimitedFormat) -> Void) -> DelimitedFormat {
        var format = DelimitedFormat()
        format.hasHeader = false
        change(&format)
        return format
    }

    private func text(_ format: DelimitedFormat, _ rows: Rows) throws -> String {
        String(decoding: try rows.encoded(by: DelimitedEncoder(format, columns: rows.columns)), as: UTF8.self)
    }

    @Test("every type has its canonical text")
    func types() throws {
        let columns = [
            Column("b", .boolean), Column("i", .integer(bits: 64, isSigned: true)),
            Column("u", .integer(bits: 64, isSigned: false)),
            Column("d", .decimal(precision: 38, scale: 2)), Column("f", .real(bits: 32)), Column("r", .real(bits: 64)),
            Column("t", .text(length: nil)),
            Column("x", .binary(length: nil)), Column("day", .date), Column("time", .time(digits: 6)),
            Column("stamp", .timestamp(digits: 6)),
            Column("at", .instant(digits: 6)), Column("id", .uuid),
        ]
        let rows = Rows(
            columns,
            [
                [
                    .boolean(true), .signed(.min), .unsigned(.max), .text("12345678901234567890123456789012345.60"),
                    .float(0.1), .double(0.1), .text("a"),
                    .bytes([0, 255]), .days(-1), .nanoseconds(1_500_000_000),
                    .moment(Moment(seconds: 0, nanoseconds: 1000)),
                    .moment(Moment(seconds: 0, offset: 3600)), .bytes(Array(0..<16)),
                ],
                columns.map { _ in .null },
                [
                    .boolean(false), .signed(0), .unsigned(0), .text("0"), .float(.nan), .double(-.infinity), .text(""),
                    .bytes([]), .days(0),
                    .nanoseconds(0), .moment(Moment(seconds: -1)), .moment(Moment(seconds: 0)),
                    .bytes([UInt8](repeating: 0, count: 16)),
                ],
            ]
        )
        let expected = """
            true,-9223372036854775808,18446744073709551615,12345678901234567890123456789012345.60,0.1,0.1,a,00ff,\
            1969-12-31,00:00:01.5,\
            1970-01-01 00:00:00.000001,1970-01-01 01:00:00+01:00,00010203-0405-0607-0809-0a0b0c0d0e0f
            ,,,,,,,,,,,,
            false,0,0,0,NaN,-Infinity,"","",1970-01-01,00:00:00,1969-12-31 23:59:59,1970-01-01 00:00:00Z,\
            00000000-0000-0000-0000-000000000000

            """
        #expect(try text(DelimitedEncoderTests.format { _ in }, rows) == expected)
        let quoted = try text(DelimitedEncoderTests.format { $0.quotesAll = true }, rows)
        #expect(quoted.hasPrefix("\"true\",\"-9223372036854775808\","))
        #expect(quoted.contains("\n,,,,,,,,,,,,\n"))
    }

    @Test("a value that looks like a delimiter is quoted whatever its type")
    func digits() throws {
        let rows = Rows(
            [Column("a", .integer(bits: 32, isSigned: true)), Column("b", .date), Column("c", .binary(length: nil))],
            [[.signed(-12), .days(0), .bytes([0xAB])]]
        )
        #expect(
            try text(DelimitedEncoderTests.format { $0.delimiter = [UInt8(ascii: "-")] }, rows)
                == "\"-12\"-\"1970-01-01\"-ab\n"
        )
        #expect(
            try text(DelimitedEncoderTests.format { $0.null = Array("ab".utf8) }, rows) == "-12,1970-01-01,\"ab\"\n"
        )
    }

    @Test(
        "texts are quoted or escaped where they need it",
        arguments: [
            (format { _ in }, "a,b", "x,\"a,b\"\n"), (format { _ in }, "a\"b", "x,\"a\"\"b\"\n"),
            (format { _ in }, "a\nb", "x,\"a\nb\"\n"),
            (format { _ in }, "a\rb", "x,\"a\rb\"\n"), (format { _ in }, "", "x,\"\"\n"),
            (format { _ in }, " a\tb ", "x, a\tb \n"),
            (format { $0.null = Array("NULL".utf8) }, "NULL", "x,\"NULL\"\n"),
            (format { $0.null = Array("NULL".utf8) }, "", "x,\n"),
            (format { $0.escape = UInt8(ascii: "\\") }, "a\"\\b", "x,\"a\\\"\\\\b\"\n"),
            (format { $0.delimiter = Array("||".utf8) }, "a|b", "x||\"a|b\"\n"),
            (format { $0.rowDelimiter = Array("\r\n".utf8) }, "ab", "x,ab\r\n"),
            (
                format {
                    $0.quote = nil
                    $0.escape = UInt8(ascii: "\\")
                    $0.null = Array("\\N".utf8)
                }, "a,\n\\N", "x,a\\,\\\n\\\\N\n"
            ),
        ] as [(DelimitedFormat, String, String)]
    )
    func quoting(format: DelimitedFormat, value: String, expected: String) throws {
        #expect(try text(format, Rows(texts("a", "b"), [[.text("x"), .text(value)]])) == expected)
    }

    @Test("what can't be written so that it is read back is refused")
    func refused() throws {
        let noQuote = DelimitedEncoderTests.format { $0.quote = nil }
        #expect(throws: RowRefusal.self) { try text(noQuote, Rows(texts("a"), [[.text("a,b")]])) }
        #expect(throws: RowRefusal.self) { try text(noQuote, Rows(texts("a"), [[.text("")]])) }
        #expect(try text(noQuote, Rows(texts("a", "b"), [[.text("a\"b"), .null]])) == "a\"b,\n")
    }

    @Test(
        "a row that can't be written leaves those before it, and those behind it can follow",
        arguments: ["UTF-8", "ISO-8859-1"],
        [[0], [1], [999], [0, 1, 2], [3, 500, 501, 999], []]
    )
    func refusedRows(_ encoding: String, _ bad: [Int]) throws {
        let format = DelimitedEncoderTests.format {
            $0.encoding = encoding
            $0.quote = encoding == "UTF-8" ? nil : $0.quote
        }
        // Long enough for several of the output's pages.
        let long = String(repeating: "ä", count: 300)
        let rows = Rows(
            texts("a", "b"),
            (0..<1000).map { [.text("\($0)"), .text(bad.contains($0) ? "日,本" : long)] }
        )
        let encoder = try format.makeEncoder(rows.columns)
        let output = ByteOutput()
        try encoder.begin(output)
        var refused: [Int] = []
        var next = 0
        while next < rows.count {
            do {
                try rows.withBatch { try encoder.encode($0, rows: next..<rows.count, to: output) }
                next = rows.count
            } catch let refusal as RowRefusal {
                #expect(refusal.place == .row(refusal.row + 1))
                refused.append(refusal.row)
                next = refusal.row + 1
            }
        }
        try encoder.finish(output)
        #expect(refused == bad)
        let written = (0..<1000).filter { !bad.contains($0) }.map { "\($0),\(long)\n" }.joined()
        let wanted = encoding == "UTF-8" ? Array(written.utf8) : written.unicodeScalars.map { UInt8($0.value) }
        #expect(output.withBytes { $0.elementsEqual(wanted) })
    }

    @Test("names are quoted as values are, and a file never begins with a byte order mark")
    func heads() throws {
        let mark = "\u{FEFF}a"
        #expect(try text(DelimitedFormat(), Rows(texts("a,b", "", "c"), [])) == "\"a,b\",\"\",c\n")
        #expect(try text(DelimitedFormat(), Rows(texts(mark), [])) == "\"\u{FEFF}a\"\n")
        let rows = Rows(texts("a", "b"), [[.text(mark), .text("x")], [.text(mark), .text("y")]])
        #expect(try text(DelimitedEncoderTests.format { _ in }, rows) == "\"\u{FEFF}a\",x\n\u{FEFF}a,y\n")
        // PostgreSQL takes it for the end.
        #expect(try text(DelimitedEncoderTests.format { _ in }, Rows(texts("a"), [[.text("\\.")]])) == "\"\\.\"\n")
    }

    @Test(
        "text is written in other encodings, or refused where a character has no place in them",
        arguments: ["UTF-16", "ISO-8859-1"]
    )
    func encodings(name: String) throws {
        let format = DelimitedEncoderTests.format { $0.encoding = name }
        let long = String(repeating: "é", count: 100_000)
        let rows = Rows(texts("a", "b"), [[.text("é"), .null], [.text(long), .text("ß\n")]])
        let bytes = try rows.encoded(by: format.makeEncoder(rows.columns))
        #expect(try everyText(DelimitedReader(format, BytesInput(bytes))) == [["é", nil], [long, "ß\n"]])
        let directory = try TemporaryDirectory()
        let read = try Command.run(["iconv", "-f", name, "-t", "UTF-8", directory.write("text", bytes)]).output
        #expect(read == Array("é,\n\(long),\"ß\n\"\n".utf8))
        guard name == "ISO-8859-1" else { return }
        let error = #expect(throws: RowRefusal.self) {
            try Rows(texts("a", "b"), [[.text("a"), .text("日本")]]).encoded(by: format.makeEncoder(rows.columns))
        }
        #expect(error?.cause == "the character \"日\" can't be written in ISO-8859-1")
    }

    /// Formats that differ in all that makes a difference.
    private static let formats: [DelimitedFormat] = [
        format { _ in }, format { $0.quotesAll = true }, format { $0.rowDelimiter = Array("\r\n".utf8) },
        format { $0.null = Array("\\N".utf8) }, format { $0.escape = UInt8(ascii: "\\") },
        format {
            $0.delimiter = [9]
            $0.quote = nil
            $0.escape = UInt8(ascii: "\\")
            $0.null = Array("\\N".utf8)
        },
        format {
            $0.delimiter = Array("||".utf8)
            $0.rowDelimiter = Array("~~".utf8)
            $0.null = Array("x".utf8)
        },
        format {
            $0.delimiter = Array("§".utf8)
            $0.quote = UInt8(ascii: "'")
            $0.hasHeader = true
        },
    ]

    /// Rows of what is hard to write, and of what is long.
    private static func nasty(_ random: inout SeededGenerator, columns: Int) -> [[Value]] {
        let pieces = [
            ",", "\"", "\n", "\r", "\r\n", "\\", "|", "||", "~", "~~", "§", "'", "\t", "a", "x", "é", "日本", "😀", "\0",
            "\u{FEFF}", "\\N", " ",
            String(repeating: "long ", count: 30),
        ]
        return (0..<Int.random(in: 0...40, using: &random)).map { _ in
            (0..<columns).map { _ in
                if Int.random(in: 0..<5, using: &random) == 0 { return .null }
                let count = Int.random(in: 0...6, using: &random)
                return .text((0..<count).map { _ in pieces.randomElement(using: &random)! }.joined())
            }
        }
    }

    @Test("what is written is read back, by any pieces, in every format", arguments: seeds(40))
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for format in DelimitedEncoderTests.formats {
            let columns = (0..<Int.random(in: 1...5, using: &random)).map { Column("c\($0)", .text(length: nil)) }
            let values = DelimitedEncoderTests.nasty(&random, columns: columns.count)
            let bytes = try Rows(columns, values).encoded(by: DelimitedEncoder(format, columns: columns))
            let piece = Int.random(in: 1...100, using: &random)
            let reader = try DelimitedReader(format, BytesInput(bytes, piece: piece), columns: columns, window: 64)
            #expect(try everyRow(reader) == values.map { $0.map(\.stored) }, "\(format)")
        }
    }

    @Test("Python reads what we write")
    func readByPython() throws {
        var random = SeededGenerator(seed: 7)
        let columns = texts("first", "se\"cond", "third,")
        // Python tells NULL from nothing no more than RFC 4180 does, and drops carriage returns only where it may.
        let values = (0..<20).flatMap { _ in DelimitedEncoderTests.nasty(&random, columns: 3) }
        let bytes = try Rows(columns, values).encoded(by: DelimitedEncoder(DelimitedFormat(), columns: columns))
        let directory = try TemporaryDirectory()
        let program = """
            import csv, sys
            csv.field_size_limit(10**9)
            with open(sys.argv[1], newline="", encoding="utf-8") as file:
                for row in csv.reader(file, strict=True):
                    print(",".join(cell.encode().hex() for cell in row))
            """
        let command = try Command.run(["python3", "-c", program, directory.write("a.csv", bytes)])
        let hex = { (bytes: [UInt8]) in bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }
        let expected = [columns.map { hex(Array($0.name.utf8)) }] + values.map { $0.map { hex($0.stored ?? []) } }
        let lines = expected.map { $0.joined(separator: ",") + "\n" }.joined()
        #expect(String(decoding: command.output, as: UTF8.self) == lines)
    }
}
