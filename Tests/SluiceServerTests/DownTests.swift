import SluiceCodecs
import SluiceCore
import SluiceEngine
import SluicePipeline
import SluiceStores
import SluiceTestSupport
import Testing

/// The way down: what comes from a store is what it has, or nothing is said to have come.
@Suite(.serialized, .timeLimit(.minutes(30)))
struct DownTests {
    private let directory: TemporaryDirectory
    private let sink: TemporaryDirectory
    private let file: String
    private let small: String

    /// Two ranges, and three of Azure's.
    private static let size = (10 << 20) + 1

    init() throws {
        directory = try TemporaryDirectory()
        sink = try TemporaryDirectory()
        var generator = SeededGenerator(seed: 17)
        file = try directory.write("file", generator.bytes(Self.size))
        small = try directory.write("small", generator.bytes(100_000))
    }

    private static let stores: [any StoreUnderTest] = [NginxStore(), S3Store(kind: "s3-seaweedfs"), AzureStore()]
        .filter { store in Stores.all.contains { $0.testDescription == store.testDescription } }

    /// Puts both objects by Sluice, so that the service has the digests that it can have.
    private func put(_ store: any StoreUnderTest, _ prefix: String) throws {
        var specification = try StoreContractTests.specification(directory.path, store, prefix)
        specification.blockSize = .mebibytes(5)
        #expect(try StoreContractTests.copy(specification).failures.isEmpty)
    }

    /// A copy down without a proxy.
    private func down(_ store: any StoreUnderTest, _ source: String) throws -> CopySpecification {
        var specification = CopySpecification(
            source: try Location(parsing: store.location(source)),
            sink: try Location(parsing: sink.path + "/")
        )
        try store.prepare(&specification)
        specification.sourceConnection = specification.sinkConnection
        specification.sinkConnection = ConnectionOptions()
        return specification
    }

    private func hasArrived(_ name: String) throws -> Bool {
        try Command.run(["cmp", "\(directory.path)/\(name)", "\(sink.path)/\(name)"]).status == 0
    }

    private var arrivals: [String] {
        get throws { try StoreContractTests.digests(of: sink.path).keys.sorted() }
    }

