import SluiceTestSupport
import Testing

@testable import SluiceTables

@Suite struct JSONTests {
    private static let types = [
        Column("b", .boolean), Column("i", .integer(bits: 64, isSigned: true)),
        Column("u", .integer(bits: 64, isSigned: false)),
        Column("d", .decimal(precision: nil, scale: nil)), Column("f", .real(bits: 32)), Column("r", .real(bits: 64)),
        Column("t\"\n", .text(length: nil)),
        Column("x", .binary(length: nil)), Column("day", .date), Column("time", .time(digits: 6)),
        Column("stamp", .timestamp(digits: 6)),
        Column("at", .instant(digits: 6)), Column("id", .uuid), Column("flag", .boolean, form: .text),
    ]

    @Test("every type stands as JSON has it", arguments: [JSONFormat.Shape.lines, .array])
    func types(shape: JSONFormat.Shape) throws {
        let rows = Rows(
            JSONTests.types,
            [
                [
                    .boolean(true), .signed(.min), .unsigned(.max), .text("12345678901234567890123456789012345.60"),
                    .float(0.1), .double(1e300), .text("a\"\\\u{1}é\n"),
                    .bytes([0, 255, 1, 2]), .days(-1), .nanoseconds(1), .moment(Moment(seconds: 0)),
                    .moment(Moment(seconds: 0, offset: 60)),
                    .bytes(Array(0..<16)), .text("true"),
                ],
                JSONTests.types.map { _ in .null },
                [
                    .boolean(false), .signed(0), .unsigned(0), .text("1,5"), .float(.nan), .double(-.infinity),
                    .text(""), .bytes([]), .days(0),
                    .nanoseconds(0), .moment(Moment(seconds: 0)), .moment(Moment(seconds: 0)), .bytes(Array(0..<16)),
                    .text("yes"),
                ],
            ]
        )
        let bytes = try rows.encoded(by: JSONRowEncoder(JSONFormat(shape), columns: JSONTests.types))
        let first = """
            {"b":true,"i":-9223372036854775808,"u":18446744073709551615,"d":12345678901234567890123456789012345.60,\
            "f":0.1,"r":1e+300,\
            "t\\"\\n":"a\\"\\\\\\u0001é\\n","x":"AP8BAg==","day":"1969-12-31","time":"00:00:00.000000001",\
            "stamp":"1970-01-01 00:00:00",\
            "at":"1970-01-01 00:01:00+00:01","id":"00010203-0405-0607-0809-0a0b0c0d0e0f","flag":true}
            """
        let second =
            "{"
            + JSONTests.types.map { "\(String(decoding: JSONText.quoted(Array($0.name.utf8)), as: UTF8.self)):null" }
            .joined(separator: ",") + "}"
        let third = """
            {"b":false,"i":0,"u":0,"d":"1,5","f":"NaN","r":"-Infinity","t\\"\\n":"","x":"","day":"1970-01-01",\
            "time":"00:00:00","stamp":"1970-01-01 00:00:00","at":"1970-01-01 00:00:00Z",\
            "id":"00010203-0405-0607-0809-0a0b0c0d0e0f","flag":"yes"}
            """
        let expected = shape == .lines ? "\(first)\n\(second)\n\(third)\n" : "[\n\(first),\n\(second),\n\(third)\n]\n"
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    @Test("no rows are an empty array, or nothing")
    func empty() throws {
        for (shape, text) in [(JSONFormat.Shape.lines, ""), (.array, "[]\n")] {
            let bytes = try Rows(texts("a"), []).encoded(by: JSONRowEncoder(JSONFormat(shape), columns: texts("a")))
            #expect(String(decoding: bytes, as: UTF8.self) == text)
            #expect(try everyText(JSONRowReader(BytesInput(bytes))) == [])
        }
    }

    @Test(
        "objects are rows, whatever stands around them",
        arguments: [
            "{\"a\":1,\"b\":\"x\"}\n{\"b\":\"y\",\"a\":null}\n{}\n", "{\"a\":1,\"b\":\"x\"}{\"b\":\"y\"}{}",
            "\u{FEFF} [ {\"a\" : 1 , \"b\":\"x\"} ,\n {\"b\":\"y\"}, { } ]\n",
            "\n\n{\n\"a\":1,\n\"b\":\"x\"\n}\r\n{\"\\u0062\":\"y\"}\n{}",
        ]
    )
    func shapes(text: String) throws {
        for piece in [1, 3, 1000] {
            let reader = try JSONRowReader(BytesInput(text, piece: piece), window: 256)
            #expect(
                reader.columns == [
                    Column("a", .integer(bits: 64, isSigned: true), form: .text), Column("b", .text(length: nil)),
                ]
            )
            #expect(try everyText(reader) == [["1", "x"], [nil, "y"], [nil, nil]], "by pieces of \(piece)")
        }
    }

