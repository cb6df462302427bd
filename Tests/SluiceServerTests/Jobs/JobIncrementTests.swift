import Glibc
import SluiceTestSupport
import Testing

/// `run --incremental`: what has come since the last time, and nothing twice.
@Suite(.timeLimit(.minutes(30))) struct JobIncrementTests {
    /// A copy of a table, or of what a query gives, to files of lines whose folder is another each time.
    private func export(
        _ database: DatabaseUnderTest,
        _ source: String,
        _ column: String,
        _ to: JobStore,
        _ folder: String
    )
        throws -> String
    {
        var document = JobDocument()
        document.services = ["Source": try JobLogTests.service(of: database), "Sink": try to.service()]
        document.source = JobDocument.dataset("OdbcTable", "Source", source.isEmpty ? "" : #""tableName":"\#(source)""#)
        document.sink = JobDocument.dataset(
            "DelimitedText",
            "Sink",
            #""location":\#(try to.location(folder + "/rows.csv"))"#
        )
        document.copy = """
            "source":{"type":"OdbcSource","incrementalSettings":{"watermarkColumnName":"\(column)"}},
            "sink":{"type":"DelimitedTextSink","storeSettings":{"type":"FileServerWriteSettings"}}
            """
        return document.text
    }

    /// Runs a document incrementally with the state of `directory`; the lines that came.
    private func rows(
        _ text: String,
        _ environment: [String: String],
        _ directory: TemporaryDirectory,
        _ to: JobStore,
        _ folder: String
    )
        throws -> [String]
    {
        let job = try JobUnderTest(text)
        let state = ["XDG_STATE_HOME": directory.path]
        let ended = try job.run([:], ["--incremental"], environment: environment.merging(state) { $1 })
        #expect(ended.status == 0, "\(ended.errors)")
        return try to.text(folder + "/rows.csv").split(separator: "\n").map(String.init).sorted()
    }

    @Test(
        "rows are taken whose column is above what was highest, by integers, decimals, times and texts, NULL the first time only",
        arguments: DatabaseUnderTest.all,
        [
            ("integer", ["1", "9007199254740993", "-5"], "9007199254740994", "9007199254740993"),
            ("decimal(20,3)", ["1.5", "999999999999.001", "2"], "999999999999.002", "999999999999.001"),
            (
                "timestamp", ["'2026-01-01 00:00:00'", "'2026-03-29 02:30:00'"], "'2026-03-29 02:30:01'",
                "'2026-03-29 02:30:00'"
            ),
            ("date", ["'2026-01-01'", "'1999-12-31'"], "'2026-01-02'", "'2025-01-01'"),
            ("varchar(40)", ["'a''b'", "'z\"\\ö'"], "'zz'", "'b'"),
        ]
    )
    func values(database: DatabaseUnderTest, type: (name: String, first: [String], next: String, late: String)) throws {
        let table = "job_mark_\(type.name.filter { $0.isLetter })"
        let name =
            type.name == "integer"
            ? "bigint" : type.name == "timestamp" && database.kind == "mariadb" ? "datetime" : type.name
        func put(_ id: Int, _ value: String) throws {
            // A backslash is one in MariaDB's texts only where it is doubled.
            let value = database.kind == "mariadb" ? value.replacing("\\", with: "\\\\") : value
            try database.run("insert into \(table) values (\(id), \(value))")
        }
        try database.run("drop table if exists \(table); create table \(table) (id integer, mark \(name))")
        for (id, value) in type.first.enumerated() { try put(id, value) }
        try put(100, "null")
        let (to, state) = (try JobStore(.files), try TemporaryDirectory())
        let environment = try database.environment()
        func run(_ folder: String) throws -> [String] {
            let lines = try rows(export(database, table, "mark", to, folder), environment, state, to, folder)
            return lines.map { String($0.prefix { $0 != "," }) }
        }
        #expect(try run("one") == (type.first.indices.map(String.init) + ["100"]).sorted())
        #expect(try run("two") == [])
        // What is not above the highest is not new, nor is what has no value.
        try put(101, "null")
        try put(102, type.late)
        #expect(try run("three") == [])
        try put(103, type.next)
        #expect(try run("four") == ["103"])
        #expect(try run("five") == [])
    }

    @Test("a table in which nothing has a value gives what has none once, and then what gets one")
    func empty() throws {
        let database = DatabaseUnderTest.postgresql
        try database.run("drop table if exists job_mark_none; create table job_mark_none (id integer, mark integer)")
        try database.run("insert into job_mark_none values (1, null)")
        let (to, state) = (try JobStore(.files), try TemporaryDirectory())
        func run(_ folder: String) throws -> [String] {
            try rows(export(database, "job_mark_none", "mark", to, folder), database.environment(), state, to, folder)
        }
        #expect(try run("one") == ["1,"])
        #expect(try run("two") == [])
        try database.run("insert into job_mark_none values (2, null), (3, 7)")
        #expect(try run("three") == ["3,7"])
    }

    @Test("a copy that fails moves nothing, and neither does one that is not incremental")
    func failure() throws {
        let database = DatabaseUnderTest.postgresql
        try database.run(
            """
            drop table if exists job_mark_from; create table job_mark_from (id integer, mark integer);
            drop table if exists job_mark_to; create table job_mark_to (id integer primary key, mark integer check (mark < 100));
            insert into job_mark_from values (1, 1), (2, 200);
            """
        )
        var document = JobDocument()
        document.services = ["Base": try JobLogTests.service(of: database)]
        document.source = JobDocument.dataset("OdbcTable", "Base", #""tableName":"job_mark_from""#)
        document.sink = JobDocument.dataset("OdbcTable", "Base", #""tableName":"job_mark_to""#)
        document.copy = """
            "source":{"type":"OdbcSource","incrementalSettings":{"watermarkColumnName":"mark"}},
            "sink":{"type":"OdbcSink","writeBehavior":"Upsert","upsertSettings":{"keys":["id"]}}
            """
        let job = try JobUnderTest(document.text)
        func run(_ options: [String]) throws -> (status: Int32, read: Int?) {
            let ended = try job.run([:], options, environment: database.environment())
            return (ended.status, ended.output?["Copy"]?.output.rowsRead)
        }
        #expect(try run(["--incremental"]).status == 1)
        try database.run("update job_mark_from set mark = 50 where id = 2")
        #expect(try run([]) == (0, 2))
        #expect(try run(["--incremental"]) == (0, 2))
        #expect(try run(["--incremental"]) == (0, 0))
        try database.run("insert into job_mark_from values (3, 51)")
        #expect(try run(["--incremental"]) == (0, 1))
        #expect(
            try database.run("select string_agg(id || ':' || mark, ' ' order by id) from job_mark_to")
                == "1:1 2:50 3:51\n"
        )
    }

    @Test("what is to be copied again after a kill is what was to be copied, with what has come since")
    func killed() throws {
        let database = DatabaseUnderTest.postgresql
        try database.run(
            """
            drop table if exists job_mark_many; create table job_mark_many (id integer primary key, mark integer);
            drop table if exists job_mark_sink; create table job_mark_sink (id integer primary key, mark integer);
            drop table if exists job_mark_go; create table job_mark_go (n integer);
            insert into job_mark_many select n, n from generate_series(1, 50) as s(n);
            create or replace function job_mark_wait() returns trigger as $$ begin
                if new.id = 30000 then
                    for turn in 1..2400 loop
                        exit when exists (select from job_mark_go);
                        perform pg_sleep(0.05);
                    end loop;
                end if;
                return new;
            end $$ language plpgsql;
            create trigger job_mark_wait before insert on job_mark_sink for each row execute function job_mark_wait();
            """
        )
        var document = JobDocument()
        document.services = ["Base": try JobLogTests.service(of: database)]
        document.source = JobDocument.dataset("OdbcTable", "Base", #""tableName":"job_mark_many""#)
        document.sink = JobDocument.dataset("OdbcTable", "Base", #""tableName":"job_mark_sink""#)
        document.copy = """
            "source":{"type":"OdbcSource","incrementalSettings":{"watermarkColumnName":"mark"}},
            "sink":{"type":"OdbcSink","writeBatchSize":5000,"writeBehavior":"Upsert","upsertSettings":{"keys":["id"]}}
            """
        let job = try JobUnderTest(document.text)
        let environment = try database.environment()
        #expect(try job.run([:], ["--incremental"], environment: environment).output?["Copy"]?.output.rowsRead == 50)
        try database.run("insert into job_mark_many select n, n from generate_series(51, 40000) as s(n)")
        let begun = try job.start(["--incremental"], environment)
        try begun.kill(once: { try database.run("select count(*) > 5000 from job_mark_sink") == "t\n" })
        #expect(begun.hasEnded)
        #expect(try database.run("select count(*) < 40000 and count(*) > 5000 from job_mark_sink") == "t\n")
        try database.run("insert into job_mark_go values (1); insert into job_mark_many values (40001, 40001)")
        let again = try job.run([:], ["--incremental"], environment: environment)
        #expect(again.status == 0, "\(again.errors)")
        #expect(again.output?["Copy"]?.output.rowsRead == 39_951)
        #expect(try database.run("select count(*), sum(mark - id) from job_mark_sink") == "40001|0\n")
        #expect(try job.run([:], ["--incremental"], environment: environment).output?["Copy"]?.output.rowsRead == 0)
    }

    @Test("files are taken that were changed since the last run began and before this one, also after a kill")
    func files() throws {
        let (from, to) = (try JobStore(.files), try JobStore(.files))
        let root = try from.path()
        func put(_ name: String, _ time: String) throws {
            try from.put("in/" + name, name)
            #expect(try Command.run(["touch", "-d", time, root + "in/" + name]).status == 0)
        }
        var document = JobDocument()
        document.services = ["Source": try from.service(), "Sink": try to.service()]
        document.source = JobDocument.dataset("Binary", "Source", #""location":\#(try from.location("in/"))"#)
        document.sink = JobDocument.dataset("Binary", "Sink", #""location":\#(try to.location("out/"))"#)
        document.copy = """
            "source":{"type":"BinarySource","storeSettings":{"type":"FileServerReadSettings"}},
            "sink":{"type":"BinarySink","storeSettings":{"type":"FileServerWriteSettings"}},"parallelCopies":1
            """
        let job = try JobUnderTest(document.text)
        func run() throws -> Int? {
            let ended = try job.run([:], ["--incremental"], environment: [:])
            #expect(ended.status == 0, "\(ended.errors)")
            return ended.output?["Copy"]?.output.filesWritten ?? 0
        }
        try put("old", "2020-01-01")
        try put("late", "2100-01-01")
        #expect(try run() == 1)
        #expect(try run() == 0)
        // Names of the sink are taken away, so that what is copied again shows.
        #expect(try Command.run(["rm", "-r", try to.path() + "out"]).status == 0)
        for number in 0..<300 { try from.put("in/new-\(number)", "new") }
        // What is put in the second in which a run begins is the next one's.
        let second = time(nil)
        while time(nil) == second { usleep(10_000) }
        let begun = try job.start(["--incremental"])
        try begun.kill(once: { try to.names().count >= 3 })
        let there = try to.names().filter { !$0.hasPrefix("out/.") }.count
        #expect(there >= 3 && there < 300, "\(there)")
        _ = try run()
        #expect(try to.names().filter { !$0.hasPrefix("out/.") }.count == 300)
        #expect(try run() == 0)
    }

    @Test("the document of new orders gives each once, in a folder for each time, with a log")
    func orders() throws {
        let database = DatabaseUnderTest.postgresql
        try database.run(
            "drop table if exists job_new_orders; create table job_new_orders (id integer, changed timestamptz, total numeric(8,2))"
        )
        try database.run(
            "insert into job_new_orders values (1, '2026-01-01 00:00:00.000001Z', 1.5), (2, '2026-01-02Z', 2)"
        )
        let job = try JobUnderTest("new-orders.json", [("from orders", "from job_new_orders")])
        let root = try job.directory.folder("root")
        let given = ["root": root, "database": try database.launcher()["connection"]]
        func run() throws -> [String] {
            let before = Set(try job.directory.tree("root/orders"))
            let ended = try job.run(given, ["--incremental"], environment: database.environment())
            #expect(ended.status == 0, "\(ended.errors)")
            let new = try job.directory.tree("root/orders").filter { $0.hasSuffix(".csv") && !before.contains($0) }
            return try new.flatMap { name in
                let text = String(decoding: try job.directory.read("root/orders/" + name), as: UTF8.self)
                return text.split(separator: "\n").dropFirst().map { String($0.prefix { $0 != "," }) }
            }
        }
        _ = try job.directory.folder("root/orders")
        #expect(try run() == ["1", "2"])
        try database.run("insert into job_new_orders values (3, '2026-01-02 00:00:00.000001Z', 3)")
        #expect(try run() == ["3"])
        #expect(try run() == [])
        #expect(try job.directory.tree("root/logs").filter { $0.hasSuffix(".txt") }.count == 3)
    }

    @Test("a copy that says no column of its table is refused before anything is touched")
    func refusal() throws {
        let database = DatabaseUnderTest.sqlite
        let to = try JobStore(.files)
        let text = try export(database, "job_mark_x", "mark", to, "out")
            .replacing(#","incrementalSettings":{"watermarkColumnName":"mark"}"#, with: "")
        let ended = try JobUnderTest(text).run([:], ["--incremental"], environment: [:])
        #expect(ended.status == 2)
        #expect(
            ended.errors.contains("\"--incremental\" can't be carried out: nothing says which rows"),
            "\(ended.errors)"
        )
        #expect(try to.names().isEmpty)
    }

    @Test("a column whose values have no exact order is refused")
    func inexact() throws {
        let database = DatabaseUnderTest.postgresql
        try database.run(
            "drop table if exists job_mark_real; create table job_mark_real (id integer, mark double precision)"
        )
        let to = try JobStore(.files)
        let ended = try JobUnderTest(try export(database, "job_mark_real", "mark", to, "out"))
            .run([:], ["--incremental"], environment: database.environment())
        #expect(ended.status == 1)
        #expect(ended.output?["Copy"]?.error?.message.contains("column \"mark\" can't say which rows are new") == true)
    }
}
