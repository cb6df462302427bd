import SluiceCore
import SluiceTestSupport
import Testing

@testable import SluiceEngine

/// A source of two objects, one of which may not be read, from which removals are watched.
private final class GuardedSource: RemovableSource {
    let removed = Locked<[String]>([])
    var location: Location { .file(path: "guarded", isDirectory: true) }
    var isRereadable: Bool { true }
    var isSingleObject: Bool { false }
    var allowsReadThrough: Bool { true }

    func list(_ body: (ListEntry) throws -> Void) throws {
        try body(.item(SourceItem(name: "open", size: 1)))
        try body(.item(SourceItem(name: "shut", size: 1)))
        try body(.failure(name: "folder/", CopyError(.forbidden, "shut")))
        try body(.failure(name: "broken", CopyError(.inputOutput, "broken")))
    }

    func open(_ item: SourceItem) throws -> any ReadableObject {
        throw CopyError(item.name == "shut" ? .forbidden : .notFound, "no")
    }

    func remove(_ item: SourceItem) throws {
        guard item.name != "changed" else { throw CopyError(.sourceChanged, "it changed") }
        removed.withLock { $0.append(item.name) }
    }
}

@Suite(.timeLimit(.minutes(30))) struct KeepingTests {
    @Test("what may not be read is skipped when asked, and nothing else is")
    func forbidden() throws {
        var specification = CopySpecification(source: .standardStream, sink: .standardStream)
        let source = ForgivingSource(GuardedSource())
        var skipped: [String] = []
        func take(_ name: String, _ failure: any Failure) {
            let record = ItemRecord.of(
                SourceItem(name: name, size: nil),
                sinkName: name,
                failure: failure,
                specification
            )
            if case .skipped = record.outcome { skipped.append(name) }
        }
        try source.list { entry in
            switch entry {
            case .item(let item), .unchanged(let item):
                do { _ = try source.open(item) } catch { take(item.name, SluiceCore.failure(from: error)) }
            case .failure(let name, let failure): take(name, failure)
            }
        }
        #expect(skipped == ["shut", "folder/"])
        // The sink's refusals are no reason to pass over anything.
        specification.skipsForbidden = true
        skipped = []
        take("sink", CopyError(.forbidden, "the sink says no"))
        #expect(skipped.isEmpty)
    }

    @Test("each copied object is removed, and one that can't be fails its item")
    func removal() throws {
        let source = GuardedSource()
        let records = Locked<[ItemRecord]>([])
        let removal = SourceRemoval(source, workers: 3) { record in records.withLock { $0.append(record) } }
        for name in ["a", "b", "changed"] {
            removal.submit(
                ItemRecord(
                    name: name,
                    sinkName: name,
                    outcome: .copied,
                    bytesRead: 1,
                    bytesWritten: 1,
                    modified: nil,
                    checksum: nil,
                    entityTag: nil,
                    isReadBack: false,
                    isConfirmedByDigest: false,
                    version: SourceItem(name: name, size: 1)
                )
            )
        }
        removal.finish()
        #expect(source.removed.withLock { $0.sorted() } == ["a", "b"])
        let failed = records.withLock { $0.filter { $0.outcome.failure?.kind == .sourceChanged } }
        #expect(failed.map(\.name) == ["changed"] && records.withLock { $0.count } == 3)
    }

    private func preservation(_ kinds: Set<CopySpecification.Preserved>, into sink: Location) throws -> Preservation {
        var specification = CopySpecification(source: .standardStream, sink: sink)
        specification.preserved = kinds
        return try #require(Preservation(specification))
    }

    @Test("a file's attributes go to a store as pairs and come back the same")
    func roundTrip() throws {
        let all = Set(CopySpecification.Preserved.allCases)
        var file = ObjectMetadata()
        file.permissions = 0o4755
        file.owner = FileOwner(user: 1000, group: 4_294_967_294)
        file.modified = Timestamp(nanoseconds: -1)
        let stored = try preservation(all, into: .s3(bucket: "b", key: "")).kept(of: file)
        #expect(stored.user == ["sluicemode": "4755", "sluiceowner": "1000:4294967294", "sluicemtime": "-1"])
        #expect(stored.permissions == nil && stored.owner == nil && stored.modified == nil)
        #expect(
            try preservation([.mode, .owner, .times], into: .file(path: "a", isDirectory: false)).kept(of: stored)
                == file
        )
    }

    @Test("what was not asked for stays behind")
    func parts() throws {
        var stored = ObjectMetadata(
            contentType: "text/csv",
            user: ["title": "x", "sluicemode": "644", "sluiceowner": "odd"]
        )
        stored.cacheControl = "no-cache"
        let store = Location.s3(bucket: "b", key: "")
        #expect(
            try preservation([.metadata], into: store).kept(of: stored).user == ["title": "x", "sluiceowner": "odd"]
        )
        #expect(try preservation([.metadata], into: store).kept(of: stored).cacheControl == "no-cache")
        #expect(try preservation([.mode], into: store).kept(of: stored) == ObjectMetadata(user: ["sluicemode": "644"]))
    }
}
