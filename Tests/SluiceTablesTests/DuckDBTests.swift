import SluiceCodecs
import SluiceTestSupport
import Testing

@testable import SluiceTables

/// A second reader that we did not write finds the same in our files as pyarrow and Python do.
@Suite struct DuckDBTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// Compares column by column, and says how many of each are the same.
    private static let parquet = #"""
        import sys, duckdb, pyarrow.parquet as parquet
        duckdb.sql("set TimeZone = 'UTC'")
        table = parquet.read_table(sys.argv[1])
        for name in table.column_names:
            theirs = [row[0] for row in duckdb.sql(f"select \"{name}\"::varchar from read_parquet('{sys.argv[1]}')").fetchall()]
            kind, column = str(table.schema.field(name).type), table[name]
            if kind.startswith("extension"):
                ours = [None if value is None else str(value) for value in column.to_pylist()]
            elif kind == "binary":
                ours = [row[0] for row in duckdb.execute("select unnest(?::blob[])::varchar", [column.to_pylist()]).fetchall()]
            else:
                cells = duckdb.from_arrow(table.select([name])).project(f'"{name}"::varchar')
                ours = [row[0] for row in cells.fetchall()]
            assert ours == theirs, (name, [pair for pair in zip(ours, theirs) if pair[0] != pair[1]][:3])
        print(table.num_rows, len(table.column_names))
        """#

    @Test("duckdb reads the same Parquet as pyarrow does", arguments: ["none", "snappy", "gzip", "zstd"])
    func parquet(_ codec: String) throws {
        var random = SeededGenerator(seed: 11)
        let rows = Rows(ParquetEncoderTests.columns, (0..<4000).map { _ in ParquetEncoderTests.row(&random) })
        let chosen: ParquetCodec =
            switch codec {
            case "snappy": try ParquetCodec(SnappyCodec())
            case "gzip": try ParquetCodec(GzipCodec(level: 1))
            case "zstd": try ParquetCodec(ZstdCodec(level: 1))
            default: .none
            }
        let encoder = try ParquetEncoder(columns: rows.columns, codec: chosen, groupRows: 1500)
        let file = try directory.write("rows.parquet", rows.encoded(by: encoder))
        let command = try Command.run([python, "-c", DuckDBTests.parquet, file])
        #expect(String(decoding: command.output, as: UTF8.self) == "4000 \(rows.columns.count)\n")
    }

    @Test("duckdb reads the texts that are in our delimited text, and tells NULL from an empty one")
    func delimited() throws {
        let columns = texts("a", "b")
        let words = ["", " ", ",", "\"", "\"\"", "a\nb", "a\r\nb", "é😀", "NULL", "\\", "'", "x,\"y\"\n"]
        var values: [[Value]] = words.flatMap { first in words.map { [.text(first), .text($0)] } }
        values += words.flatMap { [[.null, .text($0)], [.text($0), .null]] }
        let rows = Rows(columns, values)
        let file = try directory.write("rows.csv", rows.encoded(by: DelimitedFormat().makeEncoder(columns)))
        let program = #"""
            import sys, duckdb
            found = duckdb.sql(f"""select * from read_csv('{sys.argv[1]}', header=true, all_varchar=true, nullstr='',
                allow_quoted_nulls=false, quote='"', escape='"', delim=',', new_line='\\n', auto_detect=false,
                columns={{'a': 'varchar', 'b': 'varchar'}})""").fetchall()
            for row in found:
                print(*("-" if value is None else "=" + value.encode().hex() for value in row))
            """#
        let command = try Command.run([python, "-c", program, file])
        let hex = { (value: Value) -> String in
            guard let bytes = value.stored else { return "-" }
            return "=" + bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
        let expected = values.map { $0.map(hex).joined(separator: " ") }
        #expect(
            String(decoding: command.output, as: UTF8.self).split(separator: "\n").map(String.init) == expected
        )
    }
}