    @Test("columns are found in the first rows, with what all their values are")
    func found() throws {
        let text = """
            {"i":1,"n":1,"b":true,"t":1,"o":{"x":[1, "]"]},"z":null}
            {"n":1.5,"i":-2,"b":false,"t":"x","l":[]}
            """
        let reader = try JSONRowReader(BytesInput(text))
        #expect(reader.columns.map(\.name) == ["i", "n", "b", "t", "o", "z", "l"])
        let string = ColumnType.text(length: nil)
        let number = ColumnType.decimal(precision: nil, scale: nil)
        #expect(
            reader.columns.map(\.type) == [
                .integer(bits: 64, isSigned: true), number, .boolean, string, string, string, string,
            ]
        )
        #expect(
            try everyText(reader) == [
                ["1", "1", "true", "1", "{\"x\":[1, \"]\"]}", nil, nil], ["-2", "1.5", "false", "x", nil, nil, "[]"],
            ]
        )
        let given = try JSONRowReader(BytesInput(text), columns: texts("t", "other"))
        #expect(try everyText(given) == [["1", nil], ["x", nil]])
    }

    @Test(
        "rows that can't be taken are skipped by line, and what is around them is kept",
        arguments: [
            ("{\"a\":1,\"a\":2}", "the key \"a\" stands twice"),
            ("{\"c\":1}", "the key \"c\" is none of the columns that the first rows have"),
            ("{\"a\":1,}", "a text in quotes is missing"), ("{\"a\":01}", "a number is none of JSON's"),
            ("{\"a\":\"\\x\"}", "a text holds an escape that there is not"),
            ("{\"a\":\"\\ud800\"}", "a text holds half a character"),
            ("{\"a\":\"\t\"}", "a text holds a control character"), ("{\"a\":nul}", "a value is missing"),
            ("{\"a\":[1 2]}", "a comma or a bracket is missing"), ("{\"a\" 1}", "a colon is missing"),
            ("[1]", "an object is missing"),
            (
                "{\"a\":" + String(repeating: "[", count: 65) + "}",
                "more than 64 arrays and objects stand within each other"
            ),
        ]
    )
    func skipped(row: String, message: String) throws {
        for piece in [1, 1000] {
            var found: [BadRow] = []
            // Columns are looked for in the first 64 bytes.
            let text = "{\"a\":1}" + String(repeating: " ", count: 64) + "\n\(row)\n{\"a\":2}\n"
            let bad = BadRows(limit: nil) { found.append($0) }
            let reader = try JSONRowReader(BytesInput(text, piece: piece), badRows: bad, window: 64)
            #expect(try everyText(reader) == [["1"], ["2"]])
            #expect(found == [BadRow(.line(2), .badJSON, message, text: Array(row.utf8))])
        }
    }

    @Test(
        "lines are counted before, within and behind bad rows",
        arguments: [
            "{\"a\":1}\n\n{\n\"b\":1}\n\n\n{\"c\":\n1\n}\n{\"a\":2}",
            "[{\"a\":1}\n\n,{\n\"b\":1}\n,\n\n{\"c\":\n1\n},\n{\"a\":2}]",
        ]
    )
    func lines(text: String) throws {
        var found: [BadRow] = []
        let bad = BadRows(limit: nil) { found.append($0) }
        let padded = String(repeating: "{\"a\":0}", count: 10)
        let input = BytesInput(
            text.hasPrefix("[") ? "[" + padded.replacing("}{", with: "},{") + "," + text.dropFirst() : padded + text
        )
        let reader = try JSONRowReader(input, badRows: bad, window: 64)
        var places: [RowPlace] = []
        try reader.forEach { batch in for row in 0..<batch.count { places.append(batch.place(of: row)) } }
        #expect(found.map(\.place) == [.line(3), .line(7)])
        #expect(places == Array(repeating: .line(1), count: 11) + [.line(10)])
    }

    @Test("the rest of an array that is broken can't be read")
    func broken() throws {
        for (text, cause) in [
            ("[{\"a\":1},\n{\"a\":x}]", "a value is missing"), ("[{\"a\":1}", "the text ends within it"),
            ("[{\"a\":1}]\n{\"a\":1}", "something stands behind the array"),
            ("[{\"a\":1} {\"a\":2}]", "a comma or a bracket is missing"),
        ] {
            let reader = try JSONRowReader(BytesInput(text), badRows: BadRows(limit: nil))
            #expect(throws: TableError.self) { try everyText(reader) }
            let error = #expect(throws: TableError.self) { try reader.next { _ in } }
            #expect(error?.cause == cause)
        }
    }

    @Test("bytes that are no UTF-8 are a bad row's")
    func invalid() throws {
        var found: [BadRow] = []
        let text = Array("{\"a\":\"é\"}\n{\"a\":\"".utf8) + [0xFF] + Array("\"}\n{\"a\":\"b\"}\n".utf8)
        let reader = try JSONRowReader(BytesInput(text), badRows: BadRows(limit: nil) { found.append($0) })
        #expect(try everyText(reader) == [["é"], ["b"]])
        #expect(found.map(\.code) == [.badText] && found.map(\.place) == [.line(2)])
    }

    @Test("Python reads what we write, and we what Python writes", arguments: [JSONFormat.Shape.lines, .array])
    func python(shape: JSONFormat.Shape) throws {
        var random = SeededGenerator(seed: 11)
        let pieces = [
            "\"", "\\", "\n", "\u{0}", "\u{1F}", "\u{7F}", "é", "日本", "😀", "\u{2028}", "plain ",
            String(repeating: "long ", count: 20), "/",
        ]
        let values: [[Value]] = (0..<500).map { _ in
            (0..<3).map { _ in
                Int.random(in: 0..<5, using: &random) == 0
                    ? .null
                    : .text(
                        (0..<Int.random(in: 0...6, using: &random)).map { _ in pieces.randomElement(using: &random)! }
                            .joined()
                    )
            }
        }
        let columns = texts("a", "b\"\u{1}", "ü")
        let bytes = try Rows(columns, values).encoded(by: JSONRowEncoder(JSONFormat(shape), columns: columns))
        #expect(try everyRow(JSONRowReader(BytesInput(bytes, piece: 7), window: 64)) == values.map { $0.map(\.stored) })
        let directory = try TemporaryDirectory()
        let program = """
            import json, sys
            with open(sys.argv[1], encoding="utf-8", newline="") as file:
                text = file.read()
            rows = json.loads(text) if text[0] == "[" else [json.loads(line) for line in text.split("\\n") if line]
            lines = "".join(json.dumps(row) + "\\n" for row in rows)
            again = json.dumps(rows) if text[0] == "[" else lines
            sys.stdout.write(again)
            """
        let command = try Command.run(["python3", "-c", program, directory.write("rows", bytes)])
        #expect(
            try everyRow(JSONRowReader(BytesInput(command.output), columns: columns)) == values.map { $0.map(\.stored) }
        )
    }
}
