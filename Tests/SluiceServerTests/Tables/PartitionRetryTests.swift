import SluiceCore
import SluiceEngine
import SluiceLedger
import SluiceODBC
import SluicePipeline
import SluiceTables
import SluiceTestSupport
import Testing

/// Tables whose connections are lost, and copies of them that are interrupted.
@Suite(.timeLimit(.minutes(30))) struct PartitionRetryTests {
    private let directory: TemporaryDirectory
    private let ledger: Ledger

    init() throws {
        directory = try TemporaryDirectory()
        ledger = try Ledger(in: LedgerDirectory(path: directory.path + "/state"))
    }

    private func specification(_ database: DatabaseUnderTest, _ query: TableQuery) throws -> CopySpecification {
        var specification = CopySpecification(
            source: try database.location(),
            sink: try Location(parsing: directory.path + "/rows/")
        )
        specification.environment = try database.environment()
        specification.table.query = query
        specification.table.format = .csv
        specification.table.delimited.hasHeader = false
        specification.table.partitions = .fixed(3)
        specification.table.partitionColumn = "n"
        specification.retry.base = .milliseconds(1)
        return specification
    }

    /// The first column of all rows that arrived.
    private func numbers() throws -> [Int] {
        try directory.tree("rows").flatMap { name in
            String(decoding: try directory.read("rows/" + name), as: UTF8.self).split(separator: "\n")
                .compactMap { Int($0.prefix { $0 != "," }) }
        }.sorted()
    }

    // MARK: Lost connections

    /// A table, and a function that ends the connection which reads its row 20,000 for the first time.
    private static let postgresql = """
        create function end_once() returns void language plpgsql volatile as $$
        begin
            if pg_stat_file('ended', true) is null then
                execute format('copy (select 1) to %L', current_setting('data_directory') || '/ended');
                perform pg_terminate_backend(pg_backend_pid());
                perform pg_sleep(60);
            end if;
        end $$;
        create function passing(n integer) returns integer language plpgsql stable as $$
        begin
            if n = 20000 then perform end_once(); end if;
            return n;
        end $$;
        create table passed (n integer not null);
        insert into passed select n from generate_series(1, 30000) as s(n);
        create view passing_view as select n, passing(n) as seen from passed;
        """

    @Test("a partition whose connection is lost is read again, from the same snapshot")
    func lostConnection() throws {
        let database = DatabaseUnderTest(kind: "postgresql", own: try Launcher("postgresql"))
        try database.run(Self.postgresql)
        let specification = try specification(database, .table("passing_view"))
        let run = CopyRun(specification) { _ in }
        let result = try run.execute()
        #expect(run.tally.reading.errors.map(\.failure.description) == [])
        #expect(try numbers() == Array(1...30_000))
        #expect(result.counts.retries == 1)
        #expect(result.rowFacts?.snapshot == "shared" && result.rowFacts?.read == 30_000)
        #expect(run.tally.reading.rows == RowCount(read: 30_000, copied: 30_000))
    }

    @Test("MariaDB's, whose snapshot goes with the connection, is read again in another, and that is told")
    func lostSnapshot() throws {
        let database = DatabaseUnderTest(kind: "mariadb", own: try Launcher("mariadb"))
        let mark = try database.launcher()["directory"] + "/mariadb/ended"
        try database.run(
            """
            create table passed (n integer not null);
            insert into passed select seq from seq_1_to_30000;
            delimiter //
            create function passing(n integer) returns integer deterministic reads sql data
            begin
                declare nothing integer;
                if n = 20000 and load_file('\(mark)') is null then
                    set nothing = end_once();
                end if;
                return n;
            end //
            create function end_once() returns integer deterministic
            begin
                declare nothing integer;
                select 1 into outfile '\(mark)';
                kill connection_id();
                return 1;
            end //
            """
        )
        let specification = try specification(database, .query("select n, passing(n) as seen from passed"))
        let run = CopyRun(specification) { _ in }
        let result = try run.execute()
        #expect(run.tally.reading.errors.map(\.failure.description) == [])
        #expect(try numbers() == Array(1...30_000))
        #expect(result.counts.retries == 1)
        // The connection of a partition that has ended meanwhile sees what all see.
        let isLost = result.rowFacts?.notes.joined().contains("has lost the snapshot") == true
        #expect(result.rowFacts?.snapshot == (isLost ? "separate" : "shared"))
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

    /// Goes on; the outcomes of partitions, and what was told of rows.
    private func goOn(_ specification: CopySpecification, _ identifier: String) throws -> (
        resumed: Int, copied: Int, RowFacts?
    ) {
        let run = try ledger.resume(identifier)
        let records = Locked<[ItemRecord]>([])
        let result = try CopyRun(specification, ledger: run) { record in records.withLock { $0.append(record) } }
            .execute()
        run.finish(.succeeded, exitCode: 0)
        var (resumed, copied) = (0, 0)
        for record in records.withLock({ $0 }) {
            switch record.outcome {
            case .resumed: resumed += 1
            case .copied: copied += 1
            case .unchanged, .skipped, .failed: Issue.record("\(record)")
            }
        }
        return (resumed, copied, result.rowFacts)
    }

    /// One reader at a time, so that the other partitions have not ended when the first one has.
    private func table(_ database: DatabaseUnderTest) throws -> CopySpecification {
        try database.run(
            """
            drop table if exists resumed;
            create table resumed (n integer not null, word varchar(300));
            insert into resumed select n, '\(String(repeating: "x", count: 200))' from (\(database.series(60_000))) as numbers;
            """
        )
        var specification = try specification(database, .table("resumed"))
        specification.connections = .fixed(1)
        return specification
    }

    @Test("a copy that goes on does not read finished partitions again", arguments: DatabaseUnderTest.all)
    func resumed(_ database: DatabaseUnderTest) throws {
        let specification = try table(database)
        let identifier = try begin(specification)
        // The bounds stay as they were, whatever they would be now.
        try database.run("insert into resumed select -n, 'later' from resumed where n <= 20000")
        let (resumed, copied, facts) = try goOn(specification, identifier)
        #expect(resumed >= 1 && copied >= 1 && resumed + copied == 3)
        #expect(facts?.snapshot == "separate")
        #expect(facts?.notes.joined().contains("earlier attempt") == true)
        #expect(try numbers().filter { $0 > 0 } == Array(1...60_000))
    }

    @Test("blocks are gone on with as long as no row has moved", arguments: [false, true])
    func blocks(_ moves: Bool) throws {
        let database = DatabaseUnderTest(kind: "postgresql", own: try Launcher("postgresql"))
        var specification = try table(database)
        specification.table.partitionColumn = nil
        let identifier = try begin(specification)
        try database.run(
            moves ? "update resumed set word = 'moved' where n = 1" : "delete from resumed where n = 60000"
        )
        let (resumed, copied, _) = try goOn(specification, identifier)
        #expect(moves ? (resumed == 0 && copied == 3) : (resumed >= 1 && copied >= 1 && resumed + copied == 3))
        #expect(try numbers() == Array(1...(moves ? 60_000 : 59_999)))
    }
}
