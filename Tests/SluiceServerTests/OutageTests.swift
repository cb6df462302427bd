import Glibc
import SluiceCore
import SluiceEngine
import SluicePipeline
import SluiceStores
import SluiceTestSupport
import Testing

/// Lines that go away in the middle of a copy, and come back or not.
@Suite(.serialized, .timeLimit(.minutes(30)))
struct OutageTests {
    private let directory: TemporaryDirectory
    private let sink: TemporaryDirectory
    private let file: String

    private static let size = 12 << 20
    init() throws {
        directory = try TemporaryDirectory()
        sink = try TemporaryDirectory()
        var generator = SeededGenerator(seed: 23)
        file = try directory.write("file", generator.bytes(Self.size))
    }

    private static let stores: [any StoreUnderTest] = [NginxStore(), S3Store(kind: "s3-seaweedfs"), AzureStore()]
        .filter { store in Stores.all.contains { $0.testDescription == store.testDescription } }

    /// A line to a store, which passes TLS on.
    private func line(_ address: HTTPAddress, _ faults: [String]) throws -> (proxy: Launcher, port: Int) {
        let proxy = try Launcher(
            "faults",
            ["--upstream", "localhost:\(address.port ?? 443)"] + faults
        )
        return (proxy, try #require(Int(proxy["port"])))
    }

    private func limited(_ specification: inout CopySpecification) {
        specification.blockSize = .mebibytes(5)
        specification.connections = .fixed(2)
        // Fewer than an outage takes, and none of them waits long.
        specification.retry.attempts = 3
        specification.retry.base = .milliseconds(5)
        specification.retry.ceiling = .milliseconds(40)
    }

    private func up(
        _ store: any StoreUnderTest,
        _ prefix: String,
        _ faults: [String] = []
    ) throws -> (Launcher, CopySpecification) {
        var specification = try StoreContractTests.specification(directory.path, store, prefix)
        limited(&specification)
        if case .http(var address) = specification.sink {
            let (proxy, port) = try line(address, faults)
            address.port = port
            specification.sink = .http(address)
            return (proxy, specification)
        }
        let (proxy, port) = try line(try #require(specification.sinkConnection.endpoint), faults)
        specification.sinkConnection.endpoint?.port = port
        return (proxy, specification)
    }

    private func down(
        _ store: any StoreUnderTest,
        _ prefix: String,
        _ faults: [String] = []
    ) throws -> (Launcher, CopySpecification) {
        var there = try StoreContractTests.specification(directory.path, store, prefix)
        limited(&there)
        #expect(try StoreContractTests.copy(there).failures.isEmpty)
        // One object by its name: a folder of plain HTTPS can't be listed.
        var (proxy, specification) = try up(store, prefix + "file", faults)
        specification.source = specification.sink
        specification.sourceConnection = specification.sinkConnection
        specification.sinkConnection = ConnectionOptions()
        specification.sink = try Location(parsing: sink.path + "/")
        return (proxy, specification)
    }

    /// A line that is gone once a tenth has passed it.
    private static let cut = ["--down-after", "\(size / 10)"]

    /// Copies over a line that is cut; mends it after ten attempts in vain.
    private func copy(_ specification: CopySpecification, over line: Launcher, heals: Bool = true) throws
        -> StoreContractTests.Outcome
    {
        let records = Locked<[ItemRecord]>([])
        let ending = Locked<Result<CopyResult, any Error>?>(nil)
        let run = CopyRun(specification) { record in records.withLock { $0.append(record) } }
        inParallel(2) { index in
            guard index == 1 else {
                let result = Result { try run.execute() }
                return ending.withLock { $0 = result }
            }
            while run.counts?.retries ?? 0 < 10, ending.withLock({ $0 == nil }) { usleep(1000) }
            if heals { line.tell("{}") }
        }
        let result = try #require(try ending.withLock { $0 }?.get())
        return StoreContractTests.Outcome(result: result, records: records.withLock { $0 })
    }

    @Test(
        "a line that is gone for more attempts than a service is given comes back, and the copy with it",
        arguments: stores,
        [true, false]
    )
    func outage(_ store: any StoreUnderTest, isUp: Bool) throws {
        let prefix = "outage-\(isUp)/"
        let (proxy, specification) = try isUp ? up(store, prefix, Self.cut) : down(store, prefix, Self.cut)
        let outcome = try copy(specification, over: proxy)
        #expect(outcome.failures.map(\.description) == [])
        #expect(outcome.result.counts.retries >= 10)
        let wanted = try StoreContractTests.digests(of: directory.path)
        let found = try isUp ? store.index(prefix).digests(below: prefix) : StoreContractTests.digests(of: sink.path)
        #expect(found == wanted)
    }

    @Test(
        "a line that stays away longer than is waited for ends the copy, and the sentence says what is gone",
        arguments: stores
    )
    func tooLong(_ store: any StoreUnderTest) throws {
        var (proxy, specification) = try up(store, "outage-long/", Self.cut)
        specification.retry.patience = .milliseconds(300)
        let outcome = try copy(specification, over: proxy, heals: false)
        #expect(outcome.failures.map(\.kind) == [.transient])
        #expect(outcome.failures.first?.description.contains("no connection to") == true)
    }

    @Test("a connection that is reset in its TLS handshake is made again", arguments: stores)
    func handshake(_ store: any StoreUnderTest) throws {
        let (proxy, specification) = try up(store, "outage-handshake/", ["--refuse-first", "2"])
        let outcome = try StoreContractTests.copy(specification)
        #expect(outcome.failures.map(\.description) == [])
        let log = try Command.run(["grep", "-c", "refuse", proxy["log"]]).output
        #expect(String(decoding: log, as: UTF8.self) == "2\n")
    }
}
