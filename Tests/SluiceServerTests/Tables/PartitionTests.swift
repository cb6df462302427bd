import SluiceCore
import SluiceEngine
import SluiceODBC
import SluiceTables
import SluiceTestSupport
import Testing

/// Tables in partitions: no row is lost, and none comes twice, whatever the column holds and how it compares.
@Suite(.timeLimit(.minutes(30))) struct PartitionTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func specification(_ database: DatabaseUnderTest, _ query: TableQuery, to folder: String = "parts") throws
        -> CopySpecification
    {
        var specification = CopySpecification(
            source: try database.location(),
            sink: try Location(parsing: directory.path + "/\(folder)/")
        )
        specification.environment = try database.environment()
        specification.table.query = query
        specification.table.format = .csv
        specification.table.delimited.hasHeader = false
        return specification
    }

    /// The rows of each object, in the order of their names.
    private func parts(_ specification: CopySpecification, in folder: String = "parts") throws -> [[String]] {
        let run = CopyRun(specification) { _ in }
        _ = try run.execute()
        #expect(run.tally.reading.errors.map(\.failure.description) == [])
        return try directory.tree(folder).map { name in
            String(decoding: try directory.read(folder + "/" + name), as: UTF8.self).split(separator: "\n").map(
                String.init
            )
        }
    }

    /// Columns of every kind that can be cut, by their SQL for row number n; every seventh is NULL.
    private static let columns: [(DatabaseUnderTest, name: String, sql: String)] =
        [
            ("int8", "(n * 7919 % 30011 - 15000)::int8"), ("numeric", "(n / 7.0 - 1000)::numeric"),
            (
                "float8",
                "case when n % 11 = 0 then 'NaN' when n % 13 = 0 then '-Infinity' else sqrt(n)::text end::float8"
            ),
            ("date", "case when n % 11 = 0 then 'infinity' else (date '0200-01-01 BC' + n * 50)::text end::date"),
            ("timestamptz", "timestamptz '2000-01-01 00:00:00.000001+02' + n * interval '1 hour'"),
            (
                "text",
                "repeat(chr(33 + n % 94), 1 + n % 5) || (array['''', '\\', '?', '{d ''x''}', E'\\n', 'ü', '😀', ' '])[1 + n % 8]"
            ),
            (
                "text collate \"en-x-icu\"",
                "repeat(chr(33 + n % 94), 1 + n % 5) || (array['a', 'A', 'ä', 'Z', '-', ' '])[1 + n % 6]"
            ),
            ("char(6)", "substr(md5(n::text), 1, n % 6)"), ("uuid", "md5(n::text)::uuid"),
            ("bytea", "decode(md5(n::text), 'hex')"), ("boolean", "n % 2 = 0"),
        ].map { (.postgresql, $0.0, $0.1) }
        + [
            ("bigint", "cast(n as signed) * 7919 % 30011 - 15000"), ("bigint unsigned", "18446744073709551615 - n"),
            ("decimal(30, 10)", "n / 7.0 - 1000"), ("double", "sqrt(n)"),
            ("date", "date_add('1000-01-01', interval n * 50 day)"),
            ("datetime(6)", "date_add('2000-01-01 00:00:00.000001', interval n hour)"),
            (
                "varchar(200)",
                "concat(repeat(char(33 + n % 94), 1 + n % 5), elt(1 + n % 8, '''', '\\\\', '?', '{d ''x''}', '\\n', 'ü', '😀', ' '))"
            ),
            ("varchar(20) collate utf8mb4_bin", "concat(char(33 + n % 94), elt(1 + n % 4, 'a', 'A', 'ä', ' '))"),
            ("varchar(20) character set latin1", "concat(char(65 + n % 50), elt(1 + n % 4, 'a', 'A', 'ä', ' '))"),
            ("text", "concat(repeat('x', 300), n % 17)"), ("varbinary(16)", "unhex(md5(n))"),
            ("enum('z', 'b', 'a', 'y')", "elt(1 + n % 4, 'z', 'b', 'a', 'y')"),
        ].map { (.mariadb, $0.0, $0.1) }
        + [
            ("integer", "n * 7919 % 30011 - 15000"), ("real", "n / 7.0"),
            ("text", "char(33 + n % 94) || char(39, 92, 63, 128512)"),
            ("text collate nocase", "char(65 + n % 58)"), ("date", "date('2000-01-01', '+' || n || ' days')"),
            ("", "case n % 4 when 0 then n when 1 then n / 3.0 when 2 then 'x' || n else x'00ff' end"),
        ].map { (.sqlite, $0.0, $0.1) }

    @Test("ranges of a column have every row once", arguments: columns.indices)
    func ranges(_ index: Int) throws {
        let (database, type, sql) = Self.columns[index]
        let table = "ranges_\(index)"
        try database.run(
            """
            drop table if exists \(table);
            create table \(table) (number integer, cut \(type));
            insert into \(table) select n, case when n % 7 > 0 then \(sql) end from (\(database.series(5000))) as numbers;
            """
        )
        for query in [TableQuery.table(table), .query("select * from \(table);")] {
            var specification = try specification(database, query)
            specification.table.partitions = .fixed(6)
            specification.table.partitionColumn = "CUT"
            let parts = try parts(specification)
            let numbers = parts.joined().compactMap { Int($0.prefix { $0 != "," }) }.sorted()
            #expect(numbers == Array(1...5000), "\(database) \(type)")
            // Those without a value are apart from all others.
            #expect(parts.last?.count == 714 && parts.last?.allSatisfy { $0.hasSuffix(",") } == true)
            #expect(parts.count > (type == "boolean" ? 1 : 2) && parts.count <= 7, "\(parts.map(\.count))")
        }
    }

    /// Columns that are divided by hash, by their SQL for row number n; every seventh is NULL.
    private static let hashed: [(DatabaseUnderTest, name: String, sql: String)] =
        [
            ("text", "'x' || n % 1000"), ("int8", "(n - 2500)::int8"), ("uuid", "md5(n::text)::uuid"),
            ("float8", "case when n % 20 = 0 then -0.0 else n / 3.0 end"), ("bytea", "decode(md5(n::text), 'hex')"),
            ("timestamptz", "timestamptz '2000-01-01 00:00:00+02' + n * interval '1 hour'"), ("json", "to_json(n)"),
        ].map { (.postgresql, $0.0, $0.1) }
        + [
            ("varchar(40)", "concat('X', n % 1000)"), ("bigint", "cast(n as signed) - 2500"), ("varbinary(20)", "unhex(md5(n))"),
            ("datetime(6)", "timestamp'2000-01-01 00:00:00' + interval n hour"), ("double", "n / 3.0"),
        ].map { (.mariadb, $0.0, $0.1) } + [(.sqlite, "integer", "n - 2500")]

    @Test("hashes of a column have every row once", arguments: hashed.indices)
    func hashes(_ index: Int) throws {
        let (database, type, sql) = Self.hashed[index]
        let table = "hashes_\(index)"
        try database.run(
            """
            drop table if exists \(table);
            create table \(table) (number integer, cut \(type));
            insert into \(table) select n, case when n % 7 > 0 then \(sql) end from (\(database.series(5000))) as numbers;
            """
        )
        var specification = try specification(database, .table(table))
        specification.table.partitions = .fixed(3)
        specification.table.partitionColumn = "cut"
        specification.table.partitionMethod = .hash
        let parts = try parts(specification)
        #expect(
            parts.joined().compactMap { Int($0.prefix { $0 != "," }) }.sorted() == Array(1...5000),
            "\(database) \(type)"
        )
        #expect(parts.count == 3 && parts.allSatisfy { $0.count > 800 }, "\(parts.map(\.count))")
        #expect(parts[0].count { $0.hasSuffix(",") } == 714)
    }

    @Test("a column that has no hash is refused")
    func unhashed() throws {
        try DatabaseUnderTest.sqlite.run("create table unhashed as select 'x' as word")
        var specification = try specification(.sqlite, .table("unhashed"))
        specification.table.partitions = .fixed(3)
        specification.table.partitionColumn = "word"
        specification.table.partitionMethod = .hash
        let run = CopyRun(specification) { _ in }
        _ = try run.execute()
        let told = run.tally.reading.errors.map(\.failure.description).joined()
        #expect(told.contains("column \"word\" can't be divided by hash"), "\(told)")
    }

    @Test("rows whose keys lie close together are shared out", arguments: DatabaseUnderTest.all)
    func skew(_ database: DatabaseUnderTest) throws {
        try database.run(
            """
            drop table if exists skew;
            create table skew (cut bigint not null, word varchar(40));
            insert into skew select case when n % 100 = 0 then n * 30000 else 70000000 + n end, 'x' from (\(database.series(60_000))) as numbers;
            """
        )
        var specification = try specification(database, .table("skew"))
        specification.table.partitions = .fixed(4)
        specification.table.partitionColumn = "cut"
        let counts = try parts(specification).map(\.count)
        #expect(counts.reduce(0, +) == 60_000)
        #expect(counts.count == 4 && counts.allSatisfy { (10_000...20_000).contains($0) }, "\(counts)")
    }

    @Test("PostgreSQL's tables are divided by where rows lie, those in partitions too, and views are not")
    func blocks() throws {
        try DatabaseUnderTest.postgresql.run(
            """
            drop table if exists blocks cascade; drop table if exists ranged;
            create table blocks as select n, repeat('x', 200) as word from generate_series(1, 30000) as s(n);
            delete from blocks where n % 3 = 0;
            create view blocks_view as select * from blocks;
            create table ranged (n integer, word text) partition by hash (n);
            create table ranged_0 partition of ranged for values with (modulus 2, remainder 0);
            create table ranged_1 partition of ranged for values with (modulus 2, remainder 1);
            insert into ranged select n, repeat('y', 200) from generate_series(1, 20000) as s(n);
            """
        )
        for (table, most, rows) in [
            ("blocks", 6800, 20_000), ("ranged", 7200, 20_000), ("blocks_view", 20_000, 20_000),
        ] {
            var specification = try specification(.postgresql, .table(table), to: table)
            specification.table.partitions = .fixed(3)
            let parts = try parts(specification, in: table)
            #expect(parts.count == (table == "blocks_view" ? 1 : 3))
            #expect(Set(parts.joined()).count == rows && parts.joined().count == rows, "\(table)")
            #expect(parts.allSatisfy { $0.count <= most }, "\(table): \(parts.map(\.count))")
        }
    }

    @Test("a small table is not divided by itself, and a column that is not there is named")
    func decisions() throws {
        try DatabaseUnderTest.sqlite.run("create table small as select 1 as n union all select 2")
        var specification = try specification(.sqlite, .table("small"))
        specification.table.partitions = .automatic
        specification.table.partitionColumn = "n"
        #expect(try parts(specification) == [["1", "2"]])
        #expect(try directory.tree("parts") == ["part-00001.csv"])
        specification.table.partitions = .fixed(2)
        specification.table.partitionColumn = "m"
        let run = CopyRun(specification) { _ in }
        _ = try run.execute()
        #expect(run.tally.reading.errors.map(\.failure.description).joined().contains("there is no column \"m\""))
    }

    @Test("a driver that nothing is known of is divided by standard SQL, and the user's own file says what is known")
    func ownProfile() throws {
        try DatabaseUnderTest.sqlite.run(
            """
            create table own (n integer, word text);
            insert into own select n, 'it''s ' || n from (\(DatabaseUnderTest.sqlite.series(30_000))) as numbers;
            """
        )
        let profile = try directory.write("profiles", Array("[mine]\ndrivers = sqlite\ntypes-are-claims = yes\n".utf8))
        for column in ["n", "word"] {
            var specification = try specification(.sqlite, .table("own"), to: column)
            specification.environment["SLUICE_ODBC_PROFILES"] = profile
            specification.table.partitions = .fixed(3)
            specification.table.partitionColumn = column
            let parts = try parts(specification, in: column)
            #expect(
                parts.map(\.count).allSatisfy { (9000...11_000).contains($0) } && parts.count == 3,
                "\(parts.map(\.count))"
            )
            #expect(parts.joined().compactMap { Int($0.prefix { $0 != "," }) }.sorted() == Array(1...30_000))
        }
        var wrong = try specification(.sqlite, .table("own"))
        wrong.environment["SLUICE_ODBC_PROFILES"] = directory.path + "/nowhere"
        #expect { _ = try CopyRun(wrong).execute() } throws: { "\($0)".contains("SLUICE_ODBC_PROFILES") }
    }
}
