import Glibc
import SluiceTestSupport
import Testing

@testable import SluiceCommands

/// `sluice copy` from outside, on local files.
@Suite struct CopyProgramTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path }

    init() throws { directory = try TemporaryDirectory() }

    /// A tree of a few files, one of several blocks; its path.
    private func makeTree() throws -> String {
        var generator = SeededGenerator(seed: 11)
        try #require(mkdir("\(path)/tree", 0o700) == 0 && mkdir("\(path)/tree/below", 0o700) == 0)
        _ = try directory.write("tree/large", generator.bytes(5 << 20 | 17))
        _ = try directory.write("tree/empty", [])
        _ = try directory.write("tree/below/ünï %?#\n\"name\"", Array("text".utf8))
        return "\(path)/tree"
    }

    private func isSame(_ one: String, _ other: String) throws -> Bool {
        try Command.run(["diff", "-r", one, other]).status == 0
    }

    @Test("a file is copied, and nothing but the summary is said")
    func file() throws {
        let source = try directory.write("in", Array("hello".utf8))
        let ending = try SluiceProcess.run("copy", source, "\(path)/out")
        #expect(ending.status == 0)
        #expect(ending.output.isEmpty)
        #expect(ending.errors.hasPrefix("Copied 1 file, 5 B in "))
        #expect(try TestFile.read("\(path)/out") == "hello")
    }

    @Test("a quiet copy says nothing at all")
    func quiet() throws {
        let ending = try SluiceProcess.run("copy", try makeTree(), "\(path)/out", "--quiet")
        #expect(ending.status == 0)
        #expect(ending.output + ending.errors == "")
    }

    @Test("a tree is copied with all its names")
    func tree() throws {
        let source = try makeTree()
        #expect(try SluiceProcess.run("copy", source, "\(path)/out").status == 0)
        #expect(try isSame(source, "\(path)/out"))
    }

    @Test("folders below are left out when asked")
    func flat() throws {
        #expect(try SluiceProcess.run("copy", try makeTree(), "\(path)/out/", "--no-recursive").status == 0)
        #expect(try TestFile.names(in: "\(path)/out").sorted() == ["empty", "large"])
    }

    @Test("standard input becomes a file, and a file standard output")
    func streams() throws {
        var generator = SeededGenerator(seed: 12)
        let bytes = generator.bytes(3 << 20)
        let source = try directory.write("in", bytes)
        #expect(try SluiceProcess.run("copy", "-", "\(path)/out", input: source).status == 0)
        #expect(try TestFile.bytes("\(path)/out") == bytes)
        let text = try directory.write("text", Array("to standard output".utf8))
        let ending = try SluiceProcess.run("copy", text, "-")
        #expect(ending.status == 0)
        #expect(ending.output == "to standard output")
    }

    @Test("compressed copies get the codec's suffix and are read by gzip")
    func gzip() throws {
        let source = try makeTree()
        #expect(try SluiceProcess.run("copy", "\(source)/large", "\(path)/large", "--compress", "gzip").status == 0)
        #expect(try Command.run(["gzip", "-dc", "\(path)/large.gz"]).output == TestFile.bytes("\(source)/large"))
    }

    @Test("what stands there is left alone when asked, and that is told")
    func neverOverwrite() throws {
        let source = try directory.write("in", Array("new".utf8))
        let sink = try directory.write("out", Array("old".utf8))
        let ending = try SluiceProcess.run("copy", source, sink, "--overwrite", "never")
        #expect(ending.status == 3)
        #expect(ending.errors.contains("skipped"))
        #expect(try TestFile.read(sink) == "old")
    }

    @Test("a read-back is made and reported")
    func readBack() throws {
        let ending = try SluiceProcess.run(
            "copy",
            try makeTree(),
            "\(path)/out",
            "--verify",
            "readback",
            "--report",
            "-"
        )
        #expect(ending.status == 0)
        #expect(ending.output.contains(#""VerificationResult": "Verified""#))
    }

    // MARK: Bad input

    @Test("a source that is not there matches nothing")
    func missing() throws {
        let ending = try SluiceProcess.run("copy", "\(path)/none", "\(path)/out", "--report", "\(path)/r.json")
        #expect(ending.status == 5)
        #expect(ending.errors.hasPrefix("sluice: there is no \"\(path)/none\""))
        #expect(!TestFile.exists("\(path)/out"))
        #expect(try TestFile.read("\(path)/r.json").contains(#""code": "notFound""#))
    }

    @Test("an empty directory matches nothing")
    func empty() throws {
        try #require(mkdir("\(path)/void", 0o700) == 0)
        let ending = try SluiceProcess.run("copy", "\(path)/void", "\(path)/out", "--report", "-")
        #expect(ending.status == 5)
        #expect(ending.errors.contains("nothing to copy"))
        #expect(ending.output.contains(#""code": "notFound""#))
    }

    @Test("a directory can't become a file")
    func directoryAsFile() throws {
        let sink = try directory.write("file", Array("stays".utf8))
        let ending = try SluiceProcess.run("copy", try makeTree(), sink, "--report", "-")
        #expect(ending.status == 2)
        #expect(ending.output.contains(#""code": "usage""#))
        #expect(ending.errors.contains("onto the file"))
        #expect(try TestFile.read(sink) == "stays")
        #expect(try SluiceProcess.run("copy", "\(path)/tree", "-").status == 2)
    }

    @Test("a copy onto or into itself is refused")
    func itself() throws {
        let source = try makeTree()
        try #require(symlink("tree", "\(path)/alias") == 0)
        let pairs = [
            (source, source), (source, "\(path)/alias"), (source, "\(source)/new/one"), (source, "\(path)/alias/new"),
            ("\(source)/large", "\(path)/alias/large"), ("\(source)/large", "\(source)/"),
            ("\(source)/large", "\(source)"),
        ]
        for (from, to) in pairs {
            let ending = try SluiceProcess.run("copy", from, to)
            #expect(ending.status == 2, "\(from) → \(to)")
        }
        #expect(try TestFile.names(in: source).sorted() == ["below", "empty", "large"])
        // Beside itself, under another name, is no trouble.
        #expect(try SluiceProcess.run("copy", "\(source)/large", "\(source)/", "--compress", "lz4").status == 0)
        #expect(try SluiceProcess.run("copy", source, "\(source)2").status == 0)
    }

    @Test("an unreadable file is one failure; its siblings are copied", .enabled(if: geteuid() != 0))
    func unreadable() throws {
        let source = try makeTree()
        try #require(chmod("\(source)/large", 0) == 0)
        let ending = try SluiceProcess.run("copy", source, "\(path)/out", "--manifest", "\(path)/m")
        #expect(ending.status == 3)
        #expect(ending.errors.contains("large") && ending.errors.contains("Permission denied"))
        #expect(try TestFile.read("\(path)/m").contains(#""outcome":"failed""#))
        #expect(try TestFile.names(in: "\(path)/out").sorted() == ["below", "empty"])
    }

    @Test("a link that leads nowhere is one failure; its siblings are copied")
    func dangling() throws {
        let source = try makeTree()
        try #require(symlink("nowhere", "\(source)/link") == 0)
        let ending = try SluiceProcess.run("copy", source, "\(path)/out", "--manifest", "\(path)/m")
        #expect(ending.status == 3)
        #expect(ending.errors.contains("leads nowhere"))
        #expect(try TestFile.read("\(path)/m").contains(#""name":"link""#))
        #expect(try TestFile.names(in: "\(path)/out").sorted() == ["below", "empty", "large"])
    }

    @Test("of many failures the first are told, and the rest are counted")
    func manyFailures() throws {
        try #require(mkdir("\(path)/links", 0o700) == 0)
        for number in 0..<25 { try #require(symlink("nowhere", "\(path)/links/\(number)") == 0) }
        let ending = try SluiceProcess.run("copy", "\(path)/links", "\(path)/out", "--manifest", "\(path)/m")
        #expect(ending.status == 1)
        #expect(ending.errors.split(separator: "\n").count { $0.contains("leads nowhere") } == 10)
        #expect(ending.errors.contains("and 15 more: see \(path)/m"))
        #expect(try TestFile.read("\(path)/m").split(separator: "\n").count == 25)
    }

    @Test("a signal ends it within a moment, and nothing half-written is left", arguments: [SIGINT, SIGTERM])
    func interrupted(signal: Int32) throws {
        let old = try directory.write("out", Array("old".utf8))
        try #require(mkfifo("\(path)/fifo", 0o600) == 0)
        let arguments = ["copy", "-", old, "--report", "\(path)/r.json", "--progress", "json"]
        let process = try SluiceProcess(arguments, input: "\(path)/fifo")
        // A part comes, and then nothing more: the copy waits in a read.
        let fifo = open("\(path)/fifo", O_RDWR | O_CLOEXEC)
        defer { close(fifo) }
        #expect(write(fifo, [UInt8](repeating: 1, count: 4096), 4096) == 4096)
        // Only when the part was taken is the copy under way.
        var left: Int32 = 1
        for _ in 0..<20_000 where left > 0 {
            try #require(ioctl(fifo, UInt(FIONREAD), &left) == 0)
            poll(nil, 0, 1)
        }
        try #require(left == 0)
        process.send(signal)
        let ending = try process.wait()
        #expect(ending.status == 128 + signal)
        #expect(ending.errors.contains("interrupted by"))
        #expect(try TestFile.read(old) == "old")
        #expect(try TestFile.names(in: path).sorted() == ["fifo", "out", "r.json"])
        #expect(try TestFile.read("\(path)/r.json").contains(#""status": "Cancelled""#))
    }

    // MARK: What it writes

    @Test("report and manifest are JSON that others read")
    func documents() throws {
        let (report, manifest) = ("\(path)/r.json", "\(path)/m.jsonl")
        let source = try makeTree()
        let ending = try SluiceProcess.run("copy", source, "\(path)/out", "--report", report, "--manifest", manifest)
        #expect(ending.status == 0)
        #expect(try Command.run(["python3", "-m", "json.tool", report]).status == 0)
        #expect(try Command.run(["python3", "-m", "json.tool", "--json-lines", manifest]).status == 0)
        let program = """
            import json, sys, os
            report = json.load(open(sys.argv[1]))
            items = [json.loads(line) for line in open(sys.argv[2])]
            assert report["filesWritten"] == len(items) == 3
            assert report["dataRead"] == report["dataWritten"] == sum(item["size"] for item in items)
            assert abs(report["throughput"] - report["dataRead"] / 1024 / report["copyDuration"]) < 1
            assert report["sluice"]["exitCode"] == 0 and report["errors"] == []
            for item in items:
                assert item["outcome"] == "copied" and item["digests"]["crc64nvme"]
                assert os.path.getsize(os.path.join(sys.argv[3], item["name"])) == item["size"]
            """
        #expect(try Command.run(["python3", "-c", program, report, manifest, source]).status == 0)
    }

    @Test("progress for programs is JSON to its last line")
    func progress() throws {
        let ending = try SluiceProcess.run(
            "copy",
            try makeTree(),
            "\(path)/out",
            "--progress",
            "json",
            "--log-format",
            "json"
        )
        #expect(ending.status == 0)
        let errors = try directory.write("err", Array(ending.errors.utf8))
        #expect(try Command.run(["python3", "-m", "json.tool", "--json-lines", errors]).status == 0)
        #expect(ending.errors.contains(#""filesDone":3"#) && ending.errors.contains(#""last":true"#))
    }

    @Test("a log file has every item, with its time")
    func log() throws {
        let log = "\(path)/log"
        #expect(try SluiceProcess.run("copy", try makeTree(), "\(path)/out", "--log-file", log, "--quiet").status == 0)
        let lines = try TestFile.read(log).split(separator: "\n")
        #expect(lines.count { $0.contains(" item: copied ") } == 3)
    }

    @Test("a plan moves nothing")
    func dryRun() throws {
        let source = try makeTree()
        let sink = "\(path)/out"
        let ending = try SluiceProcess.run(
            "copy",
            source,
            sink,
            "--dry-run",
            "--block-size",
            "1M",
            "--compress",
            "none"
        )
        #expect(ending.status == 0)
        #expect(ending.output.contains("large → out/large, 5.00 MiB, 6 blocks\n"))
        #expect(ending.output.contains("empty → out/empty, 0 B, 1 block\n"))
        #expect(ending.output.split(separator: "\n").count == 3)
        #expect(!TestFile.exists(sink))
        #expect(try SluiceProcess.run("copy", "\(path)/none", sink, "--dry-run").status == 5)
    }

    @Test("a list shows what a copy would see")
    func list() throws {
        let source = try makeTree()
        let plain = try SluiceProcess.run("list", source)
        #expect(plain.status == 0)
        #expect(plain.output.split(separator: "\n").count == 3)
        #expect(plain.output.contains("5242897  "))
        #expect(plain.errors == "3 objects, 5.00 MiB\n")
        let json = try SluiceProcess.run("list", source, "--json", "--no-recursive", "--quiet")
        #expect(json.output.contains(#"{"name":"large","size":5242897,"modified":""#))
        #expect(json.output.split(separator: "\n").count == 2)
        #expect(json.errors.isEmpty)
        #expect(try SluiceProcess.run("list", "\(path)/none").status == 5)
    }
}
