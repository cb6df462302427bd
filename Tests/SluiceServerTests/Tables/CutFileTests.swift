import SluiceCore
import SluiceEngine
import SluiceODBC
import SluicePipeline
import SluiceTables
import SluiceTestSupport
import Testing

/// Tables whose rows are cut into files of so many rows at most.
@Suite(.timeLimit(.minutes(30))) struct CutFileTests {
    private let directory: TemporaryDirectory
    private static let most = 1000

    init() throws { directory = try TemporaryDirectory() }

    private func specification(_ database: DatabaseUnderTest, _ query: TableQuery) throws -> CopySpecification {
        var specification = CopySpecification(
            source: try database.location(),
            sink: try Location(parsing: directory.path + "/rows/")
        )
        specification.environment = try database.environment()
        specification.table.query = query
        specification.table.format = .csv
        specification.table.mostRowsPerFile = Self.most
        return specification
    }

    /// A table of so many rows.
    private func make(_ name: String, _ rows: Int, _ database: DatabaseUnderTest) throws {
        try database.run(
            """
            drop table if exists \(name);
            create table \(name) (n integer not null, word varchar(40));
            insert into \(name) select n, 'word' from (\(database.series(max(1, rows)))) as numbers where n <= \(rows);
            """
        )
    }

    private func lines(_ name: String) throws -> [String] {
        String(decoding: try directory.read("rows/" + name), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test(
        "a file has as many rows as it may, the last one what is left, and each its header",
        arguments: [DatabaseUnderTest.postgresql, .sqlite],
        [(0, 1), (999, 1), (1000, 1), (1001, 2), (3000, 3)]
    )
    func borders(_ database: DatabaseUnderTest, _ counts: (rows: Int, files: Int)) throws {
        let table = "cut_borders_\(counts.rows)"
        try make(table, counts.rows, database)
        let specification = try specification(database, .table(table))
        let records = Locked<[ItemRecord]>([])
        let run = CopyRun(specification) { record in records.withLock { $0.append(record) } }
        let result = try run.execute()
        #expect(run.tally.reading.errors.map(\.failure.description) == [])
        let names = (1...counts.files).map { "part-0000\($0).csv" }
        #expect(try directory.tree("rows") == names)
        var numbers: [Int] = []
        for (index, name) in names.enumerated() {
            let lines = try lines(name)
            let rows = min(Self.most, counts.rows - index * Self.most)
            #expect(lines.first == "n,word" && lines.count == rows + 1, "\(name)")
            numbers += lines.dropFirst().compactMap { Int($0.prefix { $0 != "," }) }
            let record = records.withLock { $0.first { $0.sinkName.hasSuffix(name) } }
            #expect(record?.rows == RowCount(read: rows, copied: rows))
        }
        #expect(numbers.sorted() == Array(1..<counts.rows + 1))
        #expect(run.tally.reading.rows == RowCount(read: counts.rows, copied: counts.rows))
        #expect(run.tally.reading.filesListed == counts.files && run.tally.reading.filesWritten == counts.files)
        #expect(result.rowFacts?.read == counts.rows && result.counts.retries == 0)
    }

    @Test(
        "each partition is cut for itself, whatever it is read with",
        arguments: DatabaseUnderTest.all,
        [true, false]
    )
    func partitions(_ database: DatabaseUnderTest, _ packs: Bool) throws {
        let table = packs ? "cut_packed" : "cut_cells"
        try make(table, 5500, database)
        var specification = try specification(database, .table(table))
        specification.table.partitions = .fixed(2)
        specification.table.partitionColumn = "n"
        specification.table.pushesDown = packs
        specification.table.filePrefix = "rows"
        specification.verification = .readback
        let run = CopyRun(specification) { _ in }
        let result = try run.execute()
        #expect(run.tally.reading.errors.map(\.failure.description) == [])
        let names = try directory.tree("rows")
        #expect(names.contains("rows-00001-00001.csv") && names.contains("rows-00002-00002.csv") && names.count >= 6)
        let files = try names.map { try lines($0).dropFirst().compactMap { Int($0.prefix { $0 != "," }) } }
        #expect(files.joined().sorted() == Array(1...5500))
        for partition in ["rows-00001", "rows-00002"] {
            let sizes = zip(names, files).filter { $0.0.hasPrefix(partition) }.map(\.1.count)
            #expect(
                sizes.dropLast().allSatisfy { $0 == Self.most } && (1...Self.most).contains(sizes.last ?? 0),
                "\(sizes)"
            )
        }
        #expect(run.tally.reading.rows == RowCount(read: 5500, copied: 5500) && result.rowFacts?.read == 5500)
    }

    @Test(
        "files of every format are whole",
        arguments: [
            ("jsonl", nil), ("json", nil), ("parquet", nil), ("csv", "gzip"), ("jsonl", "zstd"), ("parquet", "zstd"),
        ] as [(String, String?)],
        [1, 1700]
    )
    func formats(_ form: (ending: String, codec: String?), _ most: Int) throws {
        let rows = most == 1 ? 40 : 5000
        let table = "cut_\(form.ending)_\(form.codec ?? "none")_\(most)"
        try make(table, rows, .sqlite)
        let location = "odbc:" + (try DatabaseUnderTest.sqlite.launcher()["connection"])
        var words = [sluiceProgram, "copy", location, directory.path + "/rows/", "--table", table, "--quiet"]
        words += ["--max-rows-per-file", "\(most)", "--format", form.ending == "json" ? "jsonl" : form.ending]
        if form.ending == "json" { words += ["--json-pattern", "arrayOfObjects"] }
        if let codec = form.codec { words += ["--compress", codec] }
        #expect(try Command.run(words).status == 0)
        let script = """
            import sys, os, io, json, csv, gzip, subprocess
            folder, numbers, sizes = sys.argv[1], [], []
            for name in sorted(os.listdir(folder)):
                path = folder + "/" + name
                if ".parquet" in name:
                    import pyarrow.parquet
                    found = pyarrow.parquet.read_table(path).column("n").to_pylist()
                else:
                    tool = {".gz": ["gzip", "-dc"], ".zst": ["zstd", "-qdc"]}.get(os.path.splitext(name)[1], ["cat"])
                    text = subprocess.run(tool + [path], stdout=subprocess.PIPE, check=True).stdout.decode()
                    if ".jsonl" in name: found = [json.loads(line)["n"] for line in text.splitlines()]
                    elif ".json" in name: found = [row["n"] for row in json.loads(text)]
                    else: found = [int(row["n"]) for row in csv.DictReader(io.StringIO(text))]
                numbers += found
                sizes.append(len(found))
            print(sizes[:-1] == [int(sys.argv[2])] * (len(sizes) - 1), len(sizes), sorted(numbers) == list(range(1, int(sys.argv[3]) + 1)))
            """
        let read = try Command.run([Project.python, "-c", script, directory.path + "/rows", "\(most)", "\(rows)"])
        #expect(String(decoding: read.output, as: UTF8.self) == "True \(most == 1 ? 40 : 3) True\n")
    }

    @Test("values too long to be held, which come in pieces, stay in their rows")
    func pieces() throws {
        try DatabaseUnderTest.postgresql.run(
            """
            drop table if exists cut_long;
            create table cut_long (n integer, word text);
            insert into cut_long select n, repeat('x', 9000000) from generate_series(1, 5) as s(n);
            """
        )
        var specification = try specification(.postgresql, .table("cut_long"))
        specification.table.mostRowsPerFile = 2
        specification.table.delimited.hasHeader = false
        let run = CopyRun(specification) { _ in }
        _ = try run.execute()
        #expect(run.tally.reading.errors.map(\.failure.description) == [])
        let sizes = try directory.tree("rows").map { try lines($0).map { $0.utf8.count { $0 == UInt8(ascii: "x") } } }
        #expect(sizes == [[9_000_000, 9_000_000], [9_000_000, 9_000_000], [9_000_000]])
    }

    @Test("files go to every store", arguments: Stores.all)
    func stores(_ store: any StoreUnderTest) throws {
        let database = DatabaseUnderTest.sqlite
        let table = "cut_" + store.testDescription.replacing("-", with: "_")
        try make(table, 3500, database)
        let prefix = "cut-files/"
        var specification = try StoreContractTests.specification("/", store, prefix)
        specification.source = try database.location()
        specification.table.query = .table(table)
        specification.table.format = .csv
        specification.table.mostRowsPerFile = Self.most
        let run = CopyRun(specification) { _ in }
        _ = try run.execute()
        #expect(run.tally.reading.errors.map(\.failure.description) == [])
        let found = try store.index(prefix)
        #expect(found.objects.map { $0.name.suffix(14) }.sorted() == (1...4).map { "part-0000\($0).csv" })
        #expect(run.tally.reading.rows == RowCount(read: 3500, copied: 3500))
    }

    @Test("what can't go with them is refused", arguments: ["overwrite", "include", "merge"])
    func refusals(_ what: String) throws {
        let location = "odbc:" + (try DatabaseUnderTest.sqlite.launcher()["connection"])
        let options =
            switch what {
            case "overwrite": ["--overwrite", "never"]
            case "include": ["--include", "part-00001*"]
            default: ["--layout", "merge"]
            }
        let words = [sluiceProgram, "copy", location, directory.path + "/rows/", "--table", "cut_refused", "--quiet"]
        #expect(try Command.run(words + ["--max-rows-per-file", "5"] + options).status == 2)
        #expect(try Command.run(words + ["--max-rows-per-file", "0"]).status == 2)
    }
}
