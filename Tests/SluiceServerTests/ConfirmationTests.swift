import SluiceCore
import SluiceEngine
import SluicePipeline
import SluiceStores
import SluiceTestSupport
import Testing

/// What a store has confirmed and what went over the line are told as they were.
@Suite(.serialized, .timeLimit(.minutes(30)))
struct ConfirmationTests {
    /// Stores that answer with the digest that they computed of each body. JuiceFS ignores the header, Swift refuses
    /// it, and plain HTTPS and files have none.
    private static let confirming: Set<String> = ["s3-seaweedfs", "azure"]

    @Test("bytes count as confirmed where the store repeated their digest", arguments: Stores.all)
    func digests(_ store: any StoreUnderTest) throws {
        let directory = try TemporaryDirectory()
        var generator = SeededGenerator(seed: 21)
        let block = store.smallestBlock
        for size in [0, 1, 2 * block + 17] { _ = try directory.write("size-\(size)", generator.bytes(size)) }
        var specification = try StoreContractTests.specification(directory.path, store, "confirmed/")
        specification.blockSize = ByteCount(block)
        let outcome = try StoreContractTests.copy(specification)
        #expect(outcome.failures.isEmpty)
        #expect(outcome.records.count == 3)
        let confirmed = outcome.records.filter { $0.isConfirmedByDigest }.map { $0.name }
        #expect(confirmed.count == (Self.confirming.contains(store.testDescription) ? 3 : 0), "\(confirmed)")

        specification.verification = .none
        let unchecked = try StoreContractTests.copy(specification)
        let hasClaims = unchecked.records.contains { $0.isConfirmedByDigest }
        #expect(!hasClaims)
    }

    @Test("a body that is sent twice counts twice on the wire")
    func bytesOnWire() throws {
        let store = S3Store(kind: "s3-seaweedfs")
        guard Stores.all.contains(where: { $0.testDescription == store.testDescription }) else { return }
        let directory = try TemporaryDirectory()
        var generator = SeededGenerator(seed: 22)
        let file = try directory.write("file", generator.bytes(1 << 20))
        var specification = try StoreContractTests.specification(file, store, "wire/")
        let once = try StoreContractTests.copy(specification).result.counts
        #expect(once.bytesOnWire == 1 << 20)

        let upstream = try #require(specification.sinkConnection.endpoint).description
        let authority = try #require(specification.sinkConnection.caCertificate)
        let faults = ["--match", "PUT ", "--times", "1", "--respond", "503"]
        let proxy = try Launcher("faults", ["--https", "--upstream", upstream, "--upstream-ca", authority] + faults)
        specification.sinkConnection.endpoint = try HTTPAddress(parsing: proxy["endpoint"])
        specification.sinkConnection.caCertificate = proxy["ca"]
        let counts = try StoreContractTests.copy(specification).result.counts
        #expect(counts.retries == 1)
        #expect(counts.bytesOnWire > 1 << 20 && counts.bytesOnWire <= 2 << 20, "\(counts.bytesOnWire)")
    }
}
