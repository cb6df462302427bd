import FoundationEssentials
import Glibc
import SluiceCore
import SluiceLedger
import SluicePipeline
import SluiceStores
import SluiceTestSupport
import Testing

@testable import SluiceEngine

/// From one place of a service to another the service copies by itself, and it is said to be copied when it is.
@Suite(.serialized, .timeLimit(.minutes(30)))
struct ServerSideCopyTests {
    private let directory: TemporaryDirectory
    private let digests: [String: String]

    private static let block = 5 << 20
    /// Three parts, the last of one byte.
    private static let large = 2 * block + 1

    init() throws {
        directory = try TemporaryDirectory()
        var generator = SeededGenerator(seed: 31)
        _ = try directory.write("large", generator.bytes(Self.large))
        _ = try directory.write("small", generator.bytes(100_000))
        _ = try directory.write("one", generator.bytes(1))
        _ = try directory.write("empty", [])
        _ = try directory.folder("ü ñ+%&=?#")
        _ = try directory.write("ü ñ+%&=?#/a'b(c)!*,;:@$.txt", generator.bytes(3000))
        digests = try StoreContractTests.digests(of: directory.path)
    }

    private var bytes: Int { get throws { Self.large + 100_000 + 1 + 3000 } }

    /// Services that copy by themselves; `all` of them have been asked.
    static let stores: [any StoreUnderTest] = [
        S3Store(kind: "s3-seaweedfs"), S3Store(kind: "s3-juicefs"), S3Store(kind: "s3-swift"), AzureStore(),
    ].filter { store in Stores.all.contains { $0.testDescription == store.testDescription } }
    /// Those that keep a condition on what stands at the sink.
    private static let conditional = stores.filter { ["s3-seaweedfs", "azure"].contains($0.testDescription) }

    private func put(_ store: any StoreUnderTest, _ prefix: String) throws {
        for name in digests.keys {
            try store.put(prefix + name, "\(directory.path)/\(name)", ["content-type=text/x", "key=v"])
        }
    }

    private func specification(_ store: any StoreUnderTest, _ source: String, _ sink: String) throws
        -> CopySpecification
    {
        var specification = try StoreContractTests.specification("/", store, sink)
        specification.source = try Location(parsing: store.location(source))
        specification.sourceConnection = specification.sinkConnection
        specification.blockSize = ByteCount(Self.block)
        specification.retry.base = .milliseconds(10)
        return specification
    }

    /// Leads both ends through a proxy.
    private func lead(_ specification: inout CopySpecification, _ faults: String...) throws -> Launcher {
        let upstream = try #require(specification.sinkConnection.endpoint).description
        let authority = try #require(specification.sinkConnection.caCertificate)
        let proxy = try Launcher("faults", ["--https", "--upstream", upstream, "--upstream-ca", authority] + faults)
        specification.sinkConnection.endpoint = try HTTPAddress(parsing: proxy["endpoint"])
        specification.sinkConnection.caCertificate = proxy["ca"]
        specification.sourceConnection = specification.sinkConnection
        return proxy
    }

    @Test("objects of all sizes and names arrive, and none of their bytes comes by here", arguments: stores)
    func copies(_ store: any StoreUnderTest) throws {
        try put(store, "side/from/")
        let outcome = try StoreContractTests.copy(specification(store, "side/from/", "side/to/"))
        #expect(outcome.failures.map(\.description) == [])
        #expect(outcome.result.notes.filter { $0.contains("went through") } == [])
        let index = try store.index("side/to/")
        #expect(index.digests(below: "side/to/") == digests)
        #expect(index.unfinished.isEmpty)
        #expect(outcome.result.counts.bytesOnWire == 0)
        #expect(try outcome.records.reduce(0) { $0 + $1.bytesCopiedByService } == bytes)
        #expect(outcome.records.reduce(0) { $0 + $1.bytesWritten } == outcome.records.reduce(0) { $0 + $1.bytesRead })
    }

    @Test("what is confirmed by digest is what both ends have one of, and is read back", arguments: stores)
    func verified(_ store: any StoreUnderTest) throws {
        // By Sluice, so that the service has the digests that it can have.
        var up = try StoreContractTests.specification(directory.path, store, "side/checked/")
        up.blockSize = ByteCount(Self.block)
        #expect(try StoreContractTests.copy(up).failures.isEmpty)
        var specification = try specification(store, "side/checked/", "side/checked-to/")
        specification.verification = .readback
        let outcome = try StoreContractTests.copy(specification)
        #expect(outcome.failures.map(\.description) == [])
        let isReadBack = outcome.records.allSatisfy { $0.isReadBack }
        #expect(isReadBack)
        let confirmed = Set(
            outcome.records.filter { $0.isConfirmedByDigest && $0.bytesCopiedByService > 0 }.map(\.name)
        )
        // JuiceFS and Swift keep no digest, and Azure none of what came in blocks: there the bytes came by here.
        let wanted: [String: Int] = ["s3-seaweedfs": 4, "azure": 3]
        #expect(confirmed.count == wanted[store.testDescription] ?? 0, "\(confirmed)")
        #expect(outcome.records.allSatisfy { $0.isConfirmedByDigest || $0.isReadBack })
        #expect(try store.index("side/checked-to/").digests(below: "side/checked-to/") == digests)
    }

