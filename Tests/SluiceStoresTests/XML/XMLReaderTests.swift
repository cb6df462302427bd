import SluiceStores
import SluiceTestSupport
import Testing

@Suite struct XMLReaderTests {
    private func texts(_ document: String) throws -> [String] {
        var reader = XMLReader(Array(document.utf8))
        _ = try reader.root()
        var texts: [String] = []
        while try reader.child() != nil { texts.append(try reader.text()) }
        try reader.end()
        return texts
    }

    @Test(arguments: [
        ("<r><a>one</a><b>two</b></r>", ["one", "two"]),
        ("<r/>", []),
        ("<r></r >", []),
        ("<r><a/><a></a></r>", ["", ""]),
        ("\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- c --><r>\n <a>x</a>\n</r>\n<!-- end -->\n", ["x"]),
        ("<r><a>&lt;&amp;&gt;&quot;&apos;</a></r>", ["<&>\"'"]),
        ("<r><a>&#65;&#x42;&#x1F600;&#x1;</a></r>", ["AB😀\u{1}"]),
        ("<r><a>a<![CDATA[<b>&amp;]]>c</a></r>", ["a<b>&amp;c"]),
        ("<r><a>x<!-- y -->z<?p q?></a></r>", ["xz"]),
        ("<r><a>l1\r\nl2\rl3&#13;</a></r>", ["l1\nl2\nl3\r"]),
        ("<n:r xmlns:n='u'><n:a k='v' l = \"&gt;\">x</n:a></n:r>", ["x"]),
        ("<r><a>日本/語</a></r>", ["日本/語"]),
    ])
    func `a document is read as the recommendation says`(_ document: String, _ expected: [String]) throws {
        #expect(try texts(document) == expected)
    }

    @Test func `names lose their prefix and attributes keep their values`() throws {
        var reader = XMLReader(Array("<n:r xmlns:n='u' Encoded=\"true\" b='&lt;'/>".utf8))
        let tag = try reader.root()
        #expect(tag.name == "r")
        #expect(tag.attributes == ["Encoded": "true", "b": "<"])
        #expect(try reader.child() == nil)
    }

    @Test func `an element that is not wanted is skipped with all that it holds`() throws {
        var reader = XMLReader(Array("<r><a>t<b><c/></b>u</a><d>kept</d></r>".utf8))
        _ = try reader.root()
        #expect(try reader.child()?.name == "a")
        try reader.skip()
        #expect(try reader.child()?.name == "d")
        #expect(try reader.text() == "kept")
        #expect(try reader.child() == nil)
    }

    @Test(arguments: [
        "", "   ", "plain text", "<", "<r", "<r>", "<r><a></r>", "<r><a>x</b></r>", "</r>", "<r>x</r>",
        "<r><a>&nope;</a></r>",
        "<r><a>&</a></r>", "<r><a>&#0;</a></r>", "<r><a>&#xD800;</a></r>", "<r><a>&#x110000;</a></r>",
        "<r><a>&#-1;</a></r>",
        "<r a></r>", "<r a=b></r>", "<r a='<'></r>", "<r a='1' a='2'></r>", "<r a='1'b='2'></r>", "<r a='1></r>",
        "<r><![CDATA[x</r>", "<r><!-- x</r>", "<r><?x</r>", "<1r/>", "<r/><s/>", "<r/>text",
        "<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><r><a>&x;</a></r>",
        "<?xml version='1.0' encoding='utf-16'?><r/>",
    ])
    func `a malformed document is an error and nothing worse`(_ document: String) {
        #expect(throws: XMLError.self) { try self.texts(document) }
    }

    @Test func `an error says what is wrong and where`() {
        #expect(throws: XMLError.self) { try self.texts("<r><a>x</b></r>") }
        let error = #expect(throws: XMLError.self) { try self.texts("<r><a>x</a>") }
        #expect(error?.description == "the document ends inside <r> (at byte 11)")
    }

    @Test func `text that is not UTF-8 is refused`() {
        var reader = XMLReader(Array("<r>".utf8) + [0xFF, 0xFE] + Array("</r>".utf8))
        #expect(throws: XMLError.self) {
            _ = try reader.root()
            _ = try reader.text()
        }
    }

    @Test func `depth is bounded`() {
        let deep = String(repeating: "<a>", count: 100_000)
        var reader = XMLReader(Array(deep.utf8))
        #expect(throws: XMLError.self) {
            _ = try reader.root()
            try reader.skip()
        }
    }

    @Test func `a text's size is bounded`() {
        var limits = XMLLimits()
        limits.text = 10
        var reader = XMLReader(Array("<r>12345<!-- -->678901</r>".utf8), limits: limits)
        #expect(throws: XMLError.self) {
            _ = try reader.root()
            _ = try reader.text()
        }
    }

    @Test(arguments: 0..<64 as Range<UInt64>)
    func `a mutated document is read or refused, and never crashes`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let model = Array(
            "<?xml version=\"1.0\"?><L k='v'><C><Key>a&amp;b</Key><S>1</S></C><![CDATA[x]]><!-- c --><E/></L>".utf8
        )
        for _ in 0..<200 {
            var bytes = model
            for _ in 0...Int(random.next() % 4) {
                let index = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 3 {
                case 0: bytes[index] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: index)
                default: bytes.insert(contentsOf: "<>&/'\"![]-?;".utf8.shuffled(using: &random).prefix(2), at: index)
                }
            }
            var reader = XMLReader(bytes)
            do {
                _ = try reader.root()
                try reader.skip()
                try reader.end()
            } catch {
                #expect(error.offset >= 0)
            }
        }
    }

    @Test(arguments: [
        ("plain", "plain"), ("a&b<c>\"d'", "a&amp;b&lt;c&gt;&quot;d&apos;"), ("\r", "&#13;"), ("ü", "ü"),
    ])
    func `escaped text is read back as it was`(_ text: String, _ escaped: String) throws {
        #expect(XMLText.escape(text) == escaped)
        #expect(try texts("<r><a>\(escaped)</a></r>") == [text])
    }
}
