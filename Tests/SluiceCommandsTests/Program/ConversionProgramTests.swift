import SluiceTestSupport
import Testing

@testable import SluiceCommands

/// `--format` for files: rows of one format become another's.
@Suite(.timeLimit(.minutes(30))) struct ConversionProgramTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path }

    init() throws { directory = try TemporaryDirectory() }

    private func write(_ name: String, _ text: String) throws { _ = try directory.write(name, Array(text.utf8)) }
    private func read(_ name: String) throws -> String { String(decoding: try directory.read(name), as: UTF8.self) }

    private func copy(_ source: String, _ sink: String, _ options: [String]) throws -> SluiceProcess.Ending {
        let sink = sink == "-" ? sink : "\(path)/\(sink)"
        return try SluiceProcess(["copy", "\(path)/\(source)", sink, "--progress", "none"] + options).wait()
    }

    private static let text = #"""
        id,name,price,day,at,bytes
        1,"a,""b""",1.50,2024-02-29,2024-02-29 12:00:00.5Z,00ff
        2,,,,,
        -3,"",-0.10,1200-01-01,1970-01-01 00:00:00Z,""

        """#

    private static let types = [
        "id=int64", "price=decimal(12,2)", "day=date", "at=instant(6)", "bytes=binary",
    ].flatMap { ["--column-type", $0] }

    private static let lines = #"""
        {"id":1,"name":"a,\"b\"","price":1.50,"day":"2024-02-29","at":"2024-02-29 12:00:00.5Z","bytes":"AP8="}
        {"id":2,"name":null,"price":null,"day":null,"at":null,"bytes":null}
        {"id":-3,"name":"","price":-0.10,"day":"1200-01-01","at":"1970-01-01 00:00:00Z","bytes":""}

        """#

    @Test(
        "text becomes Parquet and JSON of the types that are given, and text again",
        arguments: ["none", "snappy", "zstd"]
    )
    func roundTrip(_ codec: String) throws {
        try write("in.csv", Self.text)
        let made = try copy("in.csv", "rows.parquet", ["--format", "parquet", "--compress", codec] + Self.types)
        #expect(made.status == 0, "\(made.errors)")
        #expect(try copy("rows.parquet", "rows.jsonl", ["--format", "jsonl"]).status == 0)
        #expect(try read("rows.jsonl") == Self.lines)
        #expect(try copy("rows.parquet", "out.csv", ["--format", "csv"]).status == 0)
        #expect(try read("out.csv") == Self.text)
        let typed = try copy("rows.jsonl", "again.csv", ["--format", "csv", "--column-type", "bytes=binary"])
        #expect(typed.status == 0, "\(typed.errors)")
        #expect(try read("again.csv") == Self.text)
        #expect(try copy("rows.jsonl", "again.parquet", ["--format", "parquet"] + Self.types).status == 0)
        #expect(try copy("again.parquet", "-", ["--format", "csv"]).output == Self.text)
        let program = """
            import sys, pyarrow.parquet as parquet
            for name in sys.argv[1:]: print(*(f"{f.name}:{f.type}" for f in parquet.read_schema(name)))
            """
        let seen = try Command.run([Self.python, "-c", program, "\(path)/rows.parquet", "\(path)/again.parquet"])
        let types =
            "id:int64 name:string price:decimal128(12, 2) day:date32[day] at:timestamp[us, tz=UTC] bytes:binary\n"
        #expect(String(decoding: seen.output, as: UTF8.self) == types + types)
    }

    /// The Python of the fixtures' environment.
    private static let python = {
        let environment = ProcessEnvironment.variables
        let cache = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "") + "/.cache"
        return (environment["SLUICE_TOOLS"] ?? cache + "/sluice") + "/venv/bin/python3"
    }()

    @Test("bytes are hexadecimal or base64, as one says")
    func binary() throws {
        try write("in.csv", "x\n00ff\n\"\"\n")
        #expect(try copy("in.csv", "a.parquet", ["--format", "parquet", "--column-type", "x=binary"]).status == 0)
        #expect(try copy("a.parquet", "-", ["--format", "csv", "--binary-text", "base64"]).output == "x\nAP8=\n\"\"\n")
        #expect(
            try copy("a.parquet", "-", ["--format", "jsonl", "--binary-text", "hex"]).output
                == "{\"x\":\"00ff\"}\n{\"x\":\"\"}\n"
        )
        try write("b.csv", "x\nAP8=\n")
        let options = ["--format", "parquet", "--column-type", "x=binary", "--binary-text", "base64"]
        #expect(try copy("b.csv", "b.parquet", options).status == 0)
        #expect(try copy("b.parquet", "-", ["--format", "csv"]).output == "x\n00ff\n")
    }

    @Test("a tree keeps its names, and what holds the format already its bytes")
    func tree() throws {
        _ = try directory.folder("in")
        _ = try directory.folder("in/deep")
        try write("in/a.csv", "x,y\n1,2\n")
        try write("in/deep/b.jsonl", "{\"x\":1,\"y\":\"é\"}\n")
        try write("in/same.parquet", "not looked at")
        _ = try Command.run(["gzip", "-k", "\(path)/in/a.csv"])
        _ = try Command.run(["mv", "\(path)/in/a.csv.gz", "\(path)/in/c.csv.gz"])
        let made = try copy("in", "out/", ["--format", "parquet"])
        #expect(made.status == 0, "\(made.errors)")
        let names = try Command.run(["bash", "-c", "cd \"$1\" && find . -type f | sort", "bash", "\(path)/out"])
        #expect(
            String(decoding: names.output, as: UTF8.self)
                == "./a.parquet\n./c.parquet\n./deep/b.parquet\n./same.parquet\n"
        )
        #expect(try read("out/same.parquet") == "not looked at")
        #expect(try copy("out/c.parquet", "-", ["--format", "csv"]).output == "x,y\n1,2\n")
        #expect(try copy("out/deep/b.parquet", "-", ["--format", "jsonl"]).output == "{\"x\":1,\"y\":\"é\"}\n")
    }

    @Test("what would have one name is refused, and what holds one knows not what")
    func names() throws {
        _ = try directory.folder("in")
        try write("in/a.csv", "x\n1\n")
        try write("in/a.jsonl", "{\"x\":1}\n")
        try write("in/b.dat", "x\n1\n")
        let made = try copy("in", "out/", ["--format", "parquet"])
        #expect(made.status == 3)
        #expect(made.errors.contains("would become \"a.parquet\", as another object does"), "\(made.errors)")
        #expect(
            made.errors.contains("\"b.dat\" can't be turned into another format: its name does not say"),
            "\(made.errors)"
        )
        #expect(try copy("in/b.dat", "-", ["--format", "jsonl", "--source-format", "csv"]).output == "{\"x\":\"1\"}\n")
    }

    @Test(
        "delimited text changes its form where that is asked for",
        arguments: [
            (["--csv-delimiter", ";"], "a;b\n1,5;\n\"\";é\n"),
            (["--csv-quote-all"], "\"a\",\"b\"\n\"1,5\",\n\"\",\"é\"\n"),
            (["--no-csv-header", "--csv-null", "N"], "\"1,5\",N\n,é\n"),
            ([], "a,b\n\"1,5\",\n\"\",é\n"),
        ]
    )
    func text(_ options: [String], _ wanted: String) throws {
        try write("in.csv", "a,b\n\"1,5\",\n\"\",é\n")
        #expect(try copy("in.csv", "-", ["--format", "csv"] + options).output == wanted)
    }

    @Test("rows stand in one array of JSON where that is asked for, and are read from it")
    func array() throws {
        _ = try directory.folder("in")
        try write("in/a.csv", "x,y\n1,\n\"a\"\"b\",é\n")
        try write("in/lines.jsonl", "{\"x\":1}\n{\"x\":2}\n")
        try write("in/none.csv", "x,y\n")
        let array = ["--format", "jsonl", "--json-pattern", "arrayOfObjects"]
        let made = try copy("in/", "out/", array)
        #expect(made.status == 0, "\(made.errors)")
        #expect(try directory.tree("out") == ["a.json", "lines.json", "none.json"])
        #expect(try read("out/a.json") == "[\n{\"x\":\"1\",\"y\":null},\n{\"x\":\"a\\\"b\",\"y\":\"é\"}\n]\n")
        #expect(try read("out/lines.json") == "[\n{\"x\":1},\n{\"x\":2}\n]\n")
        #expect(try read("out/none.json") == "[]\n")
        let program = "import json, sys\nfor name in sys.argv[1:]: print(len(json.load(open(name))))"
        let names = ["a", "lines", "none"].map { "\(path)/out/\($0).json" }
        let seen = try Command.run([Self.python, "-c", program] + names)
        #expect(String(decoding: seen.output, as: UTF8.self) == "2\n2\n0\n")
        #expect(try copy("out/a.json", "-", ["--format", "csv"]).output == "x,y\n1,\n\"a\"\"b\",é\n")
        let lines = ["--format", "jsonl", "--json-pattern", "setOfObjects"]
        #expect(try copy("out/lines.json", "-", lines).output == "{\"x\":1}\n{\"x\":2}\n")
        // Without a pattern what is JSON already stays as it is.
        #expect(try copy("out/lines.json", "-", ["--format", "jsonl"]).output.hasPrefix("[\n"))
    }

    @Test("each end has its own form of text")
    func ends() throws {
        _ = try directory.write("in.csv", Array("skip me\na|b\n1|\\N\n'x|y'|".utf8) + [0xE9, 10])
        let options = [
            "--format", "csv", "--source-csv-delimiter", "|", "--source-csv-quote", "'", "--source-csv-null", "\\N",
            "--source-csv-encoding", "ISO-8859-1", "--source-csv-skip-lines", "1", "--csv-delimiter", "\\t",
        ]
        // The source's backslash is one that is doubled on the command line.
        let words = options.map { $0 == "\\N" ? "\\\\N" : $0 }
        let made = try copy("in.csv", "-", words)
        #expect(made.output == "a\tb\n1\t\nx|y\té\n", "\(made.errors)")
        // Where only the source is text, --csv-… are about it.
        try write("one.csv", "skip me\na|b\n1|'\n")
        let one = ["--format", "jsonl", "--csv-delimiter", "|", "--csv-quote", "none", "--source-csv-skip-lines", "1"]
        #expect(try copy("one.csv", "-", one).output == "{\"a\":\"1\",\"b\":\"'\"}\n")
    }

    @Test(
        "a value that is no such thing, and a row that is none, are told by line and column",
        arguments: [
            (
                "id,x\n1,2\nx,3\n", ["--column-type", "id=int32"],
                "line 3 of \"in.csv\" can\'t be taken: column 1 (id) holds \"x\", which is no int32"
            ),
            ("id,x\n1,2\n4000000000,3\n", ["--column-type", "id=int32"], "line 3 of \"in.csv\" can\'t be taken: column 1 (id)"),
            (
                "id,x\n1,2.345\n", ["--column-type", "x=decimal(5,2)"],
                "line 2 of \"in.csv\" can\'t be taken: column 2 (x) holds \"2.345\""
            ),
            ("id,x\n1,abc\n", ["--column-type", "x=binary"], "line 2 of \"in.csv\" can\'t be taken: column 2 (x) holds \"abc\""),
            ("id,x\n1,äöü\n", ["--column-type", "x=text(2)"], "line 2 of \"in.csv\" can\'t be taken: column 2 (x) holds \"äöü\""),
            ("id,x\n1,2,3\n", [], "line 2 of \"in.csv\" can\'t be taken: the number of its values is 3"),
            ("id,x\n1,\"2\n", [], "line 2 of \"in.csv\" can\'t be taken: column 2 (x) begins with a quote"),
            ("id,x\n1,2\n", ["--column-type", "z=int32"], "there is no column \"z\""),
        ]
    )
    func bad(_ text: String, _ options: [String], _ clause: String) throws {
        try write("in.csv", text)
        let made = try copy("in.csv", "out.parquet", ["--format", "parquet"] + options)
        #expect(made.status == (clause.hasPrefix("line") ? 1 : 2))
        #expect(made.errors.contains(clause), "\(made.errors)")
        #expect(try Command.run(["test", "-e", "\(path)/out.parquet"]).status != 0)
    }

    @Test(
        "options that mean nothing are refused before anything is touched",
        arguments: [
            ["--source-format", "csv"], ["--column-type", "a=int32"], ["--source-csv-quote", "none"],
            ["--csv-quote-all"],
            ["--format", "parquet", "--compress", "lz4"], ["--format", "csv", "--compress", "snappy"],
            ["--format", "csv", "--layout", "merge"], ["--format", "csv", "--column-type", "a=what"],
            ["--format", "csv", "--json-pattern", "setOfObjects"], ["--json-pattern", "arrayOfObjects"],
            ["--format", "csv", "--table", "t"], ["--format", "csv", "--source-csv-delimiter", ""],
        ]
    )
    func refused(_ options: [String]) throws {
        try write("in.csv", "a\n1\n")
        let made = try copy("in.csv", "out", options)
        #expect(made.status == 2, "\(made.errors)")
        #expect(try Command.run(["test", "-e", "\(path)/out"]).status != 0)
    }

    @Test(
        "bytes of one format don't get the name of another by mistake",
        arguments: [("in.csv", "out.parquet"), ("in.jsonl", "out.csv.gz"), ("in.csv.zst", "out.ndjson")]
    )
    func names(_ source: String, _ sink: String) throws {
        try write(source, "a\n1\n")
        let refused = try copy(source, sink, [])
        #expect(
            refused.status == 2 && refused.errors.contains("--format binary to have the bytes copied"),
            "\(refused.errors)"
        )
        #expect(try directory.tree() == [source])
        #expect(try copy(source, sink, ["--format", "binary"]).status == 0)
        #expect(try read(sink) == "a\n1\n")
        #expect(try copy(source, source + ".txt", []).status == 0)
    }

    @Test("standard input is rows where one says what they are")
    func input() throws {
        try write("in.csv", "a,b\n1,\n")
        let words = ["-", "-", "--format", "jsonl", "--source-format", "csv", "--progress", "none"]
        let made = try Command.run([sluiceProgram, "copy"] + words, input: "\(path)/in.csv")
        #expect(String(decoding: made.output, as: UTF8.self) == "{\"a\":\"1\",\"b\":null}\n")
    }
}
