import SluiceCore
import SluiceEngine
import SluiceODBC
import SluiceTestSupport
import Testing

/// Rows of files on their way into tables of real databases, looked at by the databases' own clients.
@Suite(.timeLimit(.minutes(30))) struct TableImportTests {
    private let copy: TableImport

    init() throws { copy = try TableImport() }

    @Test("rows go in by the names of their columns, NULL and the empty text apart", arguments: DatabaseUnderTest.all)
    func byName(_ database: DatabaseUnderTest) throws {
        try database.run(
            "drop table if exists by_name; create table by_name (id integer primary key, word varchar(40), amount decimal(5, 2), other integer default 7)"
        )
        let text = "AMOUNT,word,id\n1.50,\"a,\"\"b\"\"\nc\",1\n-0.1,,2\n,\"\",3\n9,ü😀\\'x,4\n"
        let ending = try copy.load(text, into: database, "by_name")
        #expect(ending.start == nil && ending.errors == [], "\(ending)")
        #expect(ending.rows == [4, 4, 0])
        let found = try database.run(
            "select id, coalesce(replace(word, char(10), '|'), 'NULL'), coalesce(amount * 100, -1), other from by_name order by id"
                .replacing("char(10)", with: database.kind == "postgresql" ? "chr(10)" : "char(10)")
        )
        let lines = found.split(separator: "\n").map { line in
            line.replacing("\t", with: "/").split(separator: database.kind == "mariadb" ? "/" : "|", maxSplits: 1).last
                .map(String.init) ?? ""
        }
        try #require(lines.count == 4)
        #expect(lines[0].hasPrefix("a,\"b\"|c"))
        #expect(lines[1].hasPrefix("NULL"))
        #expect(lines[3].hasPrefix("ü😀\\"))
        let empty = try database.run(
            "select count(*) from by_name where word = '' and id = 3 and amount is null and other = 7"
        )
        #expect(empty == "1\n")
    }

    @Test("every row of many batches is there once", arguments: DatabaseUnderTest.all, [nil, 1, 997, 30_000])
    func batches(_ database: DatabaseUnderTest, _ batchRows: Int?) throws {
        let rows = batchRows == 1 ? 300 : 30_001
        let table = "many_\(batchRows ?? 0)"
        try database.run(
            "drop table if exists \(table); create table \(table) (n integer, word varchar(40), amount decimal(12, 2))"
        )
        var text = "n,word,amount\n"
        for n in 1...rows { text += "\(n),\(n % 7 == 0 ? "" : "word \(n)"),\(n).25\n" }
        let ending = try copy.load(text, into: database, table) { $0.tableSink.batchRows = batchRows }
        #expect(ending.errors == [] && ending.rows == [rows, rows, 0], "\(ending.errors)")
        let sums = try database.run(
            "select count(*), count(distinct n), sum(n), count(word), \(database.kind == "sqlite" ? "cast(sum(amount * 4) as integer)" : "cast(sum(amount * 4) as decimal(20, 0))") from \(table)"
        )
        let wanted = [rows, rows, rows * (rows + 1) / 2, rows - rows / 7, rows * (rows + 1) * 2 + rows].map(String.init)
        #expect(sums.split(whereSeparator: { $0 == "|" || $0 == "\t" || $0 == "\n" }).map(String.init) == wanted)
    }

    @Test("values of any length come whole, among short ones", arguments: DatabaseUnderTest.all)
    func long(_ database: DatabaseUnderTest) throws {
        let (word, bytes) = database.kind == "postgresql" ? ("text", "bytea") : ("longtext", "longblob")
        try database.run(
            "drop table if exists long_values; create table long_values (n integer, word \(word), bytes \(bytes))"
        )
        let lengths = [0, 1, 8191, 8192, 8193, 70_000, 5, 3_000_000, 0, 262_144, 262_145, 2]
        var text = "n,word,bytes\n"
        for (n, length) in lengths.enumerated() {
            text +=
                "\(n),\"\(String(repeating: "é\"\"", count: length / 3))\",\"\(String(repeating: "00", count: length))\"\n"
        }
        let ending = try copy.load(text, into: database, "long_values")
        #expect(ending.errors == [] && ending.rows == [lengths.count, lengths.count, 0], "\(ending.errors)")
        let length = database.kind == "sqlite" ? "length(cast(word as blob))" : "octet_length(word)"
        let found = try database.run("select n, \(length), length(bytes) from long_values order by n")
        let wanted = lengths.enumerated().map { "\($0),\($1 / 3 * 3),\($1)\n" }.joined()
        #expect(found.replacing("|", with: ",").replacing("\t", with: ",") == wanted)
    }

    @Test("lines of JSON, arrays of JSON, compressed and many files", arguments: DatabaseUnderTest.all)
    func formats(_ database: DatabaseUnderTest) throws {
        try database.run(
            "drop table if exists formats; create table formats (n integer, word varchar(40), file varchar(100))"
        )
        let folder = try copy.directory.folder("in")
        _ = try copy.directory.write(
            "in/a.jsonl",
            Array("{\"n\": 1, \"word\": \"a\\u00e9\\n\"}\n{\"n\": 2, \"word\": null}\n".utf8)
        )
        _ = try copy.directory.write("in/b.jsonl", Array("[{\"word\": \"b\", \"n\": 3}, {\"n\": 4}]".utf8))
        let plain = try copy.directory.write("in/c.csv", Array("n,word\n5,c\n".utf8))
        #expect(try Command.run(["gzip", plain]).status == 0)
        let ending = try copy.loadFile(folder + "/", into: database, "formats") {
            $0.decompresses = true
            $0.tableSink.additions = [.init(name: "file", value: "from $$FILEPATH")]
        }
        #expect(ending.errors == [] && ending.rows == [5, 5, 0], "\(ending.errors)")
        let found = try database.run("select n, coalesce(word, 'NULL'), file from formats where n <> 1 order by n")
        #expect(
            found.replacing("\t", with: "|")
                == "2|NULL|from a.jsonl\n3|b|from b.jsonl\n4|NULL|from b.jsonl\n5|c|from c.csv\n"
        )
    }

    @Test(
        "a table is made of the source's columns, and rows replace those of their key",
        arguments: DatabaseUnderTest.all
    )
    func made(_ database: DatabaseUnderTest) throws {
        try database.run("drop table if exists made_here")
        let first = try copy.load("id,Größe\n1,a\n2,b\n", into: database, "made_here") {
            $0.tableSink.createsTable = true
        }
        #expect(first.start == nil && first.rows == [2, 2, 0])
        let quote = database.kind == "mariadb" ? "`" : "\""
        #expect(try database.run("select count(*) from made_here where \(quote)Größe\(quote) in ('a', 'b')") == "2\n")
        let key =
            database.kind == "mariadb"
            ? "alter table made_here add unique key (id(20))" : "create unique index made_key on made_here (id)"
        try database.run(key)
        let second = try copy.load("Größe,id\nc,2\nd,3\n", into: database, "made_here") { $0.tableSink.keys = ["id"] }
        #expect(second.start == nil && second.errors == [] && second.rows == [2, 2, 0])
        let found = try database.run("select id, \(quote)Größe\(quote) from made_here order by id")
        #expect(found.replacing("\t", with: "|") == "1|a\n2|c\n3|d\n")
    }

    @Test("columns go where they are told to, by name, number or position", arguments: DatabaseUnderTest.all)
    func mapping(_ database: DatabaseUnderTest) throws {
        try database.run("drop table if exists mapped; create table mapped (a integer, b varchar(10), c varchar(10))")
        let text = "x,y,z\n1,y1,z1\n"
        let ways: [(ColumnMapping, String)] = [
            (.byPosition, "1|y1|z1\n"),
            (.explicit([.init(source: "x", target: "A"), .init(source: "#3", target: "b")]), "1|z1|NULL\n"),
        ]
        for (mapping, wanted) in ways {
            let ending = try copy.load(text, into: database, "mapped") {
                $0.tableSink.before = ["delete from mapped"]
                $0.tableSink.mapping = mapping
            }
            #expect(ending.start == nil && ending.errors == [], "\(ending)")
            let found = try database.run("select a, b, coalesce(c, 'NULL') from mapped")
            #expect(found.replacing("\t", with: "|") == wanted)
        }
    }

    @Test("a table of another database comes exactly, through no file")
    func between() throws {
        try DatabaseUnderTest.postgresql.run(
            """
            drop table if exists travels;
            create table travels (n bigint, d numeric(20, 5), f float8, w text, day date, at timestamp(6), moment timestamptz, t boolean, b bytea, u uuid);
            insert into travels select n::bigint * 1000000007, n / 3.0, n / 3::float8, case when n % 7 > 0 then 'wört "' || n || E'"\\n' end, date '1200-01-01' + n,
            timestamp '2000-01-01 00:00:00.000001' + n * interval '1 day', timestamptz '2000-01-01 00:00:00+02' + n * interval '1 second', n % 2 = 0,
            decode(md5(n::text), 'hex'), md5(n::text)::uuid from generate_series(1, 20000) as s(n)
            """
        )
        let sums: [String: String] = [
            "postgresql":
                "select count(*), sum(n), sum(d), count(w), md5(string_agg(encode(b, 'hex') || u || to_char(at, 'YYYY-MM-DD HH24:MI:SS.US') || day || coalesce(w, '') || t::int || f || to_char(moment at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), '' order by n)) from travels",
            "mariadb":
                "set group_concat_max_len = 100000000; select count(*), sum(n), sum(d), count(w), md5(group_concat(lower(hex(b)), u, at, day, coalesce(w, ''), t, f, date_format(moment, '%Y-%m-%d %H:%i:%s') order by n separator '')) from travels",
        ]
        for database in [DatabaseUnderTest.mariadb, .sqlite] {
            try database.run("drop table if exists travels")
            var specification = CopySpecification(
                source: try DatabaseUnderTest.postgresql.location(),
                sink: try database.location()
            )
            specification.environment = try DatabaseUnderTest.postgresql.environment()
            specification.table.query = .table("travels")
            specification.tableSink.table = "travels"
            specification.tableSink.createsTable = true
            let ending = copy.run(specification)
            #expect(ending.start == nil && ending.errors == [] && ending.rows == [20_000, 20_000, 0])
        }
        let wanted = try DatabaseUnderTest.postgresql.run(sums["postgresql"] ?? "").replacing("|", with: "\t")
        #expect(try DatabaseUnderTest.mariadb.run(sums["mariadb"] ?? "") == wanted)
        let found = try DatabaseUnderTest.sqlite.run(
            "select count(*), sum(n), count(w), count(distinct u), sum(t), min(day), typeof(b) from travels"
        )
        #expect(found == "20000|200010001400070000|17143|20000|10000|1200-01-02|blob\n")
    }
}
