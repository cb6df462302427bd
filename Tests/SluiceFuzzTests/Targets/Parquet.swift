import SluiceCodecs

@testable import SluiceTables

extension FuzzTarget {
    /// Whole files. Those in the corpus are pyarrow's.
    static let parquetFile = FuzzTarget("parquet-file", samples: [], words: ["PAR1", "PARE", "\u{15}\u{0}", "\u{0}"]) {
        try check($0)
    }

    /// Pages of any bytes in files that are sound otherwise: the first four bytes say what the page is.
    static let parquetPage = FuzzTarget(
        "parquet-page",
        samples: [
            // Plain texts; plain numbers; numbers in a dictionary; booleans as runs; differences; lengths; beginnings.
            "\u{6}\u{0}\u{0}\u{2}\u{1}\u{0}\u{0}\u{0}x\u{2}\u{0}\u{0}\u{0}yz", "\u{1}\u{0}\u{0}\u{1}abcd",
            "\u{1}\u{8}\u{4}\u{8}\u{1}\u{3}\u{55}", "\u{0}\u{3}\u{0}\u{8}\u{2}\u{0}\u{0}\u{0}\u{3}\u{55}",
            "\u{2}\u{5}\u{0}\u{4}\u{20}\u{1}\u{4}\u{2}\u{0}\u{2}\u{0}\u{0}\u{0}\u{0}",
            "\u{6}\u{6}\u{0}\u{2}\u{20}\u{1}\u{2}\u{2}\u{0}\u{0}ab",
            "\u{6}\u{7}\u{0}\u{2}\u{20}\u{1}\u{2}\u{0}\u{0}\u{0}\u{20}\u{1}\u{2}\u{2}\u{0}\u{0}ab",
            "\u{4}\u{9}\u{0}\u{2}abcdefgh", "\u{1}\u{0}\u{3}\u{8}\u{2}\u{0}\u{0}\u{0}\u{3}\u{1}abcd",
        ],
        words: ["\u{20}\u{1}", "\u{1}\u{1}", "\u{7F}", "\u{3}", "\u{0}\u{0}\u{0}\u{0}", "\u{20}\u{4}\u{7F}\u{0}"]
    ) { bytes in
        guard bytes.count >= 4 else { return }
        try check(file(around: bytes))
    }

    private struct ParquetReading: Equatable {
        var columns: [Column] = []
        var rows: [[[UInt8]?]] = []
        var isRefused = false
    }

    /// Rows that a short file may make of nothing; more is no use in finding faults.
    private static let mostRows = 20_000

    private static func read(_ bytes: [UInt8], memory: Int) throws -> ParquetReading {
        var reading = ParquetReading()
        do {
            let input = BytesRanges(bytes)
            let reader = try ParquetReader(input, decoders: BlockFormat.decoders, memory: memory)
            reading.columns = reader.columns
            while reading.rows.count < mostRows {
                let isMore = try reader.next { batch in
                    for row in 0..<batch.count {
                        reading.rows.append(batch.values.map { $0.bytes(row).map { Array($0) } })
                    }
                }
                if !isMore { break }
            }
        } catch is TableError {
            reading.isRefused = true
        }
        return reading
    }

    /// A file is read the same by any pieces, cells are as their columns say, and what was taken is written so that it is
    /// read back.
    private static func check(_ bytes: [UInt8]) throws {
        let whole = try read(bytes, memory: 16 << 20)
        try require(whole == read(bytes, memory: 1 << 16), "by pieces it is something else")
        for row in whole.rows {
            try require(row.count == whole.columns.count, "a row of \(row.count) cells")
            for (cell, column) in zip(row, whole.columns) {
                guard let cell else {
                    try require(column.isNullable, "NULL in a column that has none")
                    continue
                }
                try require(column.form.width.map { $0 == cell.count } ?? true, "a cell of \(cell.count) bytes")
                let isText = column.form != .text || String(validating: cell, as: UTF8.self) != nil
                try require(isText, "no UTF-8")
            }
        }
        guard !whole.isRefused, !whole.columns.isEmpty else { return }
        let copy: [UInt8]
        do {
            copy = try StoredRows(whole.columns, whole.rows).written(by: ParquetEncoder(columns: whole.columns))
        } catch is TableError {
            // What a file holds may be more than its own types take.
            return
        }
        try require(try read(copy, memory: 16 << 20).rows == whole.rows, "what is written is read as something else")
    }

