import Glibc
import SluiceCodecs
import SluiceCore
import SluiceEngine
import SluiceODBC
import SluicePipeline
import SluiceTestSupport
import Testing

/// Tables that go by a staging store into another database.
@Suite(.timeLimit(.minutes(30))) struct StagedTableTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// A table with NULL beside the empty text, quotes, line ends, and enough rows for several objects.
    private func make(_ name: String, _ rows: Int, _ database: DatabaseUnderTest) throws {
        let zero = database.kind == "mariadb" ? "concat('a,b \"', n, '\"')" : "'a,b \"' || n || '\"'"
        try database.run(
            """
            drop table if exists \(name);
            create table \(name) (n integer not null, word varchar(60), amount decimal(20,4), at timestamp null);
            insert into \(name) select n, case n % 4 when 0 then null when 1 then '' when 2 then \(zero) else 'two
            lines' end, n * 1.0625, '2026-01-02 03:04:05' from (\(database.series(rows))) as numbers;
            \(database.kind == "postgresql" ? "analyze \(name);" : "")
            """
        )
    }

    private func empty(_ name: String, like database: DatabaseUnderTest) throws {
        try database.run(
            "drop table if exists \(name); create table \(name) (n integer not null, word varchar(60), amount decimal(20,4), at timestamp null);"
        )
    }

    /// What an independent client has of all rows, in one form for all databases.
    private func contents(_ name: String, _ database: DatabaseUnderTest) throws -> String {
        let number = database.kind == "sqlite" ? "printf('%.4f', amount)" : "amount"
        return try database.run(
            "select n, coalesce(replace(replace(word, '\n', '|'), '\r', ''), '<null>'), \(number) from \(name) order by n;"
        ).replacing("\t", with: "|")
    }

    private func specification(_ from: DatabaseUnderTest, _ source: String, _ to: DatabaseUnderTest, _ sink: String)
        throws
        -> CopySpecification
    {
        var specification = CopySpecification(source: try from.location(), sink: try to.location())
        for (role, database) in [("SOURCE", from), ("SINK", to)] {
            for (name, value) in try database.environment() { specification.environment["\(name)_\(role)"] = value }
        }
        specification.table.query = .table(source)
        specification.tableSink.table = sink
        specification.staging = StagingOptions(location: try Location(parsing: directory.path + "/stage/"))
        specification.staging?.codec = try SluiceCodecs.codec(named: "gzip")
        return specification
    }

    @Test(
        "every row of a table is in the other database, and nothing is left in between",
        arguments: [
            (DatabaseUnderTest.postgresql, DatabaseUnderTest.mariadb), (.mariadb, .postgresql),
            (.postgresql, .postgresql),
            (.sqlite, .postgresql), (.postgresql, .sqlite), (.mariadb, .sqlite),
        ]
    )
    func tables(_ from: DatabaseUnderTest, _ to: DatabaseUnderTest) throws {
        let (source, sink) = ("staged_from_\(to.kind)", "staged_of_\(from.kind)")
        try make(source, 5000, from)
        try empty(sink, like: to)
        let specification = try specification(from, source, to, sink)
        let run = CopyRun(specification)
        let result = try run.execute()
        #expect(run.tally.reading.errors.map(\.failure.description) == [])
        #expect(run.tally.reading.rows == RowCount(read: 5000, copied: 5000))
        #expect(try contents(sink, to) == contents(source, from))
        #expect(result.staging?.left == 0)
        #expect(directory.files("stage") == [])
    }

    @Test(
        "a table goes by S3 and Azure in parts, within the limit, and a table is made for it",
        arguments: ["azure", "s3-juicefs"]
    )
    func stores(_ kind: String) throws {
        let store = try #require(Stores.all.first { $0.testDescription == kind })
        let (from, to) = (DatabaseUnderTest.postgresql, DatabaseUnderTest.mariadb)
        let (source, sink) = ("staged_large_\(kind.prefix(2))", "staged_made_\(kind.prefix(2))")
        try make(source, 300_000, from)
        try to.run("drop table if exists \(sink);")
        var specification = try specification(from, source, to, sink)
        specification.table.partitions = .fixed(8)
        specification.tableSink.createsTable = true
        try TestedStore(store: store).stage(&specification, in: "staged-table/")
        specification.staging?.codec = nil
        specification.staging?.limit = ByteCount(4 << 20)
        let run = CopyRun(specification)
        let result = try run.execute()
        #expect(run.tally.reading.errors.map(\.failure.description) == [])
        #expect(run.tally.reading.rows == RowCount(read: 300_000, copied: 300_000))
        #expect(
            try to.run("select count(*), count(distinct n), sum(n), count(word) from \(sink);")
                == "300000\t300000\t45000150000\t225000\n"
        )
        let facts = try #require(result.staging)
        #expect(facts.objects == 8 && facts.peak < facts.bytes && facts.left == 0)
        let left = try store.index("staged-table/")
        #expect(left.objects.isEmpty && left.unfinished.isEmpty)
    }

    @Test("rows that the database refuses are skipped alone, and counted", arguments: DatabaseUnderTest.all)
    func badRows(_ to: DatabaseUnderTest) throws {
        let (source, sink) = ("staged_bad_\(to.kind)", "staged_bad_sink")
        try make(source, 2000, .postgresql)
        try to.run(
            """
            drop table if exists \(sink);
            create table \(sink) (n integer not null check (n % 500 <> 7), word varchar(60), amount decimal(20,4), at timestamp null);
            """
        )
        var specification = try specification(.postgresql, source, to, sink)
        specification.tableSink.mostBadRows = nil
        specification.tableSink.badRows = try Location(parsing: directory.path + "/bad.csv")
        let run = CopyRun(specification)
        _ = try run.execute()
        #expect(run.tally.reading.errors.map(\.failure.description) == [])
        #expect(run.tally.reading.rows == RowCount(read: 2000, copied: 1996, skipped: 4))
        #expect(try to.run("select count(*) from \(sink);") == "1996\n")
        let bad = String(decoding: try directory.read("bad.csv"), as: UTF8.self)
        #expect(
            bad.split(separator: "\n").count { $0.contains(",staged") || $0.contains("part-") || $0.contains("csv") }
                >= 4
        )
    }

    @Test(
        "an object with a row that may not be skipped leaves none of its rows, and nothing in between",
        arguments: DatabaseUnderTest.all
    )
    func refused(_ to: DatabaseUnderTest) throws {
        let (source, sink) = ("staged_refused_\(to.kind)", "staged_refused_sink")
        try make(source, 30_000, .postgresql)
        try to.run(
            """
            drop table if exists \(sink);
            create table \(sink) (n integer not null check (n <> 25007), word varchar(60), amount decimal(20,4), at timestamp null);
            """
        )
        let run = CopyRun(try specification(.postgresql, source, to, sink))
        _ = try run.execute()
        #expect(run.tally.reading.filesFailed >= 1)
        let told = run.tally.reading.errors.map(\.failure.description).joined()
        #expect(told.contains("line 31259 of"), "\(told)")
        #expect(try to.run("select count(*) from \(sink);") == "0\n")
        #expect(directory.files("stage") == [])
    }

    @Test("a table becomes Parquet by way of a store, and that a table again: it is staged as it is")
    func parquet() throws {
        let database = DatabaseUnderTest.postgresql
        try make("staged_parquet", 3000, database)
        try empty("staged_parquet_sink", like: database)
        var out = CopySpecification(source: try database.location(), sink: try Location(parsing: directory.path + "/x.parquet"))
        out.environment = try database.environment()
        out.table.query = .table("staged_parquet")
        out.staging = StagingOptions(location: try Location(parsing: directory.path + "/stage/"))
        out.staging?.codec = try SluiceCodecs.codec(named: "gzip")
        #expect(try CopyRun(out).execute().staging?.codec == "none")
        var back = CopySpecification(source: out.sink, sink: out.source)
        back.environment = out.environment
        back.decompresses = true
        back.tableSink.table = "staged_parquet_sink"
        back.staging = out.staging
        let run = CopyRun(back)
        _ = try run.execute()
        #expect(run.tally.reading.errors.map(\.failure.description) == [])
        #expect(try contents("staged_parquet_sink", database) == contents("staged_parquet", database))
    }

    @Test("files go into a table by way of a store, and a sink without the table is told before anything is left")
    func files() throws {
        let to = DatabaseUnderTest.postgresql
        try to.run("drop table if exists staged_files; create table staged_files (n integer, word text);")
        for file in 0..<5 {
            let rows = (0..<1000).map { "\(file * 1000 + $0),\"w \($0)\"\n" }.joined()
            try directory.put("source/\(file).csv", Array(("n,word\n" + rows).utf8))
        }
        var specification = CopySpecification(
            source: try Location(parsing: directory.path + "/source/"),
            sink: try to.location()
        )
        specification.environment = try to.environment()
        specification.decompresses = true
        specification.tableSink.table = "staged_files"
        specification.staging = StagingOptions(location: try Location(parsing: directory.path + "/stage/"))
        specification.staging?.codec = try SluiceCodecs.codec(named: "zstd")
        let run = CopyRun(specification)
        _ = try run.execute()
        #expect(run.tally.reading.errors.map(\.failure.description) == [])
        #expect(try to.run("select count(*), count(distinct n), sum(n) from staged_files;") == "5000|5000|12497500\n")
        specification.tableSink.table = "staged_no_such_table"
        #expect(throws: (any Error).self) { try CopyRun(specification).execute() }
        #expect(directory.files("stage") == [])
    }
}

extension TemporaryDirectory {
    /// Writes a file in folders that are made for it.
    fileprivate func put(_ name: String, _ bytes: [UInt8]) throws {
        _ = try Command.run(["mkdir", "-p", (path + "/" + name).parentPath])
        _ = try write(name, bytes)
    }

    /// The files below a folder; none where there is none.
    fileprivate func files(_ folder: String) -> [String] { ((try? tree(folder)) ?? []).filter { !$0.hasSuffix("/") } }
}
