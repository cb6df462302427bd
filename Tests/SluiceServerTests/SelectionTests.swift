import Glibc
import SluiceCore
import SluiceEngine
import SluiceTestSupport
import Testing

/// Selection, overwrite and layout against real stores, both ways.
@Suite(.serialized, .timeLimit(.minutes(30))) struct SelectionServerTests {
    private static let stores = Stores.all.filter { $0.testDescription != "nginx" }

    private func tree() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        _ = try Command.run(["mkdir", "-p", "\(directory.path)/a", "\(directory.path)/a.b", "\(directory.path)/z"])
        for (name, text) in [
            ("a/x.csv", "1"), ("a.b/y.csv", "22"), ("a-c.csv", "333"), ("z/é.txt", "4444"), ("z/x.csv", "55555"),
        ] {
            _ = try directory.write(name, Array(text.utf8))
        }
        // Azure lists whole seconds: what was changed in the second of its copy counts as changed since.
        _ = try Command.run(["find", directory.path, "-type", "f", "-exec", "touch", "-d", "2020-01-01", "{}", "+"])
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
        _ = try Command.run(["touch", "-d", "2020-01-02", "\(source.path)/a.b/y.csv"])
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

    @Test("files keep their attributes over a store and back, and are removed on the way", arguments: stores)
    func keeping(_ store: any StoreUnderTest) throws {
        let source = try tree()
        let name = "\(source.path)/z/x.csv"
        _ = try Command.run(["chmod", "640", name])
        _ = try Command.run(["touch", "-d", "2001-02-03T04:05:06.123456789Z", name])
        let place = try store.location("selection/keeping/")
        var there = try specification(store, from: source.path + "/", to: place)
        there.preserved = [.mode, .owner, .times]
        there.deletesSource = true
        let gone = try StoreContractTests.copy(there)
        #expect(gone.failures.isEmpty && names(gone, "copied").count == 5)
        #expect(try Command.run(["find", source.path, "-type", "f"]).output.isEmpty)
        let sink = try TemporaryDirectory()
        var back = try specification(store, from: place, to: sink.path + "/")
        back.preserved = [.mode, .owner, .times]
        back.deletesSource = true
        #expect(try StoreContractTests.copy(back).failures.isEmpty)
        let found = try Command.run(["stat", "-c", "%a %u %.9Y", "\(sink.path)/z/x.csv"]).output
        #expect(String(decoding: found, as: UTF8.self).hasPrefix("640 \(getuid()) 981173106.123456789"))
        #expect(try StoreContractTests.copy(back).records.isEmpty)
    }

    @Test(
        "content headers and pairs go from store to store",
        arguments: stores.filter { $0.testDescription != "files" }
    )
    func metadata(_ store: any StoreUnderTest) throws {
        let source = try tree()
        var first = try specification(
            store,
            from: "\(source.path)/a-c.csv",
            to: store.location("selection/metadata/one")
        )
        first.preserved = [.mode]
        #expect(try StoreContractTests.copy(first).failures.isEmpty)
        var second = try specification(
            store,
            from: store.location("selection/metadata/one"),
            to: store.location("selection/metadata/two")
        )
        second.preserved = [.metadata, .mode]
        #expect(try StoreContractTests.copy(second).failures.isEmpty)
        let stored = try specification(store, from: store.location("selection/metadata/two"), to: "-").makeSource()
            .open(SourceItem(name: "two", size: nil)).metadata
        #expect(stored.user["sluicemode"] != nil)
    }
}
