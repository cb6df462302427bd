import SluiceCore
import SluiceTestSupport
import Synchronization
import Testing

@testable import SluiceEngine

/// Objects in memory that are listed in the order that they are given in.
private final class ShelfSource: LookupSource {
    let items: [SourceItem]
    private let bytes: [String: [UInt8]]
    let questions = Atomic<Int>(0)
    let opened = Atomic<Int>(0)

    init(_ items: [SourceItem], bytes: [String: [UInt8]] = [:]) {
        self.items = items
        self.bytes = bytes
    }

    var location: Location { .file(path: "shelf", isDirectory: true) }
    var isRereadable: Bool { true }
    var isSingleObject: Bool { false }
    var allowsReadThrough: Bool { true }
    func list(_ body: (ListEntry) throws -> Void) throws { for item in items { try body(.item(item)) } }

    func find(_ name: String) -> SourceItem? {
        questions.add(1, ordering: .relaxed)
        return items.first { $0.name == name }
    }

    func open(_ item: SourceItem) throws -> any ReadableObject {
        opened.add(1, ordering: .relaxed)
        return Book(bytes[item.name] ?? [])
    }
}

private final class Book: ReadableObject {
    let bytes: [UInt8]
    init(_ bytes: [UInt8]) { self.bytes = bytes }
    var size: Int? { bytes.count }
    var modified: Timestamp? { nil }
    var metadata: ObjectMetadata { ObjectMetadata() }
    func checkUnchanged() throws {}
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let part = bytes[min(offset, bytes.count)...].prefix(buffer.count)
        buffer.copyBytes(from: part)
        return part.count
    }
}

