import SluiceCore
import SluiceEngine
import SluiceODBC
import SluiceTables
import SluiceTestSupport
import Testing

/// Delimited text that PostgreSQL makes is the same, byte for byte, as what we make of its values.
@Suite(.timeLimit(.minutes(30))) struct RenderingTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        try Self.made.get()
    }

    /// Values of every type that is rendered, and of those that need care, in all kinds of company.
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
            drop table if exists rendered;
            create table rendered (\(columns));
            insert into rendered select \(cells.joined(separator: ", ")) from generate_series(0, 4000) as s(n);
            """
        )
    }

    private func copy(_ query: TableQuery, _ format: DelimitedFormat, pushesDown: Bool) throws -> [UInt8] {
        let name = pushesDown ? "theirs.csv" : "ours.csv"
        var specification = CopySpecification(
            source: try DatabaseUnderTest.postgresql.location(),
            sink: try Location(parsing: directory.path + "/" + name)
        )
        specification.environment = try DatabaseUnderTest.postgresql.environment()
        specification.table.query = query
        specification.table.delimited = format
        specification.table.pushesDown = pushesDown
        let run = CopyRun(specification) { _ in }
        _ = try run.execute()
        #expect(run.tally.reading.errors.map(\.failure.description) == [])
        return try directory.read(name)
    }

    /// Whether the database makes the rows.
    private func isRendered(_ query: TableQuery, _ format: DelimitedFormat) throws -> Bool {
        guard case .odbc(let string) = try DatabaseUnderTest.postgresql.location() else { return false }
        let connection = try Connection(
            ConnectionString(parsing: string),
            password: try DatabaseUnderTest.postgresql.launcher()["password"],
            profiles: DriverProfiles()
        )
        return try TableScan(query, connection).rendered(format) != nil
    }

    private static func format(_ change: (inout DelimitedFormat) -> Void) -> DelimitedFormat {
        var format = DelimitedFormat()
        change(&format)
        return format
    }

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

    @Test("rows of every type and of values that need care are the same", arguments: formats.indices)
    func rows(_ index: Int) throws {
        let (query, format) = (TableQuery.table("rendered"), Self.formats[index])
        #expect(try isRendered(query, format))
        let (ours, theirs) = (try copy(query, format, pushesDown: false), try copy(query, format, pushesDown: true))
        #expect(ours.count > 4000 * 200)
        guard ours != theirs else { return }
        let place = zip(ours, theirs).prefix { $0 == $1 }.count
        let shown = { (bytes: [UInt8]) in String(decoding: bytes[max(0, place - 60)...].prefix(120), as: UTF8.self) }
        Issue.record("at byte \(place): \(shown(ours)) is \(shown(theirs))")
    }

    @Test(
        "a single column, of which a line must not be the end of PostgreSQL's input",
        arguments: ["c13", "c0", "c18", "c10"]
    )
    func single(_ column: String) throws {
        let query = TableQuery.query("select \(column) from rendered")
        #expect(try isRendered(query, DelimitedFormat()))
        let ours = try copy(query, DelimitedFormat(), pushesDown: false)
        #expect(try copy(query, DelimitedFormat(), pushesDown: true) == ours)
    }

    @Test("more columns than a call takes, and names that are hard to quote")
    func wide() throws {
        let columns = (0..<250).map { "\($0) as \"c,\"\"\($0)?{x}\"" }.joined(separator: ", ")
        let query = TableQuery.query("select \(columns)")
        #expect(try isRendered(query, DelimitedFormat()))
        let ours = try copy(query, DelimitedFormat(), pushesDown: false)
        #expect(try copy(query, DelimitedFormat(), pushesDown: true) == ours)
    }

    @Test(
        "what the database writes in another way is left to us",
        arguments: [
            ("select 0.1::float8 as x", format { _ in }), ("select 1::float4 as x", format { _ in }),
            ("select inet '127.0.0.1' as x", format { _ in }), ("select 1 as x", format { $0.encoding = "UTF-16LE" }),
            ("select 1 as x", format { $0.quote = nil }), ("select 1 as x", format { $0.delimiter = Array("é".utf8) }),
            ("select 'a' as x", format { $0.hasHeader = false }), ("select 1 as x, 2 as x", format { _ in }),
        ]
    )
    func ordinary(_ sql: String, _ format: DelimitedFormat) throws { #expect(try !isRendered(.query(sql), format)) }
}
