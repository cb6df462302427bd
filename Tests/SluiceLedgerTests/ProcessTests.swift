import Glibc
import SluiceCore
import SluiceLedger
import SluiceTestSupport
import Testing

@Suite("The ledger and several processes", .timeLimit(.minutes(30)))
struct ProcessTests {
    @Test("A process that is killed loses nothing that was flushed, and the run is free for the next")
    func killed() throws {
        let site = try LedgerSite()
        let progress = site.folder.path + "/flushed"
        var generator = SeededGenerator(seed: 1)
        var longest = 300
        for round in 0..<64 {
            // A machine that is slow today gets as far as a flush, too.
            if round >= 12 {
                if (try? number(progress)).map({ $0 > 0 }) == true { break }
                longest *= 2
            }
            let delay = Int.random(in: 20...min(longest, 60_000), using: &generator)
            let killed = try ProbeProcess.run(
                before: ["timeout", "-s", "KILL", "\(delay / 1000).\(padded(delay % 1000, 3))"],
                ["record", site.directory.path, "killed", progress]
            )
            #expect(killed.status == 137 || killed.status == 124, "\(killed.output)")
        }
        let flushed = try number(progress)
        #expect(flushed > 0, "no round came as far as a flush")
        let ledger = try site.open()
        #expect(try ledger.run("killed")?.status == .interrupted)
        let run = try ledger.resume("killed")
        for item in 0..<flushed {
            switch run.lookup(ItemName("exports/2026/part-\(padded(item, 8)).parquet")) {
            case .done: #expect(item % 2 == 0)
            case .begun(let begun, _):
                #expect(item % 2 == 1)
                #expect(run.blocks(of: begun).map(\.receipt.ordinal) == [0, 1, 2])
            case nil: Issue.record("item \(item) of \(flushed) is lost")
            }
        }
        #expect(try integrity(site) == "ok")
    }

    private func number(_ path: String) throws -> Int {
        let descriptor = open(path, O_RDONLY)
        defer { close(descriptor) }
        var number = 0
        guard pread(descriptor, &number, 8, 0) == 8 else { throw SystemCallError(call: "pread", code: errno) }
        return number
    }

    @Test("Another process is told who is at a run, and gets it when that has ended")
    func lockedOut() throws {
        let site = try LedgerSite()
        let run = try site.open().begin(sampleRun())
        let refused = try ProbeProcess.run(["resume", site.directory.path, "run-1"])
        #expect(refused.status == 9)
        #expect(refused.output.hasPrefix("run run-1 is being worked on by process \(getpid()) on "))
        run.finish(.interrupted, exitCode: 130)
        let resumed = try ProbeProcess.run(["resume", site.directory.path, "run-1"])
        #expect(resumed.status == 0, "\(resumed.output)")
    }

    @Test("Several processes make a ledger and write their runs to it at once")
    func together() throws {
        let site = try LedgerSite()
        let ends = Locked<[String]>([])
        inParallel(4) { number in
            let end = try? ProbeProcess.run(["fill", site.directory.path, "run-\(number)", "10000"])
            ends.withLock { $0.append("\(end?.status ?? -1) \(end?.output ?? "")") }
        }
        #expect(ends.withLock { $0 } == Array(repeating: "0 ", count: 4))
        #expect(try count("items", site) == 40_000)
        #expect(try site.open().runs(limit: 9).map(\.totals.done) == [10_000, 10_000, 10_000, 10_000])
        #expect(try integrity(site) == "ok")
    }

    @Test("Where files may not grow, one sentence says so, the run goes on, and what was written before is there")
    func fileLimit() throws {
        let site = try LedgerSite()
        try #expect(full(["bash", "-c", "trap '' XFSZ; ulimit -f 1500; exec \"$@\"", "limit"], site))
    }

    @Test(
        "A full disk is told in one sentence, and what was written before is there",
        .enabled(if: ProcessTests.canMount, "a file system of its own takes root")
    )
    func fullDisk() throws {
        let site = try LedgerSite()
        _ = mkdir(site.directory.path, 0o700)
        let script = """
            mount -t tmpfs -o size=1500k none "$0" && "$@"; status=$?; sqlite="$0/ledger.sqlite"
            cp -r "$0" "$0.kept"; exit $status
            """
        let command = ["unshare", "-m", "bash", "-c", script, site.directory.path]
        let end = try ProbeProcess.run(before: command, ["fill", site.directory.path, "full", "50000"])
        #expect(end.status == 0, "\(end.output)")
        #expect(end.output.split(separator: "\n").count == 1)
        #expect(
            end.output.contains("can't be written") && end.output.contains("Free some space there"),
            "\(end.output)"
        )
        let kept = try Ledger(in: LedgerDirectory(path: site.directory.path + ".kept"))
        #expect(try #require(try kept.run("full")).totals.done > 1000)
    }

    /// Whether a run of many items is told to be full once and is there in part.
    private func full(_ before: [String], _ site: LedgerSite) throws -> Bool {
        let end = try ProbeProcess.run(before: before, ["fill", site.directory.path, "full", "50000"])
        let lines = end.output.split(separator: "\n")
        let isTold = lines.count == 1 && lines[0].hasPrefix("problem: the ledger \"\(site.directory.ledger)\" can't be")
        let run = try #require(try site.open().run("full"))
        let isPartial = run.totals.done > 1000 && run.totals.done < 50_000
        #expect(isTold && isPartial && end.status == 0, "\(end) \(run.totals)")
        return try integrity(site) == "ok"
    }

    private static let canMount = getuid() == 0 && (try? Command.run(["unshare", "-m", "true"]).status) == 0
}
