import SluiceCore
import SluiceTestSupport
import Testing

@Suite struct Base64Tests {
    @Test(
        "the vectors of RFC 4648, 10, are met",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ]
    )
    func vectors(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
    }

    @Test("the two characters behind the digits are plus and slash")
    func alphabet() {
        #expect(Base64.encode([0xFB, 0xEF, 0xBE, 0xFF, 0xFF, 0xFF]) == "++++////")
        #expect(Base64.decode("++++////") == [0xFB, 0xEF, 0xBE, 0xFF, 0xFF, 0xFF])
    }

    @Test(
        "what is not base64 with its padding is refused",
        arguments: ["Z", "Zg", "Zg=", "Zg===", "====", "Z===", "=Zg=", "Zg==Zg==", "Zm=v", "Zm9v\n", "Zm9 ", "Zm9-", "Zm9_", "é==="]
    )
    func refusal(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test("any bytes come back", arguments: seeds(50))
    func roundTrip(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let bytes = generator.bytes(Int.random(in: 0...200, using: &generator))
        #expect(Base64.decode(Base64.encode(bytes)) == bytes, "seed \(seed)")
    }
}

@Suite struct HexTests {
    @Test("bytes are written in lower case and read in both")
    func bothCases() {
        #expect(Hex.encode([0x00, 0x7F, 0xAB, 0xFF]) == "007fabff")
        #expect(Hex.decode("007fABff") == [0x00, 0x7F, 0xAB, 0xFF])
        #expect(Hex.decode("") == [])
        #expect(Hex.encode([]) == "")
    }

    @Test("what is not hexadecimal is refused", arguments: ["0", "0g", "g0", "0x00", " 00", "00 ", "-1", "é"])
    func refusal(text: String) {
        #expect(Hex.decode(text) == nil)
    }

    @Test("all bytes come back")
    func roundTrip() {
        let bytes = (0...255).map { UInt8($0) }
        #expect(Hex.decode(Hex.encode(bytes)) == bytes)
    }
}

@Suite struct PercentEncodingTests {
    /// RFC 3986, 2.1 to 2.5, and names that people give to files.
    @Test(
        "all but the unreserved characters is encoded",
        arguments: [
            ("", ""), ("AZaz09-._~", "AZaz09-._~"), (" ", "%20"), ("a b+c", "a%20b%2Bc"), ("100%", "100%25"),
            ("?#[]@:/", "%3F%23%5B%5D%40%3A%2F"), ("!$&'()*,;=", "%21%24%26%27%28%29%2A%2C%3B%3D"),
            ("ÀÁ", "%C3%80%C3%81"), ("あ", "%E3%81%82"), ("🌊", "%F0%9F%8C%8A"), ("\n\u{0}\u{7F}", "%0A%00%7F"),
        ]
    )
    func encoding(text: String, encoded: String) {
        #expect(PercentEncoding.encode(text) == encoded)
        #expect(PercentEncoding.decode(encoded) == text)
    }

    @Test("characters that are to be kept are kept")
    func kept() {
        #expect(PercentEncoding.encode("a/b c:d", keeping: "/:") == "a/b%20c:d")
    }

    @Test("digits of both cases are read, and a plus is a plus")
    func reading() {
        #expect(PercentEncoding.decode("%c3%A9+") == "é+")
        #expect(PercentEncoding.decode("a%2520") == "a%20")
    }

    @Test("an escape that is cut, no hexadecimal or no UTF-8 is refused", arguments: ["%", "%4", "a%", "%G0", "%0G", "%%20", "%+1", "%C3", "%FF", "%ED%A0%80"])
    func refusal(text: String) {
        #expect(PercentEncoding.decode(text) == nil)
    }

    @Test("forms that look the same stay different")
    func normalisation() throws {
        let composed = try #require(PercentEncoding.decode("%C3%A9"))
        let decomposed = try #require(PercentEncoding.decode("e%CC%81"))
        #expect(Array(composed.utf8) != Array(decomposed.utf8))
        #expect(PercentEncoding.encode(decomposed) == "e%CC%81")
    }
}

@Suite struct ChecksumTests {
    @Test("a CRC is written with its most significant byte first")
    func order() {
        let checksum = Checksum(algorithm: .crc32c, value: 0x0102_A3F4 as UInt32)
        #expect(checksum.bytes == [0x01, 0x02, 0xA3, 0xF4])
        #expect(checksum.hex == "0102a3f4")
        #expect(checksum.base64 == "AQKj9A==")
        #expect(Checksum(algorithm: .crc64nvme, value: 1 as UInt64).bytes == [0, 0, 0, 0, 0, 0, 0, 1])
    }
}
