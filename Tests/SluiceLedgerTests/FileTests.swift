import GRDB
import Glibc
import SluiceCore
import SluiceLedger
import SluiceTestSupport
import Testing

@Suite("The ledger's file", .timeLimit(.minutes(30)))
struct FileTests {
    @Test("A file that isn't a ledger is called damaged, and what to do is said")
    func garbage() throws {
        let site = try LedgerSite()
        _ = mkdir(site.directory.path, 0o700)
        var generator = SeededGenerator(seed: 3)
        _ = try site.folder.write("state/ledger.sqlite", generator.bytes(20_000))
        let error = #expect(throws: LedgerError.self) { try site.open() }
        #expect(error?.reason == .damaged && error?.kind == .integrity)
        #expect(error?.description.hasPrefix("the ledger \"\(site.directory.ledger)\" is damaged: ") == true)
        #expect(error?.description.contains("Move it aside together with its -wal and -shm files") == true)
    }

    @Test("Damage that is met in a run is told once, and the run goes on without")
    func damage() throws {
        let site = try LedgerSite()
        do {
            let run = try site.open().begin(sampleRun())
            for number in 0..<5000 { run.end(sampleEnded(ItemName("item \(number)"))) }
            run.finish(.interrupted, exitCode: 130)
        }
        let problems = Locked<[LedgerError]>([])
        let run = try site.open().resume("run-1") { problem in problems.withLock { $0.append(problem) } }
        try checkpoint(site)
        try overwrite(site.directory.ledger, from: 40 * 4096, count: 20 * 4096)
        for number in 0..<5000 { _ = run.lookup(ItemName("item \(number)")) }
        run.end(sampleEnded("more"))
        run.finish(.failed, exitCode: 1)
        #expect(problems.withLock { $0.map(\.reason) } == [.damaged])
        #expect(run.problem?.reason == .damaged)
    }

    /// Puts all that is in the WAL into the file itself.
    private func checkpoint(_ site: LedgerSite) throws {
        try DatabaseQueue(path: site.directory.ledger).writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    }

    private func overwrite(_ path: String, from start: Int, count: Int) throws {
        let descriptor = open(path, O_WRONLY)
        defer { close(descriptor) }
        let bytes = [UInt8](repeating: 0xA5, count: count)
        guard pwrite(descriptor, bytes, count, start) == count else {
            throw SystemCallError(call: "pwrite", code: errno)
        }
    }

    @Test("A ledger of a newer program is left alone")
    func newer() throws {
        let site = try LedgerSite()
        _ = try site.open()
        try DatabaseQueue(path: site.directory.ledger).write {
            try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99')")
        }
        let error = #expect(throws: LedgerError.self) { try site.open() }
        #expect(error?.reason == .newer)
        #expect(error?.description.contains("was written by a newer version of sluice. Use that version") == true)
    }

    @Test("Where no directory can be made, that is said", arguments: ["/dev/null/state", "/proc/nowhere/state"])
    func noDirectory(path: String) {
        let error = #expect(throws: LedgerError.self) { try Ledger(in: LedgerDirectory(path: path)) }
        #expect(error?.reason == .unavailable)
        #expect(error?.description.contains("can't be made, so the run can't be recorded: ") == true)
        #expect(error?.description.hasSuffix("Set SLUICE_STATE_DIRECTORY to a place that can be written") == true)
    }

