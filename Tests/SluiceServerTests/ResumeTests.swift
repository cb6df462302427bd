import Glibc
import SluiceCore
import SluiceEngine
import SluiceLedger
import SluiceStores
import SluiceTestSupport
import Testing

/// Uploads that are left and gone on with, at real servers.
@Suite(.serialized, .timeLimit(.minutes(30)))
struct ResumeTests {
    static let stores = Stores.all.filter { !($0 is NginxStore) }
    private let folder: TemporaryDirectory
    private let ledger: Ledger

    init() throws {
        folder = try TemporaryDirectory()
        ledger = try Ledger(in: LedgerDirectory(path: folder.path + "/state"))
        _ = try folder.folder("source")
    }

    private var source: String { folder.path + "/source" }

    private func specification(_ store: any StoreUnderTest, _ prefix: String) throws -> CopySpecification {
        var specification = try StoreContractTests.specification(source, store, prefix)
        specification.blockSize = ByteCount(store.smallestBlock)
        specification.connections = .fixed(2)
        return specification
    }

    /// Copies until two blocks are with the store, and breaks off as if the line had gone.
    private func begin(_ specification: CopySpecification, at offset: Int) throws -> String {
        let identifier = RunIdentifier(start: .now).description
        let run = try ledger.begin(RunRecord.ofTest(identifier))
        let confirmed = Locked<CopyRun?>(nil)
        let block = specification.blockSize?.rawValue ?? 0
        let breaking = FailingSource(FileSource(path: source, isDirectory: true), failingAt: offset, .transient) {
            // A store that confirms nothing for a minute has failed; the test then finds that nothing was kept.
            for _ in 0..<60_000 where confirmed.withLock({ $0?.tally.bytesConfirmed ?? 0 }) < 2 * block { usleep(1000) }
        }
        let copy = CopyRun(specification, source: breaking, ledger: run)
        confirmed.withLock { $0 = copy }
        _ = try copy.execute()
        run.finish(.interrupted, exitCode: 4)
        return identifier
    }

    /// Goes on with a run; the record of its one object.
    private func goOn(_ specification: CopySpecification, _ identifier: String) throws -> ItemRecord {
        let run = try ledger.resume(identifier)
        let records = Locked<[ItemRecord]>([])
        _ = try CopyRun(specification, ledger: run) { record in records.withLock { $0.append(record) } }.execute()
        run.finish(.succeeded, exitCode: 0)
        let all = records.withLock { $0 }
        #expect(all.count == 1)
        return try #require(all.first)
    }

    private func write(_ size: Int, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        _ = try folder.write("source/object", generator.bytes(size))
    }

    private func expectCopied(_ store: any StoreUnderTest, _ prefix: String) throws {
        let index = try store.index(prefix)
        let wanted = try StoreContractTests.digests(of: source)
        #expect(index.digests(below: prefix) == wanted)
        #expect(index.unfinished.isEmpty)
    }

    @Test("an upload that was left goes on with what the store has of it", arguments: stores)
    func resumed(_ store: any StoreUnderTest) throws {
        let size = 6 * store.smallestBlock + 17
        try write(size, seed: 1)
        let specification = try specification(store, "resumed/")
        let identifier = try begin(specification, at: 5 * store.smallestBlock)
        #expect(try store.index("resumed/").objects.isEmpty)
        let record = try goOn(specification, identifier)
        #expect(record.bytesResumed >= 2 * store.smallestBlock && record.bytesResumed < size)
        #expect(record.bytesRead == size - record.bytesResumed && record.bytesWritten == size)
        try expectCopied(store, "resumed/")
    }

    @Test("a source that has changed starts over, and nothing of the old one is left", arguments: stores)
    func changed(_ store: any StoreUnderTest) throws {
        try write(6 * store.smallestBlock, seed: 2)
        let specification = try specification(store, "changed/")
        let identifier = try begin(specification, at: 5 * store.smallestBlock)
        try write(6 * store.smallestBlock - 1, seed: 3)
        let record = try goOn(specification, identifier)
        #expect(record.bytesResumed == 0)
        try expectCopied(store, "changed/")
    }

    @Test("what the store has forgotten is sent anew", arguments: stores.filter { $0 is AzureStore || $0 is FileStore })
    func forgotten(_ store: any StoreUnderTest) throws {
        try write(6 * store.smallestBlock, seed: 4)
        let specification = try specification(store, "forgotten/")
        let identifier = try begin(specification, at: 5 * store.smallestBlock)
        if let azure = store as? AzureStore {
            let server = try azure.server
            let address = server["control"] + "/forget-uncommitted"
            #expect(try Command.run(["curl", "-sSf", "--cacert", server["ca"], "-X", "POST", address]).status == 0)
        } else {
            let directory = try store.location("forgotten/")
            #expect(try Command.run(["find", directory, "-name", "*.tmp", "-delete"]).status == 0)
        }
        let record = try goOn(specification, identifier)
        #expect(record.bytesResumed == 0)
        try expectCopied(store, "forgotten/")
    }

    @Test(
        "an upload whose object is gone from the source is taken back",
        arguments: stores.filter { !($0 is AzureStore) }
    )
    func swept(_ store: any StoreUnderTest) throws {
        try write(6 * store.smallestBlock, seed: 5)
        let specification = try specification(store, "swept/")
        let identifier = try begin(specification, at: 5 * store.smallestBlock)
        #expect(unlink(source + "/object") == 0)
        _ = try folder.write("source/other", [1, 2, 3])
        _ = try goOn(specification, identifier)
        try expectCopied(store, "swept/")
    }
}
