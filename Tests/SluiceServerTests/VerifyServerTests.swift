import Glibc
import SluiceCodecs
import SluiceCore
import SluiceEngine
import SluiceTestSupport
import Synchronization
import Testing

/// Comparisons with real stores, by independent clients' changes.
@Suite(.serialized, .timeLimit(.minutes(30))) struct VerifyServerTests {
    private static let stores = Stores.all.filter { $0.testDescription != "files" }
    private static let listed = stores.filter { $0.testDescription != "nginx" }

    private func tree() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        for folder in ["a", "z"] { _ = try directory.folder(folder) }
        var generator = SeededGenerator(seed: 11)
        for (name, size) in [("a/x.csv", 10), ("a-c.csv", 0), ("z/é.txt", 100_000), ("z/large", 9_000_000)] {
            _ = try directory.write(name, generator.bytes(size))
        }
        return directory
    }

    private func specification(_ store: any StoreUnderTest, from source: String, to sink: String) throws
        -> CopySpecification
    {
        var specification = CopySpecification(source: try Location(parsing: source), sink: try Location(parsing: sink))
        try store.prepare(&specification)
        specification.sourceConnection = specification.sinkConnection
        return specification
    }

    private func verify(
        _ specification: CopySpecification,
        manifest: String? = nil,
        reads: Bool = false,
        extra: Bool = false
    ) throws -> (counts: VerifyCounts, outcomes: [String: String]) {
        let outcomes = Locked<[String: String]>([:])
        let run = VerifyRun(specification, manifest: manifest, reads: reads, findsExtra: extra) { record in
            outcomes.withLock { $0[record.name] = record.outcome.name }
        }
        try run.execute()
        return (run.counts, outcomes.withLock { $0 })
    }

    @Test(
        "what was copied is the same, by digest where the store keeps one, and by reading everywhere",
        arguments: stores
    )
    func same(_ store: any StoreUnderTest) throws {
        let source = try tree()
        let specification = try specification(store, from: source.path + "/", to: store.location("verify/same/"))
        #expect(try StoreContractTests.copy(specification).failures.isEmpty)
        let (counts, outcomes) = try verify(specification)
        #expect(counts.same == 4 && counts.different == 0 && counts.failed == 0, "\(outcomes)")
        #expect(counts.byDigest == store.digestsKept && counts.bySize == 3 - store.digestsKept, "\(counts)")
        let read = try verify(specification, reads: true).counts
        #expect(read.same == 4 && read.bySize == 0 && read.failed == 0, "\(read)")
        #expect(read.byReading == 4 - store.digestsKept)
    }

    @Test("what an independent client has changed, removed and added is named", arguments: listed)
    func differences(_ store: any StoreUnderTest) throws {
        let source = try tree()
        let specification = try specification(store, from: source.path + "/", to: store.location("verify/different/"))
        #expect(try StoreContractTests.copy(specification).failures.isEmpty)
        // One of the same size and other bytes, one of another size, one that is only there; and one that is only here.
        let other = try TemporaryDirectory()
        try store.put("verify/different/a/x.csv", other.write("same size", Array("0123456789".utf8)))
        try store.put("verify/different/z/é.txt", other.write("shorter", Array("short".utf8)))
        try store.put("verify/different/z/new", other.write("new", Array("new".utf8)))
        _ = try source.write("a/only here", Array("1".utf8))
        let (counts, outcomes) = try verify(specification, reads: true, extra: true)
        #expect(
            outcomes == [
                "a/x.csv": "contentDiffers", "z/é.txt": "sizeDiffers", "z/new": "extra", "a/only here": "missing",
                "a-c.csv": "same", "z/large": "same",
            ]
        )
        #expect(counts.different == 4 && counts.failed == 0)
        #expect(try verify(specification, reads: true).outcomes["z/new"] == nil)
    }

    @Test("a store is compared with files, too", arguments: listed)
    func back(_ store: any StoreUnderTest) throws {
        let source = try tree()
        let place = try store.location("verify/back/")
        #expect(try StoreContractTests.copy(specification(store, from: source.path + "/", to: place)).failures.isEmpty)
        let back = try specification(store, from: place, to: source.path + "/")
        let counts = try verify(back, reads: true, extra: true).counts
        #expect(counts.same == 4 && counts.bySize == 0 && counts.different == 0 && counts.failed == 0, "\(counts)")
        _ = try source.write("z/é.txt", [UInt8](repeating: 1, count: 100_000))
        #expect(try verify(back, reads: true).outcomes["z/é.txt"] == "contentDiffers")
    }

    @Test("a compressed copy is read and compared by what it stands for", arguments: stores)
    func compressed(_ store: any StoreUnderTest) throws {
        let source = try tree()
        var specification = try specification(store, from: source.path + "/", to: store.location("verify/compressed/"))
        specification.codec = try codec(named: "gzip")
        #expect(try StoreContractTests.copy(specification).failures.isEmpty)
        let counts = try verify(specification).counts
        #expect(counts.byReading == 4 && counts.different == 0 && counts.failed == 0, "\(counts)")
        _ = try source.write("a/x.csv", Array("0123456789".utf8))
        #expect(try verify(specification).outcomes["a/x.csv"] == "contentDiffers")
    }

    @Test("a manifest is compared with what is there, without the source", arguments: stores)
    func manifest(_ store: any StoreUnderTest) throws {
        let source = try tree()
        let place = try store.location("verify/manifest/")
        let copy = try specification(store, from: source.path + "/", to: place)
        let copied = try StoreContractTests.copy(copy)
        #expect(copied.failures.isEmpty)
        var json = JSONWriter()
        for record in copied.records { record.writeManifestLine(to: &json) }
        let manifest = try source.write("manifest", json.bytes)
        let specification = try specification(store, from: place, to: place)
        let counts = try verify(specification, manifest: manifest, reads: true).counts
        #expect(counts.same == 4 && counts.bySize == 0 && counts.failed == 0, "\(counts)")
        let other = try TemporaryDirectory()
        try store.put("verify/manifest/a/x.csv", other.write("same size", Array("0123456789".utf8)))
        let changed = try verify(specification, manifest: manifest, reads: true)
        #expect(changed.outcomes["a/x.csv"] == "contentDiffers" && changed.counts.same == 3)
    }

    @Test("credentials that are refused are no difference", arguments: listed)
    func refused(_ store: any StoreUnderTest) throws {
        let source = try tree()
        var specification = try specification(store, from: source.path + "/", to: store.location("verify/refused/"))
        guard store.spoil(&specification) else { return }
        #expect(throws: (any Error).self) {
            let counts = try verify(specification).counts
            #expect(counts.different == 0)
            if counts.failed > 0 { throw Cancelled() }
        }
    }
}

extension StoreUnderTest {
    /// Of how many of the tree's three objects that have bytes it keeps a digest of them all: SeaweedFS of each, Azure of
    /// those that are put by one request, the others of none.
    fileprivate var digestsKept: Int {
        switch testDescription {
        case "s3-seaweedfs": 3
        case "azure": 2
        default: 0
        }
    }
}
