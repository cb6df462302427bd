import SluiceCore
import SluiceTestSupport
import Testing

@testable import SluiceDigests

private func digest(_ algorithm: StreamingDigest.Algorithm, _ pieces: [[UInt8]]) throws -> [UInt8] {
    var digest = try StreamingDigest(algorithm)
    for piece in pieces { digest.update(piece.span.bytes) }
    return digest.finish()
}

@Suite struct DigestTests {
    @Test(
        "MD5 gives the values of RFC 1321",
        arguments: [
            ("", "d41d8cd98f00b204e9800998ecf8427e"),
            ("abc", "900150983cd24fb0d6963f7d28e17f72"),
            ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        ]
    )
    func md5(text: String, expected: String) throws {
        #expect(try Hex.encode(digest(.md5, [Array(text.utf8)])) == expected)
    }

    @Test(
        "SHA-256 gives the values of FIPS 180-4",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ]
    )
    func sha256(text: String, expected: String) throws {
        #expect(try Hex.encode(digest(.sha256, [Array(text.utf8)])) == expected)
        #expect(Hex.encode(SHA256.hash(text)) == expected)
        #expect(Hex.encode(SHA256.hash(Array(text.utf8))) == expected)
        #expect(Hex.encode(SHA256.hash(Array(text.utf8).span.bytes)) == expected)
    }

    @Test("md5sum and sha256sum agree", arguments: [0, 1, 55, 56, 63, 64, 65, 1_000_003])
    func commands(count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        let bytes = generator.bytes(count)
        let pieces = [Array(bytes.prefix(count / 3)), [], Array(bytes.dropFirst(count / 3))]
        #expect(try Hex.encode(digest(.md5, pieces)) == hex(by: "md5sum", of: bytes))
        #expect(try Hex.encode(digest(.sha256, pieces)) == hex(by: "sha256sum", of: bytes))
    }

    @Test(
        "HMAC-SHA-256 gives the values of RFC 4231, and of Python for an empty key",
        arguments: [
            (
                [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
            ),
            (
                [UInt8](1...25), [UInt8](repeating: 0xcd, count: 50),
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131),
                Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131),
                Array(
                    """
                    This is a test using a larger than block-size key and a larger than block-size data. \
                    The key needs to be hashed before being used by the HMAC algorithm.
                    """.utf8
                ),
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
            ),
            ([], [], "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
        ] as [([UInt8], [UInt8], String)]
    )
    func hmac(key: [UInt8], message: [UInt8], expected: String) {
        #expect(Hex.encode(HMACSHA256.authenticate(key: key, message: message)) == expected)
    }

    @Test("threads that sign at once do not disturb each other")
    func concurrency() async {
        let expected = HMACSHA256.authenticate(key: Array("Jefe".utf8), message: "what do ya want for nothing?")
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<500).allSatisfy { _ in
                        HMACSHA256.authenticate(key: Array("Jefe".utf8), message: "what do ya want for nothing?")
                            == expected
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    @Test("a text is authenticated by its UTF-8 bytes")
    func hmacOfText() {
        let code = HMACSHA256.authenticate(key: Array("key".utf8), message: "Größe")
        #expect(code == HMACSHA256.authenticate(key: Array("key".utf8), message: Array("Größe".utf8)))
    }
}

/// The hexadecimal digits that a command such as `md5sum` prints for `bytes`.
private func hex(by command: String, of bytes: [UInt8]) throws -> String {
    let directory = try TemporaryDirectory()
    let result = try Command.run([command], input: directory.write("input", bytes))
    try #require(result.status == 0)
    return String(decoding: result.output.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
}
