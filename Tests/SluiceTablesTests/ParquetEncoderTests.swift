import SluiceCodecs
import SluiceTestSupport
import Testing

@testable import SluiceTables

/// What pyarrow reads of what we write. `Scripts/fixtures-setup` installs it.
@Suite struct ParquetEncoderTests {
    static let columns = [
        Column("b", .boolean), Column("i8", .integer(bits: 8, isSigned: true)),
        Column("u32", .integer(bits: 32, isSigned: false)),
        Column("i64", .integer(bits: 64, isSigned: true)), Column("u64", .integer(bits: 64, isSigned: false)),
        Column("d9", .decimal(precision: 9, scale: 2)), Column("d18", .decimal(precision: 18, scale: 0)),
        Column("d38", .decimal(precision: 38, scale: 10)), Column("f", .real(bits: 32)), Column("r", .real(bits: 64)),
        Column("t", .text(length: nil)),
        Column("x", .binary(length: nil)), Column("day", .date), Column("time", .time(digits: 6)),
        Column("stamp", .timestamp(digits: 9)),
        Column("at", .instant(digits: 6)), Column("id", .uuid),
        Column("n", .integer(bits: 32, isSigned: true), form: .text),
        Column("must", .integer(bits: 32, isSigned: true), isNullable: false),
    ]

    /// A row of any values, some of them NULL; and what pyarrow is to say of them, as Python writes it.
    static func row(_ random: inout SeededGenerator) -> [Value] {
        func number(_ digits: Int, _ scale: Int) -> Value {
            let text = (0..<digits - scale).map { _ in "\(Int.random(in: 0...9, using: &random))" }.joined()
            let fraction = (0..<scale).map { _ in "\(Int.random(in: 0...9, using: &random))" }.joined()
            return .text((Bool.random(using: &random) ? "-" : "") + text + (scale > 0 ? "." + fraction : ""))
        }
        let seconds = Int64.random(in: -9_000_000_000...9_000_000_000, using: &random)
        let few = Int64.random(in: 0..<5, using: &random)
        var values: [Value] = [
            .boolean(Bool.random(using: &random)), .signed(.random(in: -128...127, using: &random)),
            .unsigned(.random(in: 0...0xFFFF_FFFF, using: &random)),
            .signed(.random(in: .min ... .max, using: &random)), .unsigned(.random(in: 0 ... .max, using: &random)),
            number(9, 2), number(18, 0), number(38, 10),
            .float(.random(in: -1...1, using: &random)), .double(.random(in: -1e300...1e300, using: &random)),
            .text("text \(few) é"),
            .bytes(random.bytes(Int.random(in: 0...20, using: &random))), .days(Int32(seconds / 86400)),
            .nanoseconds(few * 1_000_001_000),
            .moment(Moment(seconds: seconds, nanoseconds: Int32(few))),
            .moment(Moment(seconds: seconds, nanoseconds: Int32(few) * 1000, offset: 3600)),
            .bytes(random.bytes(16)), .text("\(few)"),
        ]
        for index in values.indices where Int.random(in: 0..<6, using: &random) == 0 { values[index] = .null }
        return values + [.signed(few)]
    }

    /// The canonical text of every value of a file, as Python has it, a row a line.
    private static let program = """
        import datetime, sys, uuid
        import pyarrow.parquet as parquet

        file = parquet.ParquetFile(sys.argv[1])
        table = file.read()
        groups = [file.metadata.row_group(g) for g in range(file.num_row_groups)]
        codecs = {group.column(c).compression for group in groups for c in range(len(table.schema))}
        print(";".join(f"{field.name} {field.type}{'' if field.nullable else ' not null'}" for field in table.schema))
        print(file.num_row_groups, *sorted(codecs))
        epoch = datetime.datetime(1970, 1, 1)

        def text(name, cell):
            value = cell.as_py() if name not in ("stamp", "time") else cell.value
            if value is None:
                return "-"
            if isinstance(value, bytes):
                return value.hex()
            if isinstance(value, datetime.datetime):
                delta = value.replace(tzinfo=None) - epoch
                return str(delta.days * 86400 * 10**6 + delta.seconds * 10**6 + delta.microseconds)
            if isinstance(value, datetime.date):
                return str((value - epoch.date()).days)
            if isinstance(value, uuid.UUID):
                return value.bytes.hex()
            if isinstance(value, float):
                return value.hex()
            return str(value)

        for row in range(table.num_rows):
            print(",".join(text(name, table[name][row]) for name in table.column_names))
        for g in range(file.num_row_groups):
            group = file.metadata.row_group(g)
            for c, name in enumerate(table.column_names):
                found, part = group.column(c).statistics, file.read_row_group(g, [name])[name]
                assert found.null_count == part.null_count, name
                if found.has_min_max and name not in ("stamp", "at", "time", "id", "d9", "d18"):
                    values = [v for v in part.to_pylist() if v is not None]
                    assert (found.min, found.max) == (min(values), max(values)), (name, found.min, found.max)
        """

