import SluiceCore
import Testing

@testable import SluiceLedger

@Suite("Tags and digests on disk")
struct StoredTagTests {
    @Test(
        "A tag comes back as it was, an MD5 in 16 or 17 bytes",
        arguments: [
            ("0cc175b9c0f1b6a831c399e269772661", 16), ("\"0cc175b9c0f1b6a831c399e269772661\"", 17),
            ("0CC175B9C0F1B6A831C399E269772661", nil), ("\"0cc175b9c0f1b6a831c399e269772661", nil),
            ("0cc175b9c0f1b6a831c399e26977266g", nil), ("\"0cc175b9c0f1b6a831c399e269772661-3\"", nil),
            ("", nil), ("\"", nil), ("\"\"", nil), ("W/\"x\"", nil), ("0x8DC", nil), ("ü", nil),
        ] as [(String, Int?)]
    )
    func tags(tag: String, bytes: Int?) {
        let stored = StoredTag(tag)
        #expect(stored.tag == tag)
        if case .digest(let digest) = stored { #expect(digest.count == bytes) } else { #expect(bytes == nil) }
    }

    @Test("A digest's length tells its algorithm", arguments: ChecksumAlgorithm.allCases)
    func checksums(algorithm: ChecksumAlgorithm) {
        let lengths: [ChecksumAlgorithm: Int] = [.crc32c: 4, .crc64nvme: 8, .md5: 16, .sha256: 32]
        let checksum = Checksum(algorithm: algorithm, bytes: (0..<UInt8(lengths[algorithm] ?? 0)).map { $0 })
        #expect(StoredChecksum.checksum(checksum.bytes) == checksum)
    }

    @Test(
        "Names hash as FNV-1a says",
        arguments: [("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8)]
            as [(String, UInt64)]
    )
    func hashes(name: String, hash: UInt64) {
        #expect(UInt64(bitPattern: ItemName(name).hash64) == hash)
    }
}