    @Test("an answer that is cut short is gone on with where it ended", arguments: stores)
    func truncation(_ store: any StoreUnderTest) throws {
        try put(store, "down-cut/")
        let setting = try DownSetting(
            store,
            "down-cut/file",
            to: sink.path,
            ["match": "GET .*/file", "times": "2", "truncate-response": "300000"]
        )
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.map(\.description) == [])
        #expect(outcome.result.counts.retries == 2)
        #expect(try hasArrived("file"))
        let starts = try setting.reads(of: "/file").filter { $0.method == "GET" }.compactMap(\.start)
        let size = store is AzureStore ? 4 << 20 : 8 << 20
        #expect(starts.contains { $0 % size != 0 && $0 % size % 300_000 == 0 })
        #expect(!starts.contains { start in start % size == 0 && starts.filter { $0 == start }.count > 1 })
    }

    @Test("503 with Retry-After is waited out on the way down", arguments: stores)
    func throttling(_ store: any StoreUnderTest) throws {
        try put(store, "down-503/")
        let setting = try DownSetting(
            store,
            "down-503/file",
            to: sink.path,
            ["match": "GET .*/file", "times": "2", "respond": "503", "retry-after": "1"]
        )
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.map(\.description) == [])
        #expect(outcome.result.counts.retries == 2 && outcome.result.counts.throttled >= 1)
        #expect(try hasArrived("file"))
    }

    @Test("a refusal is not asked for again, and leaves nothing", arguments: stores)
    func refusal(_ store: any StoreUnderTest) throws {
        try put(store, "down-403/")
        let setting = try DownSetting(
            store,
            "down-403/file",
            to: sink.path,
            ["match": "GET .*/file", "respond": "403"]
        )
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.map(\.kind) == [.forbidden])
        #expect(outcome.result.counts.retries == 0)
        #expect(try arrivals.isEmpty)
    }

    @Test("what a list has told is not asked for again", arguments: stores.filter { !($0 is NginxStore) })
    func noProperties(_ store: any StoreUnderTest) throws {
        try put(store, "down-list/")
        let setting = try DownSetting(store, "down-list/", to: sink.path)
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.map(\.description) == [])
        #expect(try hasArrived("file") && hasArrived("small"))
        #expect(try setting.reads(of: "/small").map(\.method) == ["GET"])
        // Of an object of several ranges the digest of the whole is asked for, once.
        let heads = try setting.reads(of: "/file").filter { $0.method == "HEAD" }
        #expect(heads.count <= 1)
    }

    @Test(
        "a damaged byte is found by the service's digest of the whole, and nothing is put in place",
        arguments: [nil, "gzip:1"]
    )
    func damage(codec: String?) throws {
        let store = S3Store(kind: "s3-seaweedfs")
        try put(store, "down-damage/")
        let faults: KeyValuePairs = ["match": "GET .*/file", "times": "1", "corrupt-response-byte": "3"]
        var setting = try DownSetting(store, "down-damage/file", to: sink.path, faults)
        setting.specification.codec = try codec.flatMap { try SluiceCodecs.codec(named: $0) }
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.map(\.kind) == [.integrity])
        #expect(try arrivals.isEmpty)
    }

    @Test(
        "a damaged byte is read again where one answer has a digest",
        arguments: stores.filter { !($0 is NginxStore) }
    )
    func mendedDamage(_ store: any StoreUnderTest) throws {
        try put(store, "down-mend/")
        let name = store is AzureStore ? "file" : "small"
        let setting = try DownSetting(
            store,
            "down-mend/\(name)",
            to: sink.path,
            ["match": "GET .*/\(name)", "times": "1", "corrupt-response-byte": "3"]
        )
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.map(\.description) == [])
        #expect(outcome.result.counts.retries == 1)
        #expect(try hasArrived(name))
    }

    @Test("what is taken as it is comes by parallel ranges, beside what is decompressed", arguments: stores)
    func decompressed(_ store: any StoreUnderTest) throws {
        guard !(store is NginxStore) else { return }
        try put(store, "down-decoded/")
        let packed = try directory.write("packed", Command.run(["gzip", "-c", small]).output)
        try store.put("down-decoded/text.gz", packed)
        var setting = try DownSetting(store, "down-decoded/", to: sink.path)
        setting.specification.decompresses = true
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.map(\.description) == [])
        #expect(try hasArrived("file") && hasArrived("small"))
        #expect(try Command.run(["cmp", small, "\(sink.path)/text"]).status == 0)
        let range = store is AzureStore ? 4 << 20 : 8 << 20
        let starts = try setting.reads(of: "/file").filter { $0.method == "GET" }.compactMap(\.start)
        #expect(starts.sorted() == Array(stride(from: 0, to: Self.size, by: range)))
    }

    @Test("an object that is replaced while it is read fails by name", arguments: stores)
    func replacement(_ store: any StoreUnderTest) throws {
        try put(store, "down-replaced/")
        let other = try TemporaryDirectory()
        var generator = SeededGenerator(seed: 18)
        // Of another size: nginx makes its entity tags of the size and the second of the last change alone.
        let newer = try other.write("file", generator.bytes(Self.size + 1))
        var specification = try down(store, "down-replaced/file")
        specification.connections = .fixed(1)
        let source = ReplacedSource(try specification.makeSource()) { try store.put("down-replaced/file", newer) }
        let outcome = try StoreContractTests.copy(specification, source: source)
        #expect(outcome.failures.map(\.kind) == [.sourceChanged])
        #expect(outcome.failures.first?.description.contains("\"file\"") == true)
        #expect(try arrivals.isEmpty)
    }

    @Test(
        "an object that is replaced after it was listed is copied as it is now",
        arguments: stores.filter { !($0 is NginxStore) }
    )
    func newerVersion(_ store: any StoreUnderTest) throws {
        try put(store, "down-newer/")
        let specification = try down(store, "down-newer/")
        var generator = SeededGenerator(seed: 18)
        _ = try directory.write("small", generator.bytes(100_000))
        let source = ReplacedSource(try specification.makeSource(), onOpen: true) {
            try store.put("down-newer/small", small)
        }
        let outcome = try StoreContractTests.copy(specification, source: source)
        #expect(outcome.failures.map(\.description) == [])
        #expect(try hasArrived("small") && hasArrived("file"))
    }

    @Test("a store's objects go through us into another's, whatever the line does")
    func throughUs() throws {
        let (from, to) = (S3Store(kind: "s3-seaweedfs"), AzureStore())
        try put(from, "down-through/")
        var setting = try DownSetting(
            from,
            "down-through/",
            to: sink.path,
            ["match": "GET .*/file", "times": "2", "truncate-response": "300000"]
        )
        setting.specification.sink = try Location(parsing: to.location("down-through/"))
        try to.prepare(&setting.specification)
        setting.specification.blockSize = .mebibytes(4)
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.map(\.description) == [])
        #expect(outcome.result.counts.retries == 2)
        let wanted = try StoreContractTests.digests(of: directory.path)
        #expect(try to.index("down-through/").digests(below: "down-through/") == wanted)
    }
}
