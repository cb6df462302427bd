import SluiceCore
import SluiceEngine
import SluiceTestSupport
import Testing

/// Selection, overwrite and layout against real stores, both ways.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SelectionServerTests {
    private static let stores = Stores.all.filter { $0.testDescription != "nginx" }

    private func tree() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        _ = try Command.run(["mkdir", "-p", "\(directory.path)/a", "\(directory.path)/a.b", "\(directory.path)/z"])
        for (name, text) in [
            ("a/x.csv", "1"), ("a.b/y.csv", "22"), ("a-c.csv", "333"), ("z/é.txt", "4444"), ("z/x.csv", "55555"),
        ] {
            _ = try directory.write(name, Array(text.utf8))
        }
        return directory
    }

    private func specification(_ store: any StoreUnderTest, from source: String, to sink: String) throws
        -> CopySpecification
    {
        var specification = CopySpecification(source: try Location(parsing: source), sink: try Location(parsing: sink))
        try store.prepare(&specification)
        specification.sourceConnection = specification.sinkConnection
        return specification
    }

    private func names(_ outcome: StoreContractTests.Outcome, _ kind: String) -> [String] {
        outcome.records.filter { $0.outcome.name == kind }.map(\.name).sorted()
    }

    @Test("an unchanged tree is not copied again, and a changed file alone is", arguments: stores)
    func unchanged(_ store: any StoreUnderTest) throws {
        let source = try tree()
        var specification = try specification(
            store,
            from: source.path + "/",
            to: store.location("selection/unchanged/")
        )
        specification.overwrite = .ifDifferent
        let first = try StoreContractTests.copy(specification)
        #expect(first.failures.isEmpty && names(first, "copied").count == 5)
        let second = try StoreContractTests.copy(specification)
        #expect(second.failures.isEmpty && names(second, "unchanged").count == 5)
        _ = try source.write("a.b/y.csv", Array("another".utf8))
        #expect(names(try StoreContractTests.copy(specification), "copied") == ["a.b/y.csv"])
        specification.overwrite = .ifNewer
        #expect(names(try StoreContractTests.copy(specification), "unchanged").count == 5)
    }

    @Test("what is copied back is selected by name, list and folder", arguments: stores)
    func back(_ store: any StoreUnderTest) throws {
        let source = try tree()
        let place = try store.location("selection/back/")
        _ = try StoreContractTests.copy(specification(store, from: source.path + "/", to: place))
        let sink = try TemporaryDirectory()
        var specification = try specification(store, from: place, to: sink.path + "/")
        specification.selection.includes = [try NamePattern("*.csv")]
        specification.selection.excludes = [try NamePattern("a/")]
        #expect(names(try StoreContractTests.copy(specification), "copied") == ["a-c.csv", "a.b/y.csv", "z/x.csv"])
        specification.selection = Selection()
        specification.selection.recursive = false
        #expect(names(try StoreContractTests.copy(specification), "copied") == ["a-c.csv"])
        specification.selection = Selection()
        specification.filesFrom = try sink.write("list", Array("z/é.txt\na/x.csv\nnowhere\n".utf8))
        let listed = try StoreContractTests.copy(specification)
        #expect(names(listed, "copied") == ["a/x.csv", "z/é.txt"] && names(listed, "skipped") == ["nowhere"])
    }

    @Test("what is copied back is merged and flattened", arguments: stores)
    func layouts(_ store: any StoreUnderTest) throws {
        let source = try tree()
        let place = try store.location("selection/layouts/")
        _ = try StoreContractTests.copy(specification(store, from: source.path + "/", to: place))
        let sink = try TemporaryDirectory()
        var specification = try specification(store, from: place, to: sink.path + "/one")
        specification.layout = .merge
        #expect(try StoreContractTests.copy(specification).failures.isEmpty)
        let merged = try Command.run(["cat", "\(sink.path)/one"]).output
        #expect(String(decoding: merged, as: UTF8.self) == "333" + "22" + "1" + "55555" + "4444")
        specification.sink = try Location(parsing: sink.path + "/flat/")
        specification.layout = .flatten
        let flat = try StoreContractTests.copy(specification)
        #expect(flat.failures.isEmpty && Set(flat.records.map(\.sinkName)).count == 5)
        #expect(flat.records.allSatisfy { !$0.sinkName.contains("/") })
    }
}
