import SluiceCore
import SluiceTestSupport
import Testing

@testable import SluiceCodecs

private func isInstalled(_ command: String) -> Bool {
    (try? Command.run(["sh", "-c", "command -v \(command)"]).status) == 0
}

/// What everyone's tools make of the frames, and what the decoders make of theirs.
@Suite struct CommandTests {
    private let chunks = [Sample.text.bytes(1 << 20), Sample.noise.bytes(65_537), [], Sample.zeros.bytes(65_536)]

    @Test("gzip accepts the members", .enabled(if: isInstalled("gzip")), arguments: subjects(.gzip))
    func gzip(subject: Subject) throws { try check(subject, "gzip") }

    @Test("zstd accepts the frames", .enabled(if: isInstalled("zstd")), arguments: subjects(.zstd))
    func zstd(subject: Subject) throws { try check(subject, "zstd") }

    @Test("lz4 accepts the frames", .enabled(if: isInstalled("lz4")), arguments: subjects(.lz4))
    func lz4(subject: Subject) throws { try check(subject, "lz4") }

    @Test("Python's gzip reads the members", .enabled(if: isInstalled("python3")), arguments: [1, 6])
    func python(level: Int) throws {
        let subject = try #require(Subject.all.first { $0.testDescription == "gzip:\(level)" })
        let directory = try TemporaryDirectory()
        let file = try directory.write("data.gz", chunks.flatMap { try subject.encode($0) })
        let program = "import gzip, sys; sys.stdout.buffer.write(gzip.open(sys.argv[1]).read())"
        let result = try Command.run(["python3", "-c", program, file])
        #expect(result.status == 0)
        #expect(result.output == chunks.flatMap { $0 })
    }

    @Test("the decoders read what the tools write", arguments: Subject.defaults)
    func reading(subject: Subject) throws {
        let command = subject.format.rawValue
        guard isInstalled(command) else { return }
        let directory = try TemporaryDirectory()
        let files = try ["a", "b"].enumerated().map { try directory.write($1, chunks[$0]) }
        let streams = try files.flatMap { try Command.run([command, "-c", "-q", $0]).output }
        #expect(try subject.decode(streams) == chunks[0] + chunks[1])
    }

    /// Tests and decompresses the frames of all chunks, one after another, with `command`.
    private func check(_ subject: Subject, _ command: String) throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("data\(subject.codec.suffix)", chunks.flatMap { try subject.encode($0) })
        #expect(try Command.run([command, "-t", "-q", file]).status == 0)
        let result = try Command.run([command, "-dc", "-q", file])
        #expect(result.status == 0)
        #expect(result.output == chunks.flatMap { $0 })
    }
}

private func subjects(_ format: CodecFormat) -> [Subject] { Subject.all.filter { $0.format == format } }
