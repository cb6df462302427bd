import Glibc
import SluiceTestSupport
import Testing

@testable import SluiceCommands

/// Rows that can't be read, converted or written, where files become another format.
@Suite(.serialized, .timeLimit(.minutes(30))) struct BadRowsProgramTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path }
    private static let head = "file,line,row,column,code,message,text\n"

    init() throws { directory = try TemporaryDirectory() }

    private func write(_ name: String, _ text: String) throws { _ = try directory.write(name, Array(text.utf8)) }
    private func read(_ name: String) throws -> String { String(decoding: try directory.read(name), as: UTF8.self) }
    private var badRows: [Substring] {
        get throws { try read("bad.csv").split(separator: "\n") }
    }

    private func start(_ words: [String]) throws -> SluiceProcess {
        try SluiceProcess(words + ["--progress", "none"], environment: ["SLUICE_STATE_DIRECTORY": "\(path)/state"])
    }

    private func copy(_ source: String, _ sink: String, _ options: [String]) throws -> SluiceProcess.Ending {
        try start(["copy", "\(path)/\(source)", "\(path)/\(sink)"] + options).wait()
    }

    private static let types = ["--column-type", "id=int32"]
    private static let text = "id,word\n1,a\n2,b,c\nx,\"d,\"\"\"\n4,\"\"\n5,\"e\"f\n6,\n"

    @Test(
        "they are left out, kept with their lines, and counted everywhere",
        arguments: [
            ("jsonl", "{\"id\":1,\"word\":\"a\"}\n{\"id\":4,\"word\":\"\"}\n{\"id\":6,\"word\":null}\n"),
            ("parquet", nil),
        ]
    )
    func kept(_ format: String, _ wanted: String?) throws {
        try write("in.csv", Self.text)
        let files = ["--bad-rows", "\(path)/bad.csv", "--report", "\(path)/report", "--manifest", "\(path)/manifest"]
        let made = try copy("in.csv", "out", ["--format", format] + Self.types + files)
        #expect(made.status == 3, "\(made.errors)")
        #expect(made.errors.contains("3 rows were skipped and are kept in \(path)/bad.csv"), "\(made.errors)")
        let wantedRows = #"""
            in.csv,3,,,DelimitedTextMoreColumnsThanDefined,"the number of its values is 3, that of the columns 2","2,b,c"
            in.csv,4,,,UserErrorInvalidDataValue,"column 1 (id) holds ""x"", which is no int32","x,""d,"""""""
            in.csv,6,,,DelimitedTextBadDataDetected,column 2 (word) has text behind the quote that closes it,"5,""e""f"

            """#
        #expect(try read("bad.csv") == Self.head + wantedRows)
        let report = try read("report")
        for field in ["\"rowsRead\": 6", "\"rowsCopied\": 3", "\"rowsSkipped\": 3"] { #expect(report.contains(field)) }
        let manifest = try read("manifest")
        #expect(manifest.contains("\"rows\":3,\"rowsSkipped\":3"), "\(manifest)")
        if let wanted { #expect(try read("out") == wanted) }
        let rows = try SluiceProcess(["copy", "\(path)/out", "-", "--source-format", format, "--format", "csv"]).wait()
        if format == "parquet" { #expect(rows.output == "id,word\n1,a\n4,\"\"\n6,\n", "\(rows.errors)") }
    }

    @Test(
        "what the sink's form can't hold is a bad row, too",
        arguments: [
            (
                "in.jsonl",
                "{\"a\":\"x\",\"b\":1}\n{\"a\":\"y,z\",\"b\":2}\n{\"a\":\"\",\"b\":3}\n{\"a\":\"w\",\"b\":4}\n",
                ["--format", "csv", "--csv-quote", "none"], "a,b\nx,1\nw,4\n",
                ["in.jsonl,2,,,UserErrorInvalidDataValue", "in.jsonl,3,,,UserErrorInvalidDataValue"]
            ),
            (
                "in.jsonl", "{\"a\":\"ä\",\"b\":1}\n{\"a\":\"日本\",\"b\":2}\n{\"a\":\"ö\",\"b\":3}\n",
                ["--format", "csv", "--csv-encoding", "UTF-7", "--no-csv-header"], "+AOQ,1\n+ZeVnLA,2\n+APY,3\n", []
            ),
            (
                "in.jsonl", "{\"a\":\"a\",\"b\":1}\n{\"a\":\"日本\",\"b\":2}\n{\"a\":\"b\",\"b\":3}\n",
                ["--format", "csv", "--csv-encoding", "ASCII", "--no-csv-header"], "a,1\nb,3\n",
                ["in.jsonl,2,,,UserErrorInvalidText,\"the character \"\"日\"\" can't be written in ASCII\",\"日本,2\""]
            ),
        ] as [(String, String, [String], String, [String])]
    )
    func unfit(_ name: String, _ text: String, _ options: [String], _ wanted: String, _ bad: [String]) throws {
        try write(name, text)
        let made = try copy(name, "out", options + ["--bad-rows", "\(path)/bad.csv"])
        #expect(made.status == (bad.isEmpty ? 0 : 3), "\(made.errors)")
        #expect(try read("out") == wanted)
        guard !bad.isEmpty else { return }
        let found = try badRows.dropFirst()
        #expect(found.count == bad.count && zip(found, bad).allSatisfy { $0.hasPrefix($1) }, "\(found)")
    }

    @Test("a number of JSON that is none of the first rows' kind is a bad row where Parquet can't have it")
    func laterKind() throws {
        // The columns' types are what the first 256 KiB show.
        let good = (1...20_000).map { "{\"n\":\($0),\"w\":\"some text to fill it\"}\n" }.joined()
        try write("in.jsonl", good + "{\"n\":\"none\",\"w\":\"a\"}\n{\"n\":1.5,\"w\":\"b\"}\n{\"n\":7,\"w\":\"c\"}\n")
        let options = ["--format", "parquet", "--bad-rows", "\(path)/bad.csv", "--report", "\(path)/report"]
        let made = try copy("in.jsonl", "out.parquet", options)
        #expect(made.status == 3, "\(made.errors)")
        let found = try badRows
        #expect(
            found.count == 3 && found.last?.hasPrefix("in.jsonl,20002,,,UserErrorInvalidDataValue") == true,
            "\(found)"
        )
        #expect(try read("report").contains("\"rowsCopied\": 20001"))
    }

    @Test("progress tells of rows, those that are skipped among them")
    func progress() throws {
        try write("in.csv", Self.text)
        let words = [
            "copy", "\(path)/in.csv", "\(path)/out", "--format", "jsonl", "--skip-bad-rows", "--progress", "json",
        ]
        let made = try SluiceProcess(words).wait()
        #expect(made.errors.contains("\"rowsDone\":6,"), "\(made.errors)")
    }

    @Test("as many may be skipped as one says, and one more fails its file")
    func limit() throws {
        try write("in.csv", Self.text)
        let options = ["--format", "jsonl"] + Self.types
        #expect(try copy("in.csv", "out", options + ["--skip-bad-rows"]).status == 3)
        #expect(try copy("in.csv", "three", options + ["--max-bad-rows", "3"]).status == 3)
        let beyond = try copy("in.csv", "two", options + ["--max-bad-rows", "2"])
        #expect(beyond.status == 1, "\(beyond.errors)")
        #expect(beyond.errors.contains("line 6 of \"in.csv\" can't be taken"), "\(beyond.errors)")
        #expect(beyond.errors.contains("and 2 rows were skipped already"), "\(beyond.errors)")
        #expect(try Command.run(["test", "-e", "\(path)/two"]).status != 0)
    }

    @Test(
        "bad rows without rows, or where they would be copied themselves, are refused",
        arguments: [
            (["--bad-rows", "bad.csv"], "--bad-rows is for rows"), (["--skip-bad-rows"], "--skip-bad-rows is for rows"),
            (["--format", "jsonl", "--max-bad-rows=-1"], "--max-bad-rows -1"),
            (["--format", "jsonl", "--bad-rows", "-"], "neither a file nor an object"),
            (["--format", "jsonl", "--bad-rows", "HERE/in/bad.csv"], "is the copy's source, or inside it"),
        ]
    )
    func refused(_ options: [String], _ clause: String) throws {
        _ = try directory.folder("in")
        try write("in/a.csv", Self.text)
        let made = try copy("in/", "out/", options.map { $0.replacing("HERE", with: path) })
        #expect(made.status == 2 && made.errors.contains(clause), "\(made.errors)")
        #expect(try Command.run(["test", "-e", "\(path)/out"]).status != 0)
    }

    /// Items of which the ledger has something.
    private func recordedItems() throws -> Int {
        guard TestFile.exists("\(path)/bad.csv") else { return 0 }
        let asked = ["sqlite3", "-readonly", "\(path)/state/ledger.sqlite", "select count(*) from items"]
        return Int(String(decoding: try Command.run(asked).output, as: UTF8.self).dropLast()) ?? 0
    }

    @Test("after a kill each is told once, and no earlier one is lost")
    func killed() throws {
        _ = try directory.folder("in")
        try write("in/a.csv", Self.text)
        // Long enough to be cut off by the cap; its bad rows come first.
        try write(
            "in/b.csv",
            "id,word\ny,1\nz\n" + String(repeating: "1,some words to be written slowly\n", count: 15_000)
        )
        let words = ["--format", "jsonl", "--bad-rows", "\(path)/bad.csv"] + Self.types
        let first = try start(["copy", "\(path)/in/", "\(path)/out/", "--bandwidth", "200KB"] + words)
        while try recordedItems() == 0 || !read("bad.csv").contains("b.csv,3,") {
            try #require(!first.hasEnded, "the copy ended before it was seen to have begun")
            usleep(1000)
        }
        first.send(SIGKILL)
        _ = try first.wait()
        // What was cut off within a row.
        _ = try Command.run(["bash", "-c", "printf 'b.csv,4,,,\"torn' >> \"$0/bad.csv\"", path])
        let again = try start(["copy", "\(path)/in/", "\(path)/out/", "--bandwidth", "200KB"] + words)
        // The same copy goes on, whose cap would hold it up.
        again.send(SIGKILL)
        _ = try again.wait()
        let ending = try start(["resume"]).wait()
        #expect(ending.status == 3, "\(ending.errors)")
        let lines = try badRows.dropFirst().map { $0.split(separator: ",").prefix(2).joined(separator: ":") }
        #expect(lines.sorted() == ["a.csv:3", "a.csv:4", "a.csv:6", "b.csv:2", "b.csv:3"])
        #expect(try read("out/b.jsonl").split(separator: "\n").count == 15_000)
    }
}
