import SluiceCore
import SluiceEngine
import SluicePipeline
import SluiceStores
import SluiceTestSupport
import Testing

/// Connections that are much slower than their siblings: what they carry is sent again on another one.
@Suite(.serialized, .timeLimit(.minutes(30)))
struct TailTests {
    private static let stores: [any StoreUnderTest] = [NginxStore(), S3Store(kind: "s3-seaweedfs"), AzureStore()]
        .filter { store in Stores.all.contains { $0.testDescription == store.testDescription } }

    /// Sixteen blocks in one object, or one in each of sixteen: plain HTTPS has no others.
    private static func fill(_ directory: TemporaryDirectory, in one: Bool) throws {
        var generator = SeededGenerator(seed: 31)
        let blocks = (0..<16).map { _ in generator.bytes(5 << 20) }
        if one { _ = try directory.write("object", blocks.flatMap { $0 }) }
        for (number, block) in blocks.enumerated() where !one { _ = try directory.write("object-\(number)", block) }
    }

    /// At the slow connection's rate a block takes nine minutes: longer than any machine takes for the others.
    private static let rate = 10_000

    @Test("what a slow connection carries is sent again on another, and arrives", arguments: stores)
    func cut(_ store: any StoreUnderTest) throws {
        let directory = try TemporaryDirectory(inMemory: true)
        let isHTTP = store is NginxStore
        try Self.fill(directory, in: !isHTTP)
        var specification = try StoreContractTests.specification(directory.path, store, "tails/")
        specification.blockSize = .mebibytes(5)
        specification.connections = .fixed(5)
        // Before the first object the service is asked whether the place is there, on a connection of its own.
        let slow = 2
        let endpoint: HTTPAddress
        if case .http(let address) = specification.sink {
            endpoint = address
        } else {
            endpoint = try #require(specification.sinkConnection.endpoint)
        }
        let proxy = try Launcher(
            "faults",
            [
                "--upstream", "localhost:\(endpoint.port ?? 443)", "--connection-rate", "\(Self.rate)", "--slow-first",
                "\(slow)",
            ]
        )
        let port = try #require(Int(proxy["port"]))
        if case .http(var address) = specification.sink {
            address.port = port
            specification.sink = .http(address)
        } else {
            specification.sinkConnection.endpoint?.port = port
        }
        let outcome = try StoreContractTests.copy(specification)
        #expect(outcome.failures.isEmpty)
        #expect(
            outcome.result.counts.tailCuts >= 1 && outcome.result.counts.tailCuts <= slow,
            "\(outcome.result.counts)"
        )
        // Nothing else was sent again.
        #expect(outcome.result.counts.retries == outcome.result.counts.tailCuts)
        let index = try store.index("tails/")
        #expect(try index.digests(below: "tails/") == StoreContractTests.digests(of: directory.path))
        #expect(index.unfinished.isEmpty)
    }
}
