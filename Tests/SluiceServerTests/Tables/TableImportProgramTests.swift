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