@Suite(.timeLimit(.minutes(30))) struct DestinationIndexTests {
    private static func items(_ names: [String]) -> [SourceItem] {
        names.map { SourceItem(name: $0, size: $0.utf8.count) }
    }

    /// Random names in the order of their bytes, with characters whose canonical order is another.
    private static func names(_ generator: inout SeededGenerator) -> [String] {
        let alphabet: [Character] = ["a", "b", "/", ".", "é", "日", "-", "Z"]
        let names = (0..<6000).map { _ in
            String(
                (0..<Int.random(in: 1...6, using: &generator)).map { _ in alphabet.randomElement(using: &generator)! }
            )
        }
        return Set(names).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func found(_ index: DestinationIndex, _ items: [SourceItem]) throws -> [SourceItem?] {
        var found: [SourceItem?] = []
        var rest = items[...]
        while !rest.isEmpty {
            found += try index.standing(Array(rest.prefix(index.batch))).map { try $0.get() }
            rest = rest.dropFirst(index.batch)
        }
        return found
    }

    @Test("two lists in order are merged, and only what is missing is asked for by its name", arguments: 1...5)
    func merged(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let all = Self.names(&generator)
        let here = Self.items(all.filter { _ in Bool.random(using: &generator) })
        let there = Self.items(all.filter { _ in Bool.random(using: &generator) })
        let store = ShelfSource(there)
        let index = DestinationIndex(store, lookups: 4, folder: store) { $0.name }
        let standing = Set(there)
        #expect(try Self.found(index, here) == here.map { standing.contains($0) ? $0 : nil })
        #expect(store.questions.load(ordering: .relaxed) == here.count { !standing.contains($0) })
    }

    @Test("into an empty folder nothing is asked for")
    func empty() throws {
        let store = ShelfSource([])
        let index = DestinationIndex(store, lookups: 4, folder: store) { $0.name }
        #expect(try Self.found(index, Self.items(["a", "b"])) == [nil, nil])
        #expect(store.questions.load(ordering: .relaxed) == 0)
    }

    @Test("names out of order are asked for one by one, and found")
    func sourceOutOfOrder() throws {
        let store = ShelfSource(Self.items(["a", "b", "c", "d"]))
        let index = DestinationIndex(store, lookups: 4, folder: store) { $0.name }
        let asked = Self.items(["b", "a", "x", "d"])
        #expect(try Self.found(index, asked).map { $0?.name } == ["b", "a", nil, "d"])
        #expect(store.questions.load(ordering: .relaxed) == 3)
    }

    @Test("a list out of order makes nothing be missed")
    func listOutOfOrder() throws {
        let store = ShelfSource(Self.items(["a", "d", "b", "e"]))
        let index = DestinationIndex(store, lookups: 2, folder: store) { $0.name }
        let found = try Self.found(index, Self.items(["a", "b", "c", "d", "e"]))
        #expect(found.map { $0?.name } == ["a", "b", nil, "d", "e"])
    }

    @Test("a list that breaks off is an error, and not an empty store")
    func broken() throws {
        struct Broken: ObjectSource {
            var location: Location { .standardStream }
            var isRereadable: Bool { true }
            var isSingleObject: Bool { false }
            var allowsReadThrough: Bool { true }
            func list(_ body: (ListEntry) throws -> Void) throws { throw CopyError(.forbidden, "no") }
            func open(_ item: SourceItem) throws -> any ReadableObject { throw CopyError(.forbidden, "no") }
        }
        let index = DestinationIndex(ShelfSource([]), lookups: 2, folder: Broken()) { $0.name }
        #expect(throws: CopyError.self) { try index.standing(Self.items(["a"])) }
    }

    @Test("merged objects are read as their bytes one after another, from any place")
    func mergedObject() throws {
        var generator = SeededGenerator(seed: 3)
        let sizes = [0, 1, 0, 0, 700, 3, 0] + (0..<200).map { _ in Int.random(in: 0...40, using: &generator) }
        var bytes: [String: [UInt8]] = [:]
        for (index, size) in sizes.enumerated() { bytes["n\(index)"] = generator.bytes(size) }
        let base = ShelfSource(bytes.map { SourceItem(name: $0.key, size: $0.value.count) }, bytes: bytes)
        let source = MergedSource(base, name: "all", skipsMissing: true)
        var listed: [SourceItem] = []
        try source.list { if case .item(let item) = $0 { listed.append(item) } }
        let expected = bytes.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.flatMap { bytes[$0]! }
        #expect(listed.map(\.size) == [expected.count])
        let object = try source.open(listed[0])
        for _ in 0..<300 {
            let offset = Int.random(in: 0...expected.count, using: &generator)
            var buffer = [UInt8](repeating: 0, count: Int.random(in: 0...900, using: &generator))
            let count = try buffer.withUnsafeMutableBytes { try object.read(at: offset, into: $0) }
            #expect(Array(buffer[..<count]) == Array(expected[offset...].prefix(buffer.count)))
        }
        try object.checkUnchanged()
    }

    @Test("a merge fails by name when a part is not what was listed")
    func mergedChanged() throws {
        let base = ShelfSource([SourceItem(name: "a", size: 4)], bytes: ["a": [1, 2, 3]])
        let source = MergedSource(base, name: "all", skipsMissing: true)
        var listed: [SourceItem] = []
        try source.list { if case .item(let item) = $0 { listed.append(item) } }
        let object = try source.open(listed[0])
        var buffer = [UInt8](repeating: 0, count: 4)
        #expect { try buffer.withUnsafeMutableBytes { _ = try object.read(at: 0, into: $0) } } throws: {
            ($0 as? CopyError)?.kind == .sourceChanged
        }
    }

    @Test("flat names keep apart what was in folders, and are the same in every run")
    func flat() {
        #expect(SinkNaming.flat("a.csv") == "a.csv")
        let name = SinkNaming.flat("2026/01/part.csv")
        #expect(name.hasPrefix("part-") && name.hasSuffix(".csv") && name.count == "part-.csv".count + 16)
        #expect(name == SinkNaming.flat("2026/01/part.csv"))
        #expect(name != SinkNaming.flat("2026/02/part.csv"))
        #expect(SinkNaming.flat("a/.hidden").hasPrefix(".hidden-"))
        #expect(SinkNaming.flat("a/plain").hasPrefix("plain-"))
    }
}