    /// A file of one column and one page, behind a dictionary of two values if that is wanted.
    ///
    /// The bytes are the physical type, the encoding, flags (1 for NULL, 2 for a text or a wide number, 4 for a
    /// dictionary, 8 for version 2), the number of values, and the page.
    private static func file(around bytes: [UInt8]) -> [UInt8] {
        let (type, flags, count) = (bytes[0] & 7, bytes[2], Int(bytes[3]))
        let body = Array(bytes[4...])
        var file = Array("PAR1".utf8)
        if flags & 4 != 0 {
            let values = type == 6 ? [1, 0, 0, 0, 65, 0, 0, 0, 0] : [UInt8](repeating: 1, count: 24)
            let width = [1: 4, 2: 8, 3: 12, 4: 4, 5: 8, 7: 12][type] ?? 4
            page(&file, type: 2, values) { writer in
                writer.field(7) {
                    $0.field(1, Int32(type == 6 ? 2 : 24 / width))
                    $0.field(2, 0 as Int32)
                }
            }
        }
        let dataOffset = file.count
        let levels = min(body.count, Int(flags >> 4))
        page(&file, type: flags & 8 == 0 ? 0 : 3, body) { writer in
            writer.field(flags & 8 == 0 ? 5 : 8) {
                $0.field(1, Int32(count))
                $0.field(2, Int32(flags & 8 == 0 ? bytes[1] & 15 : 0))
                $0.field(3, 3 as Int32)
                $0.field(4, flags & 8 == 0 ? 3 : Int32(bytes[1] & 15))
                guard flags & 8 != 0 else { return }
                $0.field(5, Int32(levels))
                $0.field(6, 0 as Int32)
            }
        }
        var footer = ThriftWriter()
        footer.field(1, 2 as Int32)
        footer.field(2, each: [true, false]) { writer, isRoot in
            if !isRoot {
                writer.field(1, Int32(type))
                writer.field(2, 12 as Int32)
                writer.field(3, Int32(flags & 1))
            }
            writer.field(4, Array("c".utf8))
            if isRoot { writer.field(5, 1 as Int32) }
            guard !isRoot, flags & 2 != 0 else { return }
            writer.field(6, Int32([1: 15, 2: 10, 6: 0, 7: 5][type] ?? 6))
            writer.field(7, 2 as Int32)
            writer.field(8, 20 as Int32)
        }
        footer.field(3, Int64(count))
        footer.field(4, each: [0]) { writer, _ in
            writer.field(1, each: [0]) { writer, _ in
                writer.field(3) {
                    $0.field(1, Int32(type))
                    $0.field(4, 0 as Int32)
                    $0.field(5, Int64(count))
                    $0.field(7, Int64(file.count - 4))
                    $0.field(9, Int64(dataOffset))
                    $0.field(11, 4 as Int64)
                }
            }
            writer.field(3, Int64(count))
        }
        footer.end()
        let length = (0..<4).map { UInt8(truncatingIfNeeded: footer.bytes.count >> (8 * $0)) }
        return file + footer.bytes + length + Array("PAR1".utf8)
    }

    private static func page(
        _ file: inout [UInt8],
        type: Int32,
        _ body: [UInt8],
        _ kind: (inout ThriftWriter) -> Void
    ) {
        var writer = ThriftWriter()
        writer.field(1, type)
        writer.field(2, Int32(body.count))
        writer.field(3, Int32(body.count))
        kind(&writer)
        writer.end()
        file += writer.bytes + body
    }
}

/// Bytes in memory that are read at any place.
final class BytesRanges: RangeInput {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var count: Int { bytes.count }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) {
        buffer.copyBytes(from: bytes[offset..<offset + buffer.count])
    }
}
