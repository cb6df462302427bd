import FoundationEssentials
import SluiceCodecs
import SluiceCore
import SluiceEngine
import SluicePipeline
import SluiceStores
import SluiceTestSupport
import Synchronization
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

    /// A copy down through a proxy.
    private struct Setting {
        let proxy: Launcher
        var specification: CopySpecification

        /// Requests for the object's bytes or properties, by method and the first byte that was asked for; nil for
        /// the whole object.
        func reads(of name: String) throws -> [(method: String, start: Int?)] {
            struct Line: Decodable {
                let method: String?
                let target: String?
                let headers: [String: String]?
            }
            let log = try Command.run(["cat", proxy["log"]]).output
            return log.split(separator: 10).compactMap { line in
                guard let entry = try? JSONDecoder().decode(Line.self, from: Data(line)), let method = entry.method,
                    let path = entry.target?.split(separator: "?").first, path.hasSuffix(name)
                else { return nil }
                let range = entry.headers?["range"] ?? entry.headers?["x-ms-range"]
                return (
                    method,
                    range.flatMap { $0.split(separator: "=").last?.split(separator: "-").first }.flatMap { Int($0) }
                )
            }
        }
    }

    private func setting(_ store: any StoreUnderTest, _ source: String, _ faults: String...) throws -> Setting {
        let place = try Location(parsing: store.location(source))
        var specification = CopySpecification(source: place, sink: try Location(parsing: sink.path + "/"))
        try store.prepare(&specification)
        specification.retry.attempts = 4
        let authority = try #require(specification.sinkConnection.caCertificate)
        let upstream: String
        if case .http(let address) = place {
            upstream = address.origin
        } else {
            upstream = try #require(specification.sinkConnection.endpoint).description
        }
        let proxy = try Launcher("faults", ["--https", "--upstream", upstream, "--upstream-ca", authority] + faults)
        let endpoint = try HTTPAddress(parsing: proxy["endpoint"])
        specification.sourceConnection.caCertificate = proxy["ca"]
        if case .http(var address) = place {
            address.port = endpoint.port
            specification.source = .http(address)
        } else {
            specification.sourceConnection.endpoint = endpoint
        }
        specification.sinkConnection = ConnectionOptions()
        return Setting(proxy: proxy, specification: specification)
    }

    /// Puts both objects by Sluice, so that the service has the digests that it can have.
    private func put(_ store: any StoreUnderTest, _ prefix: String) throws {
        var specification = try StoreContractTests.specification(directory.path, store, prefix)
        specification.blockSize = .mebibytes(5)
        #expect(try StoreContractTests.copy(specification).failures.isEmpty)
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
        let setting = try setting(
            store,
            "down-cut/file",
            "--match",
            "GET .*/file",
            "--times",
            "2",
            "--truncate-response",
            "300000"
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
        let setting = try setting(
            store,
            "down-503/file",
            "--match",
            "GET .*/file",
            "--times",
            "2",
            "--respond",
            "503",
            "--retry-after",
            "1"
        )
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.map(\.description) == [])
        #expect(outcome.result.counts.retries == 2 && outcome.result.counts.throttled >= 1)
        #expect(try hasArrived("file"))
    }

    @Test("a refusal is not asked for again, and leaves nothing", arguments: stores)
    func refusal(_ store: any StoreUnderTest) throws {
        try put(store, "down-403/")
        let setting = try setting(store, "down-403/file", "--match", "GET .*/file", "--respond", "403")
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.map(\.kind) == [.forbidden])
        #expect(outcome.result.counts.retries == 0)
        #expect(try arrivals.isEmpty)
    }

    @Test("what a list has told is not asked for again", arguments: stores.filter { !($0 is NginxStore) })
    func noProperties(_ store: any StoreUnderTest) throws {
        try put(store, "down-list/")
        let setting = try setting(store, "down-list/")
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.map(\.description) == [])
        #expect(try hasArrived("file") && hasArrived("small"))
        #expect(try setting.reads(of: "/small").map(\.method) == ["GET"])
        // Of an object of several ranges the digest of the whole is asked for, once.
        let heads = try setting.reads(of: "/file").filter { $0.method == "HEAD" }
        #expect(heads.count <= 1)
    }

    @Test("a damaged byte is found by the service's digest of the whole, and nothing is put in place")
    func damage() throws {
        let store = S3Store(kind: "s3-seaweedfs")
        try put(store, "down-damage/")
        let setting = try setting(
            store,
            "down-damage/file",
            "--match",
            "GET .*/file",
            "--times",
            "1",
            "--corrupt-response-byte",
            "3"
        )
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
        let setting = try setting(
            store,
            "down-mend/\(name)",
            "--match",
            "GET .*/\(name)",
            "--times",
            "1",
            "--corrupt-response-byte",
            "3"
        )
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.map(\.description) == [])
        #expect(outcome.result.counts.retries == 1)
        #expect(try hasArrived(name))
    }

    @Test("damage is found while the bytes are compressed, too")
    func damageWithCodec() throws {
        let store = S3Store(kind: "s3-seaweedfs")
        try put(store, "down-codec/")
        var setting = try setting(
            store,
            "down-codec/file",
            "--match",
            "GET .*/file",
            "--times",
            "1",
            "--corrupt-response-byte",
            "3"
        )
        setting.specification.codec = try codec(named: "gzip:1")
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.map(\.kind) == [.integrity])
        #expect(try arrivals.isEmpty)
    }

    @Test("an object that is replaced while it is read fails by name", arguments: stores)
    func replacement(_ store: any StoreUnderTest) throws {
        try put(store, "down-replaced/")
        let other = try TemporaryDirectory()
        var generator = SeededGenerator(seed: 18)
        // Of another size: nginx makes its entity tags of the size and the second of the last change alone.
        let newer = try other.write("file", generator.bytes(Self.size + 1))
        var specification = CopySpecification(
            source: try Location(parsing: store.location("down-replaced/file")),
            sink: try Location(parsing: sink.path + "/")
        )
        try store.prepare(&specification)
        specification.sourceConnection = specification.sinkConnection
        specification.sinkConnection = ConnectionOptions()
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
        var specification = CopySpecification(
            source: try Location(parsing: store.location("down-newer/")),
            sink: try Location(parsing: sink.path + "/")
        )
        try store.prepare(&specification)
        specification.sourceConnection = specification.sinkConnection
        specification.sinkConnection = ConnectionOptions()
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
        var setting = try setting(
            from,
            "down-through/",
            "--match",
            "GET .*/file",
            "--times",
            "2",
            "--truncate-response",
            "300000"
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

/// A source whose object is replaced once: when it is opened, or when its first bytes have been read.
private struct ReplacedSource: ObjectSource {
    private let base: any ObjectSource
    private let onOpen: Bool
    private let replace: @Sendable () throws -> Void

    init(_ base: any ObjectSource, onOpen: Bool = false, _ replace: @escaping @Sendable () throws -> Void) {
        self.base = base
        self.onOpen = onOpen
        self.replace = replace
    }

    var location: Location { base.location }
    var isRereadable: Bool { true }
    var isSingleObject: Bool { base.isSingleObject }
    var allowsReadThrough: Bool { false }
    var requestSize: ClosedRange<Int>? { base.requestSize }

    func list(_ body: (ListEntry) throws -> Void) throws {
        var entries: [ListEntry] = []
        try base.list { entries.append($0) }
        if onOpen { try replace() }
        for entry in entries { try body(entry) }
    }

    func open(_ item: SourceItem) throws -> any ReadableObject {
        let object = try base.open(item)
        return onOpen ? object : ReplacedObject(object, replace)
    }
}

private final class ReplacedObject: ReadableObject {
    private let base: any ReadableObject
    private let replace: @Sendable () throws -> Void
    private let isReplaced = Mutex(false)

    init(_ base: any ReadableObject, _ replace: @escaping @Sendable () throws -> Void) {
        self.base = base
        self.replace = replace
    }

    var size: Int? { base.size }
    var modified: Timestamp? { base.modified }
    var metadata: ObjectMetadata { get throws { try base.metadata } }
    func checkUnchanged() throws { try base.checkUnchanged() }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try base.read(at: offset, into: buffer)
        try isReplaced.withLock { isReplaced in
            if !isReplaced { try replace() }
            isReplaced = true
        }
        return count
    }
}
