import Glibc
import SluiceTestSupport
import Testing

@testable import SluiceCommands

/// `--overwrite` and `--layout` from outside, on real files.
@Suite struct OverwriteProgramTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path }

    init() throws {
        directory = try TemporaryDirectory()
        try #require(
            mkdir("\(path)/in", 0o700) == 0 && mkdir("\(path)/in/x", 0o700) == 0 && mkdir("\(path)/in/y", 0o700) == 0
        )
        for (name, text) in [("a", "1"), ("x/part.csv", "22"), ("y/part.csv", "333")] {
            _ = try directory.write("in/\(name)", Array(text.utf8))
        }
    }

    private func touch(_ name: String, _ time: String) throws {
        try #require(try Command.run(["touch", "-d", time, "\(path)/\(name)"]).status == 0)
    }

    private func copy(_ options: String...) throws -> SluiceProcess.Ending {
        try SluiceProcess(["copy", "\(path)/in", "\(path)/out/"] + options).wait()
    }

    @Test(
        "a second run over an unchanged tree moves nothing, and is a success",
        arguments: ["if-newer", "if-different"]
    )
    func secondRun(mode: String) throws {
        #expect(try copy("--overwrite", mode).status == 0)
        let manifest = "\(path)/manifest"
        let ending = try copy("--overwrite", mode, "--manifest", manifest, "--report", "\(path)/report")
        #expect(ending.status == 0)
        #expect(ending.errors.contains("Copied nothing") && ending.errors.contains("3 unchanged"))
        let lines = try TestFile.read(manifest).split(separator: "\n")
        #expect(lines.count == 3 && lines.allSatisfy { $0.contains("\"outcome\":\"unchanged\"") })
        #expect(try TestFile.read("\(path)/report").contains("\"filesUnchanged\": 3"))
    }

    @Test("if-newer copies what was changed after what stands there")
    func newer() throws {
        #expect(try copy().status == 0)
        try touch("out/a", "2026-01-01T00:00:00Z")
        // Another size, and older: not newer.
        _ = try directory.write("in/x/part.csv", Array("rewritten".utf8))
        try touch("in/x/part.csv", "2025-01-01T00:00:00Z")
        _ = try directory.write("in/a", Array("9".utf8))
        #expect(try copy("--overwrite", "if-newer").status == 0)
        #expect(try TestFile.read("\(path)/out/a") == "9")
        #expect(try TestFile.read("\(path)/out/x/part.csv") == "22")
    }

    @Test("if-different copies what has another size, or was changed since")
    func different() throws {
        #expect(try copy().status == 0)
        _ = try directory.write("in/x/part.csv", Array("rewritten".utf8))
        try touch("in/x/part.csv", "2025-01-01T00:00:00Z")
        _ = try directory.write("in/a", Array("9".utf8))
        try touch("out/a", "2026-01-01T00:00:00Z")
        let ending = try copy("--overwrite", "if-different")
        #expect(ending.status == 0)
        #expect(ending.errors.contains("Copied 2 files") && ending.errors.contains("1 unchanged"))
        #expect(try TestFile.read("\(path)/out/a") == "9")
        #expect(try TestFile.read("\(path)/out/x/part.csv") == "rewritten")
    }

    @Test("a plan tells what would not be copied")
    func plan() throws {
        #expect(try copy().status == 0)
        _ = try directory.write("in/new", Array("n".utf8))
        let ending = try copy("--overwrite", "if-different", "--dry-run")
        #expect(ending.status == 0)
        #expect(ending.output.split(separator: "\n").filter { $0.hasSuffix(", unchanged") }.count == 3)
        #expect(!TestFile.exists("\(path)/out/new"))
    }

    @Test("what a compressed copy stands for is told by time")
    func compressed() throws {
        #expect(try copy("--compress", "gzip", "--overwrite", "if-different").status == 0)
        let ending = try copy("--compress", "gzip", "--overwrite", "if-different")
        #expect(ending.status == 0 && ending.errors.contains("3 unchanged"))
    }

    @Test("standard output has nothing to compare with")
    func standardOutput() throws {
        #expect(try SluiceProcess.run("copy", "\(path)/in/a", "-", "--overwrite", "if-newer").status == 2)
    }

    @Test("a flat copy keeps files of one name apart, under the same names in each run")
    func flat() throws {
        #expect(try copy("--layout", "flatten").status == 0)
        let names = try TestFile.names(in: "\(path)/out").sorted()
        #expect(
            names.count == 3 && names[0] == "a"
                && names.dropFirst().allSatisfy { $0.hasPrefix("part-") && $0.hasSuffix(".csv") }
        )
        #expect(try names.dropFirst().map { try TestFile.read("\(path)/out/\($0)") }.sorted() == ["22", "333"])
        #expect(try copy("--layout", "flatten", "--overwrite", "if-different").errors.contains("3 unchanged"))
    }

    @Test("a merged copy is one file, in the order of names")
    func merge() throws {
        let one = "\(path)/one"
        let ending = try SluiceProcess.run("copy", "\(path)/in", one, "--layout", "merge", "--verify", "readback")
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(try TestFile.read(one) == "122333")
        #expect(
            try SluiceProcess.run("copy", "\(path)/in", one, "--layout", "merge", "--overwrite", "if-different").errors
                .contains("1 unchanged")
        )
        #expect(
            try SluiceProcess.run("copy", "\(path)/in", "-", "--layout", "merge", "--exclude", "a").output == "22333"
        )
    }

    @Test("files of several blocks are merged byte by byte, compressed too")
    func mergeLarge() throws {
        var generator = SeededGenerator(seed: 5)
        let parts = (0..<5).map { _ in generator.bytes(Int.random(in: 100_000...3_000_000, using: &generator)) }
        try #require(mkdir("\(path)/large", 0o700) == 0)
        for (index, part) in parts.enumerated() { _ = try directory.write("large/\(index)", part) }
        #expect(
            try SluiceProcess.run("copy", "\(path)/large", "\(path)/all", "--layout", "merge", "--block-size", "256KiB")
                .status == 0
        )
        #expect(try TestFile.bytes("\(path)/all") == parts.flatMap { $0 })
        #expect(
            try SluiceProcess.run("copy", "\(path)/large", "\(path)/all", "--layout", "merge", "--compress", "gzip")
                .status == 0
        )
        #expect(try Command.run(["gzip", "-dc", "\(path)/all.gz"]).output == parts.flatMap { $0 })
    }

    @Test("a merge into a folder is refused, and one that would have a hole makes nothing")
    func mergeRefusals() throws {
        #expect(try copy("--layout", "merge").status == 2)
        try #require(symlink("nowhere", "\(path)/in/dangling") == 0)
        let ending = try SluiceProcess.run("copy", "\(path)/in", "\(path)/one", "--layout", "merge")
        #expect(ending.status == 1)
        #expect(ending.errors.contains("dangling") && ending.errors.contains("nothing was merged"))
        #expect(!TestFile.exists("\(path)/one"))
    }
}