    @Test("what stands there stays with --overwrite never, and what is missing comes", arguments: conditional)
    func conditions(_ store: any StoreUnderTest) throws {
        try put(store, "side/never/")
        let other = try directory.write("../other-\(getpid())", Array("what stood there".utf8))
        defer { unlink(other) }
        for name in ["small", "large"] { try store.put("side/never-to/\(name)", other) }
        var specification = try specification(store, "side/never/", "side/never-to/")
        specification.overwrite = .never
        let outcome = try StoreContractTests.copy(specification)
        #expect(outcome.failures.map(\.kind) == [.precondition, .precondition])
        let found = try store.index("side/never-to/").digests(below: "side/never-to/")
        #expect(found.filter { digests[$0.key] == $0.value }.count == digests.count - 2)
        #expect(found["small"] == found["large"] && found["small"] != digests["small"])
    }

    @Test("metadata are those that were asked for, whoever copies", arguments: stores, [false, true])
    func metadata(_ store: any StoreUnderTest, preserved: Bool) throws {
        try put(store, "side/kept/")
        var specification = try specification(store, "side/kept/", "side/kept-to-\(preserved)/")
        if preserved { specification.preserved = [.metadata] }
        #expect(try StoreContractTests.copy(specification).failures.map(\.description) == [])
        specification.source = specification.sink
        let source = try specification.makeSource()
        try source.list { entry in
            // SeaweedFS tells the type of what is called .txt by its name.
            guard case .item(let item) = entry, item.size != 0, !item.name.hasSuffix(".txt") else { return }
            let metadata = try source.open(item).metadata
            #expect(metadata.contentType == (preserved ? "text/x" : "application/octet-stream"), "\(item.name)")
            #expect(metadata.user == (preserved ? ["key": "v"] : [:]), "\(item.name)")
        }
    }

    @Test("what the service refuses goes through us, and is said once", arguments: stores)
    func refused(_ store: any StoreUnderTest) throws {
        try put(store, "side/refused/")
        var specification = try specification(store, "side/refused/", "side/refused-to/")
        specification.connections = .fixed(1)
        // What is empty is put by us in any case.
        let proxy = try lead(
            &specification,
            "--match",
            "PUT .*side/refused-to/(?!empty)",
            "--times",
            "1",
            "--respond",
            "501"
        )
        let outcome = try StoreContractTests.copy(specification)
        #expect(outcome.failures.map(\.description) == [])
        let notes = outcome.result.notes.filter { $0.contains("went through this machine") }
        #expect(notes.count == 1, "\(outcome.result.notes)")
        #expect(try store.index("side/refused-to/").digests(below: "side/refused-to/") == digests)
        let copied = outcome.records.reduce(0) { $0 + $1.bytesCopiedByService }
        #expect(try copied < bytes && outcome.result.counts.bytesOnWire >= bytes - copied)
        withExtendedLifetime(proxy) {}
    }

    @Test("the answer to a copy may be lost: it is asked for again, and nothing is skipped", arguments: stores)
    func lost(_ store: any StoreUnderTest) throws {
        try put(store, "side/lost/")
        var specification = try specification(store, "side/lost/", "side/lost-to/")
        let proxy = try lead(&specification, "--match", "PUT .*side/lost-to/", "--times", "3", "--drop-after-body")
        let outcome = try StoreContractTests.copy(specification)
        #expect(outcome.failures.map(\.description) == [])
        #expect(try store.index("side/lost-to/").digests(below: "side/lost-to/") == digests)
        withExtendedLifetime(proxy) {}
    }

    @Test("a run that was broken off goes on with the parts that the service has copied", arguments: stores)
    func resumed(_ store: any StoreUnderTest) throws {
        try put(store, "side/broken/")
        let state = try TemporaryDirectory()
        let ledger = try Ledger(in: LedgerDirectory(path: state.path))
        let identifier = RunIdentifier(start: .now).description
        let record = RunRecord.ofTest(identifier)
        var broken = try specification(store, "side/broken/large", "side/broken-to/large")
        let whole = broken
        broken.retry.attempts = 2
        broken.connections = .fixed(1)
        let proxy = try lead(&broken, "--match", "PUT .*(partNumber|comp=block)", "--skip", "2", "--respond", "503")
        let run = try ledger.begin(record)
        _ = try CopyRun(broken, ledger: run).execute()
        run.finish(.interrupted, exitCode: 4)
        let again = try ledger.resume(identifier)
        let records = Locked<[ItemRecord]>([])
        let result = try CopyRun(whole, ledger: again) { record in records.withLock { $0.append(record) } }.execute()
        again.finish(.succeeded, exitCode: 0)
        let found = try #require(records.withLock { $0.first })
        #expect(result.counts.bytesOnWire == 0)
        #expect(found.bytesResumed == 2 * Self.block && found.bytesCopiedByService == 1, "\(found)")
        #expect(try store.index("side/broken-to/").digests(below: "side/broken-to/") == ["large": digests["large"]])
        withExtendedLifetime(proxy) {}
    }

    @Test("bytes come by here where they have to be seen, or where that is asked for")
    func throughUs() throws {
        let store = AzureStore()
        guard Self.stores.contains(where: { $0 is AzureStore }) else { return }
        try put(store, "side/through/")
        var specification = try specification(store, "side/through/", "side/through-to/")
        specification.copiesByService = false
        let outcome = try StoreContractTests.copy(specification)
        #expect(outcome.failures.isEmpty)
        #expect(try outcome.result.counts.bytesOnWire >= bytes)
        #expect(outcome.records.allSatisfy { $0.bytesCopiedByService == 0 })
    }
}