    private static func shown(_ value: Value, _ column: Column) -> String {
        let hex = { (bytes: [UInt8]) in bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() }
        return switch value {
        case .null: "-"
        case .boolean(let value): value ? "True" : "False"
        case .signed(let value): "\(value)"
        case .unsigned(let value): "\(value)"
        case .float(let value): hexadecimal(Double(value))
        case .double(let value): hexadecimal(value)
        case .days(let value): "\(value)"
        case .nanoseconds(let value): "\(value / 1000)"
        case .moment(let value):
            column.name == "stamp"
                ? "\(value.seconds * 1_000_000_000 + Int64(value.nanoseconds))"
                : "\(value.seconds * 1_000_000 + Int64(value.nanoseconds) / 1000)"
        case .bytes(let bytes):
            if case .decimal = column.type {
                exact(String(decoding: bytes, as: UTF8.self))
            } else if column.form == .text {
                String(decoding: bytes, as: UTF8.self)
            } else {
                hex(bytes)
            }
        }
    }

    /// As Python's decimals write what pyarrow gives: canonical, but -0.
    private static func exact(_ text: String) -> String { decimal(text) ?? "" }

    /// `float.hex`.
    private static func hexadecimal(_ value: Double) -> String {
        let exponent = Int(value.exponent)
        let digits = String(value.significandBitPattern, radix: 16)
        let zeros = String(repeating: "0", count: 13 - digits.count)
        return "\(value < 0 ? "-" : "")0x1.\(zeros)\(digits)p\(exponent < 0 ? "" : "+")\(exponent)"
    }

