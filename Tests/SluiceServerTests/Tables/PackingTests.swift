import SluiceCore
import SluiceEngine
import SluiceODBC
import SluiceTables
import SluiceTestSupport
import Testing

/// Rows that PostgreSQL makes texts of become the same bytes as rows whose cells come one by one, in every format.
@Suite(.timeLimit(.minutes(30))) struct PackingTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try Self.made.get()
        _ = try Self.madeBlocks.get()
    }

    /// Values of every type, and of those that need care, in all kinds of company.
    private static let values: [(type: String, values: String)] = [
        ("int2", "'-32768', '0', null, '32767'"), ("int4", "'-2147483648', '1', null"),
        ("int8", "'9223372036854775807', null, '-1'"),
        (
            "numeric",
            "'NaN', 'Infinity', '-Infinity', '0', '-0.10', '1234567890123456789012345678901234567890.123456789', null, '1e-20'"
        ),
        ("numeric(12, 2)", "'0', '-0.10', '9999999999.99', null"), ("boolean", "'t', 'f', null"),
        ("uuid", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', null"),
        ("time", "'24:00:00', '00:00', '12:34:56.5', '23:59:59.999999', null"),
        ("timetz", "'12:00:00+02', '24:00:00-11:30', null"),
        ("interval", "'1 year 2 days 03:04:05.6', '-1 day', '0', '-00:00:01', null"),
        (
            "date",
            "'0044-03-15 BC', '0001-12-31 BC', '0002-01-01 BC', '0001-01-01', '9999-12-31', '10000-01-01', '5874897-12-31', 'infinity', '-infinity', '4713-01-01 BC', '2024-02-29', null"
        ),
        (
            "timestamp",
            "'0044-03-15 12:00:00.5 BC', '0001-12-31 23:59:59.999999 BC', '0001-01-01', '9999-12-31 23:59:59.999999', '10000-01-01', '294276-12-31 23:59:59.999999', 'infinity', '-infinity', '4713-01-01 BC', '2020-01-01 12:34:56.120', null"
        ),
        (
            "timestamptz",
            "'0044-03-15 12:00:00.5+00 BC', '0001-12-31 23:59:59.999999+00 BC', '0001-01-01 00:00:00+00', '9999-12-31 23:59:59.999999+00', '10000-01-01 00:00:00+00', '294276-12-31 23:59:59.999999+00', 'infinity', '-infinity', '2020-06-01 12:34:56.12+02', null"
        ),
        ("text", texts + ", repeat('é\"', 3000)"), ("varchar(40)", texts),
        ("char(6)", texts.replacing("'a,\"b\"'", with: "'x'")),
        ("text collate \"en-x-icu\"", texts), ("name", "'a b', 'c\"d', null"),
        ("bytea", "'', '\\x00ff22', null"), ("integer[]", "'{1,NULL}', '{}', null"), ("inet[]", "'{127.0.0.1}', null"),
        ("float4", "'0.1', '-0', 'NaN', 'Infinity', '-Infinity', '3.4028235e38', '1e-45', null"),
        (
            "float8",
            "'0.1', '-0', 'NaN', 'Infinity', '-Infinity', '1.7976931348623157e308', '5e-324', '123456789.125', null"
        ),
        ("inet", "'127.0.0.1', '10.0.0.0/8', null"), ("bit(3)", "'101', null"),
        ("json", #"'{"a": [1, 2]}', '"x"', ' 1', null"#), ("jsonb", #"'{"a": [1, 2]}', '"x"', '1', null"#),
    ]

    private static let texts =
        #"'', ' ', ',', ';', E'\t', '"', '""', '''', E'\\', E'\\.', E'\\N', 'NULL', 'null', E'a\nb', E'\r', E'\r\n', 'ü', '😀', U&'\FEFFa', '||', '|', '1', '.', '-', 'a,"b"', E'\x01', null, 'plain'"#

    private static let made = Result {
        let columns = values.indices.map { "c\($0) \(values[$0].type)" }.joined(separator: ", ")
        let cells = values.map { value in
            let array = "array[\(value.values)]::text[]"
            let cast = value.type.split(separator: " collate").first.map(String.init) ?? ""
            return "((\(array))[1 + n % array_length(\(array), 1)])::\(cast)"
        }
        try DatabaseUnderTest.postgresql.run(
            """
            drop table if exists packed;
            create table packed (\(columns));
            insert into packed select \(cells.joined(separator: ", ")) from generate_series(0, 1600) as s(n);
            """
        )
    }

    /// A table whose blocks can be read as one text each, many of them empty.
    private static let madeBlocks = Result {
        try DatabaseUnderTest.postgresql.run(
            #"""
            drop table if exists packed_blocks;
            create table packed_blocks (n int not null, t varchar(60), d date, f float8, b bytea) with (autovacuum_enabled = off);
            alter table packed_blocks alter t set storage plain, alter b set storage plain;
            insert into packed_blocks select n, case n % 5 when 0 then null when 1 then '' else repeat('a"\,(' || n, 3) end,
                date '2000-01-01' + n, n / 7.0, decode(md5(n::text), 'hex') from generate_series(1, 60000) as s(n);
            delete from packed_blocks where n between 5000 and 30000 or n % 1000 = 0;
            """#
        )
    }

    private func copy(_ query: TableQuery, as format: TableOptions.Format, _ text: DelimitedFormat, packs: Bool) throws
        -> [UInt8]
    {
        let name = packs ? "theirs" : "ours"
        var specification = CopySpecification(
            source: try DatabaseUnderTest.postgresql.location(),
            sink: try Location(parsing: directory.path + "/" + name)
        )
        specification.environment = try DatabaseUnderTest.postgresql.environment()
        specification.table.query = query
        specification.table.format = format
        specification.table.delimited = text
        specification.table.pushesDown = packs
        let run = CopyRun(specification) { _ in }
        _ = try run.execute()
        #expect(run.tally.reading.errors.map(\.failure.description) == [])
        return try directory.read(name)
    }

    /// Whether the database makes texts of the rows.
    private func isPacked(_ query: TableQuery) throws -> Bool {
        guard case .odbc(let string) = try DatabaseUnderTest.postgresql.location() else { return false }
        let connection = try Connection(
            ConnectionString(parsing: string),
            password: try DatabaseUnderTest.postgresql.launcher()["password"],
            profiles: DriverProfiles()
        )
        return try TableScan(query, connection).isPackable
    }

    /// Copies in both ways, and says where the bytes differ.
    private func compare(
        _ query: TableQuery,
        as format: TableOptions.Format = .csv,
        _ text: DelimitedFormat = DelimitedFormat(),
        leastBytes: Int = 1
    ) throws {
        #expect(try isPacked(query))
        let ours = try copy(query, as: format, text, packs: false)
        let theirs = try copy(query, as: format, text, packs: true)
        #expect(ours.count >= leastBytes)
        guard ours != theirs else { return }
        let place = zip(ours, theirs).prefix { $0 == $1 }.count
        let shown = { (bytes: [UInt8]) in String(decoding: bytes[max(0, place - 60)...].prefix(120), as: UTF8.self) }
        Issue.record("at byte \(place): \(shown(ours)) is \(shown(theirs))")
    }

    private static func format(_ change: (inout DelimitedFormat) -> Void) -> DelimitedFormat {
        var format = DelimitedFormat()
        change(&format)
        return format
    }

    /// The columns whose values fit a type that Parquet has.
    private static let exact = values.indices.filter {
        !["date", "timestamp", "timestamptz", "numeric"].contains(values[$0].type)
    }.map { "c\($0)" }.joined(separator: ", ")

    private static let formats: [DelimitedFormat] = [
        DelimitedFormat(), format { $0.hasHeader = false }, format { $0.quotesAll = true },
        format { $0.delimiter = Array(";".utf8) },
        format { $0.delimiter = [9] }, format { $0.delimiter = Array("||".utf8) },
        format { $0.delimiter = Array("-é".utf8) },
        format { $0.delimiter = Array("1".utf8) }, format { $0.quote = UInt8(ascii: "'") },
        format { $0.escape = UInt8(ascii: "\\") }, format { $0.null = Array("NULL".utf8) },
        format { $0.null = Array("\\N".utf8) },
        format { $0.null = Array("1".utf8) }, format { ($0.null, $0.quotesAll) = (Array("null".utf8), true) },
        format { $0.rowDelimiter = [13, 10] }, format { $0.rowDelimiter = Array("|\n".utf8) },
    ]

    @Test("rows of every type and of values that need care are the same text", arguments: formats.indices)
    func rows(_ index: Int) throws {
        try compare(.table("packed"), as: .csv, Self.formats[index], leastBytes: 1600 * 200)
    }

    @Test("they are the same JSON and the same Parquet", arguments: [TableOptions.Format.jsonl, .parquet])
    func otherFormats(_ format: TableOptions.Format) throws {
        let columns = format == .parquet ? Self.exact : "*"
        try compare(.query("select \(columns) from packed"), as: format, leastBytes: 1600 * 10)
    }

    @Test(
        "blocks of rows, with gaps between them, are the same as rows, in every format",
        arguments: [TableOptions.Format.csv, .jsonl, .parquet]
    )
    func blocks(_ format: TableOptions.Format) throws {
        try compare(.table("packed_blocks"), as: format, leastBytes: 30_000 * 10)
    }

    @Test("tables without a row, and without a block")
    func empty() throws {
        try DatabaseUnderTest.postgresql.run("drop table if exists packed_nothing; create table packed_nothing (a int, b date)")
        try compare(.table("packed_nothing"))
        try compare(.query("select * from packed where false"), as: .jsonl, leastBytes: 0)
    }

    @Test("a single column", arguments: ["c13", "c0", "c18", "c10"])
    func single(_ column: String) throws {
        try compare(.query("select \(column) from packed"))
    }

    @Test("many columns, and names that are hard to quote")
    func wide() throws {
        let columns = (0..<250).map { "\($0) as \"c,\"\"\($0)?{x}\"" }.joined(separator: ", ")
        try compare(.query("select \(columns)"))
    }

    @Test("a row longer than we take as one text comes by its cells")
    func long() throws {
        try compare(.query("select n, repeat('a\"b', n * 12000000) as t from generate_series(1, 2) as s(n)"))
    }

    @Test("a table of long values comes by its cells")
    func longValues() throws {
        try DatabaseUnderTest.postgresql.run(
            """
            drop table if exists packed_long;
            create table packed_long as select n, (select string_agg(md5((n * k)::text), '') from generate_series(1, 500) k) as t
                from generate_series(1, 50) n
            """
        )
        #expect(try !isPacked(.table("packed_long")))
        #expect(try isPacked(.query("select * from packed_long")))
    }

    @Test(
        "what the driver makes of values in a way of its own is left to it",
        arguments: ["select 1::money as x", "select 1 as x, 2 as x"]
    )
    func ordinary(_ sql: String) throws { #expect(try !isPacked(.query(sql))) }
}
