import Glibc
import SluiceCore
import SluiceEngine
import SluiceStores
import SluiceTestSupport
import Testing

/// What a copy from a store would see.
@Suite(.serialized, .timeLimit(.minutes(30)))
struct ListingTests {
    private static let stores = Stores.all.filter { $0 is AzureStore || $0 is S3Store }
    /// More than one page of S3's thousand names.
    private static let count = 1050

    /// A specification whose source is what the store's sink would be.
    private func source(_ store: any StoreUnderTest, _ prefix: String) throws -> CopySpecification {
        let sink = try StoreContractTests.specification("/", store, prefix)
        var specification = CopySpecification(source: sink.sink, sink: .file(path: "/nonexistent/", isDirectory: true))
        specification.sourceConnection = sink.sinkConnection
        specification.environment = sink.environment
        return specification
    }

    private func names(_ specification: CopySpecification) throws -> [String: Int] {
        var names: [String: Int] = [:]
        try CopyPreview(specification).list { entry in
            guard case .item(let item) = entry else { return }
            #expect(names[item.name] == nil, "\(item.name) is listed twice")
            names[item.name] = item.size
        }
        return names
    }

    @Test("a list of several pages has every object once", arguments: stores)
    func pages(_ store: any StoreUnderTest) throws {
        let directory = try TemporaryDirectory()
        for index in 0..<Self.count { _ = try directory.write("n\(index)", Array("\(index)".utf8)) }
        #expect(
            try StoreContractTests.copy(StoreContractTests.specification(directory.path, store, "pages/")).failures
                .isEmpty
        )
        let found = try names(source(store, "pages/"))
        #expect(found.count == Self.count)
        #expect(found["n1049"] == 4)
    }

    @Test(
        "a list in parts has every object once, and in the order of one that is asked for page by page",
        arguments: stores
    )
    func parts(_ store: any StoreUnderTest) throws {
        let directory = try TemporaryDirectory()
        // Several pages; names that services put in different orders, and that are folders where a list is cut elsewhere.
        var wanted: Set<String> = [
            "b-c/d/e/f", "b.c", "z z", "~~/~", "\u{e9}/x", "\u{1F600}", "a b/c+d%20", "10-", "10.x/y",
        ]
        for index in 0..<(store is AzureStore ? 7000 : 4000) {
            wanted.insert("\(index % 10)/\(index / 10 % 20)/\(index)")
            if index % 40 == 0 {
                wanted.formUnion(["a-b/\(index)", "1/sub-\(index)/x", "1-\(index)", "\u{fc}\(index)"])
            }
        }
        let folders = wanted.compactMap { name in name.lastIndex(of: "/").map { "\(directory.path)/\(name[..<$0])" } }
        #expect(try Command.run(["mkdir", "-p", "--"] + Set(folders)).status == 0)
        for name in wanted { _ = try directory.write(name, []) }
        #expect(
            try StoreContractTests.copy(StoreContractTests.specification(directory.path, store, "parts/")).failures
                .isEmpty
        )

        var source = try StoreAccess(store, "parts/").source("parts/")
        (source.listing.toCut, source.listing.inFolder) = (.max, .max)
        let inTurn = try list(source)
        #expect(Set(inTurn) == wanted)
        #expect(inTurn.count == wanted.count)
        (source.listing.toCut, source.listing.inFolder) = (100, 5)
        for _ in 0..<3 {
            let isTheSame = try list(source) == inTurn
            #expect(isTheSame)
        }
    }

    private func list(_ source: BlobSource) throws -> [String] {
        var names: [String] = []
        try source.list { entry in
            if case .item(let item) = entry { names.append(item.name) }
        }
        return names
    }

    @Test("one object, a folder without its slash, and nothing are told apart", arguments: stores)
    func scopes(_ store: any StoreUnderTest) throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("file", Array("four".utf8))
        try store.put("scope/a/file", file)
        try store.put("scope/ab", file)
        #expect(try names(source(store, "scope/a/file")) == ["file": 4])
        #expect(try names(source(store, "scope/a")) == ["file": 4])
        #expect(try names(source(store, "scope/")) == ["a/file": 4, "ab": 4])
        #expect(try names(source(store, "scope/none/")).isEmpty)
    }

    @Test("objects come back as the files that they were", arguments: stores + [NginxStore()])
    func download(_ store: any StoreUnderTest) throws {
        let directory = try TemporaryDirectory()
        var generator = SeededGenerator(seed: 21)
        let file = try directory.write("file", generator.bytes((9 << 20) + 5))
        try store.put("back/file", file)
        let local = try TemporaryDirectory()
        var specification = try source(store, "back/file")
        specification.sink = .file(path: local.path + "/", isDirectory: true)
        #expect(try StoreContractTests.copy(specification).failures.isEmpty)
        let found = try StoreContractTests.digests(of: local.path)
        let wanted = try StoreContractTests.digests(of: directory.path)
        #expect(found == wanted)
    }
}
