import SluiceCodecs
import SluiceCore
import SluiceEngine
import SluiceStores
import SluiceTestSupport
import Testing

/// What every store must do, told by clients that were not written by us.
@Suite(.serialized)
struct StoreContractTests {
    /// A copy that collects what became of each item.
    struct Outcome {
        let result: CopyResult
        let records: [ItemRecord]

        var failures: [any Failure] { records.compactMap(\.outcome.failure) }
    }

    static func copy(_ specification: CopySpecification, source: (any ObjectSource)? = nil) throws -> Outcome {
        let records = Locked<[ItemRecord]>([])
        let run = CopyRun(specification, source: source) { record in records.withLock { $0.append(record) } }
        let result = try run.execute()
        return Outcome(result: result, records: records.withLock { $0 })
    }

    static func specification(_ source: String, _ store: any StoreUnderTest, _ prefix: String) throws -> CopySpecification {
        var specification = CopySpecification(
            source: try Location(parsing: source),
            sink: try Location(parsing: store.location(prefix))
        )
        try store.prepare(&specification)
        // A server that has died is a failure of the test soon, not in ten minutes.
        specification.retry.patience = .seconds(60)
        return specification
    }

    static func digests(of directory: String) throws -> [String: String] {
        try FileStore.index(of: directory, prefix: "").digests(below: "")
    }

    @Test("objects of 0, 1, n-1, n, n+1 and several blocks arrive as they are", .timeLimit(.minutes(30)), arguments: Stores.all)
    func sizes(_ store: any StoreUnderTest) throws {
        let directory = try TemporaryDirectory()
        var generator = SeededGenerator(seed: 1)
        let block = store.smallestBlock
        for size in [0, 1, block - 1, block, block + 1, 2 * block, 3 * block + 17] {
            _ = try directory.write("size-\(size)", generator.bytes(size))
        }
        var specification = try Self.specification(directory.path, store, "sizes/")
        specification.blockSize = ByteCount(block)
        specification.verification = .readback
        let outcome = try Self.copy(specification)
        #expect(outcome.failures.isEmpty)
        let allReadBack = outcome.records.allSatisfy { $0.isReadBack }
        #expect(allReadBack)
        let index = try store.index("sizes/")
        let wanted = try Self.digests(of: directory.path)
        #expect(index.digests(below: "sizes/") == wanted)
        #expect(index.unfinished.isEmpty)
    }

    @Test("a thousand blocks become one object", .timeLimit(.minutes(30)), arguments: Stores.all.filter { $0.smallestBlock < 1 << 20 })
    func manyBlocks(_ store: any StoreUnderTest) throws {
        let directory = try TemporaryDirectory()
        var generator = SeededGenerator(seed: 2)
        let file = try directory.write("thousand", generator.bytes(1000 * 8192 - 1))
        var specification = try Self.specification(file, store, "many/")
        specification.blockSize = ByteCount(8192)
        #expect(try Self.copy(specification).failures.isEmpty)
        let found = try store.index("many/").digests(below: "many/")
        let wanted = try Self.digests(of: directory.path)
        #expect(found == wanted)
    }

    /// Names that break careless encoders.
    static let oddNames = [
        "with space", " lead and trail ", "plus+and%25percent", "100%", "a?b=c&d", "hash#tag", "ümläut-ñ-日本語-🚰", "semi;colon,comma",
        "quote'double\"", "paren(th)es[es]{}", "tilde~!*$@", "back\\slash", "a=b", "colon:name", "<tag>&amp;", "dir/with space/ü",
        "%2F", "..hidden", "dots...", "-dash",
    ]

    @Test("odd names arrive as they are", .timeLimit(.minutes(30)), arguments: Stores.all)
    func names(_ store: any StoreUnderTest) throws {
        let directory = try TemporaryDirectory()
        let names = Self.oddNames.filter { !store.namesItChanges.contains($0) }
        for (index, name) in names.enumerated() {
            if let slash = name.lastIndex(of: "/") {
                _ = try Command.run(["mkdir", "-p", directory.path + "/" + name[..<slash]])
            }
            _ = try directory.write(name, Array("content \(index)".utf8))
        }
        let outcome = try Self.copy(Self.specification(directory.path, store, "names/"))
        #expect(outcome.failures.isEmpty)
        let expected = try Self.digests(of: directory.path)
        #expect(expected.count == names.count)
        let found = try store.index("names/").digests(below: "names/")
        #expect(Set(expected.keys).subtracting(found.keys).isEmpty)
        #expect(found == expected)
    }

