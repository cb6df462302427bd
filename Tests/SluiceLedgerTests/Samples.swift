import SluiceCore
import SluiceLedger
import SluiceTestSupport

/// A ledger in a directory of its own.
struct LedgerSite {
    let folder: TemporaryDirectory
    let directory: LedgerDirectory

    init() throws {
        folder = try TemporaryDirectory()
        directory = LedgerDirectory(path: folder.path + "/state")
    }

    func open() throws -> Ledger { try Ledger(in: directory) }
}

func sampleRun(_ identifier: String = "run-1", fingerprint: [UInt8] = [1, 2, 3]) -> RunRecord {
    RunRecord(
        identifier: identifier,
        command: "copy",
        source: "/data/in/",
        sink: "s3://bucket/out/",
        specification: #"{"verify":"transfer"}"#,
        fingerprint: fingerprint,
        version: "0.1.0"
    )
}

func sampleBegun(_ name: ItemName) -> BegunItem {
    BegunItem(
        name: name,
        version: SourceVersion(
            size: 100 << 20,
            modified: Timestamp(seconds: 1_700_000_000, nanoseconds: 5),
            entityTag: "\"v1\""
        ),
        sinkName: "out.gz",
        session: [0, 255, 128, 7],
        plan: "blocks=8388608"
    )
}

func sampleEnded(_ name: ItemName, _ outcome: EndedItem.Outcome = .done, size: Int = 4096) -> EndedItem {
    EndedItem(
        name: name,
        version: SourceVersion(size: size, modified: Timestamp(seconds: 1_700_000_000)),
        outcome: outcome,
        bytesWritten: size,
        digest: Checksum(algorithm: .crc64nvme, value: UInt64(size))
    )
}

func sampleBlock(_ ordinal: Int, tag: String = "\"0cc175b9c0f1b6a831c399e269772661\"") -> BlockRecord {
    BlockRecord(
        receipt: BlockReceipt(
            ordinal: ordinal,
            length: 8 << 20,
            checksum: Checksum(algorithm: .crc64nvme, value: UInt64(ordinal) &* 0x9E37_79B9_7F4A_7C15),
            tag: tag
        ),
        offset: ordinal * 8 << 20,
        length: 8 << 20
    )
}
