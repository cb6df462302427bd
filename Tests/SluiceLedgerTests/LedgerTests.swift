import Glibc
import SluiceCore
import SluiceLedger
import SluiceTestSupport
import Testing

@Suite("The ledger", .timeLimit(.minutes(30)))
struct LedgerTests {
    @Test("A run is found again with all that was told of it")
    func runs() throws {
        let site = try LedgerSite()
        let ledger = try site.open()
        let before = Timestamp.now
        let run = try ledger.begin(sampleRun())
        run.end(sampleEnded("a", size: 10))
        run.end(sampleEnded("b", size: 20))
        run.finish(.partial, exitCode: 3, bytes: RunBytes(read: 31, written: 32, resumed: 33))
        let found = try #require(try ledger.run("run-1"))
        #expect(found.record == sampleRun())
        #expect(found.status == .partial && found.exitCode == 3 && found.attempts == 1)
        #expect(found.totals.done == 2 && found.totals.bytes == RunBytes(read: 31, written: 32, resumed: 33))
        #expect(found.started >= before && found.started == found.holder.since)
        #expect(try #require(found.ended) >= found.started)
        #expect(found.holder.process == getpid() && !found.holder.host.isEmpty)
        #expect(try ledger.run("run-2") == nil)
    }

    @Test("Bytes of all attempts add up")
    func attemptsAddUp() throws {
        let site = try LedgerSite()
        let ledger = try site.open()
        try ledger.begin(sampleRun()).finish(.failed, exitCode: 1, bytes: RunBytes(read: 1, written: 2, resumed: 3))
        try ledger.resume("run-1").finish(.failed, exitCode: 1, bytes: RunBytes(read: 10, written: 20, resumed: 30))
        #expect(try ledger.run("run-1")?.totals.bytes == RunBytes(read: 11, written: 22, resumed: 33))
    }

    @Test("Runs are listed newest first")
    func listing() throws {
        let site = try LedgerSite()
        let ledger = try site.open()
        for number in 1...3 { try ledger.begin(sampleRun("run-\(number)")).finish(.succeeded, exitCode: 0) }
        #expect(try ledger.runs(limit: 10).map(\.record.identifier) == ["run-3", "run-2", "run-1"])
        #expect(try ledger.runs(limit: 2).map(\.record.identifier) == ["run-3", "run-2"])
    }

    @Test("The same copy finds its interrupted run", arguments: RunStatus.allCases)
    func interrupted(status: RunStatus) throws {
        let site = try LedgerSite()
        let ledger = try site.open()
        try ledger.begin(sampleRun("other", fingerprint: [9])).finish(.interrupted, exitCode: 130)
        if status == .running {
            _ = try ledger.begin(sampleRun())
        } else {
            try ledger.begin(sampleRun()).finish(status, exitCode: 1)
        }
        let found = try ledger.interrupted(fingerprint: [1, 2, 3])
        #expect(found?.record.identifier == (status == .succeeded ? nil : "run-1"))
        // Whoever was at it has let go of it.
        #expect(found?.status == (status == .succeeded ? nil : status == .running ? .interrupted : status))
        #expect(try ledger.newestInterrupted()?.record.identifier == (status == .succeeded ? "other" : "run-1"))
    }

    @Test("A run that was done again successfully is not gone on with")
    func supersededRun() throws {
        let site = try LedgerSite()
        let ledger = try site.open()
        try ledger.begin(sampleRun("run-1")).finish(.failed, exitCode: 1)
        try ledger.begin(sampleRun("run-2")).finish(.succeeded, exitCode: 0)
        #expect(try ledger.interrupted(fingerprint: [1, 2, 3]) == nil)
    }

    @Test("A run has one holder, and a second is told who that is")
    func holding() throws {
        let site = try LedgerSite()
        let ledger = try site.open()
        let run = try ledger.begin(sampleRun())
        #expect(try ledger.run("run-1")?.status == .running)
        let error = #expect(throws: LedgerError.self) { try site.open().resume("run-1") }
        guard case .runInUse(let holder) = error?.reason else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(holder.process == getpid())
        #expect(error?.description.contains("process \(getpid()) on \(holder.host) since 20") == true)
        run.finish(.interrupted, exitCode: 130)
        try site.open().resume("run-1").finish(.succeeded, exitCode: 0)
    }

    @Test("A run that isn't there is named")
    func noSuchRun() throws {
        let error = #expect(throws: LedgerError.self) { try LedgerSite().open().resume("nope") }
        #expect(error?.reason == .noSuchRun)
        #expect(error?.description == "there is no run nope in the ledger. See sluice runs list")
    }

    @Test("Items of a run that succeeded are forgotten, and the run is not")
    func success() throws {
        let site = try LedgerSite()
        let ledger = try site.open()
        let run = try ledger.begin(sampleRun())
        run.end(sampleEnded("a"))
        run.record(sampleBlock(0), of: run.begin(sampleBegun("b")))
        run.finish(.succeeded, exitCode: 0)
        #expect(try count("items", site) == 0)
        #expect(try count("blocks", site) == 0)
        #expect(try ledger.run("run-1")?.totals.done == 1)
    }

    @Test("Nobody but its owner can read it")
    func permissions() throws {
        let site = try LedgerSite()
        let run = try site.open().begin(sampleRun())
        run.flush()
        #expect(try mode(site.directory.path) == 0o700)
        for suffix in ["", "-wal", "-shm"] { #expect(try mode(site.directory.ledger + suffix) == 0o600) }
    }

    private func mode(_ path: String) throws -> mode_t {
        var status = stat()
        guard stat(path, &status) == 0 else { throw SystemCallError(call: "stat \(path)", code: errno) }
        return status.st_mode & 0o777
    }

    @Test(
        "Its place follows the environment",
        arguments: [
            (["SLUICE_STATE_DIRECTORY": "/s", "XDG_STATE_HOME": "/x", "HOME": "/h"], "/s"),
            (["XDG_STATE_HOME": "/x", "HOME": "/h"], "/x/sluice"),
            (["XDG_STATE_HOME": "x", "HOME": "/h"], "/h/.local/state/sluice"),
            (["SLUICE_STATE_DIRECTORY": "", "XDG_STATE_HOME": "", "HOME": "/h"], "/h/.local/state/sluice"),
        ]
    )
    func place(environment: [String: String], path: String) throws {
        #expect(try LedgerDirectory(environment: environment).path == path)
    }

    @Test("Without a home there is no place for it, and it says so")
    func noPlace() {
        let error = #expect(throws: LedgerError.self) { try LedgerDirectory(environment: [:]) }
        #expect(error?.description == "there is no place for the ledger: HOME isn't set. Set SLUICE_STATE_DIRECTORY")
    }
}
