import SluiceCore
import SluiceTestSupport
import Testing

@testable import SluiceDigests

@Suite struct RunningChecksumTests {
    @Test(
        "the four checksums of a known text",
        arguments: [
            (ChecksumAlgorithm.crc32c, "e3069283"),
            (.crc64nvme, "ae8b14860a799888"),
            (.md5, "25f9e794323b453885f5181f1b624d0b"),
            (.sha256, "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"),
        ]
    )
    func known(algorithm: ChecksumAlgorithm, expected: String) throws {
        var running = try RunningChecksum(algorithm)
        running.update(Array("1234".utf8).span.bytes)
        running.update([UInt8]().span.bytes)
        running.update(Array("56789".utf8).span.bytes)
        let checksum = running.finish()
        #expect(checksum.hex == expected)
        #expect(checksum.algorithm == algorithm)
        #expect(try checksum == Checksum(algorithm, of: Array("123456789".utf8).span.bytes))
    }

    @Test("two CRCs make one, two digests do not", arguments: ChecksumAlgorithm.allCases)
    func combining(algorithm: ChecksumAlgorithm) throws {
        var generator = SeededGenerator(seed: 5)
        let (first, second) = (generator.bytes(777), generator.bytes(3333))
        let whole = try Checksum(algorithm, of: (first + second).span.bytes)
        let combined = try Checksum.combine(
            Checksum(algorithm, of: first.span.bytes),
            Checksum(algorithm, of: second.span.bytes),
            secondLength: second.count
        )
        #expect(combined == (algorithm == .crc32c || algorithm == .crc64nvme ? whole : nil))
    }

    @Test("checksums of different kinds do not combine")
    func mixing() throws {
        let (wide, narrow) = (CRC64NVME().checksum, CRC32C().checksum)
        #expect(Checksum.combine(wide, narrow, secondLength: 0) == nil)
    }

    @Test("a digest that OpenSSL refuses is told with what to do")
    func refused() {
        let error = DigestError(digest: "MD5", cause: "error:0308010C:digital envelope routines::unsupported")
        #expect(error.kind == .usage)
        #expect(error.description.hasPrefix("preparing the MD5 digest failed: error:0308010C"))
        #expect(error.advice?.contains("FIPS") == true)
    }
}
