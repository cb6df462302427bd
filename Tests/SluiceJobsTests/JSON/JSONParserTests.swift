import SluiceCore
import SluiceJobs
import Testing

@Suite struct JSONParserTests {
    private func parse(_ text: String) throws(JSONError) -> JSONNode { try JSONParser.document(Array(text.utf8)) }

    @Test("every value knows its line, its column and its path")
    func places() throws {
        let root = try parse("{\n  \"a\": [1, {\"b c\": true}],\n  \"é\": \"x\", \"z\": null\n}")
        let second = try #require(root["a"]?.elements.last)
        #expect(second.place == JSONPlace(line: 2, column: 12))
        #expect(second["b c"]?.path.description == "$.a[1]['b c']")
        #expect(second.members[0].place == JSONPlace(line: 2, column: 13))
        #expect(root["é"]?.path.description == "$['é']")
        // A column is a character, not a byte.
        #expect(root.members[2].place == JSONPlace(line: 3, column: 13))
        #expect(root["z"] == nil)
        #expect(root.members[2].value.content == .null)
    }

    @Test(
        "numbers stay as they were written",
        arguments: ["0", "-0", "12345678901234567890123", "0.10", "1e6", "1E+6", "-1.5e-300", "9007199254740993"]
    )
    func numbers(digits: String) throws {
        #expect(try parse(digits).content == .number(digits))
        #expect(try parse("[\(digits)]").json == "[\(digits)]")
    }

    @Test("escapes become the characters that they stand for")
    func escapes() throws {
        #expect(try parse(#""\"\\\/\b\f\n\r\t\u0041\u20ac\ud83d\ude00""#).text == "\"\\/\u{8}\u{c}\n\r\tA€😀")
        #expect(try parse("\u{FEFF}\"x\"").text == "x")
    }

    @Test(
        "what is no JSON is refused with its line, its column and a reason",
        arguments: [
            ("{\n \"a\": 1,\n \"a\": 2\n}", 3, 2, "\"a\" stands twice in one object"),
            ("{\n // why\n}", 2, 2, "a comment stands here"),
            ("[1, /* why */ 2]", 1, 5, "a comment stands here"),
            ("[1, 2,]", 1, 6, "a comma stands behind the last value"),
            ("{\"a\": 1,\n}", 1, 8, "a comma stands behind the last value"),
            ("[1 2]", 1, 4, "a comma or ] is missing"),
            ("{\"a\" 1}", 1, 6, "a colon is missing"),
            ("{a: 1}", 1, 2, "a name in double quotes"),
            ("[01]", 1, 2, "a number"), ("[1.]", 1, 2, "a number"), ("[-]", 1, 2, "a number"),
            ("[1e]", 1, 2, "a number"),
            ("[0x10]", 1, 2, "a number"), ("[1.2.3]", 1, 2, "a number"),
            ("[NaN]", 1, 2, "NaN is no value"), ("[True]", 1, 2, "True is no value"),
            ("['a']", 1, 2, "a value is missing"),
            ("[\"a\nb\"]", 1, 4, "a line end"), ("\n\"abc", 2, 1, "within the text that begins here"),
            (#"["a\x"]"#, 1, 4, "an escape"), (#"["C:\dir"]"#, 1, 5, "an escape"),
            (#"["\ud800"]"#, 1, 3, "half a character"),
            (#"["\ud800\u0041"]"#, 1, 3, "half a character"), (#"["\udc00"]"#, 1, 3, "half a character"),
            ("", 1, 1, "ends where a value is missing"), ("{\"a\": {", 1, 8, "a name in double quotes"),
            ("[[1]", 1, 5, "ends where ] is missing"), ("[1] x", 1, 5, "behind the document's end"),
            ("[}", 1, 2, "a value is missing"),
        ] as [(String, Int, Int, String)]
    )
    func refusals(text: String, line: Int, column: Int, reason: String) throws {
        let error = try #require(throws: JSONError.self) { try parse(text) }
        #expect(error.reason.contains(reason), "\(error)")
        #expect(error.place == JSONPlace(line: line, column: column), "\(error)")
        #expect(error.kind == .usage)
    }

    @Test("bytes that are no UTF-8 are refused where they stand")
    func encoding() throws {
        let error = try #require(throws: JSONError.self) { try JSONParser.document(Array("[\n\"é".utf8) + [0xFF]) }
        #expect(error.reason.contains("UTF-8"))
        #expect(error.place == JSONPlace(line: 2, column: 3))
    }

    @Test("a hundred levels are read, and one more is refused")
    func depth() throws {
        let most = 100
        let deep = String(repeating: "[", count: most) + String(repeating: "]", count: most)
        #expect(try parse(deep).json == deep)
        // Depth is what is open, not what was.
        #expect(
            try parse("[" + Array(repeating: "[],{}", count: 300).joined(separator: ",") + "]").elements.count == 600
        )
        let error = try #require(throws: JSONError.self) { try parse("[" + deep + "]") }
        #expect(error.reason.contains("within each other"))
    }

    @Test("what is written is what was read")
    func writing() throws {
        let text = #"{"a":[1,{"b":null,"c\"\\\n\u0001":"é€😀"},[],{}],"d":true,"e":-0.50}"#
        #expect(try parse(text).json == text)
        #expect(try parse(parse(text).indentedJSON).json == text)
        #expect(try parse(#"{"a":[1,2],"b":{}}"#).indentedJSON == "{\n  \"a\": [1,2],\n  \"b\": {}\n}\n")
        let long = String(repeating: "x", count: 120)
        let lines = "{\n  \"a\": [\n    1,\n    \"\(long)\"\n  ]\n}\n"
        #expect(try parse("{\"a\":[1,\"\(long)\"]}").indentedJSON == lines)
    }
}
