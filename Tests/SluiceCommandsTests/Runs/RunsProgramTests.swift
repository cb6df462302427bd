import Glibc
import SluiceCore
import SluiceLedger
import SluiceTestSupport
import Testing

@testable import SluiceCommands

/// `sluice runs` from outside, on a ledger of its own.
@Suite(.timeLimit(.minutes(30))) struct RunsProgramTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path }
    private var environment: [String: String] { ["SLUICE_STATE_DIRECTORY": "\(path)/state"] }

    init() throws {
        directory = try TemporaryDirectory()
        _ = try directory.folder("in")
        _ = try directory.write("in/a b.csv", Array("1".utf8))
    }

    private func sluice(_ arguments: String...) throws -> SluiceProcess.Ending {
        try SluiceProcess(arguments, environment: environment).wait()
    }

    /// Two runs: one that succeeds, and then one that has a failure.
    private func fill() throws {
        #expect(try sluice("copy", "\(path)/in", "\(path)/out/").status == 0)
        try #require(symlink("nowhere", "\(path)/in/dangling") == 0)
        #expect(try sluice("copy", "\(path)/in", "\(path)/it's/").status == 3)
    }

    private func identifiers() throws -> [String] {
        try sluice("runs", "list", "--json").output.split(separator: "\n").compactMap { line in
            line.split(separator: "\"").dropFirst(3).first.map(String.init)
        }
    }

    @Test("runs are listed newest first, with where from and where to")
    func list() throws {
        #expect(try sluice("runs").errors == "There are no runs in the ledger.\n")
        try fill()
        let lines = try sluice("runs", "list").output.split(separator: "\n")
        #expect(lines.count == 3 && lines[0].hasPrefix("RUN "))
        #expect(lines[1].contains(" partial ") && lines[1].hasSuffix("\(path)/in → \(path)/it's/"))
        #expect(lines[2].contains(" succeeded ") && lines[2].contains("1 B"))
        #expect(try sluice("runs", "list", "--limit", "1").output.split(separator: "\n").count == 2)
        let json = try sluice("runs", "list", "--json").output.split(separator: "\n")
        #expect(json.count == 2 && json[0].contains("\"status\":\"partial\"") && json[0].contains("\"failed\":1"))
    }

    @Test(
        "a run is shown by the beginning of its name, with its command line, its failures and whether it can be resumed"
    )
    func show() throws {
        try fill()
        let names = try identifiers()
        let shown = try sluice("runs", "show", names[0]).output
        #expect(shown.contains("sluice copy \(path)/in '\(path)/it'\\''s/'\n"))
        #expect(shown.contains("1 at the sink, 1 failed"))
        #expect(shown.contains("dangling failed: the symbolic link"))
        #expect(shown.contains("sluice resume \(names[0])\n"))
        // What it says can be pasted.
        let line = shown.split(separator: "\n").first { $0.hasPrefix("command") }?.dropFirst("command    sluice ".count)
        let script = "cd / && \"$0\" \(line ?? "") --quiet --no-resume"
        #expect(
            try Command.run(["env", "SLUICE_STATE_DIRECTORY=\(path)/other", "sh", "-c", script, sluiceProgram]).status
                == 3
        )
        let done = try sluice("runs", "show", names[1].dropLast(4).description, "--json").output
        #expect(done.contains("\"resumable\": false") && done.contains("nothing of it is left to do"))
        #expect(done.contains("\"arguments\": ["))
    }

    @Test("a beginning that several runs have is refused, and so is one that none has")
    func ambiguous() throws {
        try fill()
        let ending = try sluice("runs", "show", "01")
        #expect(ending.status == 2 && ending.errors.contains("2 runs begin with 01"))
        #expect(try sluice("runs", "show", "ffff").status == 2)
    }

    @Test("finished runs are forgotten by age, but for the newest, and only when it is no rehearsal")
    func prune() throws {
        try fill()
        #expect(try sluice("runs", "prune").errors == "0 runs forgotten.\n")
        let dry = try sluice("runs", "prune", "--older-than", "0d", "--dry-run")
        #expect(dry.errors == "2 runs would be forgotten.\n" && dry.output.split(separator: "\n").count == 3)
        #expect(try identifiers().count == 2)
        #expect(try sluice("runs", "prune", "--older-than", "0d", "--keep", "1").errors == "1 run forgotten.\n")
        #expect(try sluice("runs", "list").output.contains(" partial "))
        #expect(try sluice("runs", "prune", "--older-than", "1y").status == 2)
    }

    @Test("an interrupted run is forgotten only when asked for, and what it had begun is taken back")
    func interrupted() throws {
        try interrupt(to: "\(path)/out/")
        #expect(try temporaryFiles("out").count == 1)
        #expect(try sluice("runs", "prune", "--older-than", "0d").errors == "0 runs forgotten.\n")
        #expect(try sluice("runs", "show", identifiers()[0]).output.contains("1 begun and not ended"))
        let ending = try sluice("runs", "prune", "--older-than", "0d", "--interrupted")
        #expect(ending.status == 0 && ending.errors == "1 run forgotten.\n", "\(ending.errors)")
        #expect(try temporaryFiles("out").isEmpty)
        #expect(try identifiers().isEmpty)
    }

    @Test("a run of which something can't be taken back stays, and it is said why")
    func unreachable() throws {
        try interrupt(to: "\(path)/out/")
        let name = try #require(try identifiers().first)
        // The command is carried out in a directory that is gone.
        _ = try Command.run(["rm", "-rf", "\(path)/work"])
        let ending = try sluice("runs", "prune", "--older-than", "0d", "--interrupted")
        #expect(ending.status == 3)
        #expect(ending.errors.contains("run \(name) stays: 1 of its uploads can't be taken back: the directory"))
        #expect(try identifiers() == [name])
        #expect(try temporaryFiles("out").count == 1)
    }

    /// What a copy leaves that is killed with an upload open: its temporary file, and the ledger's word of it.
    private func interrupt(to sink: String) throws {
        _ = try Command.run(["mkdir", "-p", sink, "\(path)/work"])
        let file = try directory.write("out/.sluice-0123456789abcdef.tmp", Array("half".utf8))
        let inode = String(decoding: try Command.run(["stat", "-c", "%i", file]).output.dropLast(), as: UTF8.self)
        let ledger = try Ledger(in: LedgerDirectory(path: "\(path)/state"))
        let run = try ledger.begin(
            RunRecord(
                identifier: "019aa5f2-7c31-7aaa-8bbb-0123456789ab",
                command: "copy",
                source: "../in",
                sink: sink,
                specification: CommandRecord(directory: "\(path)/work", arguments: ["copy", "../in", sink]).text,
                fingerprint: [1],
                version: "0.1.0"
            )
        )
        let session = Array("boot\n\(inode)\n\(file)".utf8)
        _ = run.begin(
            BegunItem(
                name: "huge",
                version: SourceVersion(size: 8),
                session: session,
                plan: "chunk 4 part 0 codec none"
            )
        )
        run.flush()
    }

    private func temporaryFiles(_ folder: String) throws -> [String] {
        try TestFile.names(in: "\(path)/\(folder)").filter { $0.hasPrefix(".sluice-") }
    }
}
