import SluiceCore
import Testing

@testable import SluiceEngine

private struct Trouble: Failure {
    let kind = FailureKind.forbidden
    let what = "\"a\" can't be read"
    let cause: String? = "Permission denied"
    let advice: String? = "Check it"
}

private func line(_ name: String, _ outcome: ItemRecord.Outcome, _ checksum: Checksum? = nil) -> String {
    let record = ItemRecord(
        name: name,
        sinkName: name + ".gz",
        outcome: outcome,
        bytesRead: 10,
        bytesWritten: 4,
        modified: Timestamp(nanoseconds: 1_792_560_000_042_000_000),
        checksum: checksum,
        entityTag: "\"tag\"",
        isReadBack: false,
        isConfirmedByDigest: outcome.failure == nil
    )
    var json = JSONWriter()
    record.writeManifestLine(to: &json)
    return String(decoding: json.bytes, as: UTF8.self)
}

@Suite struct ManifestLineTests {
    @Test("a copied item says what it is now")
    func copied() {
        let checksum = Checksum(algorithm: .crc64nvme, bytes: [0, 0, 0, 0, 0, 0, 0, 1])
        let expected =
            #"{"name":"a","sinkName":"a.gz","size":4,"sourceSize":10,"modified":"2026-10-21T05:20:00.042Z","#
            + #""digests":{"crc64nvme":"AAAAAAAAAAE="},"entityTag":"\"tag\"","confirmedByDigest":true,"outcome":"copied"}"#
            + "\n"
        #expect(line("a", .copied, checksum) == expected)
    }

    @Test("a failed or skipped item says why, and no size", arguments: ["failed", "skipped"])
    func failed(word: String) {
        let text = line("a", word == "failed" ? .failed(Trouble()) : .skipped(Trouble()))
        #expect(!text.contains("size"))
        #expect(text.contains(#""outcome":"\#(word)""#))
        let message = #""a\" can't be read: Permission denied. Check it"#
        #expect(text.contains(#""error":{"code":"forbidden","message":"\\#(message)"}"#))
    }

    @Test("any name stays on one line", arguments: ["a\nb", "\u{2028}", "tab\t", "\u{0}", "\\\"", "../ü %?#"])
    func names(name: String) {
        let text = line(name, .copied)
        #expect(text.filter(\.isNewline).count == 1)
        #expect(text.hasSuffix("}\n"))
    }
}
