import Glibc
import SluiceTestSupport
import Testing

@testable import SluiceCommands

/// `--preserve`, `--delete-source` and `--skip-forbidden` from outside, on real files.
@Suite struct KeepingProgramTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path }

    init() throws {
        directory = try TemporaryDirectory()
        try #require(mkdir("\(path)/in", 0o700) == 0 && mkdir("\(path)/in/x", 0o700) == 0)
        for (name, text) in [("a", "1"), ("x/b", "22"), ("empty", "")] {
            _ = try directory.write("in/\(name)", Array(text.utf8))
        }
    }

    private func copy(_ options: String...) throws -> SluiceProcess.Ending {
        try SluiceProcess(["copy", "\(path)/in", "\(path)/out/"] + options).wait()
    }

    private func status(_ name: String) throws -> stat {
        var status = stat()
        guard stat("\(path)/\(name)", &status) == 0 else { throw SystemCallError(call: "stat \(name)", code: errno) }
        return status
    }

    @Test("files keep mode, owner and time, to the nanosecond", arguments: ["a", "empty", "x/b"])
    func attributes(name: String) throws {
        var generator = SeededGenerator(seed: 8)
        _ = try directory.write("in/x/b", generator.bytes(3 << 20))
        try #require(chmod("\(path)/in/\(name)", 0o4751) == 0)
        try #require(
            try Command.run(["touch", "-d", "2001-02-03T04:05:06.123456789Z", "\(path)/in/\(name)"]).status == 0
        )
        #expect(try copy("--preserve", "mode,owner,times", "--block-size", "1MiB").status == 0)
        let (source, sink) = (try status("in/\(name)"), try status("out/\(name)"))
        #expect(sink.st_mode == source.st_mode && sink.st_uid == source.st_uid && sink.st_gid == source.st_gid)
        #expect(sink.st_mtim.tv_sec == 981_173_106 && sink.st_mtim.tv_nsec == 123_456_789)
    }

    @Test("without it they are new files")
    func notKept() throws {
        try #require(try Command.run(["touch", "-d", "2001-02-03T04:05:06Z", "\(path)/in/a"]).status == 0)
        #expect(try copy().status == 0)
        #expect(try status("out/a").st_mtim.tv_sec != 981_173_106)
    }

    @Test("where times are kept, a file that was replaced by an older one is different")
    func olderFile() throws {
        #expect(try copy("--preserve", "times", "--overwrite", "if-different").status == 0)
        #expect(try copy("--preserve", "times", "--overwrite", "if-different").errors.contains("3 unchanged"))
        _ = try directory.write("in/a", Array("9".utf8))
        try #require(try Command.run(["touch", "-d", "2001-02-03T04:05:06Z", "\(path)/in/a"]).status == 0)
        #expect(try copy("--preserve", "times", "--overwrite", "if-different").errors.contains("2 unchanged"))
        #expect(try TestFile.read("\(path)/out/a") == "9")
    }

    @Test("what was copied is removed, and folders stay", arguments: ["transfer", "readback"])
    func delete(verify: String) throws {
        let ending = try copy("--delete-source", "--verify", verify)
        #expect(ending.status == 0 && ending.errors.contains("Copied 3 files"))
        #expect(try TestFile.names(in: "\(path)/in") == ["x"])
        #expect(try TestFile.names(in: "\(path)/in/x").isEmpty)
        #expect(try TestFile.read("\(path)/out/x/b") == "22")
    }

    @Test("a single file is removed, too, and one that stays at the sink is not")
    func deleteOne() throws {
        #expect(try SluiceProcess.run("copy", "\(path)/in/a", "\(path)/out/a", "--delete-source").status == 0)
        #expect(!TestFile.exists("\(path)/in/a"))
        _ = try directory.write("in/a", Array("2".utf8))
        #expect(
            try SluiceProcess.run("copy", "\(path)/in/a", "\(path)/out/a", "--delete-source", "--overwrite", "never")
                .status == 3
        )
        #expect(try TestFile.read("\(path)/in/a") == "2")
        #expect(
            try SluiceProcess.run("copy", "\(path)/in/a", "\(path)/missing", "--delete-source", "--dry-run").status == 0
        )
        #expect(TestFile.exists("\(path)/in/a"))
    }

    @Test("what a copy can't put into the sink stays in the source")
    func deleteNothingThatFailed() throws {
        try #require(mkdir("\(path)/out", 0o700) == 0 && mkdir("\(path)/out/a", 0o700) == 0)
        #expect(try copy("--delete-source").status == 3)
        #expect(TestFile.exists("\(path)/in/a") && !TestFile.exists("\(path)/in/x/b"))
    }

    @Test(
        "what can't be kept or removed is told before anything is touched",
        arguments: [
            ["--preserve", "metadata"], ["--preserve", "colour"], ["--preserve", ""],
            ["--delete-source", "--layout", "merge"],
        ]
    )
    func refusals(options: [String]) throws {
        let sink = options.contains("merge") ? "\(path)/one" : "\(path)/out/"
        #expect(try SluiceProcess(["copy", "\(path)/in", sink] + options).wait().status == 2)
        #expect(!TestFile.exists("\(path)/out") && !TestFile.exists("\(path)/one"))
    }

    @Test("standard input can't be removed")
    func standardInput() throws {
        #expect(try SluiceProcess.run("copy", "-", "\(path)/out", "--delete-source").status == 2)
    }
}
