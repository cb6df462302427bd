import SluiceCodecs
import SluiceCore
import SluiceTestSupport
import Testing

@testable import SluiceTables

/// What is read of Parquet files is what pyarrow says is in them.
@Suite(.timeLimit(.minutes(30))) struct ParquetReaderTests {
    /// Every row as delimited text, each value in quotes.
    private func text(_ reader: ParquetReader) throws -> [UInt8] {
        var format = DelimitedFormat()
        format.quotesAll = true
        let encoder = try format.makeEncoder(reader.columns)
        let output = ByteOutput()
        try encoder.begin(output)
        try reader.forEach { try encoder.encode($0, to: output) }
        try encoder.finish(output)
        return output.withBytes { Array($0) }
    }

    /// The first line of each that differs.
    private func difference(_ found: [UInt8], _ expected: [UInt8]) -> String {
        let (first, second) = (String(decoding: found, as: UTF8.self), String(decoding: expected, as: UTF8.self))
        let lines = zip(first.split(separator: "\n"), second.split(separator: "\n"))
        for (number, (one, other)) in lines.enumerated() where one != other {
            let cells = zip(
                one.split(separator: ",", omittingEmptySubsequences: false),
                other.split(separator: ",", omittingEmptySubsequences: false)
            )
            let names = first.prefix { $0 != "\n" }.split(separator: ",")
            for (column, (cell, wanted)) in cells.enumerated() where cell != wanted {
                return
                    "line \(number + 1), column \(column < names.count ? names[column] : "?"): \(cell) instead of \(wanted)"
            }
        }
        return "\(found.count) bytes instead of \(expected.count)"
    }

    @Test("every encoding, codec, type and page version", arguments: ParquetFiles.names)
    func files(_ name: String) throws {
        let files = try ParquetFiles.all.get()
        let reader = try ParquetReader(files.bytes(name))
        #expect(reader.rows == 3000)
        let found = try text(reader)
        var expected = files.expected
        if name.contains("int96") {
            // They say nothing of a zone; and of the finest alone are there all digits in the file.
            expected = Array(String(decoding: expected, as: UTF8.self).replacing("Z\"", with: "\"").utf8)
            let stripped = String(decoding: found, as: UTF8.self).replacing(
                "\"ms\",\"msZ\",\"us\",\"usZ\",\"ns\",\"nsZ\"",
                with: "\"ms\",\"ms\",\"us\",\"us\",\"ns\",\"ns\""
            )
            #expect(Array(stripped.utf8) == expected, "\(difference(Array(stripped.utf8), expected))")
            return
        }
        #expect(found == expected, "\(difference(found, expected))")
    }

    @Test("types are what the schema says", arguments: ["none-dictionary-1.parquet", "zstd-integers-2.parquet"])
    func types(_ name: String) throws {
        let reader = try ParquetReader(ParquetFiles.all.get().bytes(name))
        let types = Dictionary(uniqueKeysWithValues: reader.columns.map { ($0.name, $0.type) })
        #expect(types["b"] == .boolean && types["h"] == .real(bits: 32) && types["d"] == .real(bits: 64))
        #expect(types["u8"] == .integer(bits: 8, isSigned: false) && types["i64"] == .integer(bits: 64, isSigned: true))
        #expect(types["n76"] == .decimal(precision: 76, scale: 20) && types["n4"] == .decimal(precision: 4, scale: 2))
        #expect(
            types["s"] == .text(length: nil) && types["x"] == .binary(length: nil)
                && types["five"] == .binary(length: 5)
        )
        #expect(types["day"] == .date && types["t3"] == .time(digits: 3) && types["t9"] == .time(digits: 9))
        #expect(types["us"] == .timestamp(digits: 6) && types["nsZ"] == .instant(digits: 9) && types["id"] == .uuid)
        #expect(reader.columns.filter { !$0.isNullable }.map(\.name) == ["must"])
    }

    @Test("what is read is written again, and read as the same", arguments: ["none", "snappy", "gzip", "zstd"])
    func again(_ codec: String) throws {
        let files = try ParquetFiles.all.get()
        let reader = try ParquetReader(files.bytes("snappy-small-2.parquet"))
        let chosen: ParquetCodec =
            switch codec {
            case "snappy": try ParquetCodec(SnappyCodec())
            case "gzip": try ParquetCodec(GzipCodec(level: 1))
            case "zstd": try ParquetCodec(ZstdCodec(level: 1))
            default: .none
            }
        let encoder = try ParquetEncoder(columns: reader.columns, codec: chosen, groupRows: 1700)
        let output = ByteOutput()
        try encoder.begin(output)
        try reader.forEach { try encoder.encode($0, to: output) }
        try encoder.finish(output)
        let written = output.withBytes { Array($0) }
        let copy = try ParquetReader(written)
        #expect(copy.columns.map(\.type) == reader.columns.map { ParquetReaderTests.written($0.type) })
        let found = try text(copy)
        #expect(found == files.expected, "\(difference(found, files.expected))")
        let directory = try TemporaryDirectory()
        let program =
            "import sys, pyarrow.parquet as p; f = p.ParquetFile(sys.argv[1]); print(f.read().num_rows, f.metadata.row_group(0).column(0).compression)"
        let command = try Command.run([python, "-c", program, try directory.write("again.parquet", written)])
        #expect(
            String(decoding: command.output, as: UTF8.self)
                == "3000 \(codec == "none" ? "UNCOMPRESSED" : codec.uppercased())\n"
        )
    }

    @Test("texts that come again, and are much alike, are written as what they are")
    func alike() throws {
        let columns = [
            Column("t", .text(length: nil)), Column("x", .binary(length: nil)),
            Column("d", .decimal(precision: 12, scale: 2)),
            Column("n", .integer(bits: 64, isSigned: true), form: .text),
        ]
        var random = SeededGenerator(seed: 7)
        let stems = ["", "a", "a\0", "\0", "sixteen bytes ..", "sixteen bytes ...", "sixteen bytes ..\0", "é"]
        let decimals = [
            ("0", "0.00"), ("-0.1", "-0.10"), ("5.", "5.00"), (".5", "0.50"), ("1e2", "100.00"), ("9999999999.99", nil),
        ]
        var expected: [[Value]] = []
        let rows = Rows(
            columns,
            (0..<30_000).map { row in
                // More of them than are remembered; the first NULL comes late.
                let number = Int.random(in: 0..<6000, using: &random)
                let text = number < 100 ? stems[number % stems.count] : "\(number)"
                let (decimal, shown) = number < 3000 ? decimals[number % decimals.count] : ("-\(number).25", nil)
                let isNull = row > 20_000 && number % 7 == 0
                let digits = text.utf8.map { "0123456789abcdef".byte($0 >> 4) + "0123456789abcdef".byte($0 & 15) }
                    .joined()
                expected.append([
                    isNull ? .null : .text(text), .text(digits), .text(shown ?? decimal), .text("\(number)"),
                ])
                return [isNull ? .null : .text(text), .text(text), .text(decimal), .text("\(number)")]
            }
        )
        let written = try rows.encoded(by: ParquetEncoder(columns: columns, groupRows: 12_000))
        var format = DelimitedFormat()
        format.quotesAll = true
        let plain = texts("t", "x", "d", "n")
        let wanted = try Rows(plain, expected).encoded(by: format.makeEncoder(plain))
        let found = try text(ParquetReader(written))
        #expect(found == wanted, "\(difference(found, wanted))")
    }

    /// What a type becomes in our own files, which have no finer ones.
    private static func written(_ type: ColumnType) -> ColumnType {
        switch type {
        case .binary: .binary(length: nil)
        case .time(digits: 3): .time(digits: 6)
        case .timestamp(digits: 3): .timestamp(digits: 6)
        case .instant(digits: 3): .instant(digits: 6)
        default: type
        }
    }

    @Test("a file without rows has its columns")
    func empty() throws {
        let reader = try ParquetReader(ParquetFiles.all.get().bytes("empty.parquet"))
        #expect(reader.columns == [Column("a", .integer(bits: 32, isSigned: true))])
        #expect(try everyRow(reader).isEmpty)
    }

    @Test("little memory is enough, and asks for little at a time")
    func memory() throws {
        let files = try ParquetFiles.all.get()
        let input = BytesRanges(try files.bytes("none-plain-1.parquet"))
        let reader = try ParquetReader(input, decoders: BlockFormat.decoders, memory: 64 << 10)
        let found = try text(reader)
        #expect(found == files.expected, "\(difference(found, files.expected))")
        #expect(input.largest < input.count / 4)
    }

    private func refusal(_ bytes: [UInt8]) -> String {
        do {
            _ = try everyRow(try ParquetReader(bytes))
            return "nothing"
        } catch {
            return (error as? TableError)?.description ?? "another error: \(error)"
        }
    }

    @Test(
        "what can't be read is refused by its name",
        arguments: [
            ("list.parquet", "column \"inner\" is a list"), ("structure.parquet", "column \"inner\" is a list"),
            ("brotli.parquet", "row group 1, column \"fine\" is compressed by brotli"),
        ]
    )
    func refused(_ name: String, _ clause: String) throws {
        let sentence = refusal(try ParquetFiles.all.get().bytes(name))
        #expect(sentence.contains(clause), "\(sentence)")
    }

    @Test("what is no Parquet file is said so")
    func foreign() {
        for bytes in [[], Array("PAR1".utf8), Array("id,name\n1,one\n2,two\n".utf8), Array("PAR1\0\0\0\0PARE".utf8)] {
            #expect(refusal(bytes).contains("the Parquet file can't be read"), "\(refusal(bytes))")
        }
    }

    @Test("a file cut short is an error, wherever it is cut")
    func cut() throws {
        let bytes = try ParquetFiles.all.get().bytes("seed.parquet")
        for count in 0..<bytes.count {
            let sentence = refusal(Array(bytes[..<count]))
            #expect(sentence.contains("the Parquet file can't be read"), "\(count) bytes: \(sentence)")
        }
    }

    @Test("damage to a page is found by its checksum, and named")
    func checksum() throws {
        let files = try ParquetFiles.all.get()
        var bytes = try files.bytes("none-integers-1.parquet")
        let place = bytes.count / 3
        bytes[place] ^= 1
        let sentence = refusal(bytes)
        #expect(sentence.contains("row group 1, column \""), "\(sentence)")
        #expect(sentence.contains("checksum") || sentence.contains("header"), "\(sentence)")
    }

    @Test("no byte that is changed breaks the reader")
    func changed() throws {
        let bytes = try ParquetFiles.all.get().bytes("seed.parquet")
        for place in bytes.indices {
            for value in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] where bytes[place] != value {
                var copy = bytes
                copy[place] = value
                let sentence = refusal(copy)
                #expect(!sentence.hasPrefix("another error"), "byte \(place) as \(value): \(sentence)")
            }
        }
    }

    @Test("the first and the last moment that a column holds are read, and written")
    func moments() throws {
        let columns = [Column("ns", .timestamp(digits: 9)), Column("us", .instant(digits: 6))]
        let numbers: [Int64] = [.min, .min + 1, -1, 0, 1, .max - 1, .max]
        let values: [[Value]] = numbers.map { number in
            [ParquetReaderTests.moment(number, 1_000_000_000), ParquetReaderTests.moment(number, 1_000_000)]
        }
        let written = try Rows(columns, values).encoded(by: ParquetEncoder(columns: columns))
        let stored: [[[UInt8]?]] = values.map { row in row.map { $0.stored } }
        #expect(try everyRow(ParquetReader(written)) == stored)
        let directory = try TemporaryDirectory()
        let file = try directory.write("moments.parquet", written)
        let program =
            "import sys, pyarrow.parquet as p; t = p.read_table(sys.argv[1]); print([[c.value for c in t[n]] for n in t.column_names])"
        let command = try Command.run([python, "-c", program, file])
        let shown = "[" + numbers.map { "\($0)" }.joined(separator: ", ") + "]"
        #expect(String(decoding: command.output, as: UTF8.self) == "[\(shown), \(shown)]\n")
    }

    /// So many units of time since 1970-01-01.
    private static func moment(_ number: Int64, _ units: Int64) -> Value {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: units)
        let fraction = remainder < 0 ? remainder + units : remainder
        let seconds = remainder < 0 ? quotient - 1 : quotient
        return .moment(Moment(seconds: seconds, nanoseconds: Int32(fraction * (1_000_000_000 / units))))
    }

    @Test("the least and greatest of floats leave NaN out, and hold both zeros")
    func statistics() throws {
        let columns = [Column("f", .real(bits: 32)), Column("d", .real(bits: 64)), Column("n", .real(bits: 64))]
        let rows = Rows(
            columns,
            [
                [.float(.nan), .double(0), .double(.nan)], [.float(-2.5), .double(.nan), .double(.nan)],
                [.float(.infinity), .double(0), .null],
            ]
        )
        let directory = try TemporaryDirectory()
        let file = try directory.write("floats.parquet", rows.encoded(by: ParquetEncoder(columns: columns)))
        let program = """
            import sys, pyarrow.parquet as parquet
            group = parquet.ParquetFile(sys.argv[1]).metadata.row_group(0)
            for c in range(3):
                found = group.column(c).statistics
                print(found.has_min_max, found.min, found.max)
            """
        let command = try Command.run([python, "-c", program, file])
        #expect(
            String(decoding: command.output, as: UTF8.self) == "True -2.5 inf\nTrue -0.0 0.0\nFalse None None\n"
        )
    }
}

extension String {
    fileprivate func byte(_ index: UInt8) -> String { String(self[self.index(startIndex, offsetBy: Int(index))]) }
}
