import SluiceCodecs
import SluiceTables
import SluiceTestSupport
import Testing

/// Files that pyarrow has written in every way that it knows, and what it says is in them.
///
/// One set is made for all tests: each file holds the same rows, and `rows.csv` has them as Python writes them.
struct ParquetFiles {
    static let all = Result { try ParquetFiles() }

    private let directory: TemporaryDirectory
    /// Every row, every value that is there in quotes.
    let expected: [UInt8]

    func bytes(_ name: String) throws -> [UInt8] { try Array(directory.read(name)) }

    private init() throws {
        directory = try TemporaryDirectory()
        let program = try directory.write("make.py", Array(ParquetFiles.program.utf8))
        let command = try Command.run([python, program, directory.path])
        try #require(command.status == 0, "pyarrow made no files")
        expected = try Array(directory.read("rows.csv"))
    }

    /// Names of files, and the options that `write_table` gets.
    static let names: [String] =
        ["none", "snappy", "gzip", "zstd", "lz4"].flatMap { codec in
            ["dictionary", "plain", "small", "delta", "strings", "split", "int96", "integers"].flatMap { encoding in
                ["1", "2"].map { "\(codec)-\(encoding)-\($0).parquet" }
            }
        }

    private static let program = #"""
        import datetime, decimal, random, sys, uuid
        import pyarrow as arrow, pyarrow.parquet as parquet

        random.seed(4)
        decimal.getcontext().prec = 100
        count = 3000
        epoch = datetime.datetime(1970, 1, 1)

        def exact(number, scale):
            return decimal.Decimal(number).scaleb(-scale)

        def fraction(value, digits):
            text = f"{value:0{digits}d}".rstrip("0")
            return "." + text if text else ""

        def stamp(value, units, digits, zone=""):
            seconds, rest = divmod(value, units)
            return (epoch + datetime.timedelta(seconds=seconds)).strftime("%4Y-%m-%d %H:%M:%S") + fraction(rest, digits) + zone

        def time(value, units, digits):
            seconds, rest = divmod(value, units)
            return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{fraction(rest, digits)}"

        def number(bits, signed):
            low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
            return random.choice([low, high, 0, random.randint(low, high), random.randint(0, 100)])

        def digits(precision):
            return random.choice([1, -1]) * random.randint(0, 10 ** random.randint(0, precision) - 1)

        def word():
            return random.choice(["", "a", "word " + str(random.randint(0, 50)), "é" * random.randint(0, 9), 'x",\n\0y', "😀",
                "long " * random.randint(0, 60), str(random.random())])

        def bytes_():
            return random.randbytes(random.choice([0, 1, 3, 20]))

        def seconds():
            return random.choice([-1, 0, random.randint(-62135596800, 253402300799), random.randint(0, 2 * 10**9)])

        def nanoseconds():
            return random.randint(-9223372036854775808, 9223372036854775807) if random.random() < 0.5 else random.randint(0, 10) * 10**9

        def stored(kind):
            return lambda values: arrow.array(values, {32: arrow.int32(), 64: arrow.int64()}[kind.bit_width]).cast(kind)

        def array(kind):
            return lambda values: arrow.array(values, kind)

        # Each column: how a value is made, its text, and how values become an array.
        columns = {
            "b": (lambda: random.random() < 0.5, lambda v: "true" if v else "false", array(arrow.bool_())),
            "f": (lambda: random.choice([0.25, -1.5, 1e16, 3.0]), lambda v: repr(v), array(arrow.float32())),
            "d": (lambda: random.choice([random.random(), -0.0, 1e300, 5e-324, float("inf"), float("nan")]),
                lambda v: {"inf": "Infinity", "nan": "NaN"}.get(repr(v), repr(v)), array(arrow.float64())),
            "h": (lambda: random.choice([0.5, -2.0, 65504.0]), repr, lambda v: arrow.array(v, arrow.float32()).cast(arrow.float16())),
            "s": (word, str, array(arrow.string())),
            "large": (word, str, array(arrow.large_string())),
            "x": (bytes_, bytes.hex, array(arrow.binary())),
            "five": (lambda: random.randbytes(5), bytes.hex, array(arrow.binary(5))),
            "day": (lambda: random.randint(-719162, 2932896), lambda v: (epoch + datetime.timedelta(v)).strftime("%4Y-%m-%d"), stored(arrow.date32())),
            "t3": (lambda: random.randint(0, 86399999), lambda v: time(v, 10**3, 3), stored(arrow.time32("ms"))),
            "t6": (lambda: random.randint(0, 86399999999), lambda v: time(v, 10**6, 6), stored(arrow.time64("us"))),
            "t9": (lambda: random.randint(0, 86399999999999), lambda v: time(v, 10**9, 9), stored(arrow.time64("ns"))),
            "none": (lambda: None, str, array(arrow.null())),
            "id": (lambda: uuid.UUID(bytes=random.randbytes(16)), str, lambda v: arrow.array([w and w.bytes for w in v], arrow.uuid())),
            "few": (lambda: random.choice(["one", "two", "three"]), str, lambda v: arrow.array(v, arrow.string()).dictionary_encode()),
        }
        for bits in (8, 16, 32, 64):
            for letter, signed in (("i", True), ("u", False)):
                kind = getattr(arrow, ("" if signed else "u") + f"int{bits}")()
                columns[f"{letter}{bits}"] = (lambda b=bits, s=signed: number(b, s), str, array(kind))
        for precision, scale in ((4, 2), (9, 0), (15, 15), (18, 3), (25, 5), (38, 38), (76, 20)):
            make = arrow.decimal128 if precision <= 38 else arrow.decimal256
            columns[f"n{precision}"] = (lambda p=precision, s=scale: exact(digits(p), s), lambda v: format(v, "f"), array(make(precision, scale)))
        for unit, size, places in (("ms", 10**3, 3), ("us", 10**6, 6), ("ns", 10**9, 9)):
            for zone in ("", "Z"):
                # Those in nanoseconds have 64 bits for three centuries.
                make = nanoseconds if unit == "ns" else lambda s=size: seconds() * s + random.choice([0, s - 1, random.randint(0, s - 1)])
                columns[unit + zone] = (make, lambda v, s=size, p=places, z=zone: stamp(v, s, p, z), stored(arrow.timestamp(unit, zone and "UTC")))

