import Glibc
import SluiceTestSupport
import Testing

@testable import SluiceCommands

/// The options that select, from outside, on real files.
@Suite struct SelectionProgramTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path }

    init() throws {
        directory = try TemporaryDirectory()
        for folder in ["in", "in/2026", "in/2026/tmp", "in/none"] {
            try #require(mkdir("\(path)/\(folder)", 0o700) == 0)
        }
        for (name, size) in [
            ("a.csv", 1), ("b.txt", 200), ("2026/c.csv", 3000), ("2026/tmp/d.csv", 4), ("2026/e^*.csv", 5),
        ] {
            _ = try directory.write("in/\(name)", Array(repeating: 65, count: size))
        }
    }

    /// The names that a copy with these options puts in the sink.
    private func copied(_ options: String...) throws -> [String] {
        let ending = try SluiceProcess(["copy", "\(path)/in", "\(path)/out/", "--quiet"] + options).wait()
        #expect(ending.status == 0, "\(ending.errors)")
        return try names("\(path)/out")
    }

    private func names(_ folder: String) throws -> [String] {
        let found = try Command.run(["find", folder, "-type", "f", "-printf", "%P\\n"])
        return String(decoding: found.output, as: UTF8.self).split(separator: "\n").map(String.init).sorted()
    }

    @Test("names are included and excluded")
    func globs() throws {
        #expect(
            try copied("--include", "*.csv", "--include", "b.*", "--exclude", "tmp/", "--exclude=e^^^*.csv") == [
                "2026/c.csv", "a.csv", "b.txt",
            ]
        )
    }

    @Test("a list and a plan show what a copy would take")
    func listAndPlan() throws {
        let listed = try SluiceProcess.run("list", "\(path)/in", "--include", "2026/*", "--quiet")
        #expect(listed.status == 0)
        #expect(listed.output.split(separator: "\n").count == 2)
        let plan = try SluiceProcess.run("copy", "\(path)/in", "\(path)/out/", "--dry-run", "--include", "/a.*")
        #expect(plan.status == 0)
        #expect(plan.output.split(separator: "\n").count == 1)
        #expect(plan.output.hasPrefix("a.csv →"))
    }

    @Test("sizes are bounded on both sides")
    func sizes() throws {
        #expect(try copied("--min-size", "5", "--max-size", "200") == ["2026/e^*.csv", "b.txt"])
    }

    @Test("times are bounded on both sides")
    func times() throws {
        for (name, time) in [
            ("a.csv", "2026-01-01T00:00:00Z"), ("b.txt", "2026-02-01T00:00:00Z"),
            ("2026/c.csv", "2026-03-01T00:00:00Z"),
        ] {
            try #require(try Command.run(["touch", "-d", time, "\(path)/in/\(name)"]).status == 0)
        }
        #expect(
            try copied("--modified-after", "2026-01-01", "--modified-before", "2026-03-01T00:00:00Z") == [
                "a.csv", "b.txt",
            ]
        )
    }

    @Test("a list of names is copied, and nothing else is looked at")
    func filesFrom() throws {
        let list = try directory.write("list", Array("a.csv\n\n./2026/c.csv\r\n".utf8))
        // A folder that can't be listed does not matter to who is told the names.
        try #require(chmod("\(path)/in/none", 0) == 0)
        #expect(try copied("--files-from", list) == ["2026/c.csv", "a.csv"])
        try #require(chmod("\(path)/in/none", 0o700) == 0)
    }

    @Test("a list comes by standard input, and what a filter leaves is left")
    func filesFromInput() throws {
        let list = try directory.write("list", Array("a.csv\nb.txt\n".utf8))
        let ending = try SluiceProcess.run(
            "copy",
            "\(path)/in",
            "\(path)/out/",
            "--files-from",
            "-",
            "--exclude",
            "b*",
            input: list
        )
        #expect(ending.status == 0)
        #expect(try names("\(path)/out") == ["a.csv"])
    }

    @Test(
        "a name that is not there is skipped, or fails",
        arguments: [("--skip-missing", "skipped"), ("--no-skip-missing", "failed")]
    )
    func missing(option: String, outcome: String) throws {
        let list = try directory.write("list", Array("a.csv\nnowhere\n".utf8))
        let manifest = "\(path)/manifest"
        let ending = try SluiceProcess.run(
            "copy",
            "\(path)/in",
            "\(path)/out/",
            "--files-from",
            list,
            option,
            "--manifest",
            manifest
        )
        #expect(ending.status == 3)
        #expect(ending.errors.contains("nowhere"))
        #expect(try TestFile.read(manifest).contains("\"outcome\":\"\(outcome)\""))
        #expect(try names("\(path)/out") == ["a.csv"])
    }

    @Test(
        "a name that leads out of the source is refused",
        arguments: ["../secret", "/etc/hostname", "2026/../../secret"]
    )
    func escape(name: String) throws {
        _ = try directory.write("secret", Array("secret".utf8))
        let list = try directory.write("list", Array("\(name)\n".utf8))
        let ending = try SluiceProcess.run("copy", "\(path)/in", "\(path)/out/", "--files-from", list)
        #expect(ending.status == 2)
        #expect(ending.errors.contains("can't be copied"))
        #expect(!TestFile.exists("\(path)/out"))
    }

    @Test("the manifest of a run that left something is the list of the next one")
    func manifestAsList() throws {
        let list = try directory.write("list", Array("a.csv\nlate\n".utf8))
        let manifest = "\(path)/manifest"
        #expect(
            try SluiceProcess.run("copy", "\(path)/in", "\(path)/out/", "--files-from", list, "--manifest", manifest)
                .status == 3
        )
        _ = try directory.write("in/late", Array("now".utf8))
        let ending = try SluiceProcess.run("copy", "\(path)/in", "\(path)/rest/", "--files-from", manifest)
        #expect(ending.status == 0)
        #expect(try names("\(path)/rest") == ["late"])
    }

    @Test(
        "links are followed or passed over",
        arguments: [("follow", ["2026/c.csv", "link", "linked/c.csv"]), ("skip", ["2026/c.csv"])]
    )
    func links(mode: String, names: [String]) throws {
        try #require(symlink("a.csv", "\(path)/in/link") == 0 && symlink("2026", "\(path)/in/linked") == 0)
        #expect(try copied("--symlinks", mode, "--include", "c.csv", "--include", "link") == names)
    }

    @Test(
        "what nothing can fit is told as a wrong command line",
        arguments: [
            ["--include", ""], ["--exclude", "a^"], ["--min-size", "x"], ["--min-size", "2", "--max-size", "1"],
            ["--modified-after", "yesterday"],
            ["--modified-after", "2026-02-01", "--modified-before", "2026-01-01"], ["--files-from", "/nowhere/list"],
            ["--files-from", "/tmp"], ["--files-from", "-", "--no-recursive"],
        ]
    )
    func misuse(options: [String]) throws {
        let ending = try SluiceProcess(["copy", "\(path)/in", "\(path)/out/"] + options).wait()
        #expect(ending.status == 2, "\(ending.errors)")
        #expect(!TestFile.exists("\(path)/out"))
    }

    @Test("when nothing is selected, the exit code says so")
    func nothing() throws {
        #expect(try SluiceProcess.run("copy", "\(path)/in", "\(path)/out/", "--include", "*.parquet").status == 5)
    }
}
