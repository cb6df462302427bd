import SluiceCore
import SluiceEngine
import SluiceODBC
import SluiceTestSupport
import Testing

/// Rows that tables do not take, tables that are not as they should be, and databases that go.
@Suite(.timeLimit(.minutes(30))) struct TableImportFaultTests {
    private let copy: TableImport

    init() throws { copy = try TableImport() }

    /// A file of `count` rows with some that are bad.
    private func rows(_ count: Int, _ bad: [Int: String]) -> String {
        "id,word,amount,day\n" + (1...count).map { (bad[$0] ?? "\($0),w\($0),1.25,2024-01-31") + "\n" }.joined()
    }

    private func table(_ name: String, _ database: DatabaseUnderTest) throws {
        try database.run(
            "drop table if exists \(name); create table \(name) (id integer primary key, word varchar(8) not null, amount decimal(5, 2), day date)"
        )
    }

    @Test(
        "exactly the bad rows are set aside, with their line, code, column and text",
        arguments: DatabaseUnderTest.all
    )
    func badRows(_ database: DatabaseUnderTest) throws {
        try table("bad_rows", database)
        var bad = [
            100: "7,again,1,2024-01-01", 12_345: "12345,,1,2024-01-01", 13_000: "13000,\"open\" quote,1,2024-01-01",
            13_001: "1,2,3,4,5", 13_002: "1,2,3",
        ]
        // SQLite takes any value into any column.
        if database.kind != "sqlite" {
            bad[5000] = "abc,w,1,2024-01-01"
            bad[5001] = "5001,w,12345,2024-01-01"
            bad[5002] = "5002,w,1,2024-02-30"
            bad[5003] = "5003,much too long,1,2024-01-01"
            bad[5004] = "5004,w,1.255,2024-01-01"
        }
        let place = copy.directory.path + "/aside.csv"
        let ending = try copy.load(rows(15_000, bad), into: database, "bad_rows") {
            $0.tableSink.mostBadRows = nil
            $0.tableSink.badRows = try Location(parsing: place)
        }
        #expect(ending.start == nil && ending.errors == [])
        #expect(ending.rows == [15_000, 15_000 - bad.count, bad.count])
        let count = try database.run("select count(*), count(distinct id) from bad_rows").replacing("\t", with: "|")
        #expect(count == "\(15_000 - bad.count)|\(15_000 - bad.count)\n")
        let script = """
            import csv, sys
            for row in sorted(csv.DictReader(open(sys.argv[1])), key=lambda row: int(row["line"])):
                assert row["file"] == "rows.csv" and row["message"] and row["code"] and not row["row"], row
                print(row["line"], row["text"], row["column"] if row["line"] in ("5003", "5005") else "", sep="|")
            """
        let read = try Command.run([Project.python, "-c", script, place])
        let wanted = bad.sorted { $0.key < $1.key }.map { line, text in
            // A value of the table's own is told by its column.
            let column = line == 5004 ? "amount" : line == 5002 && database.kind == "mariadb" ? "day" : ""
            return "\(line + 1)|\(text)|\(column)\n"
        }
        #expect(String(decoding: read.output, as: UTF8.self) == wanted.joined())
    }

    @Test("one bad row is the end where none may be skipped, and is named", arguments: DatabaseUnderTest.all)
    func none(_ database: DatabaseUnderTest) throws {
        try table("no_bad_rows", database)
        let ending = try copy.load(rows(500, [300: "7,again,1,2024-01-01"]), into: database, "no_bad_rows")
        #expect(ending.errors.count == 1)
        #expect(
            ending.errors.first?.contains("line 301") == true
                && ending.errors.first?.contains("--skip-bad-rows") == true
        )
        #expect(ending.sums.filesFailed == 1 && ending.sums.filesWritten == 0)
        #expect(try database.run("select count(*) from no_bad_rows") == "0\n")
    }

    @Test(
        "batches before the bad row's are in, and it is told how many rows they are",
        arguments: DatabaseUnderTest.all
    )
    func laterBatch(_ database: DatabaseUnderTest) throws {
        try table("later_batch", database)
        let ending = try copy.load(rows(15_000, [12_000: "7,again,1,2024-01-01"]), into: database, "later_batch") {
            $0.connections = .fixed(1)
            $0.tableSink.batchRows = 10_000
        }
        #expect(ending.errors.count == 1 && ending.rows == [15_000, 10_000, 0], "\(ending)")
        #expect(ending.errors.first?.contains("line 12001") == true)
        #expect(ending.errors.first?.contains("10000 rows of it are in the table") == true, "\(ending)")
        #expect(try database.run("select count(*) from later_batch") == "10000\n")
    }

    @Test("a table is not copied onto itself", arguments: DatabaseUnderTest.all)
    func itself(_ database: DatabaseUnderTest) throws {
        try table("itself", database)
        var specification = CopySpecification(source: try database.location(), sink: try database.location())
        specification.environment = try database.environment()
        (specification.table.query, specification.tableSink.table) = (.table("itself"), "itself")
        #expect { try specification.checkTableSink() } throws: { "\($0)".contains("itself is both source and sink") }
    }

    @Test("one more than may be skipped is the end", arguments: DatabaseUnderTest.all)
    func limit(_ database: DatabaseUnderTest) throws {
        let bad = [10: "1,again,1,", 20: "2,again,1,", 30: "3,again,1,"]
        for (limit, errors) in [(3, 0), (2, 1)] {
            try table("limited", database)
            let ending = try copy.load(rows(100, bad), into: database, "limited") { $0.tableSink.mostBadRows = limit }
            #expect(ending.errors.count == errors && ending.sums.rows?.skipped == limit)
        }
    }

    @Test("what does not go together is said in a sentence, and nothing is written", arguments: DatabaseUnderTest.all)
    func misfits(_ database: DatabaseUnderTest) throws {
        try table("misfits", database)
        func start(_ text: String, _ change: (inout CopySpecification) throws -> Void = { _ in }) throws -> String {
            try copy.load(text, into: database, "misfits", change).start ?? "it started"
        }
        #expect(try start("id,nonsense\n1,2\n").contains("no column \"nonsense\""))
        #expect(try start("id,ID\n1,2\n").contains("two values"))
        #expect(try start("id\n1\n") { $0.tableSink.keys = ["word"] }.contains("gets no value"))
        #expect(try start("id\n1\n") { $0.tableSink.table = "nowhere" }.contains("--create-table"))
        #expect(try start("id\n1\n") { $0.tableSink.before = ["selec 1"] }.contains("selec 1"))
        #expect(try start("a,b,c,d,e\n1,2,3,4,5\n") { $0.tableSink.mapping = .byPosition }.contains("5 columns"))
        #expect(
            try start("id\n1\n") { $0.tableSink.mapping = .explicit([.init(source: "x", target: "id")]) }.contains(
                "no column \"x\""
            )
        )
        if database.kind != "sqlite" {
            let refused = try start("id\n1\n") { $0.environment["SLUICE_ODBC_PASSWORD"] = "wrong" }
            #expect(refused.contains("no connection to the database"))
        }
        #expect(
            try start("id\n1\n") { $0.sink = .odbc(connectionString: "Driver={No Such Driver}") }.contains("odbcinst")
        )
        // A column that wants a value and gets none.
        let missing = try copy.load("id\n1\n", into: database, "misfits")
        #expect(missing.errors.first?.contains("word") == true)
        #expect(try database.run("select count(*) from misfits") == "0\n")
    }

    @Test("a file that is not there ends the copy before the table is touched", arguments: DatabaseUnderTest.all)
    func noSource(_ database: DatabaseUnderTest) throws {
        try table("untouched", database)
        try database.run("insert into untouched values (1, 'w', 1, null)")
        _ = try copy.loadFile("/nowhere/at/all.csv", into: database, "untouched") {
            $0.tableSink.before = ["delete from untouched"]
        }
        _ = try copy.load("\"open\n1,2", into: database, "untouched") {
            $0.tableSink.before = ["delete from untouched"]
        }
        #expect(try database.run("select count(*) from untouched") == "1\n")
    }

    /// A table that ends the session which inserts row 12,345, as often as `times` says.
    private func killer(_ name: String, _ database: DatabaseUnderTest, times: Int, atCommit: Bool = false) throws {
        let trigger =
            atCommit
            ? "create constraint trigger \(name)_end after insert on \(name) deferrable initially deferred"
            : "create trigger \(name)_end before insert on \(name)"
        if database.kind == "postgresql" {
            try database.run(
                """
                drop table if exists \(name); drop sequence if exists \(name)_kills; create sequence \(name)_kills;
                create table \(name) (id integer primary key, word text, amount numeric, day date);
                create or replace function \(name)_kill() returns trigger as $$ begin
                if new.id = 12345 and nextval('\(name)_kills') <= \(times) then perform pg_terminate_backend(pg_backend_pid()); end if;
                return new; end $$ language plpgsql;
                \(trigger) for each row execute function \(name)_kill();
                """
            )
        } else {
            try database.run(
                """
                drop table if exists \(name); drop sequence if exists \(name)_kills; create sequence \(name)_kills nocache;
                create table \(name) (id integer primary key, word text, amount decimal(5, 2), day date);
                delimiter //
                \(trigger) for each row begin
                if new.id = 12345 then if nextval(\(name)_kills) <= \(times) then kill connection_id(); end if; end if; end //
                """
            )
        }
    }

    @Test(
        "a session that is ended in the middle, or at the commit, costs nothing and doubles nothing",
        arguments: [(DatabaseUnderTest.postgresql, false), (.postgresql, true), (.mariadb, false)]
    )
    func killed(_ database: DatabaseUnderTest, _ atCommit: Bool) throws {
        let name = atCommit ? "killed_at_commit" : "killed"
        try killer(name, database, times: 2, atCommit: atCommit)
        let ending = try copy.load(rows(15_000, [:]), into: database, name) {
            $0.retry.base = .milliseconds(1)
            $0.tableSink.batchRows = 1000
        }
        #expect(ending.start == nil && ending.errors == [], "\(ending.errors)")
        #expect(ending.rows == [15_000, 15_000, 0])
        let count = try database.run("select count(*), count(distinct id) from \(name)").replacing("\t", with: "|")
        #expect(count == "15000|15000\n")
        // It was ended twice, and was not the third time.
        let kills = try database.run(
            "select nextval(\(database.kind == "mariadb" ? "" : "'")\(name)_kills\(database.kind == "mariadb" ? "" : "'"))"
        )
        #expect(kills == "4\n")
    }

    @Test("rows that end every session end the copy", arguments: [DatabaseUnderTest.postgresql, .mariadb])
    func poison(_ database: DatabaseUnderTest) throws {
        try killer("poison", database, times: 1_000_000)
        let ending = try copy.load(rows(15_000, [:]), into: database, "poison") {
            $0.retry.base = .milliseconds(1)
            $0.retry.ceiling = .milliseconds(10)
            $0.connections = .fixed(1)
            $0.tableSink.batchRows = 10_000
            $0.tableSink.batchRows = 1000
        }
        #expect(
            ending.errors.count == 1 && ending.errors.first?.contains("connection to the database broke") == true,
            "\(ending.errors)"
        )
        #expect(ending.sums.rows?.copied == 12_000)
        #expect(try database.run("select count(*) from poison") == "12000\n")
    }

    @Test("a server that is stopped is told of")
    func stopped() throws {
        var database = DatabaseUnderTest.postgresql
        let own = try Launcher("postgresql")
        database.own = own
        try table("stopped", database)
        own.stop()
        let ending = try copy.load("id,word\n1,w\n", into: database, "stopped") { $0.retry.patience = .milliseconds(1) }
        #expect(ending.start?.contains("no connection to the database") == true, "\(ending)")
    }

    @Test("a deferred constraint that a commit refuses is a bad row's", arguments: [DatabaseUnderTest.postgresql])
    func deferred(_ database: DatabaseUnderTest) throws {
        try database.run(
            "drop table if exists deferred_rows; create table deferred_rows (id integer unique deferrable initially deferred, word text)"
        )
        let text = "id,word\n" + (1...500).map { "\($0 == 400 ? 7 : $0),w\n" }.joined()
        let ending = try copy.load(text, into: database, "deferred_rows") { $0.tableSink.mostBadRows = 1 }
        #expect(ending.errors == [] && ending.rows == [500, 499, 1], "\(ending)")
        #expect(try database.run("select count(*), count(distinct id) from deferred_rows") == "499|499\n")
        // Where none may be skipped nothing is committed, and so the row is not found.
        try database.run("delete from deferred_rows")
        let refused = try copy.load(text, into: database, "deferred_rows")
        #expect(refused.errors.first?.contains("duplicate key") == true && refused.rows == [500, 0, 0], "\(refused)")
        #expect(try database.run("select count(*) from deferred_rows") == "0\n")
    }

    @Test("skipped rows that find no room on their disk end the copy")
    func fullDisk() throws {
        try table("full_disk", .sqlite)
        let ending = try copy.load("id,word\n1,w\n1,w\n", into: .sqlite, "full_disk") {
            $0.tableSink.mostBadRows = nil
            $0.tableSink.badRows = .file(path: "/dev/full", isDirectory: false)
        }
        #expect(ending.errors.first?.contains("can't be kept in \"/dev/full\"") == true)
    }

    @Test("a commit whose answer is lost on the way is asked about, and each row is there once", arguments: [1, 2])
    func lostAnswer(_ connections: Int) throws {
        let database = DatabaseUnderTest.postgresql
        let name = "lost_answer_\(connections)"
        try table(name, database)
        let port = try database.launcher()["port"]
        let proxy = try Launcher(
            "faults",
            ["--upstream", "localhost:\(port)", "--lose-answer-to", "COMMIT", "--lose-answers", "3"]
        )
        let ending = try copy.load(rows(15_000, [:]), into: database, name) {
            guard case .odbc(let string) = $0.sink else { return }
            // Under TLS nobody sees what is a commit.
            let plain = string.replacing("Port=\(port)", with: "Port=\(proxy["port"])")
                .replacing("SSLmode=verify-full", with: "SSLmode=disable")
            $0.sink = .odbc(connectionString: plain)
            $0.connections = .fixed(connections)
            $0.retry.base = .milliseconds(1)
            $0.tableSink.batchRows = 1000
        }
        #expect(ending.start == nil && ending.errors == [], "\(ending)")
        #expect(ending.rows == [15_000, 15_000, 0])
        #expect(try database.run("select count(*), count(distinct id) from \(name)") == "15000|15000\n")
        let log = String(decoding: try Command.run(["cat", proxy["log"]]).output, as: UTF8.self)
        #expect(log.split(separator: "\n").count { $0.contains("lose answer") } == 3, "\(log)")
    }

    @Test("skipped rows go into a store", arguments: [S3Store(kind: "s3-seaweedfs")])
    func badRowsInStore(_ store: S3Store) throws {
        try table("stored_rows", .sqlite)
        let place = try store.location("bad-rows-of-table/")
        var reached = CopySpecification(source: .standardStream, sink: try Location(parsing: place))
        try store.prepare(&reached)
        let ending = try copy.load("id,word\n1,w\n1,v\n2,w\n", into: .sqlite, "stored_rows") {
            $0.tableSink.mostBadRows = nil
            $0.tableSink.badRows = try Location(parsing: place + "of-table.csv")
            $0.badRowsConnection = reached.sinkConnection
            $0.environment.merge(reached.environment) { $1 }
            $0.environment["TMPDIR"] = copy.directory.path
        }
        #expect(ending.start == nil && ending.errors == [] && ending.rows == [3, 2, 1], "\(ending)")
        var down = reached
        down.source = try Location(parsing: place + "of-table.csv")
        down.sourceConnection = reached.sinkConnection
        down.sink = .file(path: copy.directory.path + "/found.csv", isDirectory: false)
        #expect(try StoreContractTests.copy(down).failures.map(\.description) == [])
        let found = try copy.text("found.csv")
        #expect(found.hasPrefix("file,line,row,column,code,message,text\nrows.csv,3,,id,HY000,"), "\(found)")
        #expect(try copy.directory.tree() == ["found.csv", "rows.csv"])
    }

    @Test("values lose what has no room where that is allowed", arguments: [DatabaseUnderTest.postgresql, .mariadb])
    func truncated(_ database: DatabaseUnderTest) throws {
        try table("truncated", database)
        let text = "id,word,amount,day\n1,äöüÄÖÜß€x,1.239,2024-01-31\n2,short,-0.999,2024-01-31\n3,w,1234.5,2024-01-31\n"
        let ending = try copy.load(text, into: database, "truncated") {
            $0.tableSink.allowsTruncation = true
            $0.tableSink.mostBadRows = nil
        }
        // Digits in front of the point are never lost.
        #expect(ending.errors == [] && ending.rows == [3, 2, 1], "\(ending)")
        let found = try database.run("select id, word, amount from truncated order by id").replacing("\t", with: "|")
        #expect(found == "1|äöüÄÖÜß€|1.23\n2|short|-0.99\n")
    }

    @Test("a batch that takes longer than it may is the end", arguments: DatabaseUnderTest.all)
    func slowBatch(_ database: DatabaseUnderTest) throws {
        try table("slow_batch", database)
        if database.kind == "postgresql" {
            try database.run(
                """
                create or replace function slow_batch_wait() returns trigger as $$ begin
                perform pg_sleep(30); return new; end $$ language plpgsql;
                create trigger slow_batch_wait before insert on slow_batch for each row execute function slow_batch_wait();
                """
            )
        } else if database.kind == "mariadb" {
            try database.run(
                """
                delimiter //
                create trigger slow_batch_wait before insert on slow_batch for each row begin
                declare nothing integer; set nothing = sleep(30); end //
                """
            )
        }
        let ending = try copy.load(rows(10, [:]), into: database, "slow_batch") {
            $0.tableSink.batchTimeout = .milliseconds(300)
        }
        if database.kind == "sqlite" {
            #expect(ending.start?.contains("Leave out --batch-timeout") == true, "\(ending)")
        } else {
            #expect(ending.errors.first?.contains("time") == true, "\(ending)")
        }
        #expect(try database.run("select count(*) from slow_batch") == "0\n")
    }
}