        values = {name: [make() if random.random() < 0.8 else None for _ in range(count)] for name, (make, _, _) in columns.items()}
        # A part without NULL and one with nothing else, so that levels come in runs.
        for name in columns:
            for row in range(1000, 1200):
                values[name][row] = columns[name][0]()
            for row in range(1200, 1400):
                values[name][row] = None
        values["must"] = list(range(count))
        columns["must"] = (None, str, array(arrow.int32()))
        arrays = [make(values[name]) for name, (_, _, make) in columns.items()]
        schema = arrow.schema([arrow.field(name, a.type, name != "must") for name, a in zip(columns, arrays)])
        table = arrow.Table.from_arrays(arrays, schema=schema)
        quoted = lambda text: '"' + text.replace('"', '""') + '"'
        with open(sys.argv[1] + "/rows.csv", "w", newline="") as file:
            file.write(",".join(quoted(name) for name in columns) + "\n")
            for row in range(count):
                cells = ((values[name][row], columns[name][1]) for name in columns)
                file.write(",".join("" if value is None else quoted(text(value)) for value, text in cells) + "\n")

        numbers = [n for n in columns if n[0] in "iu" and n[1:].isdigit()]
        times = ["day", "t3", "t6", "t9", "ms", "us", "ns", "msZ", "usZ", "nsZ"]
        texts, fixed = ["s", "large", "x"], ["five", "id", "h", "n25", "n38", "n76"]
        encodings = {
            "dictionary": dict(),
            "plain": dict(use_dictionary=False),
            "small": dict(data_page_size=500, dictionary_pagesize_limit=700, row_group_size=700, write_batch_size=64),
            "delta": dict(use_dictionary=False, column_encoding={n: "DELTA_BINARY_PACKED" for n in numbers + times} | {n: "DELTA_LENGTH_BYTE_ARRAY" for n in texts}),
            "strings": dict(use_dictionary=False, column_encoding={n: "DELTA_BYTE_ARRAY" for n in texts + fixed}, data_page_size=2000),
            "split": dict(use_dictionary=False, column_encoding={n: "BYTE_STREAM_SPLIT" for n in ["f", "d"] + numbers + times + fixed}),
            "int96": dict(use_deprecated_int96_timestamps=True, write_page_checksum=True),
            "integers": dict(store_decimal_as_integer=True, write_page_checksum=True, use_dictionary=False),
        }
        for codec in ("none", "snappy", "gzip", "zstd", "lz4"):
            for name, options in encodings.items():
                for version in ("1", "2"):
                    path = f"{sys.argv[1]}/{codec}-{name}-{version}.parquet"
                    parquet.write_table(table, path, compression=codec, data_page_version=version + ".0", store_schema=False, **options)

        parquet.write_table(arrow.table({"fine": [1], "inner": [[1, 2]]}), sys.argv[1] + "/list.parquet")
        parquet.write_table(arrow.table({"fine": [1], "inner": [{"a": 1}]}), sys.argv[1] + "/structure.parquet")
        parquet.write_table(arrow.table({"fine": [1] * 50}), sys.argv[1] + "/brotli.parquet", compression="brotli")
        parquet.write_table(arrow.table({"fine": [b"\xff\xfe"]}).cast(arrow.schema([("fine", arrow.binary())])), sys.argv[1] + "/bytes.parquet")
        parquet.write_table(arrow.table({"a": arrow.array([], arrow.int32())}), sys.argv[1] + "/empty.parquet")
        parquet.write_table(arrow.table({"a": [1, 2, None], "b": ["x", None, "zz"]}), sys.argv[1] + "/seed.parquet", write_page_checksum=True)
        """#
}

/// Bytes in memory that are read at any place, and how much of them was.
final class BytesRanges: RangeInput {
    private let bytes: [UInt8]
    private(set) var largest = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var count: Int { bytes.count }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) {
        largest = max(largest, buffer.count)
        buffer.copyBytes(from: bytes[offset..<offset + buffer.count])
    }
}

extension ParquetReader {
    /// Of bytes in memory, by all codecs that there are.
    convenience init(_ bytes: [UInt8], memory: Int = 16 << 20) throws {
        try self.init(BytesRanges(bytes), decoders: BlockFormat.decoders, memory: memory)
    }
}
