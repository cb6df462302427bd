import Glibc
import SluiceTestSupport
import Testing

@testable import SluiceCommands

/// `sluice verify` from outside, on real files.
@Suite(.timeLimit(.minutes(30))) struct VerifyProgramTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path }

    init() throws {
        directory = try TemporaryDirectory()
        for folder in ["in", "in/x"] { _ = try directory.folder(folder) }
        for (name, text) in [("a", "1"), ("x/b.csv", "22"), ("x/c.csv", "333")] {
            _ = try directory.write("in/\(name)", Array(text.utf8))
        }
    }

    private func sluice(_ arguments: [String]) throws -> SluiceProcess.Ending {
        try SluiceProcess(arguments, environment: ["SLUICE_STATE_DIRECTORY": "\(path)/state"]).wait()
    }

    private func copy(_ options: String...) throws {
        try #require(try sluice(["copy", "\(path)/in", "\(path)/out/"] + options).status == 0)
    }

    private func verify(_ options: String...) throws -> SluiceProcess.Ending {
        try sluice(["verify", "\(path)/in", "\(path)/out/"] + options)
    }

    @Test("files of the same size are told as that, and as the same only when they were read")
    func same() throws {
        try copy()
        let bySize = try verify("--report", "\(path)/report")
        #expect(bySize.status == 0 && bySize.output.isEmpty)
        #expect(bySize.errors.contains("Compared 3 objects") && bySize.errors.contains("3 of the same size only"))
        #expect(try TestFile.read("\(path)/report").contains("\"VerificationResult\": \"NotVerified\""))
        let byReading = try verify("--read", "--report", "\(path)/report")
        #expect(byReading.status == 0 && byReading.errors.contains("3 the same (3 by reading)."), "\(byReading.errors)")
        let report = try TestFile.read("\(path)/report")
        #expect(
            report.contains("\"VerificationResult\": \"Verified\"") && report.contains("\"InconsistentData\": \"None\"")
        )
        #expect(report.contains("\"byReading\": 3") && report.contains("\"bytesRead\": 12"))
    }

    @Test("each difference is named in a line, and ends with 4")
    func differences() throws {
        try copy()
        try #require(unlink("\(path)/out/a") == 0)
        _ = try directory.write("out/x/b.csv", Array("4444".utf8))
        _ = try directory.write("out/x/c.csv", Array("3x3".utf8))
        _ = try directory.write("out/x/d.csv", Array("5".utf8))
        let bySize = try verify()
        #expect(bySize.status == 4)
        #expect(
            Set(bySize.output.split(separator: "\n")) == [
                "missing  a", "size     x/b.csv: 2 bytes in the source, 4 at the sink",
            ]
        )
        let all = try verify("--read", "--extra", "--manifest", "\(path)/manifest", "--report", "\(path)/report")
        #expect(all.status == 4)
        let lines = Set(all.output.split(separator: "\n"))
        #expect(lines.count == 4 && lines.contains("extra    x/d.csv"))
        #expect(lines.contains("content  x/c.csv: they differ at byte 1"))
        #expect(
            all.errors.contains("4 different (1 missing, 1 of another size, 1 of other content, 1 at the sink only)")
        )
        #expect(try TestFile.read("\(path)/report").contains("\"InconsistentData\": \"Found\""))
        // What it found is the list of what is to be copied again.
        let repaired = try sluice(["copy", "\(path)/in", "\(path)/out/", "--files-from", "\(path)/manifest"])
        #expect(repaired.status == 0 && repaired.errors.contains("Copied 3 files"))
        #expect(try verify("--read").status == 0)
    }

    @Test("a difference behind the first piece is found, and a file that is a piece longer too")
    func largeFiles() throws {
        var generator = SeededGenerator(seed: 7)
        var bytes = generator.bytes(9_000_000)
        _ = try directory.write("in/large", bytes)
        try copy()
        #expect(try verify("--read").status == 0)
        bytes[8_999_999] ^= 1
        _ = try directory.write("out/large", bytes)
        let ending = try verify("--read")
        #expect(ending.status == 4 && ending.output == "content  large: they differ at byte 8999999\n")
    }

    @Test("what can't be read is told and ends with 3, and a difference beside it with 4")
    func unreadable() throws {
        try copy()
        try #require(symlink("nowhere", "\(path)/in/dangling") == 0)
        let ending = try verify()
        #expect(
            ending.status == 3 && ending.errors.contains("dangling")
                && ending.errors.contains("1 could not be compared")
        )
        try #require(unlink("\(path)/out/a") == 0)
        #expect(try verify().status == 4)
    }

    @Test("nothing to compare ends with 5, no such source too, and a sink that is not there has nothing")
    func nothing() throws {
        _ = try directory.folder("empty")
        #expect(try sluice(["verify", "\(path)/empty", "\(path)/out"]).status == 5)
        #expect(try sluice(["verify", "\(path)/nowhere", "\(path)/out"]).status == 5)
        let ending = try verify()
        #expect(ending.status == 4 && ending.output.split(separator: "\n").count == 3)
        #expect(try sluice(["verify", "\(path)/in/a", "\(path)/in/a"]).status == 0)
    }

    @Test("the selection is that of copy")
    func selection() throws {
        try copy("--include", "*.csv")
        #expect(try verify("--include", "*.csv", "--extra").status == 0)
        #expect(try verify().output == "missing  a\n")
        // What was not selected is not looked for.
        _ = try directory.write("out/notes", Array("n".utf8))
        #expect(try verify("--include", "*.csv", "--extra").status == 0)
    }

    @Test("a compressed copy is compared by what it stands for", arguments: ["gzip", "zstd", "lz4"])
    func compressed(codec: String) throws {
        var generator = SeededGenerator(seed: 3)
        // Several members, and bytes that don't compress.
        _ = try directory.write("in/large", generator.bytes(3_500_000))
        try copy("--compress", codec)
        let ending = try verify("--compress", codec, "--extra")
        #expect(ending.status == 0 && ending.errors.contains("4 the same (4 by reading)."), "\(ending.errors)")
        _ = try directory.write("in/a", Array("2".utf8))
        #expect(try verify("--compress", codec).output == "content  a: they differ at byte 0\n")
        // The compressed file ends too early.
        let large = try #require(try TestFile.names(in: "\(path)/out").first { $0.hasPrefix("large") })
        try #require(truncate("\(path)/out/\(large)", 2_000_000) == 0)
        let cut = try verify("--compress", codec, "--include", "large")
        #expect(
            cut.status == 4 && cut.output.hasPrefix("content  large: the \(codec) data end too early"),
            "\(cut.output)"
        )
    }

    @Test("an earlier copy's manifest is enough, without the source")
    func manifest() throws {
        try copy("--manifest", "\(path)/manifest")
        _ = try Command.run(["rm", "-rf", "\(path)/in"])
        let options = ["verify", "--manifest", "\(path)/manifest", "\(path)/out/"]
        let ending = try sluice(options)
        #expect(ending.status == 0 && ending.errors.contains("3 the same (3 by digest)."), "\(ending.errors)")
        // It is only read.
        #expect(try TestFile.read("\(path)/manifest").split(separator: "\n").count == 3)
        _ = try directory.write("out/x/c.csv", Array("3x3".utf8))
        try #require(unlink("\(path)/out/a") == 0)
        let different = try sluice(options)
        let lines = different.output.split(separator: "\n").sorted()
        #expect(different.status == 4 && lines.count == 2 && lines[1] == "missing  a")
        #expect(lines[0].hasPrefix("content  x/c.csv: its crc64nvme is "))
    }

    @Test("what a manifest says was not copied, and what is no line of one, can't be compared")
    func manifestOfFailures() throws {
        try #require(symlink("nowhere", "\(path)/in/dangling") == 0)
        #expect(try sluice(["copy", "\(path)/in", "\(path)/out/", "--manifest", "\(path)/manifest"]).status == 3)
        let ending = try sluice(["verify", "--manifest", "\(path)/manifest", "\(path)/out/"])
        #expect(ending.status == 3 && ending.errors.contains("not copied: failed"))
        _ = try directory.write("manifest", Array("{\"name\":\"a\",".utf8))
        #expect(try sluice(["verify", "--manifest", "\(path)/manifest", "\(path)/out/"]).errors.contains("line 1"))
    }

    @Test(
        "what can't be meant is refused",
        arguments: [
            (["in"], "--manifest"), (["in", "out", "more"], "source and a sink"), (["-", "out"], "standard input"),
            (["in", "-"], "standard output"), (["in", "out", "--report", "-"], "standard output"),
            (["in", "out", "--manifest", "-"], "standard output"), (["out", "--manifest", "m", "--extra"], "--extra"),
            (["out", "--manifest", "m", "--include", "x"], "selection"),
            (["in", "out", "--compress", "bzip2"], "bzip2"),
            (["out", "--manifest", "nowhere"], "nowhere"),
        ] as [([String], String)]
    )
    func refusals(arguments: [String], word: String) throws {
        let ending = try sluice(["verify"] + arguments)
        #expect(ending.status == 2 && ending.errors.contains(word), "\(ending.errors)")
    }

    @Test("a selection by a layout without folders is compared under the names that it gave")
    func flattened() throws {
        try copy("--layout", "flatten")
        #expect(try verify("--layout", "flatten", "--read").status == 0)
        #expect(try verify("--layout", "flatten", "--extra").status == 2)
    }
}
