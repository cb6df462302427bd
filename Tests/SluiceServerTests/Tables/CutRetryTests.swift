import Dispatch
import Glibc
import SluiceCore
import SluiceEngine
import SluiceLedger
import SluiceODBC
import SluicePipeline
import SluiceTables
import SluiceTestSupport
import Testing

/// Partitions that are cut into files, and read a second time.
@Suite(.timeLimit(.minutes(30))) struct CutRetryTests {
    private let directory: TemporaryDirectory
    private let ledger: Ledger

    init() throws {
        directory = try TemporaryDirectory()
        ledger = try Ledger(in: LedgerDirectory(path: directory.path + "/state"))
    }

    private func specification(_ database: DatabaseUnderTest, _ table: String) throws -> CopySpecification {
        var specification = CopySpecification(
            source: try database.location(),
            sink: try Location(parsing: directory.path + "/rows/")
        )
        specification.environment = try database.environment()
        specification.table.query = .table(table)
        specification.table.format = .csv
        specification.table.delimited.hasHeader = false
        specification.table.mostRowsPerFile = 7000
        specification.retry.base = .milliseconds(1)
        return specification
    }

    /// The first column of each file.
    private func numbers() throws -> [[Int]] {
        try directory.tree("rows").map { name in
            String(decoding: try directory.read("rows/" + name), as: UTF8.self).split(separator: "\n")
                .compactMap { Int($0.prefix { $0 != "," }) }
        }
    }

    /// A view `NAME_view` of 60,000 rows, of which row 50,000 waits, for a minute at most, until `NAME_go` has a row.
    private func waiting(_ name: String) throws {
        try DatabaseUnderTest.postgresql.run(
            """
            drop view if exists \(name)_view; drop table if exists \(name); drop table if exists \(name)_go;
            create table \(name)_go (n integer);
            create table \(name) as select n, repeat('x', 200) as word from generate_series(1, 60000) as s(n);
            create or replace function \(name)_wait(n integer) returns integer language plpgsql volatile as $$
            begin
                if n = 50000 then
                    for i in 1..3000 loop
                        exit when exists (select from \(name)_go);
                        perform pg_sleep(0.02);
                    end loop;
                end if;
                return n;
            end $$;
            create view \(name)_view as select \(name)_wait(n) as n, word from \(name);
            """
        )
    }

    /// Waits, for a minute at most, until four files of the view that waits are there; how many are.
    private func files() throws -> Int {
        var count = 0
        for _ in 0..<3000 where count < 4 {
            usleep(20_000)
            count = ((try? directory.tree("rows")) ?? []).count { $0.hasPrefix("part-") && $0.hasSuffix(".csv") }
        }
        return count
    }

    @Test("a partition that broke is read again whole, and files that it has no more rows for go")
    func lostConnection() throws {
        let database = DatabaseUnderTest.postgresql
        try waiting("cut_lost")
        let records = Locked<[ItemRecord]>([])
        let run = CopyRun(try specification(database, "cut_lost_view")) { record in
            records.withLock { $0.append(record) }
        }
        let group = DispatchGroup()
        let result = Locked<CopyResult?>(nil)
        Worker("copy").run(in: group) { result.withLock { $0 = try? run.execute() } }
        #expect(try files() >= 4)
        #expect(records.withLock { $0.isEmpty } && run.tally.reading.rows == nil)
        try database.run(
            """
            delete from cut_lost where n > 20000;
            select pg_terminate_backend(pid) from pg_locks where relation = 'cut_lost'::regclass and pid <> pg_backend_pid();
            insert into cut_lost_go values (1);
            """
        )
        #expect(group.wait(timeout: .now() + 120) == .success)
        #expect(run.tally.reading.errors.map(\.failure.description) == [])
        let files = try numbers()
        #expect(files.map(\.count) == [7000, 7000, 6000] && files.joined().sorted() == Array(1...20_000))
        #expect(run.tally.reading.rows == RowCount(read: 20_000, copied: 20_000))
        #expect(run.tally.reading.filesListed == 3 && run.tally.reading.filesWritten == 3)
        #expect(records.withLock { $0.map(\.name).sorted() } == (1...3).map { "part-0000\($0).csv" })
        #expect(result.withLock { $0?.counts.retries } == 1 && result.withLock { $0?.rowFacts?.read } == 20_000)
    }

    @Test("after a kill all rows are there once, and files that there are no more rows for are not")
    func killed() throws {
        let database = DatabaseUnderTest.postgresql
        try waiting("cut_killed")
        let secret = try "SLUICE_ODBC_PASSWORD=" + database.launcher()["password"]
        let state = "XDG_STATE_HOME=" + directory.path + "/state"
        let words = [
            "copy", "odbc:" + (try database.launcher()["connection"]), directory.path + "/rows/", "--table",
            "cut_killed_view",
            "--max-rows-per-file", "7000", "--no-csv-header", "--progress", "none",
        ]
        let start = #"out=$1; shift; "$@" > "$out" 2>&1 & echo $!"#
        let begun = try Command.run(
            ["bash", "-c", start, "bash", directory.path + "/first", "env", secret, state, sluiceProgram] + words
        )
        let process = try #require(Int32(String(decoding: begun.output, as: UTF8.self).dropLast()))
        #expect(try files() >= 4)
        #expect(kill(process, SIGKILL) == 0)
        try database.run("delete from cut_killed where n > 20000; insert into cut_killed_go values (1)")
        let resume = ["env", secret, state, sluiceProgram, "resume", "--progress", "none"]
        let errors = directory.path + "/second"
        #expect(try Command.run(resume + ["--report", directory.path + "/report.json"], errors: errors).status == 0)
        let said = String(decoding: try directory.read("second"), as: UTF8.self)
        let (names, files) = (try directory.tree("rows"), try numbers())
        #expect(files.map(\.count) == [7000, 7000, 6000], "\(names) \(said)")
        #expect(files.joined().sorted() == Array(1...20_000))
        let report = String(decoding: try directory.read("report.json"), as: UTF8.self)
        #expect(report.contains("\"rowsCopied\": 20000") || report.contains("\"rowsCopied\":20000"), "\(report)")
    }

    // MARK: Interrupted copies

    /// Copies until the first partition is at the sink, and breaks off; the run's identifier.
    private func begin(_ specification: CopySpecification) throws -> String {
        let identifier = RunIdentifier(start: .now).description
        let run = try ledger.begin(RunRecord.ofTest(identifier))
        let copy = Locked<CopyRun?>(nil)
        copy.withLock {
            $0 = CopyRun(specification, ledger: run) { [copy] record in
                if case .copied = record.outcome { copy.withLock { $0 }?.cancel() }
            }
        }
        _ = try copy.withLock { $0 }?.execute()
        run.finish(.interrupted, exitCode: 130)
        copy.withLock { $0 = nil }
        return identifier
    }

    @Test(
        "partitions whose files are all there are not read again, and one that misses a file is, whole",
        arguments: [DatabaseUnderTest.postgresql, .sqlite],
        [false, true]
    )
    func resumed(_ database: DatabaseUnderTest, _ misses: Bool) throws {
        let table = misses ? "cut_missing" : "cut_resumed"
        try database.run(
            """
            drop table if exists \(table);
            create table \(table) (n integer not null, word varchar(300));
            insert into \(table) select n, '\(String(repeating: "x", count: 200))' from (\(database.series(60_000))) as numbers;
            """
        )
        var specification = try specification(database, table)
        specification.table.partitions = .fixed(3)
        specification.table.partitionColumn = "n"
        specification.connections = .fixed(1)
        let identifier = try begin(specification)
        if misses { #expect(unlink(directory.path + "/rows/part-00001-00002.csv") == 0) }
        let run = try ledger.resume(identifier)
        let records = Locked<[ItemRecord]>([])
        let copy = CopyRun(specification, ledger: run) { record in records.withLock { $0.append(record) } }
        _ = try copy.execute()
        run.finish(.succeeded, exitCode: 0)
        #expect(copy.tally.reading.errors.map(\.failure.description) == [])
        #expect(try numbers().joined().sorted() == Array(1...60_000))
        let names = try directory.tree("rows")
        #expect(records.withLock { $0.map(\.name).sorted() } == names)
        let resumed = records.withLock {
            $0.filter { if case .resumed = $0.outcome { true } else { false } }.map(\.name)
        }
        let first = names.filter { $0.hasPrefix("part-00001-") }
        #expect(first.count > 1 && resumed.sorted().starts(with: first) == !misses, "\(resumed)")
        // Not one of them alone.
        #expect(!misses || resumed.allSatisfy { !$0.hasPrefix("part-00001-") })
        #expect(copy.tally.reading.filesResumed == resumed.count)
    }

    @Test("a file that can't be written is its partition's failure, and nothing of that counts as copied")
    func refused() throws {
        let database = DatabaseUnderTest.sqlite
        try database.run(
            """
            drop table if exists cut_failed;
            create table cut_failed (n integer not null);
            insert into cut_failed select n from (\(database.series(60_000))) as numbers;
            """
        )
        _ = try directory.folder("rows")
        _ = try directory.folder("rows/part-00003.csv")
        _ = try directory.write("rows/part-00003.csv/inside", [1])
        let records = Locked<[ItemRecord]>([])
        let run = CopyRun(try specification(database, "cut_failed")) { record in records.withLock { $0.append(record) }
        }
        let result = try run.execute()
        let sums = run.tally.reading
        #expect(sums.filesFailed == 1 && sums.filesWritten == 0 && sums.rows == nil && sums.filesListed == 1)
        #expect(records.withLock { $0.map(\.name) } == ["part-00003.csv"])
        #expect(result.rowFacts?.read == 0)
    }
}