    @Test("Pruning forgets old runs but those that are kept or held, and the file becomes smaller")
    func pruning() throws {
        let site = try LedgerSite()
        let ledger = try site.open()
        let held = try ledger.begin(sampleRun("held"))
        for number in 1...3 {
            let run = try ledger.begin(sampleRun("run-\(number)"))
            for item in 0..<5000 { run.end(sampleEnded(ItemName("item \(item)"))) }
            run.record(sampleBlock(0), of: run.begin(sampleBegun("large")))
            run.finish(.interrupted, exitCode: 130)
        }
        #expect(try ledger.prune(endedBefore: Timestamp(seconds: 1)) == 0)
        let before = try fileSize(site)
        #expect(try ledger.prune(endedBefore: .now, keeping: 1) == 2)
        #expect(try ledger.runs(limit: 9).map(\.record.identifier) == ["run-3", "held"])
        #expect(try count("items", site) == 5001)
        #expect(try count("blocks", site) == 1)
        #expect(try fileSize(site) < before / 2)
        held.finish(.failed, exitCode: 1)
        #expect(try ledger.prune(endedBefore: .now) == 2)
        #expect(try count("items", site) == 0)
        #expect(try integrity(site) == "ok")
    }

    @Test("A run stays as long as one of its uploads can't be taken back, and those that can are forgotten")
    func forgetting() throws {
        let site = try LedgerSite()
        let ledger = try site.open()
        let run = try ledger.begin(sampleRun())
        for name in ["near", "far"] { run.record(sampleBlock(0), of: run.begin(sampleBegun(ItemName(name)))) }
        let begun = try #require(try ledger.run("run-1"))
        #expect(try ledger.forget(begun) == .inUse)
        run.finish(.interrupted, exitCode: 130)
        #expect(try ledger.forget(begun) { $0.name == ItemName("near") } == .kept(uploads: 1))
        #expect(try ledger.begun(of: begun).map(\.1.name) == [ItemName("far")])
        #expect(try count("blocks", site) == 1)
        #expect(try ledger.forget(begun) { _ in true } == .forgotten)
        #expect(try ledger.run("run-1") == nil && count("items", site) == 0 && count("blocks", site) == 0)
    }

    @Test("Old runs that succeeded are forgotten once there are many, the oldest first, and no others")
    func tidying() throws {
        let site = try LedgerSite()
        let ledger = try site.open()
        let later = Timestamp(nanoseconds: Timestamp.now.nanoseconds + Ledger.oldRun.components.seconds * 1_000_000_000 + 1_000_000_000)
        try ledger.begin(sampleRun("failed")).finish(.failed, exitCode: 1)
        for number in 1..<Ledger.manyRuns { try ledger.begin(sampleRun("run-\(number)")).finish(.succeeded, exitCode: 0) }
        #expect(try ledger.tidy(now: later) == 0)
        try ledger.begin(sampleRun("last")).finish(.succeeded, exitCode: 0)
        #expect(try ledger.tidy() == 0)
        #expect(try ledger.tidy(now: later) == 100)
        let left = try ledger.runs(limit: 2000).map(\.record.identifier)
        #expect(left.count == Ledger.manyRuns + 1 - 100 && left.last == "failed" && left.contains("run-101") && !left.contains("run-100"))
        #expect(try ledger.tidy(now: later) == 0)
    }

    @Test("A block takes at most 200 bytes, and a small item's row less", arguments: [false, true])
    func sizes(areBlocks: Bool) throws {
        let site = try LedgerSite()
        let ledger = try site.open()
        let run = try ledger.begin(sampleRun())
        let number = areBlocks ? 200_000 : 100_000
        let uploads = areBlocks ? (0..<16).map { run.begin(sampleBegun(ItemName("large \($0)"))) } : []
        for item in 0..<number {
            if areBlocks {
                run.record(sampleBlock(item / 16), of: uploads[item % 16])
            } else {
                run.end(sampleEnded(ItemName("exports/2026/part-\(padded(item, 8)).parquet")))
            }
        }
        run.finish(.interrupted, exitCode: 130)
        #expect(try count(areBlocks ? "blocks" : "items", site) == number)
        try checkpoint(site)
        let perRecord = try fileSize(site) / number
        #expect(perRecord <= (areBlocks ? 200 : 120), "\(perRecord) bytes")
    }

    private func fileSize(_ site: LedgerSite) throws -> Int {
        var status = stat()
        guard stat(site.directory.ledger, &status) == 0 else { throw SystemCallError(call: "stat", code: errno) }
        return Int(status.st_size)
    }
}
