import SluiceCodecs
import SluiceCore
import SluiceEngine
import SluicePipeline
import SluiceTestSupport
import Testing

/// Staged copies over each store that can stage.
@Suite(.timeLimit(.minutes(30))) struct StagedCopyTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// Some files in folders, an empty one, names that need encoding, and one of several blocks.
    private func makeFiles() throws -> [String] {
        var generator = SeededGenerator(seed: 31)
        let contents: [(String, [UInt8])] = [
            ("a.bin", generator.bytes(700_000)), ("folder/empty", []), ("folder/ä ö+%.txt", Array("text\n".utf8)),
            ("folder/deeper/zeros", [UInt8](repeating: 0, count: 3_000_000)), ("x.gz", Array("no gzip\n".utf8)),
        ]
        for (name, bytes) in contents { try directory.put("source/" + name, bytes) }
        return contents.map(\.0).sorted()
    }

    @Test(
        "files go by each store and nothing is left there",
        arguments: Stores.all.map { TestedStore(store: $0) },
        ["gzip", "none"]
    )
    func files(_ tested: TestedStore, _ codec: String) throws {
        let names = try makeFiles()
        var specification = CopySpecification(
            source: try Location(parsing: directory.path + "/source/"),
            sink: try Location(parsing: directory.path + "/sink/")
        )
        let prefix = "staged-files-\(codec)/"
        try tested.stage(&specification, in: prefix)
        specification.staging?.codec = try SluiceCodecs.codec(named: codec)
        specification.staging?.limit = ByteCount(1 << 20)
        specification.blockSize = ByteCount(1 << 19)
        let records = Locked<[ItemRecord]>([])
        let run = CopyRun(specification) { record in records.withLock { $0.append(record) } }
        let result = try run.execute()
        #expect(run.tally.reading.errors.map(\.failure.description) == [])
        #expect(directory.files("sink") == names)
        for name in names { #expect(try directory.read("sink/" + name) == directory.read("source/" + name), "\(name)") }
        // As the source names them.
        #expect(records.withLock { $0.map(\.name).sorted() } == names)
        let facts = try #require(result.staging)
        #expect(facts.objects == names.count && facts.left == 0 && facts.bytesRead == 3_700_013)
        // One object is larger than the limit, and goes alone.
        #expect(facts.peak <= (codec == "none" ? 3_000_000 : 1 << 20))
        let left = try tested.store.index(prefix)
        #expect(left.objects.isEmpty && left.unfinished.isEmpty)
    }

    @Test("what is to be kept in the staging store stays there, in the run's folder")
    func kept() throws {
        let names = try makeFiles()
        var specification = CopySpecification(
            source: try Location(parsing: directory.path + "/source/"),
            sink: try Location(parsing: directory.path + "/sink/")
        )
        specification.staging = StagingOptions(location: try Location(parsing: directory.path + "/stage"))
        specification.staging?.run = "one"
        specification.staging?.keeps = true
        _ = try CopyRun(specification).execute()
        #expect(directory.files("stage/one") == names && directory.files("sink") == names)
    }

    @Test("a single file keeps the name that the sink is given, with the sink's own codec")
    func single() throws {
        try directory.put("one.txt", Array(repeating: 65, count: 100_000))
        var specification = CopySpecification(
            source: try Location(parsing: directory.path + "/one.txt"),
            sink: try Location(parsing: directory.path + "/other.txt.gz")
        )
        specification.codec = try SluiceCodecs.codec(named: "gzip")
        specification.staging = StagingOptions(location: try Location(parsing: directory.path + "/stage"))
        specification.staging?.codec = try SluiceCodecs.codec(named: "zstd")
        _ = try CopyRun(specification).execute()
        let text = try Command.run(["gzip", "-dc", directory.path + "/other.txt.gz"]).output
        #expect(text == Array(repeating: 65, count: 100_000))
    }

    @Test("a source that is not there, and a sink that is not, leave nothing behind")
    func noEnds() throws {
        var specification = CopySpecification(
            source: try Location(parsing: directory.path + "/missing/"),
            sink: try Location(parsing: directory.path + "/sink/")
        )
        specification.staging = StagingOptions(location: try Location(parsing: directory.path + "/stage"))
        let run = CopyRun(specification)
        _ = try run.execute()
        #expect(run.tally.reading.errors.first?.failure.kind == .notFound && !run.tally.reading.isListed)
        _ = try makeFiles()
        specification.source = try Location(parsing: directory.path + "/source/")
        try directory.put("file", [1])
        specification.sink = try Location(parsing: directory.path + "/file/below/")
        let other = CopyRun(specification)
        #expect(throws: (any Error).self) { try other.execute() }
        #expect(other.hasOpenedSource)
        #expect(directory.files("stage") == [])
    }
}

/// A store, as an argument.
struct TestedStore: Sendable, CustomTestStringConvertible {
    let store: any StoreUnderTest
    var testDescription: String { store.testDescription }

    /// Has a copy go by a folder of the store.
    func stage(_ specification: inout CopySpecification, in prefix: String) throws {
        var ends = specification
        ends.sink = try Location(parsing: store.location(prefix))
        try store.prepare(&ends)
        specification.staging = StagingOptions(location: ends.sink)
        specification.staging?.connection = ends.sinkConnection
        specification.environment.merge(ends.environment) { $1 }
    }
}

extension TemporaryDirectory {
    /// Writes a file in folders that are made for it.
    fileprivate func put(_ name: String, _ bytes: [UInt8]) throws {
        _ = try Command.run(["mkdir", "-p", (path + "/" + name).parentPath])
        _ = try write(name, bytes)
    }

    /// The files below a folder; none where there is none.
    fileprivate func files(_ folder: String) -> [String] { ((try? tree(folder)) ?? []).filter { !$0.hasSuffix("/") } }
}
