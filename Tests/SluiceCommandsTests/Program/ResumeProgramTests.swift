import Glibc
import SluiceTestSupport
import Testing

@testable import SluiceCommands

/// Copies that are killed in the middle and gone on with, from outside, on local files.
@Suite(.serialized, .timeLimit(.minutes(30))) struct ResumeProgramTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path }
    private var environment: [String: String] { ["SLUICE_STATE_DIRECTORY": "\(path)/state"] }

    init() throws {
        directory = try TemporaryDirectory(inMemory: true)
        _ = try directory.folder("source")
        // Zeros take long to compress and little room.
        let big = open("\(path)/source/big", O_WRONLY | O_CREAT, 0o600)
        try #require(big >= 0 && ftruncate(big, 1 << 28) == 0 && close(big) == 0)
        _ = try directory.write("source/small", Array("small".utf8))
    }

    private var copy: [String] { ["copy", "\(path)/source/", "\(path)/out/", "--compress", "gzip:6", "--progress", "none"] }

    private func start(_ arguments: [String]) throws -> SluiceProcess {
        try SluiceProcess(arguments, environment: environment)
    }

    /// The copy, with blocks of the big file in the sink: a quarter of its 260 KB. The cap keeps it from its end for
    /// seconds.
    private func begun() throws -> SluiceProcess {
        let process = try start(copy + ["--bandwidth", "40KB"])
        while try leftovers().allSatisfy({ try size("\(path)/out/\($0)") < 1 << 16 }) {
            try #require(!process.hasEnded, "the copy ended before it was seen to have begun")
            usleep(1000)
        }
        return process
    }

    private func leftovers() throws -> [String] {
        TestFile.exists("\(path)/out") ? try TestFile.names(in: "\(path)/out").filter { $0.hasSuffix(".tmp") } : []
    }

    private func size(_ file: String) throws -> Int {
        var status = stat()
        return stat(file, &status) == 0 ? Int(status.st_size) : 0
    }

    private func expectCopied() throws {
        #expect(try leftovers() == [])
        let same = try Command.run(["bash", "-c", #"gzip -dc "$0/out/big.gz" | cmp - "$0/source/big""#, path])
        #expect(same.status == 0)
        #expect(try Command.run(["gzip", "-dc", "\(path)/out/small.gz"]).output == Array("small".utf8))
    }

    private func number(_ name: String) throws -> Int {
        let report = try TestFile.read("\(path)/report")
        let parts = report.split(separator: "\"\(name)\":", maxSplits: 1)
        try #require(parts.count == 2)
        return Int(parts[1].drop { $0 == " " }.prefix { $0.isNumber }) ?? -1
    }

    @Test("what was killed is gone on with, by resume or by the same copy", arguments: [true, false])
    func killed(byCommand: Bool) throws {
        let first = try begun()
        first.send(SIGKILL)
        #expect(try first.wait().status == 128 + SIGKILL)
        #expect(try leftovers().count == 1)
        let again = byCommand ? ["resume", "--progress", "none"] : copy
        let ending = try start(again + ["--report", "\(path)/report"]).wait()
        #expect(ending.status == 0)
        #expect(ending.errors.contains("Going on with run"))
        try expectCopied()
        // At least a block was there, and nothing was read twice.
        let resumed = try number("resumedBytes")
        #expect(resumed >= 1 << 20)
        #expect(try number("dataRead") + resumed == 1 << 28 + 5)
        // Nothing is left to do: the same copy is a new one now.
        let last = try start(["resume"]).wait()
        #expect(last.status == 2)
        #expect(last.errors.contains("there is no interrupted run"))
    }

    @Test("a signal leaves a copy to be gone on with", arguments: [SIGTERM, SIGINT])
    func interrupted(signal: Int32) throws {
        let first = try begun()
        first.send(signal)
        let ending = try first.wait()
        #expect(ending.status == 128 + signal)
        #expect(ending.errors.contains("sluice resume"))
        #expect(try start(copy + ["--report", "\(path)/report"]).wait().status == 0)
        #expect(try number("resumedBytes") >= 1 << 20)
        try expectCopied()
    }

    @Test("a second process at the same copy is refused, and harms nothing")
    func second() throws {
        let first = try begun()
        let second = try start(copy).wait()
        #expect(second.status == 2)
        #expect(second.errors.contains("is being worked on by process"))
        #expect(try start(["resume"]).wait().status == 2)
        #expect(try first.wait().status == 0)
        try expectCopied()
    }

    @Test("a source that changed meanwhile starts over")
    func changed() throws {
        let first = try begun()
        first.send(SIGKILL)
        _ = try first.wait()
        var generator = SeededGenerator(seed: 7)
        _ = try directory.write("source/big", generator.bytes(3 << 20))
        #expect(try start(copy + ["--report", "\(path)/report"]).wait().status == 0)
        #expect(try number("dataRead") >= 3 << 20)
        try expectCopied()
    }

    @Test("what had begun of a file that is gone is taken back")
    func vanished() throws {
        let first = try begun()
        first.send(SIGKILL)
        _ = try first.wait()
        try #require(unlink("\(path)/source/big") == 0)
        #expect(try start(["resume"]).wait().status == 0)
        #expect(try TestFile.names(in: "\(path)/out") == ["small.gz"])
    }

    @Test("a new start takes nothing from what was there before")
    func anew() throws {
        let first = try begun()
        first.send(SIGKILL)
        _ = try first.wait()
        #expect(try start(copy + ["--no-resume", "--report", "\(path)/report"]).wait().status == 0)
        #expect(try number("dataRead") == 1 << 28 + 5)
        #expect(try number("resumedBytes") == 0)
    }
}
