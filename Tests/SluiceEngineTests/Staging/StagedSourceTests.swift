import SluiceCodecs
import SluiceCore
import SluiceDigests
import SluicePipeline
import SluiceTestSupport
import Testing

@testable import SluiceEngine

/// What comes back from a staging store, against what was put there.
@Suite(.timeLimit(.minutes(30))) struct StagedSourceTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// A copy from a staging store that holds one object, of which `change` makes another behind its back.
    private func load(_ bytes: [UInt8], named name: String, _ change: (inout [UInt8]) -> Void) throws -> CopyRun {
        let checksum = try Checksum(.crc64nvme, of: bytes.span.bytes)
        var stored = bytes
        change(&stored)
        try directory.put("stage/" + name, stored)
        let folder = try Location(parsing: directory.path + "/stage/")
        var specification = CopySpecification(source: folder, sink: try Location(parsing: directory.path + "/sink/"))
        specification.skipsMissing = false
        let store = try StagingStore(folder, StoreFactory(CopySpecification(source: folder, sink: folder)))
        let area = StagingArea(store, limit: nil)
        area.stage(
            StagedObject(name: name, bytes: bytes.count, checksum: checksum, entityTag: nil, rows: nil),
            of: name
        )
        area.finish(nil)
        let source = StagedSource(location: folder, isSingleObject: false, area: area) { _ in }
        return CopyRun(
            specification,
            source: name.hasSuffix(".gz") ? DecodedSource(source) : source,
            ledger: nil,
            limits: RunLimits(specification),
            recordItem: { _ in }
        )
    }

    private func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
        try Command.run(["gzip", "-c", try directory.write("plain", bytes)]).output
    }

    @Test("what is as it was put there goes to the sink", arguments: ["a", "a.gz"])
    func sound(_ name: String) throws {
        var generator = SeededGenerator(seed: 5)
        let bytes = generator.bytes(300_000)
        let run = try load(name == "a" ? bytes : gzip(bytes), named: name) { _ in }
        _ = try run.execute()
        #expect(run.tally.reading.errors.map(\.failure.description) == [])
        #expect(try directory.read("sink/a") == bytes)
    }

    @Test(
        "an object that was changed in the staging store fails, and nothing of it reaches the sink",
        arguments: ["a", "a.gz"],
        [Change.byte, .header, .end]
    )
    func damaged(_ name: String, _ change: Change) throws {
        var generator = SeededGenerator(seed: 5)
        let bytes = generator.bytes(300_000)
        let run = try load(name == "a" ? bytes : gzip(bytes), named: name) { bytes in
            switch change {
            case .byte: bytes[1000] ^= 1
            // Of gzip's the time of change, which no checksum of its own covers.
            case .header: bytes[5] ^= 1
            case .end: bytes.removeLast(20)
            }
        }
        _ = try run.execute()
        #expect(run.tally.reading.filesFailed == 1)
        #expect(directory.files("sink") == [])
    }

    enum Change: Sendable { case byte, header, end }
}

extension TemporaryDirectory {
    /// Writes a file in folders that are made for it.
    fileprivate func put(_ name: String, _ bytes: [UInt8]) throws {
        _ = try Command.run(["mkdir", "-p", (path + "/" + name).parentPath])
        _ = try write(name, bytes)
    }

    /// The files below a folder; none where there is none.
    fileprivate func files(_ folder: String) -> [String] { ((try? tree(folder)) ?? []).filter { !$0.hasSuffix("/") } }
}
