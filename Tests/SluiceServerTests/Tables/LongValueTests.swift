import SluiceCore
import SluiceEngine
import SluiceODBC
import SluiceTables
import SluiceTestSupport
import Testing

/// Values that are too long to be held: they go through in pieces, or are refused.
@Suite(.timeLimit(.minutes(30))) struct LongValueTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// A table of long values and short ones in all orders, and NULL.
    private func makeTable(_ database: DatabaseUnderTest, _ name: String) throws {
        func text(_ kind: String, _ repeats: Int) -> String {
            switch database.kind {
            case "sqlite": "replace(printf('%.*c', \(repeats), 'z'), 'z', \(kind))"
            default: "repeat(\(kind), \(repeats))"
            }
        }
        func bytes(_ repeats: Int) -> String {
            switch database.kind {
            case "postgresql": "decode(repeat('00ff7f', \(repeats)), 'hex')"
            case "mariadb": "repeat(x'00ff7f', \(repeats))"
            default: "replace(printf('%.*c', \(repeats), 'z'), 'z', '00ff7f')"
            }
        }
        let (long, wide) = (
            database.kind == "mariadb" ? "longtext" : "text", database.kind == "postgresql" ? "bytea" : "longblob"
        )
        let words =
            database.kind == "sqlite"
            ? "'é\"' || char(10) || 'x,'" : database.kind == "mariadb" ? "'é\"\\nx,'" : "E'é\"\\nx,'"
        // SQLite has no way to make long bytes of a text but this one.
        let blob = { (count: Int) in database.kind == "sqlite" ? "zeroblob(\(3 * count))" : bytes(count) }
        try database.run(
            """
            drop table if exists \(name);
            create table \(name) (a \(long), n integer, y \(wide), d date, b \(long));
            insert into \(name) values (\(text(words, 10)), 1, \(blob(3)), '2024-02-29', 'short');
            insert into \(name) values (\(text(words, 500_000)), 2, \(blob(700_000)), null, \(text("'plain'", 600_001)));
            insert into \(name) values (null, 3, null, '2024-03-01', \(text(words, 400_000)));
            insert into \(name) values ('', 4, \(blob(1_000_000)), '2024-03-02', null);
            insert into \(name) values ('end', 5, null, null, '');
            """
        )
    }

    private func specification(_ database: DatabaseUnderTest, _ query: TableQuery, to name: String) throws
        -> CopySpecification
    {
        var specification = CopySpecification(
            source: try database.location(),
            sink: try Location(parsing: directory.path + "/" + name)
        )
        specification.environment = try database.environment()
        specification.table.query = query
        return specification
    }

    private func failures(_ specification: CopySpecification) throws -> String {
        let run = CopyRun(specification) { _ in }
        _ = try run.execute()
        return run.tally.reading.errors.map(\.failure.description).joined()
    }

    /// What Python reads out of the file, with long values as their length and digest.
    private func read(_ name: String) throws -> String {
        let script = """
            import base64, csv, hashlib, json, sys
            csv.field_size_limit(1 << 30)
            path = sys.argv[1]
            def shown(value):
                if value is None or not isinstance(value, str) or len(value) < 100: return repr(value)
                return f"{len(value)}:{hashlib.md5(value.encode()).hexdigest()}"
            if path.endswith("csv"):
                rows = list(csv.reader(open(path, encoding="utf-16" if "16" in path else "utf-8", newline="")))[1:]
                rows = [[bytes.fromhex(v).hex() if i == 2 else v for i, v in enumerate(row)] for row in rows]
            else:
                rows = [list(json.loads(line).values()) for line in open(path, encoding="utf-8", newline="\\n")]
                rows = [["" if v is None else base64.b64decode(v).hex() if i == 2 else str(v) for i, v in enumerate(row)] for row in rows]
            for row in sorted(rows, key=lambda row: row[1]): print(*[shown(value) for value in row])
            """
        let ended = try Command.run([Project.python, "-c", script, directory.path + "/" + name])
        try #require(ended.status == 0)
        return String(decoding: ended.output, as: UTF8.self)
    }

    @Test(
        "long values go through as they are, between others",
        arguments: DatabaseUnderTest.all,
        ["rows.csv", "rows16.csv", "rows.jsonl", "plain.csv"]
    )
    func longValues(_ database: DatabaseUnderTest, _ name: String) throws {
        let table = "long_" + name.replacing(".", with: "_")
        try makeTable(database, table)
        var specification = try specification(database, .table(table), to: name)
        specification.table.pushesDown = name == "rows.csv"
        specification.table.delimited.encoding = name == "rows16.csv" ? "UTF-16" : nil
        #expect(try failures(specification) == "")
        let wanted = Self.wanted(database)
        #expect(try read(name) == wanted)
    }

    private static func wanted(_ database: DatabaseUnderTest) -> String {
        let ending = database.kind == "sqlite" ? "zero" : "ff"
        return rows.map {
            $0.replacing("{long}", with: digests["2\(ending)"]!).replacing("{longer}", with: digests["4\(ending)"]!)
                .replacing("{bytes}", with: ending == "zero" ? "'000000000000000000'" : "'00ff7f00ff7f00ff7f'")
        }
        .joined(separator: "\n") + "\n"
    }

    /// By Python's hashlib, of the hexadecimal digits.
    private static let digests: [String: String] = [
        "2ff": "4200000:ffc6523f10da0a5845c2c41f255898e2",
        "4ff": "6000000:fff3cde650129fa5e7ac635d7a09fe7b",
        "2zero": "4200000:f2c517e597392d1a8764fc9b75c61296",
        "4zero": "6000000:21e6ee95630df183f687d56605dfa7a7",
    ]

    private static let rows = [
        #"'é"\nx,é"\nx,é"\nx,é"\nx,é"\nx,é"\nx,é"\nx,é"\nx,é"\nx,é"\nx,' '1' {bytes} '2024-02-29' 'short'"#,
        #"2500000:f6451f99ee808f5076aa89511336c3fe '2' {long} '' 3000005:5ca3049b5bd9d5c84f94aa5bc7a0d056"#,
        #"'' '3' '' '2024-03-01' 2000000:0d11ce740f46d18564b09b429fd6c8d1"#,
        #"'' '4' {longer} '2024-03-02' ''"#,
        #"'end' '5' '' '' ''"#,
    ]

    @Test(
        "a value that Parquet would need whole is refused beyond its share of the memory",
        arguments: [DatabaseUnderTest.postgresql, .sqlite]
    )
    func refused(_ database: DatabaseUnderTest) throws {
        let value =
            switch database.kind {
            case "sqlite": "replace(printf('%.*c', 7000000, 'z'), 'z', '0123456789')"
            default: "repeat('0123456789', 7000000)"
            }
        var specification = try specification(database, .query("select 1 as n, \(value) as t"), to: "rows.parquet")
        specification.table.format = .parquet
        specification.memory = .mebibytes(64)
        let told = try failures(specification)
        #expect(told.contains("row 1 has a value in column \"t\" of more than 64.0 MiB"), "\(told)")
        #expect(told.contains("csv or jsonl"))
        specification.table.format = .csv
        specification.table.pushesDown = false
        specification.sink = try Location(parsing: directory.path + "/rows.csv")
        #expect(try failures(specification) == "")
        #expect(try directory.read("rows.csv").count == "n,t\n1,\"\"\n".utf8.count + 70_000_000)
    }
}
