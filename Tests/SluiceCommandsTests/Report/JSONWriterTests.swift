import FoundationEssentials
import SluiceTestSupport
import Testing

@testable import SluiceEngine

private func quoted(_ text: String) -> String {
    var bytes: [UInt8] = []
    JSONWriter.appendQuoted(text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
}

@Suite struct JSONWriterTests {
    @Test(
        "what JSON wants escaped is escaped",
        arguments: [
            ("", #""""#), ("a b", #""a b""#), ("\"", #""\"""#), ("\\", #""\\""#), ("/", #""/""#),
            ("\n\r\t", #""\n\r\t""#),
            ("\u{0}\u{1}\u{1F}\u{7F}", #""\u0000\u0001\u001f\u007f""#), ("ü€😀", "\"ü€😀\""),
            ("\u{2028}\u{2029}\u{202A}", "\"\\u2028\\u2029\u{202A}\""),
        ]
    )
    func escapes(text: String, expected: String) { #expect(quoted(text) == expected) }

    @Test("any string comes back from another reader as it was")
    func roundTrips() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            let scalars = (0..<40).map { _ in Unicode.Scalar(UInt32.random(in: 0...0x3000, using: &generator)) ?? "\"" }
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars)
            let read = try JSONDecoder().decode([String].self, from: Data("[\(quoted(text))]".utf8))
            #expect(read.first.map { Array($0.utf8) } == Array(text.utf8))
        }
    }

    @Test("fields keep their order, and those without a value are left out")
    func fields() {
        var json = JSONWriter()
        json.object { json in
            json.field("b", 1)
            json.field("none", nil as Int?)
            json.field("a", "x")
            json.objectField("o") { _ in }
            json.arrayField("l") { json in
                json.value(-1)
                json.value(true)
                json.object { $0.field("d", 0.5, places: 3) }
            }
        }
        json.endLine()
        json.object { $0.field("next", Int.max) }
        let expected = #"{"b":1,"a":"x","o":{},"l":[-1,true,{"d":0.500}]}"# + "\n" + #"{"next":9223372036854775807}"#
        #expect(String(decoding: json.bytes, as: UTF8.self) == expected)
    }

    @Test("indented JSON is for people")
    func indented() {
        var json = JSONWriter(isIndented: true)
        json.object { json in
            json.field("a", 1)
            json.arrayField("empty") { _ in }
            json.arrayField("l") { $0.value("x") }
        }
        #expect(
            String(decoding: json.bytes, as: UTF8.self)
                == "{\n  \"a\": 1,\n  \"empty\": [],\n  \"l\": [\n    \"x\"\n  ]\n}"
        )
    }
}