    @Test("compressed objects are whole files of their format", .timeLimit(.minutes(30)), arguments: Stores.all)
    func compression(_ store: any StoreUnderTest) throws {
        let directory = try TemporaryDirectory()
        var text: [UInt8] = []
        var generator = SeededGenerator(seed: 3)
        while text.count < 14 << 20 { text += Array("\(UInt32.random(in: 0...9999, using: &generator)),some text,\(text.count)\n".utf8) }
        // Compressible text over several parts, and noise that every part of must be stored.
        _ = try directory.write("text", text)
        _ = try directory.write("noise", generator.bytes(13 << 20))
        _ = try directory.write("small", Array("tiny".utf8))
        _ = try directory.write("empty", [])
        var specification = try Self.specification(directory.path, store, "gz/")
        specification.codec = try codec(named: "gzip:1")
        specification.blockSize = nil
        specification.verification = .readback
        let outcome = try Self.copy(specification)
        #expect(outcome.failures.isEmpty)
        let local = try TemporaryDirectory()
        // The same by files, where gzip itself can look at them.
        var reference = CopySpecification(source: try Location(parsing: directory.path), sink: try Location(parsing: local.path + "/"))
        reference.codec = specification.codec
        #expect(try Self.copy(reference).failures.isEmpty)
        let script = "cd \"$1\" && gzip -t *.gz && for f in *.gz; do gzip -dc $f | cmp - \"$2/${f%.gz}\" || exit 1; done"
        #expect(try Command.run(["bash", "-c", script, "bash", local.path, directory.path]).status == 0)
        let found = try store.index("gz/").digests(below: "gz/")
        let wanted = try Self.digests(of: local.path)
        #expect(found == wanted)
    }

    @Test("an object that stands there is left alone by --overwrite never", .timeLimit(.minutes(30)), arguments: Stores.all)
    func neverOverwrites(_ store: any StoreUnderTest) throws {
        // nginx ignores If-None-Match on PUT: plain HTTPS can't promise this, and the README says so. Swift's s3api
        // and JuiceFS ignore it as well.
        guard store is FileStore || store is AzureStore || (store as? S3Store)?.kind == "s3-seaweedfs" else { return }
        let directory = try TemporaryDirectory()
        let old = try directory.write("old", Array("what stood there".utf8))
        try store.put("never/name", old)
        let new = try TemporaryDirectory()
        _ = try new.write("name", Array("what comes".utf8))
        var specification = try Self.specification(new.path, store, "never/")
        specification.overwrite = .never
        let outcome = try Self.copy(specification)
        #expect(outcome.failures.map(\.kind) == [.precondition])
        let found = try store.index("never/").digests(below: "never/")["name"]
        let wanted = try Self.digests(of: directory.path)["old"]
        #expect(found == wanted)
    }

    @Test("wrong credentials are told in a sentence and nothing is put", .timeLimit(.minutes(30)), arguments: Stores.all)
    func wrongCredentials(_ store: any StoreUnderTest) throws {
        let directory = try TemporaryDirectory()
        _ = try directory.write("name", Array("content".utf8))
        var specification = try Self.specification(directory.path, store, "wrong/")
        guard store.spoil(&specification) else { return }
        let failure: (any Failure)?
        do {
            failure = try Self.copy(specification).failures.first
        } catch {
            failure = error as? any Failure
        }
        #expect(failure?.kind == .forbidden)
        #expect(failure?.advice != nil)
        #expect(failure?.description.contains("s3cr3t-canary") != true)
        #expect(try store.index("wrong/").objects.isEmpty)
    }

    @Test("a source that shrinks while it is sent leaves what stood there and no parts", .timeLimit(.minutes(30)), arguments: Stores.all)
    func abortLeavesNothing(_ store: any StoreUnderTest) throws {
        let directory = try TemporaryDirectory()
        var generator = SeededGenerator(seed: 4)
        let block = store.smallestBlock
        let old = try directory.write("old", Array("what stood there".utf8))
        try store.put("abort/name", old)
        let new = try TemporaryDirectory()
        _ = try new.write("name", generator.bytes(4 * block))
        var specification = try Self.specification(new.path, store, "abort/")
        specification.blockSize = ByteCount(block)
        let source = FailingSource(FileSource(path: new.path, isDirectory: true), failingAt: 2 * block)
        let outcome = try Self.copy(specification, source: source)
        #expect(outcome.failures.map(\.kind) == [.sourceChanged])
        let index = try store.index("abort/")
        let wanted = try Self.digests(of: directory.path)["old"]
        #expect(index.digests(below: "abort/")["name"] == wanted)
        #expect(index.unfinished.isEmpty)
    }
}
