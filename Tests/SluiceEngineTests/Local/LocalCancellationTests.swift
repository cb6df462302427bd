import Dispatch
import Glibc
import SluiceCodecs
import SluiceCore
import SluicePipeline
import SluiceTestSupport
import Testing

@testable import SluiceEngine

private let block = 64 << 10

/// Copies that are cancelled in the middle.
@Suite(.timeLimit(.minutes(30))) struct LocalCancellationTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory(inMemory: true) }

    @Test("what stood there stands, and no temporary file is left", arguments: ["none", "lz4"], [0, 1, 5, 40, 90])
    func middle(codec: String, after blocks: Int) async throws {
        let source = try directory.folder("in")
        _ = try directory.folder("out")
        for name in ["a", "b", "c"] {
            _ = try directory.write("in/\(name)", [UInt8](repeating: 1, count: 30 * block + 1))
            _ = try directory.write("out/\(name)", Array("old".utf8))
        }
        let run = Locked<CopyRun?>(nil)
        let reads = Locked(0)
        let touched = TouchedSource(source, whileReading: { _, _ in
            let count = reads.withLock { reads in
                reads += 1
                return reads
            }
            if count == blocks + 1 { run.withLock { $0 }?.cancel() }
        })
        var specification = CopySpecification(
            source: .file(path: source, isDirectory: false), sink: .file(path: "\(directory.path)/out", isDirectory: true)
        )
        specification.blockSize = ByteCount(block)
        specification.codec = try SluiceCodecs.codec(named: codec)
        let records = Locked<[ItemRecord]>([])
        let copy = CopyRun(specification, source: touched) { record in records.withLock { $0.append(record) } }
        run.withLock { $0 = copy }
        let isCancelled = Locked<Bool?>(nil)
        let hasEnded = await finishes(within: .seconds(30)) {
            let result = try? copy.execute()
            isCancelled.withLock { $0 = result?.isCancelled }
        }
        try #require(hasEnded)
        #expect(isCancelled.withLock { $0 } == true)
        #expect(try directory.leftovers() == [])
        let copied = records.withLock { $0 }.filter { $0.outcome.problem == nil }.map(\.name)
        let new = [UInt8](repeating: 1, count: 30 * block + 1)
        for name in ["a", "b", "c"] {
            // A commit that was under way when the run was cancelled may have taken effect: then it is whole.
            #expect(try isWhole(name, codec, new) ?? !copied.contains(name), "\(name)")
        }
        for record in records.withLock({ $0 }) {
            if let failure = record.outcome.problem { #expect(failure.kind == .cancelled) }
        }
    }

    /// Nil where what stood there, or nothing, stands as before.
    private func isWhole(_ name: String, _ codec: String, _ new: [UInt8]) throws -> Bool? {
        guard codec != "none" else {
            let found = try directory.read("out/\(name)")
            return found == Array("old".utf8) ? nil : found == new
        }
        guard try directory.tree("out").contains("\(name).lz4") else { return nil }
        return try Command.run(["lz4", "-dcq", "\(directory.path)/out/\(name).lz4"]).output == new
    }

    @Test("a source that hangs in the middle does not keep a temporary file", arguments: ["none", "zstd"])
    func hanging(codec: String) throws {
        try #require(mkfifo("\(directory.path)/fifo", 0o600) == 0)
        _ = try directory.write("out", Array("old".utf8))
        // Blocks come, so that the file is begun, and then nothing; the pipe stays open.
        let script = """
            exec 3<>"$1/fifo"
            "$0" copy - "$1/out" --block-size 64K --quiet --compress "$2" <"$1/fifo" 2>"$1/errors" &
            program=$!
            head -c 3000000 /dev/zero >&3
            for _ in {1..2000}; do
                compgen -G "$1/.sluice-*.tmp" >/dev/null && break
                read -rt 0.01 <> <(:)
            done
            compgen -G "$1/.sluice-*.tmp" >/dev/null || exit 98
            kill -TERM "$program"
            wait "$program"
            """
        let copy = try Command.run(["bash", "-c", script, sluiceProgram, directory.path, codec])
        let told = String(decoding: try directory.read("errors"), as: UTF8.self)
        #expect(copy.status == 143, "\(told)")
        #expect(try directory.leftovers() == [])
        #expect(try directory.read("out") == Array("old".utf8))
        #expect(try directory.tree().contains { $0.hasPrefix("out.") } == false)
    }
}
