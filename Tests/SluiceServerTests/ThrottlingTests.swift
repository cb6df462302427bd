import SluiceCore
import SluiceEngine
import SluicePipeline
import SluiceTestSupport
import Testing

/// Services that let only so many requests in: connections are raised while that moves more, and given up where the
/// service says that it is too much; everything arrives.
@Suite(.serialized, .timeLimit(.minutes(30)))
struct ThrottlingTests {
    private let directory: TemporaryDirectory
    private let objects: Int

    /// Connections that `auto` starts with.
    private static let first = 4 * ProcessorCount.available

    init() throws {
        directory = try TemporaryDirectory(inMemory: true)
        // So many that the copy goes on for many of the governor's intervals, however fast the machine is.
        objects = 24 * Self.first
        var generator = SeededGenerator(seed: 21)
        for number in 0..<objects { _ = try directory.write("object-\(number)", generator.bytes(1000 + number)) }
    }

    private static let stores: [any StoreUnderTest] = [NginxStore(), S3Store(kind: "s3-seaweedfs"), AzureStore()]
        .filter { store in Stores.all.contains { $0.testDescription == store.testDescription } }

    private func copy(_ store: any StoreUnderTest, _ prefix: String, _ faults: [String]) throws -> (
        CopyResult, [ProxiedStore.Request]
    ) {
        let setting = try ProxiedStore(
            directory.path,
            store,
            prefix,
            ["--match", "^PUT .*object-", "--retry-after", "1"] + faults
        )
        let outcome = try StoreContractTests.copy(setting.specification)
        #expect(outcome.failures.isEmpty && outcome.records.count == objects)
        #expect(try store.index(prefix).digests(below: prefix) == StoreContractTests.digests(of: directory.path))
        return (outcome.result, try setting.requests())
    }

    @Test(
        "connections are raised while more of them move more, and given up where so many are too much",
        arguments: stores
    )
    func atOnce(_ store: any StoreUnderTest) throws {
        let bound = Self.first * 3 / 2
        // Each takes as long as on a long line, so that it is their number that counts.
        let rule = ["--most-at-once", "\(bound)", "--respond", "503", "--delay", "0.3"]
        let (result, requests) = try copy(store, "throttled-at-once/", rule)
        #expect(result.counts.raises > 0 && result.counts.peakActive > bound, "\(result.counts)")
        #expect(result.counts.cuts > 0, "\(result.counts)")
        #expect(result.counts.throttled == requests.count { $0.injected.contains("respond") })
        // Fewer than the half are refused: it does not run into the bound again and again.
        #expect(result.counts.throttled < objects / 2, "\(result.counts)")
    }

    @Test("a service that bounds requests a second is kept to", arguments: stores)
    func aSecond(_ store: any StoreUnderTest) throws {
        let rule = ["--most-per-second", "\(objects / 6)", "--respond", "429"]
        let (result, requests) = try copy(store, "throttled-a-second/", rule)
        #expect(result.counts.throttled == requests.count { $0.status == 429 })
        #expect(result.counts.throttled > 0 && result.counts.cuts > 0, "\(result.counts)")
    }

    @Test("a service that has room for all is not given less", arguments: stores)
    func room(_ store: any StoreUnderTest) throws {
        let (result, _) = try copy(
            store,
            "not-throttled/",
            ["--most-at-once", "1000", "--respond", "503", "--delay", "0.3"]
        )
        #expect(result.counts.raises > 0 && result.counts.peakActive > Self.first, "\(result.counts)")
        #expect(result.counts.throttled == 0 && result.counts.cuts == 0)
    }
}
