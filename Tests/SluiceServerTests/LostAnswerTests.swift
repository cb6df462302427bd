import SluiceCore
import SluiceEngine
import SluiceStores
import SluiceTestSupport
import Testing

/// What libcurl sends again by itself, where a kept-alive connection ends without a word, was tried before all the same.
@Suite(.serialized, .timeLimit(.minutes(30)))
struct LostAnswerTests {
    private static let stores: [any StoreUnderTest] = [S3Store(kind: "s3-seaweedfs"), AzureStore()]
        .filter { store in Stores.all.contains { $0.testDescription == store.testDescription } }

    @Test(
        "an object that was put on a kept-alive connection, whose answer was lost, is not taken for another's",
        arguments: stores,
        [0, 100_000]
    )
    func keptAlive(_ store: any StoreUnderTest, size: Int) throws {
        let directory = try TemporaryDirectory()
        var generator = SeededGenerator(seed: 41)
        for name in ["first", "second", "third"] { _ = try directory.write(name, generator.bytes(size)) }
        let prefix = "kept-alive-\(size)/"
        var specification = try StoreContractTests.specification(directory.path, store, prefix)
        specification.overwrite = .never
        specification.connections = .fixed(1)
        let upstream = try #require(specification.sinkConnection.endpoint).description
        let authority = try #require(specification.sinkConnection.caCertificate)
        let faults = ["--match", "PUT ", "--skip", "1", "--times", "1", "--drop-after-body"]
        let proxy = try Launcher("faults", ["--https", "--upstream", upstream, "--upstream-ca", authority] + faults)
        specification.sinkConnection.endpoint = try HTTPAddress(parsing: proxy["endpoint"])
        specification.sinkConnection.caCertificate = proxy["ca"]
        let outcome = try StoreContractTests.copy(specification)
        #expect(outcome.failures.map(\.description) == [])
        let wanted = try StoreContractTests.digests(of: directory.path)
        #expect(try store.index(prefix).digests(below: prefix) == wanted)
        // What stands there is another's the second time, and asking about it is not needed to know that.
        let again = try StoreContractTests.copy(specification)
        #expect(again.failures.map(\.kind) == [.precondition, .precondition, .precondition])
    }
}
