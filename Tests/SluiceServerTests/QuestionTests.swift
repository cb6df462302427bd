import Dispatch
import Glibc
import SluiceCore
import SluiceEngine
import SluiceStores
import SluiceTestSupport
import Testing

/// Questions to a store over a line that goes away and comes back.
@Suite(.serialized, .timeLimit(.minutes(30)))
struct QuestionTests {
    private static let stores = Stores.all.filter { $0 is AzureStore || $0 is S3Store }
    /// Fewer attempts than an outage takes here, and none waits long.
    private let retries = Retries(RetryPolicy(attempts: 3, base: .milliseconds(5), ceiling: .milliseconds(40)))

    private func line(to store: any StoreUnderTest) throws -> (proxy: Launcher, port: Int) {
        let address = try #require(try StoreContractTests.specification("/", store, "").sinkConnection.endpoint)
        let proxy = try Launcher("faults", ["--upstream", "localhost:\(address.port ?? 443)"])
        return (proxy, try #require(Int(proxy["port"])))
    }

    /// Cuts the line, which is mended after more attempts than a service is given; or by `end`.
    private func cut(_ proxy: Launcher) throws -> () -> Void {
        let before = retries.count
        try proxy.change("{\"down\": true}")
        let isOver = Locked(false)
        let group = DispatchGroup()
        DispatchQueue(label: "mending").async(group: group) { [retries] in
            while retries.count < before + 8, !isOver.withLock({ $0 }) { usleep(1000) }
            proxy.tell("{}")
        }
        return {
            isOver.withLock { $0 = true }
            group.wait()
        }
    }

    private func whileCut<Answer>(_ proxy: Launcher, _ ask: () throws -> Answer) throws -> Answer {
        let end = try cut(proxy)
        defer { end() }
        return try ask()
    }

    @Test("an object is found, and removed, by a line that was gone when it was asked for", arguments: stores)
    func questions(_ store: any StoreUnderTest) throws {
        let directory = try TemporaryDirectory()
        try store.put("questions/object", try directory.write("object", Array("four".utf8)))
        let (proxy, port) = try line(to: store)
        let access = try StoreAccess(store, "questions/", line: port, retries: retries)
        let source = try access.source("questions/")
        #expect(try source.find("object")?.size == 4)
        #expect(try whileCut(proxy) { try source.find("object") }?.size == 4)
        let sink = try access.sink()
        try sink.prepare()
        #expect(try whileCut(proxy) { try sink.remove(name: "questions/object") })
        #expect(try source.find("object") == nil)
    }

    @Test("a list goes on where it was when its line comes back", arguments: stores)
    func list(_ store: any StoreUnderTest) throws {
        let count = store is AzureStore ? 5050 : 1050
        let directory = try TemporaryDirectory(inMemory: true)
        for index in 0..<count { _ = try directory.write("n\(index)", []) }
        #expect(
            try StoreContractTests.copy(StoreContractTests.specification(directory.path, store, "outage/")).failures
                .isEmpty
        )
        let (proxy, port) = try line(to: store)
        let source = try StoreAccess(store, "outage/", line: port, retries: retries).source("outage/")
        var names: Set<String> = []
        var end = {}
        defer { end() }
        try source.list { entry in
            guard case .item(let item) = entry else { return }
            // There is a page to come; it may be on its way already.
            if names.isEmpty { end = try cut(proxy) }
            names.insert(item.name)
        }
        #expect(names.count == count)
    }

    @Test("a place that was never reached is not waited for")
    func wrongPlace() throws {
        let store = try #require(Self.stores.first)
        let (proxy, port) = try line(to: store)
        try proxy.change("{\"down\": true}")
        let source = try StoreAccess(store, "", line: port, retries: retries).source("")
        #expect(throws: StoreError.self) { try source.find("object") }
        #expect(retries.count == 3)
    }
}
