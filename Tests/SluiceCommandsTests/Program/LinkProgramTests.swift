import Glibc
import SluiceTestSupport
import Testing

@testable import SluiceCommands

/// `--symlinks copy` from outside: what it refuses, and what plan, list and comparison say of links.
@Suite struct LinkProgramTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path }

    init() throws {
        directory = try TemporaryDirectory()
        _ = try directory.folder("in")
        _ = try directory.write("in/file", Array("text".utf8))
        try link("in/link", to: "file")
        try link("in/lost", to: "/nowhere")
    }

    private func link(_ name: String, to target: String) throws {
        try #require(symlink(target, "\(path)/\(name)") == 0)
    }

    private func run(_ command: String, _ rest: String...) throws -> SluiceProcess.Ending {
        let arguments = [command, "\(path)/in", "\(path)/out/"] + rest + ["--symlinks", "copy", "--quiet"]
        return try SluiceProcess(arguments, environment: ["SLUICE_STATE_DIRECTORY": "\(path)/state"]).wait()
    }

    @Test(
        "where links can't be made, or names change, it is refused by its name before anything is touched",
        arguments: [
            (["file", "https://localhost:1/x"], "only files and directories of this machine"),
            (
                ["file", "s3://bucket/x", "--sink-endpoint", "https://localhost:1"],
                "only files and directories of this machine"
            ),
            (["file", "az://account/container/x"], "only files and directories of this machine"),
            (["file", "-"], "only files and directories of this machine"),
            (["https://localhost:1/x", "out"], "only files and directories of this machine"),
            ([".", "../out/", "--compress", "gzip"], "--symlinks copy and --compress exclude each other"),
            ([".", "../out/", "--decompress", "auto"], "--symlinks copy and --decompress exclude each other"),
            ([".", "../out/", "--layout", "flatten"], "--symlinks copy and --layout flatten exclude each other"),
            ([".", "../out", "--layout", "merge"], "--symlinks copy and --layout merge exclude each other"),
        ],
        [[], ["--dry-run"]]
    )
    func refused(_ refusal: ([String], String), dryRun: [String]) throws {
        let places = refusal.0.prefix(2).map { $0.contains("://") || $0 == "-" ? $0 : "\(path)/in/\($0)" }
        let ending = try SluiceProcess(["copy"] + places + refusal.0.dropFirst(2) + ["--symlinks=copy"] + dryRun).wait()
        #expect(ending.status == 2 && ending.errors.contains(refusal.1), "\(ending.status) \(ending.errors)")
        #expect(access("\(path)/out", F_OK) != 0)
    }

    @Test("a plan and a list name the targets")
    func plan() throws {
        let plan = try run("copy", "--dry-run")
        #expect(plan.status == 0 && plan.output.contains("lost → lost, symbolic link to /nowhere\n"), "\(plan.output)")
        #expect(access("\(path)/out", F_OK) != 0)
        let list = try SluiceProcess.run("list", "\(path)/in", "--symlinks", "copy")
        #expect(list.status == 0 && list.output.contains("  link -> file\n"), "\(list.output)")
        let json = try SluiceProcess.run("list", "\(path)/in", "--symlinks", "copy", "--json", "--include", "lost")
        #expect(json.output.contains(#""link":"/nowhere""#), "\(json.output)")
    }

    @Test("a comparison holds targets against each other, with the source and with the copy's manifest")
    func compared() throws {
        let manifest = "\(path)/manifest"
        #expect(try run("copy", "--manifest", manifest).status == 0)
        let again = try run("copy", "--overwrite", "if-different", "--report", "\(path)/report")
        #expect(again.status == 0)
        #expect(String(decoding: try directory.read("report"), as: UTF8.self).contains(#""filesUnchanged": 3"#))
        func both() throws -> [SluiceProcess.Ending] {
            [
                try run("verify", "--read", "--extra"),
                try SluiceProcess.run("verify", "\(path)/out/", "--manifest", manifest, "--read"),
            ]
        }
        for ending in try both() { #expect(ending.status == 0, "\(ending.output) \(ending.errors)") }

        try #require(unlink("\(path)/out/link") == 0)
        try link("out/link", to: "other")
        try #require(unlink("\(path)/out/lost") == 0)
        _ = try directory.write("out/lost", Array("/nowhere".utf8))
        for ending in try both() {
            #expect(ending.status == 4)
            #expect(
                ending.output.contains(#"its link leads to "file" in the source and to "other" at the sink"#),
                "\(ending.output)"
            )
            #expect(ending.output.contains("it is a symbolic link in the source and none at the sink"))
        }
    }

    @Test("resume passes over links that are there, and makes again one that is gone")
    func resumed() throws {
        // A directory in the place of a link leaves a run that is not finished.
        _ = try directory.folder("out")
        _ = try directory.folder("out/lost")
        #expect(try run("copy").status == 3)
        try #require(rmdir("\(path)/out/lost") == 0 && unlink("\(path)/out/file") == 0)
        let resume = ["resume", "--report", "\(path)/report", "--quiet"]
        let ending = try SluiceProcess(resume, environment: ["SLUICE_STATE_DIRECTORY": "\(path)/state"]).wait()
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(String(decoding: try directory.read("report"), as: UTF8.self).contains(#""filesResumed": 1"#))
        #expect(try run("verify", "--read").status == 0)
    }
}
