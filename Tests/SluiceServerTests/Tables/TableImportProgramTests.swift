import Glibc
import SluiceTestSupport
import Testing

/// `sluice copy FILE odbc:…` as users type it.
@Suite(.serialized, .timeLimit(.minutes(30))) struct TableImportProgramTests {
    private let directory: TemporaryDirectory
    private let location: String

    init() throws {
        directory = try TemporaryDirectory()
        location = "odbc:" + (try DatabaseUnderTest.sqlite.launcher()["connection"])
    }

    private func run(_ words: [String]) throws -> (status: Int32, errors: String) {
        let errors = directory.path + "/errors"
        let state = "XDG_STATE_HOME=" + directory.path + "/state"
        let ended = try Command.run(["env", state, sluiceProgram] + words + ["--progress", "none"], errors: errors)
        defer { _ = try? Command.run(["rm", errors]) }
        return (ended.status, String(decoding: try directory.read("errors"), as: UTF8.self))
    }

    private func table(_ columns: String) throws {
        try DatabaseUnderTest.sqlite.run("drop table if exists typed_in; create table typed_in (\(columns))")
    }

    @Test("skipped rows are exit code 3, are counted, and stand in their file")
    func skipped() throws {
        try table("id integer primary key, word text, origin text")
        let rows = try directory.write("rows.csv", Array("key;w\n1;a\n1;b\n2;NULL\n".utf8))
        let ending = try run([
            "copy", rows, location, "--table", "typed_in", "--csv-delimiter", ";", "--csv-null", "NULL", "--mapping",
            "key=id",
            "--mapping", "#2=word", "--add-column", "origin=$$FILEPATH", "--bad-rows", directory.path + "/bad.csv",
            "--report",
            directory.path + "/report",
        ])
        #expect(ending.status == 3, "\(ending.errors)")
        let found = try DatabaseUnderTest.sqlite.run("select id, coalesce(word, '-'), origin from typed_in order by id")
        #expect(found == "1|a|rows.csv\n2|-|rows.csv\n")
        let bad = String(decoding: try directory.read("bad.csv"), as: UTF8.self)
        #expect(bad.hasPrefix("file,line,row,column,code,message,text\nrows.csv,3,,id,HY000,"), "\(bad)")
        #expect(bad.hasSuffix(",\"1,b,rows.csv\"\n"), "\(bad)")
        let report = String(decoding: try directory.read("report"), as: UTF8.self)
        for field in ["\"rowsRead\": 3", "\"rowsCopied\": 2", "\"rowsSkipped\": 1"] { #expect(report.contains(field)) }
    }

    @Test("standard input goes into a table, whose statements run before")
    func input() throws {
        try table("id integer")
        try DatabaseUnderTest.sqlite.run("insert into typed_in values (7)")
        let rows = try directory.write("rows.jsonl", Array("{\"id\": 1}\n{\"id\": 2}\n".utf8))
        let words = [
            "copy", "-", location, "--table", "typed_in", "--format", "jsonl", "--pre-copy-sql", "delete from typed_in",
            "--quiet",
        ]
        #expect(try Command.run([sluiceProgram] + words, input: rows).status == 0)
        #expect(try DatabaseUnderTest.sqlite.run("select group_concat(id) from typed_in") == "1,2\n")
    }

    @Test("a copy that ended early is gone on with by name alone, and no row is there twice")
    func resumed() throws {
        try table("id integer primary key")
        let folder = try directory.folder("in")
        _ = try directory.write("in/a.csv", Array("id\n1\n2\n".utf8))
        let second = try directory.write("in/b.csv", Array("id\n3\n3\n".utf8))
        let words = ["copy", folder + "/", location, "--table", "typed_in"]
        #expect(try run(words).status == 1)
        #expect(try DatabaseUnderTest.sqlite.run("select group_concat(id) from typed_in") == "1,2\n")
        _ = try directory.write("in/b.csv", Array("id\n3\n4\n".utf8))
        _ = second
        let resumed = try run(["resume"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(
            try DatabaseUnderTest.sqlite.run("select group_concat(id) from (select id from typed_in order by id)")
                == "1,2,3,4\n"
        )
    }

    /// A table whose row 15,000 waits until there is a row in `upserted_go`.
    private static let waiting = """
        drop table if exists upserted, upserted_go;
        create table upserted_go (n integer);
        create table upserted (id integer primary key, word varchar(12));
        create or replace function upserted_wait() returns trigger as $$ begin
            if new.id = 15000 then
                for turn in 1..1200 loop
                    exit when exists (select from upserted_go);
                    perform pg_sleep(0.05);
                end loop;
            end if;
            return new;
        end $$ language plpgsql;
        create trigger upserted_wait before insert on upserted for each row execute function upserted_wait();
        """

    @Test("a load with --upsert that is killed is gone on with: each row is there once, and each bad one told once")
    func killedUpsert() throws {
        let database = DatabaseUnderTest.postgresql
        try database.run(Self.waiting)
        let lines = (1...30_000).map { "\($0),\($0 % 4000 == 7 ? "much too long a word" : "word \($0)")\n" }
        _ = try directory.write("rows.csv", Array(("id,word\n" + lines.joined()).utf8))
        let secret = try "SLUICE_ODBC_PASSWORD=" + database.launcher()["password"]
        let state = "XDG_STATE_HOME=" + directory.path + "/state"
        let words = [
            "copy", directory.path + "/rows.csv", "odbc:" + (try database.launcher()["connection"]), "--table",
            "upserted",
            "--upsert", "id", "--batch-rows", "5000", "--bad-rows", directory.path + "/bad.csv", "--progress", "none",
        ]
        let start = #"out=$1; shift; "$@" > "$out" 2>&1 & echo $!"#
        let begun = try Command.run(
            ["bash", "-c", start, "bash", directory.path + "/first", "env", secret, state, sluiceProgram] + words
        )
        let process = try #require(Int32(String(decoding: begun.output, as: UTF8.self).dropLast()))
        var there = 0
        // Half of a batch whose other half waits may be in, too.
        for _ in 0..<600 where there < 9997 {
            there = Int(try database.run("select count(*) from upserted").dropLast()) ?? 0
            usleep(10_000)
        }
        #expect(kill(process, SIGKILL) == 0)
        #expect(9997...15_000 ~= there)
        // What the server does of it meanwhile is not committed by anybody.
        try database.run("insert into upserted_go values (1)")
        let errors = directory.path + "/second"
        let resumed = try Command.run(
            ["env", secret, state, sluiceProgram, "resume", "--progress", "none"],
            errors: errors
        )
        let said = String(decoding: try directory.read("second"), as: UTF8.self)
        #expect(resumed.status == 3, "\(said)")
        let found = "select count(*), count(distinct id), count(*) filter (where word = 'word ' || id) from upserted"
        #expect(try database.run(found) == "29992|29992|29992\n")
        let told = String(decoding: try directory.read("bad.csv"), as: UTF8.self).split(separator: "\n").dropFirst()
        #expect(told.map { $0.split(separator: ",")[1] } == (0..<8).map { "\($0 * 4000 + 8)" })
    }

    @Test(
        "what can't be is refused before the database is asked",
        arguments: [
            ([], "--table"), (["--table", "typed_in", "--compress", "gzip"], "--compress"),
            (["--table", "typed_in", "--mapping", "a"], "--mapping \"a\""),
            (["--table", "typed_in", "--max-bad-rows", "-1"], "--max-bad-rows"),
            (["--table", "typed_in", "--query", "select 1"], "--query"),
            (["--table", "typed_in", "--partitions", "2"], "--partitions"),
            (["--table", "typed_in", "--bad-rows", "-"], "--bad-rows"),
            (["--table", "typed_in", "--overwrite", "never"], "--overwrite"),
            (["--table", "typed_in", "--batch-rows", "0"], "--batch-rows"),
        ]
    )
    func refusals(_ options: [String], _ sentence: String) throws {
        let rows = try directory.write("rows.csv", Array("id\n1\n".utf8))
        let ending = try run(["copy", rows, location] + options)
        #expect(ending.status == 2 && ending.errors.contains(sentence), "\(ending.errors)")
    }
}
