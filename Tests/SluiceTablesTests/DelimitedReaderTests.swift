import SluiceCore
import SluiceTestSupport
import Testing

@testable import SluiceTables

@Suite struct DelimitedReaderTests {
    /// A format that differs from the usual one.
    private static func format(_ change: (inout DelimitedFormat) -> Void) -> DelimitedFormat {
        var format = DelimitedFormat()
        format.hasHeader = false
        change(&format)
        return format
    }

    private static let plain = format { _ in }

    private func rows(_ text: String, _ format: DelimitedFormat = plain, piece: Int = .max) throws -> [[String?]] {
        try everyText(DelimitedReader(format, BytesInput(text, piece: piece), window: 64))
    }

    @Test(
        "rows are read as RFC 4180 has them",
        arguments: [
            ("a,b\nc,d\n", [["a", "b"], ["c", "d"]]), ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]),
            ("a,b\rc,d\r", [["a", "b"], ["c", "d"]]), ("a,b\nc,d", [["a", "b"], ["c", "d"]]), ("", []),
            ("a,\n,b\n", [["a", nil], [nil, "b"]]), ("\"\",\n", [["", nil]]), ("a,", [["a", nil]]),
            ("\"a,\"\"b\"\"\",\"c\nd\"\n", [["a,\"b\"", "c\nd"]]), ("\"a\r\nb\",\"\"\"\"\r\n", [["a\r\nb", "\""]]),
            ("5\" disk,a\"b\n", [["5\" disk", "a\"b"]]), (" a , \"b\"\n", [[" a ", " \"b\""]]),
            ("a,b\n\n\r\nc,d\n\n", [["a", "b"], ["c", "d"]]), ("a\n\nb\n", [["a"], [nil], ["b"]]),
            ("\u{FEFF}a,b\n", [["a", "b"]]), ("\u{FEFF}\"a\",b\n", [["a", "b"]]),
            ("\"\u{FEFF}a\",b", [["\u{FEFF}a", "b"]]),
            ("a\0b,😀\n", [["a\0b", "😀"]]), ("\"a\"\n", [["a"]]), ("\"a\"", [["a"]]), ("\n", [[nil]]),
        ] as [(String, [[String?]])]
    )
    func standard(text: String, expected: [[String?]]) throws {
        for piece in [1, 2, 3, 7, 1000] { #expect(try rows(text, piece: piece) == expected, "by pieces of \(piece)") }
    }

    @Test("what stands across a window's border is read as one", arguments: ["\r\n", "\n", "\r"])
    func borders(end: String) throws {
        for length in 50...80 {
            let long = String(repeating: "x", count: length)
            let text = "\(long),\"a\"\"\"\(end)\"\(end)b\",\(end)é,\(long)"
            let expected = [[long, "a\""], ["\(end)b", nil], ["é", long]]
            #expect(try rows(text) == expected, "\(length)")
            #expect(try rows("\(long)\(end)b\(end)") == [[long], ["b"]], "\(length)")
            let wide = text.replacing(",", with: "||").replacing(end, with: "~~")
            let wideExpected = [[long, "a\""], ["~~b", nil], ["é", long]]
            let format = DelimitedReaderTests.format {
                $0.delimiter = Array("||".utf8)
                $0.rowDelimiter = Array("~~".utf8)
            }
            #expect(try rows(wide, format) == wideExpected, "\(length)")
        }
    }

    private static let tabs = format {
        $0.delimiter = [9]
        $0.quote = nil
        $0.escape = UInt8(ascii: "\\")
        $0.null = Array("\\N".utf8)
    }
    private static let bars = format {
        $0.delimiter = Array("||".utf8)
        $0.rowDelimiter = Array("~\n".utf8)
        $0.null = Array("NULL".utf8)
    }
    private static let backslash = format {
        $0.delimiter = [UInt8(ascii: ";")]
        $0.escape = UInt8(ascii: "\\")
    }

    @Test(
        "other delimiters, quotes, escapes and texts for NULL",
        arguments: [
            (tabs, "a\\\tb\t\\N\n\\\\N\t\n\"a\"\tb\\\nc\n", [["a\tb", nil], ["\\N", ""], ["\"a\"", "b\nc"]]),
            (
                bars, "a|b||NULL~\n\"NULL\"||~\n\"~\n\"||a~b~\na\nb||c",
                [["a|b", nil], ["NULL", ""], ["~\n", "a~b"], ["a\nb", "c"]]
            ),
            (backslash, "\"a\\\"b\";\"c\\\\\"\n\"d\"\"e\";f\\;g\n", [["a\"b", "c\\"], ["d\"e", "f;g"]]),
            (format { $0.quote = UInt8(ascii: "'") }, "'a,''b',\"c\n", [["a,'b", "\"c"]]),
            (format { $0.rowDelimiter = [30] }, "a,b\nc\u{1E}d,e\u{1E}", [["a", "b\nc"], ["d", "e"]]),
            (format { $0.delimiter = Array("§".utf8) }, "a§b\u{A8}§ö\n", [["a", "b\u{A8}", "ö"]]),
            (format { $0.skippedLines = 2 }, "#\"\n\na,b\n", [["a", "b"]]),
        ] as [(DelimitedFormat, String, [[String?]])]
    )
    func formats(format: DelimitedFormat, text: String, expected: [[String?]]) throws {
        for piece in [1, 2, 3, 1000] {
            #expect(try rows(text, format, piece: piece) == expected, "by pieces of \(piece)")
        }
    }

    @Test("the first row names the columns, or they have numbers")
    func names() throws {
        let named = try DelimitedReader(
            DelimitedFormat(),
            BytesInput("a,\"b \"\"c\"\"\",\n1,2,3\n", piece: 1),
            window: 64
        )
        #expect(named.columns.map(\.name) == ["a", "b \"c\"", ""])
        #expect(try everyText(named) == [["1", "2", "3"]])
        let numbered = try DelimitedReader(DelimitedReaderTests.plain, BytesInput("1,2\n"))
        #expect(numbered.columns.map(\.name) == ["Prop_0", "Prop_1"])
        #expect(try everyText(numbered) == [["1", "2"]])
        let given = try DelimitedReader(DelimitedFormat(), BytesInput("a,b\n1,2\n"), columns: texts("x", "y"))
        #expect(given.columns.map(\.name) == ["x", "y"])
        #expect(try everyText(given) == [["1", "2"]])
    }

    @Test(
        "rows that can't be taken are skipped by line, and what is around them is kept",
        arguments: [
            ("a,b\n1,2,3\nc,d\n", .moreColumns, 2, "the number of its values is 3, that of the columns 2", "1,2,3"),
            ("a,b\n1\nc,d\n", .fewerColumns, 2, "the number of its values is 1, that of the columns 2", "1"),
            (
                "\"a\",b\n1,\"2\"3\nc,d\n", .badQuote, 2, "column 2 (Prop_1) has text behind the quote that closes it",
                "1,\"2\"3"
            ),
            (
                "a,b\n\"x\n\ny\",1,\"\n\"\nc,d\n", .moreColumns, 2,
                "the number of its values is 3, that of the columns 2", "\"x\n\ny\",1,\"\n\""
            ),
            (
                "a,b\n\"1\n\n2\",3\n4\nc,d\n", .fewerColumns, 5, "the number of its values is 1, that of the columns 2",
                "4"
            ),
            (
                "a,b\nc,d\n1,\"2\n3,4\n", .badQuote, 3, "column 2 (Prop_1) begins with a quote that is not closed",
                "1,\"2\n3,4"
            ),
        ] as [(String, BadRow.Code, Int, String, String)]
    )
    func skipped(text: String, code: BadRow.Code, line: Int, message: String, row: String) throws {
        for piece in [1, 5, 1000] {
            var found: [BadRow] = []
            let bad = BadRows(limit: nil) { found.append($0) }
            let reader = try DelimitedReader(
                DelimitedReaderTests.plain,
                BytesInput(text, piece: piece),
                badRows: bad,
                window: 64
            )
            let rows = try everyText(reader).filter { $0[0] != "1\n\n2" }
            #expect(rows.map { $0.map { $0 ?? "" } } == [["a", "b"], ["c", "d"]])
            #expect(found == [BadRow(.line(line), code, message, text: Array(row.utf8))])
            #expect(bad.count == 1)
        }
    }

    @Test("bytes that are no UTF-8 are a bad row's, and the column is named")
    func invalid() throws {
        var found: [BadRow] = []
        let text =
            Array("ä,ö\nü,".utf8) + [0xE4] + Array(",x\nü,".utf8) + [0xE4, 10] + Array("é,\"".utf8) + [0xC0, 0x80]
            + Array("\"\nz,z\n".utf8)
        let reader = try DelimitedReader(
            DelimitedReaderTests.plain,
            BytesInput(text),
            badRows: BadRows(limit: nil) { found.append($0) }
        )
        #expect(try everyText(reader) == [["ä", "ö"], ["z", "z"]])
        #expect(found.map(\.code) == [.moreColumns, .badText, .badText])
        #expect(found.map(\.place) == [.line(2), .line(3), .line(4)])
        #expect(
            found[1].message
                == "column 2 (Prop_1) holds bytes that are no UTF-8; name the text's encoding if it has another"
        )
    }

    @Test(
        "text in other encodings is read",
        arguments: [
            ("ISO-8859-1", "aé,ß\n"), ("UTF-16", "aé,日本\n😀,\"x\ny\"\n"), ("UTF-16LE", "\u{FEFF}a,😀\n"),
            ("SHIFT-JIS", "日本,語\n"),
        ]
    )
    func encodings(name: String, text: String) throws {
        let expected = try rows(text)
        let directory = try TemporaryDirectory()
        let file = try directory.write("text", Array(text.utf8))
        let bytes = try Command.run(["iconv", "-f", "UTF-8", "-t", name, file]).output
        let format = DelimitedReaderTests.format { $0.encoding = name }
        for piece in [1, 3, 1000] {
            #expect(try everyText(DelimitedReader(format, BytesInput(bytes, piece: piece), window: 64)) == expected)
        }
        #expect(
            try Rows(texts("a"), [[.text("é,日")]]).encoded(
                by: DelimitedReaderTests.format { $0.encoding = "utf8" }.makeEncoder(texts("a"))
            ) == Array("\"é,日\"\n".utf8)
        )
    }

    @Test("bytes that the encoding does not have are refused by their place")
    func wrongEncoding() throws {
        let utf16 = DelimitedReaderTests.format { $0.encoding = "UTF-16LE" }
        let cut = #expect(throws: TableError.self) {
            try DelimitedReader(utf16, BytesInput([97, 0, 98]), columns: texts("a")).forEach { _ in }
        }
        #expect(cut?.what == "the bytes at 2 are no UTF-16LE")
        let ascii = DelimitedReaderTests.format { $0.encoding = "US-ASCII" }
        let beyond = #expect(throws: TableError.self) {
            try everyText(DelimitedReader(ascii, BytesInput("a\né\n"), columns: texts("a")))
        }
        #expect(beyond?.what == "the bytes at 2 are no US-ASCII")
        let none = #expect(throws: TableError.self) {
            try DelimitedReader(DelimitedReaderTests.format { $0.encoding = "UTF-16//IGNORE" }, BytesInput("a"))
        }
        #expect(none?.what == "there is no text encoding UTF-16//IGNORE")
    }

    @Test("without leave to skip it, a bad row fails the table by its line")
    func refused() throws {
        let reader = try DelimitedReader(DelimitedReaderTests.plain, BytesInput("a,b\nc\n"))
        _ = try reader.next { #expect($0.count == 1) }
        let error = #expect(throws: TableError.self) { try reader.next { _ in } }
        #expect(
            error?.description
                == "line 2 can't be taken: the number of its values is 1, that of the columns 2. "
                + "Mend it"
        )
    }

    @Test("more bad rows than allowed fail the table")
    func tooMany() throws {
        let bad = BadRows(limit: 2)
        let reader = try DelimitedReader(DelimitedReaderTests.plain, BytesInput("a,b\n1\n2\n3\n"), badRows: bad)
        let error = #expect(throws: TableError.self) { try reader.forEach { _ in } }
        #expect(error?.cause == "the number of its values is 1, that of the columns 2, and 2 rows were skipped already")
        #expect(bad.count == 2)
    }

    @Test("a row that does not end within the bound is refused, and takes no more memory than that")
    func endless() throws {
        let text = "a,b\nc,\"" + String(repeating: "x", count: 5000)
        let reader = try DelimitedReader(DelimitedReaderTests.plain, BytesInput(text), window: 64, longestRow: 4096)
        _ = try reader.next { #expect($0.count == 1) }
        let error = #expect(throws: TableError.self) { try reader.next { _ in } }
        #expect(error?.what == "the row on line 2 has more than 4.00 KiB")
    }

    @Test(
        "formats that contradict themselves are refused",
        arguments: [
            format { $0.delimiter = [] }, format { $0.delimiter = [10] }, format { $0.delimiter = [13] },
            format { $0.delimiter = [UInt8(ascii: "\"")] }, format { $0.rowDelimiter = [] },
            format { $0.rowDelimiter = Array(",\n".utf8) }, format { $0.null = Array("a,b".utf8) },
            format { $0.null = [UInt8(ascii: "\"")] }, format { $0.delimiter = [0xFF] }, format { $0.quote = 200 },
            format { $0.escape = UInt8(ascii: ",") },
            format {
                $0.quote = nil
                $0.quotesAll = true
            },
        ]
    )
    func contradictions(format: DelimitedFormat) {
        #expect(throws: TableError.self) { try DelimitedReader(format, BytesInput("a")) }
    }
}
