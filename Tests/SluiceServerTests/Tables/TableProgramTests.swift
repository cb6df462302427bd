import Glibc
import SluiceTestSupport
import Testing

/// `sluice copy odbc:…` as users type it.
@Suite(.timeLimit(.minutes(30))) struct TableProgramTests {
    private let directory: TemporaryDirectory
    private let location: String

    init() throws {
        directory = try TemporaryDirectory()
        location = "odbc:" + (try DatabaseUnderTest.sqlite.launcher()["connection"])
        _ = try Self.made.get()
    }

    /// The table, made once for all tests.
    private static let made = Result {
        try DatabaseUnderTest.sqlite.run(
            """
            create table program (number integer, word text);
            insert into program values (1, 'a;b'), (2, null), (3, ''), (4, 'it''s "quoted"');
            """
        )
    }

    @Test(
        "options of delimited text do what they say",
        arguments: [
            ([], "number,word\n1,a;b\n2,\n3,\"\"\n4,\"it's \"\"quoted\"\"\"\n"),
            (["--no-csv-header", "--csv-delimiter", ";"], "1;\"a;b\"\n2;\n3;\"\"\n4;\"it's \"\"quoted\"\"\"\n"),
            (
                ["--csv-delimiter", "\\t", "--csv-null", "NULL"],
                "number\tword\n1\ta;b\n2\tNULL\n3\t\n4\t\"it's \"\"quoted\"\"\"\n"
            ),
            (
                ["--csv-row-delimiter", "\\r\\n", "--csv-escape", "\\\\"],
                "number,word\r\n1,a;b\r\n2,\r\n3,\"\"\r\n4,\"it's \\\"quoted\\\"\"\r\n"
            ),
            (
                ["--csv-quote", "'", "--csv-quote-all"],
                "'number','word'\n'1','a;b'\n'2',\n'3',''\n'4','it''s \"quoted\"'\n"
            ),
        ]
    )
    func options(_ options: [String], _ wanted: String) throws {
        let errors = directory.path + "/errors"
        let words = [sluiceProgram, "copy", location, "-", "--progress", "none", "--table", "program"] + options
        let ended = try Command.run(words, errors: errors)
        #expect(ended.status == 0)
        #expect(String(decoding: ended.output, as: UTF8.self) == wanted)
    }

    @Test("rows become objects of JSON, a line each, and text of another encoding")
    func formats() throws {
        func copy(_ name: String, _ options: [String] = []) throws -> [UInt8] {
            let words = [sluiceProgram, "copy", location, "\(directory.path)/\(name)", "--quiet", "--table", "program"]
            #expect(try Command.run(words + options).status == 0)
            return try directory.read(name)
        }
        let lines = try copy("rows.jsonl")
        let script = "import json,sys; print([json.loads(line) for line in open(sys.argv[1])])"
        let read = try Command.run([Project.python, "-c", script, directory.path + "/rows.jsonl"])
        let wanted =
            "[{'number': 1, 'word': 'a;b'}, {'number': 2, 'word': None}, {'number': 3, 'word': ''}, {'number': 4, 'word': 'it\\'s \"quoted\"'}]\n"
        #expect(String(decoding: read.output, as: UTF8.self) == wanted, "\(String(decoding: lines, as: UTF8.self))")
        for (name, options) in [("all.json", []), ("all.txt", ["--format", "jsonl", "--json-pattern", "arrayOfObjects"])] {
            _ = try copy(name, options)
            let whole = "import json,sys; print(json.load(open(sys.argv[1])))"
            let array = try Command.run([Project.python, "-c", whole, directory.path + "/" + name])
            #expect(String(decoding: array.output, as: UTF8.self) == wanted)
        }
        #expect(try copy("lines.json", ["--json-pattern", "setOfObjects"]) == lines)
        let parts = ["copy", location, directory.path + "/parts/", "--table", "program", "--partition-column", "number"]
        let divided = ["--partitions", "2", "--format", "jsonl", "--json-pattern", "arrayOfObjects", "--quiet"]
        #expect(try Command.run([sluiceProgram] + parts + divided).status == 0)
        #expect(try directory.tree("parts").allSatisfy { $0.hasPrefix("part-") && $0.hasSuffix(".json") })
        let refused = [sluiceProgram] + parts + ["--format", "csv", "--json-pattern", "arrayOfObjects", "--quiet"]
        #expect(try Command.run(refused).status == 2)
        let wide = try copy("wide.csv", ["--csv-encoding", "UTF-16LE", "--no-csv-header"])
        let plain = try Command.run(["iconv", "-f", "UTF-16LE", "-t", "UTF-8", directory.path + "/wide.csv"]).output
        #expect(String(decoding: plain, as: UTF8.self).hasPrefix("1,a;b\n2,\n"), "\(wide.count)")
    }

    @Test(
        "what can't be is refused before the database is asked",
        arguments: [
            ([], "--table"), (["--table", "a", "--query", "b"], "exclude each other"),
            (["--table", "a", "--format", "binary"], "--format csv"),
            (["--table", "a", "--format", "parquet", "--compress", "lz4"], "lz4"),
            (["--table", "a", "--csv-delimiter", ""], "delimiter is empty"),
            (["--table", "a", "--csv-quote", "ab"], "--csv-quote"),
            (["--table", "a", "--csv-null", "\\q"], "backslash"),
        ]
    )
    func refusals(_ options: [String], _ sentence: String) throws {
        let errors = directory.path + "/errors"
        let ended = try Command.run(
            [sluiceProgram, "copy", location, directory.path + "/x.csv"] + options,
            errors: errors
        )
        #expect(ended.status == 2)
        #expect(String(decoding: try directory.read("errors"), as: UTF8.self).contains(sentence))
        #expect(try directory.tree() == ["errors"])
    }
}