    @Test(
        "pyarrow reads every type, with NULL and without, by dictionary and plain, in several groups",
        arguments: [1, 300, 5000]
    )
    func types(count: Int) throws {
        var random = SeededGenerator(seed: UInt64(count))
        let values = (0..<count).map { _ in ParquetEncoderTests.row(&random) }
        let rows = Rows(ParquetEncoderTests.columns, values)
        let encoder = try ParquetEncoder(columns: rows.columns, groupRows: 3000)
        let directory = try TemporaryDirectory()
        let file = try directory.write("rows.parquet", rows.encoded(by: encoder))
        let command = try Command.run([python, "-c", ParquetEncoderTests.program, file])
        #expect(command.status == 0)
        let lines = String(decoding: command.output, as: UTF8.self).split(separator: "\n").map { String($0) }
        #expect(
            lines.first == "b bool;i8 int8;u32 uint32;i64 int64;u64 uint64;d9 decimal128(9, 2);d18 decimal128(18, 0);"
                + "d38 decimal128(38, 10);f float;r double;t string;x binary;day date32[day];time time64[us];"
                + "stamp timestamp[ns];at timestamp[us, tz=UTC];id extension<arrow.uuid>;n int32;must int32 not null"
        )
        #expect(lines.dropFirst().first == (count > 3000 ? "2 UNCOMPRESSED" : "1 UNCOMPRESSED"))
        let expected = values.map { zip($0, rows.columns).map(ParquetEncoderTests.shown).joined(separator: ",") }
        #expect(Array(lines.dropFirst(2)) == expected)
    }

    /// Long runs, values that are all different, and nothing but NULL.
    private static func many(_ count: Int) -> Rows {
        let columns = [
            Column("run", .integer(bits: 32, isSigned: true)), Column("unique", .text(length: nil)),
            Column("none", .date),
            Column("flag", .boolean), Column("number", .decimal(precision: 12, scale: 2)),
        ]
        let rows = (0..<count).map { row -> [Value] in
            let run = row % 1000 < 3 ? Value.null : .signed(Int64(row / 1000))
            let unique = row * 7919 % 1_000_003
            let number = "\(row % 50 - 25).\(10 + row % 7)"
            return [run, .text("value number \(unique)"), .null, .boolean(row / 100 % 2 == 0), .text(number)]
        }
        return Rows(columns, rows)
    }

    private static let manyProgram = """
        import decimal, os, sys
        import pyarrow as arrow, pyarrow.parquet as parquet

        file = parquet.ParquetFile(sys.argv[1])
        table, count = file.read(), int(sys.argv[2])
        for index in range(5):
            assert len({file.metadata.row_group(g).column(index).compression for g in range(file.num_row_groups)}) == 1
        rows = range(count)
        assert table["run"].to_pylist() == [None if r % 1000 < 3 else r // 1000 for r in rows]
        assert table["unique"].to_pylist() == [f"value number {r * 7919 % 1000003}" for r in rows]
        assert table["none"].null_count == count
        assert table["flag"].to_pylist() == [r // 100 % 2 == 0 for r in rows]
        assert table["number"].to_pylist() == [decimal.Decimal(f"{r % 50 - 25}.{10 + r % 7}") for r in rows]
        parquet.write_table(table, sys.argv[1] + "2", compression=sys.argv[3])
        part = file.metadata.row_group(0)
        sizes = [os.stat(sys.argv[1] + suffix).st_size for suffix in ("", "2")]
        print(part.column(0).compression, file.num_row_groups, sizes[0] < 1.1 * sizes[1])
        """

    @Test(
        "dictionaries are left where they grow, and pages are compressed",
        arguments: [("none", "UNCOMPRESSED"), ("gzip", "GZIP"), ("zstd", "ZSTD")]
    )
    func compressed(codec: String, name: String) throws {
        let count = 150_000
        let rows = ParquetEncoderTests.many(count)
        let chosen: ParquetCodec =
            switch codec {
            case "gzip": try ParquetCodec(GzipCodec(level: 6))
            case "zstd": try ParquetCodec(ZstdCodec(level: 1))
            default: .none
            }
        let directory = try TemporaryDirectory()
        let encoder = try ParquetEncoder(columns: rows.columns, codec: chosen)
        let file = try directory.write("rows.parquet", rows.encoded(by: encoder))
        let command = try Command.run([python, "-c", ParquetEncoderTests.manyProgram, file, "\(count)", codec])
        #expect(String(decoding: command.output, as: UTF8.self) == "\(name) 1 True\n")
    }

    @Test("a group ends where the memory for it does, and no rows are a file, too")
    func groups() throws {
        let rows = ParquetEncoderTests.many(50_000)
        let directory = try TemporaryDirectory()
        let small = try ParquetEncoder(columns: rows.columns, groupBytes: 200_000)
        let file = try directory.write("rows.parquet", rows.encoded(by: small))
        let none = Rows(rows.columns, [])
        let empty = try directory.write("empty.parquet", none.encoded(by: ParquetEncoder(columns: rows.columns)))
        let program = """
            import sys, pyarrow.parquet as parquet
            first, second = (parquet.ParquetFile(path) for path in sys.argv[1:])
            print(first.num_row_groups > 3, first.read().num_rows, second.read().num_rows, len(second.schema_arrow))
            """
        let command = try Command.run([python, "-c", program, file, empty])
        #expect(String(decoding: command.output, as: UTF8.self) == "True 50000 0 5\n")
    }

    @Test("as many columns as there are, are told of", arguments: [14, 15, 16, 200])
    func wide(count: Int) throws {
        let columns = (0..<count).map { Column("c\($0)", .boolean) }
        let rows = Rows(columns, [columns.map { _ in .boolean(true) }])
        let directory = try TemporaryDirectory()
        let file = try directory.write("rows.parquet", rows.encoded(by: ParquetEncoder(columns: columns)))
        let program = "import sys, pyarrow.parquet as parquet; print(len(parquet.read_table(sys.argv[1]).column_names))"
        let command = try Command.run([python, "-c", program, file])
        #expect(String(decoding: command.output, as: UTF8.self) == "\(count)\n")
    }

    @Test(
        "what does not fit its column exactly is refused by column and row",
        arguments: [
            (Column("c", .integer(bits: 8, isSigned: true)), .signed(128)),
            (Column("c", .integer(bits: 32, isSigned: false)), .unsigned(1 << 32)),
            (Column("c", .decimal(precision: 4, scale: 2)), .text("123.4")),
            (Column("c", .decimal(precision: 4, scale: 2)), .text("1.234")),
            (Column("c", .decimal(precision: 4, scale: 2)), .text("x")),
            (Column("c", .time(digits: 6)), .nanoseconds(1)),
            (Column("c", .timestamp(digits: 6)), .moment(Moment(seconds: 0, nanoseconds: 1))),
            (Column("c", .timestamp(digits: 9)), .moment(Moment(seconds: 1 << 40))),
            (Column("c", .date, isNullable: false), .null),
            (Column("c", .date, form: .text), .text("2024-02-30")),
        ] as [(Column, Value)]
    )
    func refused(column: Column, value: Value) throws {
        let error = #expect(throws: TableError.self) {
            try Rows([column], [[value]]).encoded(by: ParquetEncoder(columns: [column]))
        }
        #expect(error?.what.hasPrefix("column c of row 1 holds ") == true, "\(error?.what ?? "nothing")")
    }
}
