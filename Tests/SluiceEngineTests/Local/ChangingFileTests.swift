import Dispatch
import Glibc
import SluiceCore
import SluicePipeline
import SluiceTestSupport
import Testing

@testable import SluiceEngine

private let block = 64 << 10

/// Files that change while they are read: named in their record and not committed, and nothing else is harmed.
@Suite(.timeLimit(.minutes(30))) struct ChangingFileTests {
    private let directory: TemporaryDirectory
    private let source: String
    private var sink: String { "\(directory.path)/out" }

    init() throws {
        directory = try TemporaryDirectory(inMemory: true)
        source = try directory.folder("in")
        _ = try directory.folder("out")
        for name in ["before", "victim", "xafter"] {
            _ = try directory.write("in/\(name)", [UInt8](repeating: 1, count: 20 * block + 1))
            _ = try directory.write("out/\(name)", Array("old".utf8))
        }
    }

    /// What happens to a file while it is read.
    enum Change: String, CaseIterable, Sendable {
        case shrinks, empties, grows, isRewritten, isDeleted, isReplaced

        func perform(on path: String) {
            switch self {
            case .shrinks: truncate(path, off_t(8 * block))
            case .empties: truncate(path, 0)
            case .grows: truncate(path, off_t(40 * block))
            case .isRewritten:
                let file = open(path, O_WRONLY)
                pwrite(file, "changed", 7, off_t(block))
                close(file)
                // However coarse the file system's clock is.
                utimes(path, [timeval(tv_sec: 1, tv_usec: 0), timeval(tv_sec: 1, tv_usec: 0)])
            case .isDeleted: unlink(path)
            case .isReplaced:
                let file = open(path + ".new", O_WRONLY | O_CREAT, 0o600)
                close(file)
                rename(path + ".new", path)
            }
        }

        var kind: FailureKind { self == .isDeleted ? .sourceVanished : .sourceChanged }
    }

    @Test("a file that changes is named and not committed, and its siblings are copied", arguments: Change.allCases, ["none", "gzip"])
    func injected(change: Change, codec: String) async throws {
        let path = "\(source)/victim"
        let isDone = Locked(false)
        let source = TouchedSource(source, whileReading: { name, offset in
            guard name == "victim", offset >= 10 * block else { return }
            let isFirst = isDone.withLock { done in
                defer { done = true }
                return !done
            }
            if isFirst { change.perform(on: path) }
        })
        let copy = try await LocalCopy.run(self.source, sink, codec: codec, block: block, source: source)
        #expect(copy.copied == ["before", "xafter"])
        #expect(copy.failures["victim"]?.kind == change.kind)
        #expect(copy.failures["victim"]?.description.contains("victim") == true)
        #expect(copy.records.first { $0.name == "victim" }?.outcome.isSkipped == (change == .isDeleted))
        #expect(copy.errors.map(\.name) == ["victim"])
        #expect(try directory.leftovers() == [])
        let suffix = codec == "gzip" ? ".gz" : ""
        #expect(try directory.read("out/before\(suffix)") != Array("old".utf8))
        #expect(try directory.tree("out").contains("victim.gz") == false)
        if codec == "none" { #expect(try directory.read("out/victim") == Array("old".utf8)) }
    }

    @Test("a file that is gone before it is opened is skipped, or failed when asked", arguments: [true, false])
    func vanished(skips: Bool) async throws {
        let path = "\(source)/victim"
        let source = TouchedSource(source) { name in if name == "victim" { unlink(path) } }
        let copy = try await LocalCopy.run(self.source, sink, block: block, source: source) { $0.skipsMissing = skips }
        #expect(copy.copied == ["before", "xafter"])
        #expect(copy.failures["victim"]?.kind == .sourceVanished)
        #expect(copy.records.first { $0.name == "victim" }?.outcome.isSkipped == skips)
        #expect(try directory.read("out/victim") == Array("old".utf8))
    }

    @Test("a file that has grown or shrunk since it was listed is copied as it is now", arguments: [0, 1, 3 * block, 30 * block])
    func relisted(size: Int) async throws {
        let path = "\(source)/victim"
        let source = TouchedSource(source) { name in if name == "victim" { truncate(path, off_t(size)) } }
        let copy = try await LocalCopy.run(self.source, sink, block: block, source: source)
        #expect(copy.failures.isEmpty)
        #expect(try directory.read("out/victim") == directory.read("in/victim"))
        #expect(try directory.read("out/victim").count == size)
    }

    @Test("a read that fails names the file and the byte")
    func unreadable() async throws {
        let source = TouchedSource(source, whileReading: { name, offset in
            if name == "victim", offset >= 5 * block { throw CopyError(.inputOutput, "\"victim\" can't be read at byte \(offset)") }
        })
        let copy = try await LocalCopy.run(self.source, sink, block: block, source: source)
        #expect(copy.failures["victim"]?.description.contains("at byte \(5 * block)") == true)
        #expect(copy.copied == ["before", "xafter"])
        #expect(try directory.read("out/victim") == Array("old".utf8))
        #expect(try directory.leftovers() == [])
    }

    @Test("the program says so by exit code 3 when a large file is truncated under it, and goes on with the rest")
    func truncated() throws {
        // Sparse, and compressed so that nothing of its size is written. It would take long to read to its end.
        try #require(truncate("\(source)/victim", 64 << 30) == 0)
        let errors = "\(directory.path)/errors"
        // Progress says when reading is under way; then the file shrinks.
        let script = """
            "$0" copy "$1" "$2" --compress zstd --progress json --manifest "$2.manifest" 2>&1 |
            while read -r line; do
                [[ $line =~ bytesDone.:[1-9] ]] && truncate -s 1M "$1/victim"
                echo "$line" >>"$3"
            done
            exit "${PIPESTATUS[0]}"
            """
        let copy = try Command.run(["bash", "-c", script, sluiceProgram, source, sink, errors])
        let told = String(decoding: try directory.read("errors"), as: UTF8.self)
        #expect(copy.status == 3, "\(told.suffix(1000))")
        #expect(told.contains("victim") && told.contains("shrank"), "\(told.suffix(1000))")
        let manifest = String(decoding: try directory.read("out.manifest"), as: UTF8.self)
        #expect(manifest.split(separator: "\n").count { $0.contains(#""outcome":"copied""#) } == 2)
        #expect(try directory.tree("out").contains("victim.zst") == false)
        #expect(try directory.leftovers() == [])
    }
}
