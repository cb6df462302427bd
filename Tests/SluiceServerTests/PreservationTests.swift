import SluiceCore
import SluiceEngine
import SluiceStores
import SluiceTestSupport
import Testing

/// What is kept beside an object's bytes, and what that costs.
@Suite(.serialized, .timeLimit(.minutes(30)))
struct PreservationTests {
    private static let stores = Stores.all.filter { $0 is AzureStore || $0 is S3Store }

    @Test("small objects bring what is kept beside their bytes, and are not asked for it one by one", arguments: stores)
    func small(_ store: any StoreUnderTest) throws {
        let directory = try TemporaryDirectory()
        for index in 0..<20 { _ = try directory.write("n\(index)", Array("\(index)".utf8)) }
        _ = try directory.write("large", [UInt8](repeating: 7, count: (9 << 20) + 1))
        _ = try Command.run([
            "find", directory.path, "-type", "f", "-exec", "touch", "-d", "2001-02-03 04:05:06.7Z", "{}", "+",
        ])
        var there = try StoreContractTests.specification(directory.path, store, "beside/")
        there.blockSize = .mebibytes(5)
        there.preserved = [.times]
        #expect(try StoreContractTests.copy(there).failures.isEmpty)

        let sink = try TemporaryDirectory()
        var back = there
        let door = try door(&back)
        back.sink = .file(path: sink.path + "/", isDirectory: true)
        back.sinkConnection = ConnectionOptions()
        back.blockSize = .mebibytes(5)
        back.preserved = [.times]
        let outcome = try StoreContractTests.copy(back)
        #expect(outcome.failures.map(\.description) == [])
        let found = try Command.run([
            "find", sink.path, "-type", "f", "-newermt", "2001-02-03 04:05:06.6Z", "!", "-newermt",
            "2001-02-03 04:05:06.7Z",
        ])
        #expect(found.output.split(separator: 10).count == 21)
        // The large one alone.
        #expect(try heads(door) == "1\n")
    }

    @Test("pairs go from store to store through us, and nothing is asked for them", arguments: stores)
    func pairs(_ store: any StoreUnderTest) throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("file", Array("four".utf8))
        for name in ["a", "b"] { try store.put("pairs/\(name)", file, ["purpose=a test"]) }
        var over = try StoreContractTests.specification("/", store, "pairs/")
        let door = try door(&over)
        over.sink = try StoreContractTests.specification("/", store, "pairs-over/").sink
        over.preserved = [.metadata]
        #expect(try StoreContractTests.copy(over).failures.map(\.description) == [])
        #expect(try heads(door) == "0\n")
        let found = try StoreAccess(store, "pairs-over/").source("pairs-over/")
        for name in ["a", "b"] {
            #expect(try found.open(SourceItem(name: name, size: nil)).metadata.user == ["purpose": "a test"])
        }
    }

    /// Makes a specification read what it would write, through a door at which its requests are counted: another service
    /// to it.
    private func door(_ specification: inout CopySpecification) throws -> Launcher {
        let upstream = try #require(specification.sinkConnection.endpoint).description
        let authority = try #require(specification.sinkConnection.caCertificate)
        let proxy = try Launcher("faults", ["--https", "--upstream", upstream, "--upstream-ca", authority])
        specification.source = specification.sink
        specification.sourceConnection = specification.sinkConnection
        specification.sourceConnection.endpoint = try HTTPAddress(parsing: proxy["endpoint"])
        specification.sourceConnection.caCertificate = proxy["ca"]
        return proxy
    }

    private func heads(_ door: Launcher) throws -> String {
        String(decoding: try Command.run(["grep", "-c", "\"method\": \"HEAD\"", door["log"]]).output, as: UTF8.self)
    }
}
