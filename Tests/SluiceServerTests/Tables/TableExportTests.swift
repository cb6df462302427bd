import SluiceCore
import SluiceEngine
import SluiceODBC
import SluiceTestSupport
import Testing

/// Tables of real databases as delimited text: every value is what the database's own client was told.
@Suite(.timeLimit(.minutes(30))) struct TableExportTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func specification(
        _ database: DatabaseUnderTest,
        _ query: TableQuery,
        to name: String = "rows.csv"
    ) throws -> CopySpecification {
        var specification = CopySpecification(
            source: try database.location(),
            sink: try Location(parsing: directory.path + "/" + name)
        )
        specification.environment = try database.environment()
        specification.table.query = query
        return specification
    }

    private func copy(_ specification: CopySpecification) throws -> [String] {
        let run = CopyRun(specification) { _ in }
        _ = try run.execute()
        return run.tally.reading.errors.map(\.failure.description)
    }

    private func text(_ name: String = "rows.csv") throws -> String {
        String(decoding: try directory.read(name), as: UTF8.self)
    }

    /// A value as SQL, and as text.
    private static let values: [(DatabaseUnderTest, sql: String, text: String)] =
        [
            (
                "1234567890123456789012345678901234567890.123456789::numeric",
                "1234567890123456789012345678901234567890.123456789"
            ),
            ("'NaN'::numeric", "NaN"), ("-0.10::numeric(5,2)", "-0.10"),
            ("9223372036854775807::int8", "9223372036854775807"),
            ("'-32768'::int2", "-32768"), ("0.1::float8", "0.1"), ("0.1::float4", "0.1"), ("1e300::float8", "1e+300"),
            ("'-Infinity'::float8", "-Infinity"), ("5e-324::float8", "5e-324"), ("true", "true"), ("false", "false"),
            ("'0044-03-15 BC'::date", "-0043-03-15"), ("'5874897-12-31'::date", "+5874897-12-31"),
            ("'0001-01-01'::date", "0001-01-01"),
            ("'1582-10-10'::date", "1582-10-10"), ("'infinity'::date", "infinity"),
            ("'294276-12-31 23:59:59.999999'::timestamp", "+294276-12-31 23:59:59.999999"),
            ("'2020-01-01 12:34:56.120'::timestamp", "2020-01-01 12:34:56.12"),
            ("'2020-06-01 12:34:56+02'::timestamptz", "2020-06-01 10:34:56Z"),
            ("'2020-06-01 12:34:56.000001-11:30'::timestamptz", "2020-06-02 00:04:56.000001Z"),
            ("'24:00:00'::time", "24:00:00"), ("'12:34:56.5'::time", "12:34:56.5"),
            (#"'\x00ff22'::bytea"#, "00ff22"), (#"''::bytea"#, "\"\""),
            ("'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
            ("'x'::char(4)", "x   "), ("''::text", "\"\""), ("null::text", ""), ("'NULL'::text", "NULL"),
            (#"E'a,"b"\r\nc'::text"#, "\"a,\"\"b\"\"\r\nc\""), ("'ü😀\u{301}'::text", "ü😀\u{301}"),
            ("' '::varchar(3)", " "),
            (#"'{"a": [1, 2]}'::jsonb"#, #""{""a"": [1, 2]}""#), ("array[1,null]", "\"{1,NULL}\""),
            ("interval '1 year 2 days 03:04:05.6'", "1 year 2 days 03:04:05.6"),
            ("repeat('é', 60000)::text", String(repeating: "é", count: 60000)),
        ].map { (.postgresql, $0.0, $0.1) }
        + [
            (
                "cast('12345678901234567890123456789012345.678' as decimal(65,30))",
                "12345678901234567890123456789012345.678000000000000000000000000000"
            ),
            ("18446744073709551615", "18446744073709551615"), ("-9223372036854775808", "-9223372036854775808"),
            ("1e0 / 3", "0.3333333333333333"), ("1e300 * 1e0", "1e+300"), ("date'0001-01-01'", "0001-01-01"),
            ("date'9999-12-31'", "9999-12-31"), ("timestamp'9999-12-31 23:59:59.999999'", "9999-12-31 23:59:59.999999"),
            ("timestamp'2020-01-01 00:00:00.500000'", "2020-01-01 00:00:00.5"),
            ("cast('-838:59:59' as time)", "-838:59:59"),
            ("x'00ff22'", "00ff22"), ("''", "\"\""), ("null", ""), ("'a,\"b\"\nc'", "\"a,\"\"b\"\"\nc\""),
            ("'ü😀'", "ü😀"),
            ("repeat('é', 60000)", String(repeating: "é", count: 60000)),
        ].map { (.mariadb, $0.0, $0.1) }
        + [
            ("9223372036854775807", "9223372036854775807"), ("'text'", "text"), ("''", "\"\""), ("null", ""),
            ("1.5", "1.5"),
            ("'a,\"b\"' || char(10) || 'c'", "\"a,\"\"b\"\"\nc\""), ("'ü😀'", "ü😀"), ("1e0 / 3", "0.3333333333333333"),
            ("0.1", "0.1"), ("x'00ff22'", "00ff22"),
            ("printf('%.*c', 60000, 'z')", String(repeating: "z", count: 60000)),
        ].map { (.sqlite, $0.0, $0.1) }

    @Test("every value keeps every digit, whoever makes text of it", arguments: values.indices, [true, false])
    func value(_ index: Int, _ pushesDown: Bool) throws {
        let (database, sql, wanted) = Self.values[index]
        var specification = try specification(database, .query("select \(sql) as value, 7 as behind"))
        specification.table.pushesDown = pushesDown
        let failures = try copy(specification)
        #expect(failures == [])
        #expect(try text() == "value,behind\n\(wanted),7\n", "\(database) \(sql)")
    }

    @Test("a table of several batches comes whole, row by row", arguments: DatabaseUnderTest.all)
    func batches(_ database: DatabaseUnderTest) throws {
        let rows = 20_001
        try database.run(
            """
            drop table if exists batches;
            create table batches (number integer, word varchar(40), amount decimal(12, 2));
            insert into batches select n, case when n % 7 = 0 then null else 'word ' || n end, n / 4.0 from (\(database.series(rows))) as numbers;
            """.replacing("'word ' || n", with: database.kind == "mariadb" ? "concat('word ', n)" : "'word ' || n")
        )
        let failures = try copy(specification(database, .table("batches")))
        #expect(failures == [])
        var lines = try text().split(separator: "\n").map(String.init)
        #expect(lines.removeFirst() == "number,word,amount")
        let found = Dictionary(lines.map { (Int($0.prefix { $0 != "," }) ?? 0, $0) }) { first, _ in first }
        #expect(found.count == rows && lines.count == rows)
        #expect(found[7]?.hasPrefix("7,,1.75") == true)
        #expect(found[20_000]?.hasPrefix("20000,word 20000,5000") == true)
    }

    @Test("names that want quotes, in table and columns", arguments: DatabaseUnderTest.all)
    func names(_ database: DatabaseUnderTest) throws {
        let quote = database.kind == "mariadb" ? "`" : "\""
        let (table, column) = (
            "\(quote)Order Lines\(quote)", "\(quote)Größe, \(database.kind == "mariadb" ? "" : "\"\"")x\(quote)"
        )
        try database.run(
            "drop table if exists \(table); create table \(table) (\(column) date); insert into \(table) values ('2024-02-29')"
        )
        #expect(try copy(specification(database, .table("Order Lines"))) == [])
        let header = database.kind == "mariadb" ? "\"Größe, x\"" : "\"Größe, \"\"x\""
        #expect(try text() == "\(header)\n2024-02-29\n")
    }

    @Test("Parquet holds every type as what it is", arguments: ["none", "gzip", "zstd"])
    func parquet(_ codec: String) throws {
        let sql = """
            select n::int4 as i, n::int8 * 1000000007 as b, (n / 4.0)::numeric(20, 4) as d, n / 3::float8 as f, n % 2 = 0 as t,
            case when n % 7 > 0 then 'word ' || n % 100 end as w, date '1200-01-01' + n as day,
            timestamp '2000-01-01 00:00:00.000001' + n * interval '1 day' as at, timestamptz '2000-01-01 00:00:00+02' as moment,
            decode(md5(n::text), 'hex') as bytes, md5(n::text)::uuid as id from generate_series(1, 30000) as s(n)
            """
        var words = [
            "copy", "odbc:" + (try DatabaseUnderTest.postgresql.launcher()["connection"]),
            directory.path + "/rows.parquet",
        ]
        words += ["--query", sql, "--compress", codec, "--quiet"]
        let environment = try DatabaseUnderTest.postgresql.environment().map { "\($0)=\($1)" }
        #expect(try Command.run(["env"] + environment + [sluiceProgram] + words).status == 0)
        #expect(try directory.tree() == ["rows.parquet"])
        let script = """
            import datetime, decimal, hashlib, sys, uuid
            import pyarrow.parquet
            table = pyarrow.parquet.read_table(sys.argv[1])
            rows = table.to_pylist()
            utc = datetime.timezone.utc
            for n, row in enumerate(rows, 1):
                digest = hashlib.md5(str(n).encode()).digest()
                assert row["i"] == n and row["b"] == n * 1000000007 and row["d"] == decimal.Decimal(n) / 4, row
                assert row["f"] == n / 3 and row["t"] == (n % 2 == 0), row
                assert row["w"] == (f"word {n % 100}" if n % 7 else None), row
                assert row["day"] == datetime.date(1200, 1, 1) + datetime.timedelta(n), row
                assert row["at"] == datetime.datetime(2000, 1, 1, 0, 0, 0, 1) + datetime.timedelta(n), row
                assert row["moment"] == datetime.datetime(1999, 12, 31, 22, tzinfo=utc), row
                assert row["bytes"] == digest and row["id"] in (digest, uuid.UUID(bytes=digest), str(uuid.UUID(bytes=digest))), row
            print(len(rows), table.schema.field("d").type)
            """
        let read = try Command.run([Project.python, "-c", script, directory.path + "/rows.parquet"])
        #expect(String(decoding: read.output, as: UTF8.self) == "30000 decimal128(20, 4)\n")
    }

    @Test("a table goes to a store in blocks as it goes to a file", arguments: Stores.all.filter { !($0 is FileStore) })
    func toStore(_ store: any StoreUnderTest) throws {
        var specification = try specification(
            .postgresql,
            .query("select n, md5(n::text) from generate_series(1, 400000) as s(n)")
        )
        #expect(try copy(specification) == [])
        specification.sink = try Location(parsing: store.location("tables/rows.csv"))
        try store.prepare(&specification)
        specification.environment.merge(try DatabaseUnderTest.postgresql.environment()) { $1 }
        #expect(try copy(specification) == [])
        let wanted = try StoreContractTests.digests(of: directory.path)["rows.csv"]
        #expect(try store.index("tables/").digests(below: "tables/")["rows.csv"] == wanted)
    }

    @Test("what is wrong is said in a sentence", arguments: DatabaseUnderTest.all)
    func refused(_ database: DatabaseUnderTest) throws {
        func sentence(_ specification: CopySpecification) -> String {
            do {
                return try copy(specification).joined()
            } catch {
                return SluiceCore.failure(from: error).description
            }
        }
        #expect(sentence(try specification(database, .table("nowhere"))).contains("nowhere"))
        #expect(sentence(try specification(database, .query("selec 1"))).contains("selec 1"))
        var stranger = try specification(database, .query("select 1 as one"))
        if database.kind != "sqlite" {
            stranger.environment["SLUICE_ODBC_PASSWORD"] = "wrong"
            #expect(sentence(stranger).contains("no connection to the database"))
            #expect(!sentence(stranger).contains("wrong"))
        }
        stranger.source = .odbc(connectionString: "Driver={No Such Driver}")
        #expect(sentence(stranger).contains("odbcinst"))
        #expect(try directory.tree() == [])
    }
}
