import SluiceTables

/// Bytes as an input that gives at most `piece` of them at a time.
final class PiecesInput: ByteInput {
    private let bytes: [UInt8]
    private let piece: Int
    private var offset = 0

    init(_ bytes: [UInt8], piece: Int) {
        self.bytes = bytes
        self.piece = piece
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, piece, bytes.count - offset)
        buffer.copyBytes(from: bytes[offset..<offset + count])
        offset += count
        return count
    }
}

/// Rows of text in memory of their own.
final class StoredRows {
    private let columns: [Column]
    private let count: Int
    private let base: UnsafeMutablePointer<UInt8>
    private let places: UnsafeMutablePointer<Int>

    init(_ columns: [Column], _ rows: [[[UInt8]?]]) {
        self.columns = columns
        count = rows.count
        let cells = rows.flatMap { $0 }
        let bytes = cells.flatMap { $0 ?? [] }
        base = .allocate(capacity: bytes.count + ByteOutput.slack)
        base.initialize(repeating: 0, count: bytes.count + ByteOutput.slack)
        base.update(from: bytes, count: bytes.count)
        places = .allocate(capacity: cells.count * 2)
        var offset = 0
        for (index, cell) in cells.enumerated() {
            places[2 * index] = offset
            places[2 * index + 1] = cell?.count ?? ColumnValues.null
            offset += cell?.count ?? 0
        }
    }

    deinit {
        base.deallocate()
        places.deallocate()
    }

    func written(_ format: DelimitedFormat) throws -> [UInt8] {
        try written(by: format.makeEncoder(columns))
    }

    func written(by encoder: any RowEncoder) throws -> [UInt8] {
        let output = ByteOutput()
        let values = columns.indices.map { column in
            ColumnValues(
                base: base,
                offsets: places + 2 * column,
                lengths: places + 2 * column + 1,
                step: 2 * columns.count
            )
        }
        try encoder.begin(output)
        try encoder.encode(RowBatch(columns: columns, count: count, values: values, rowsBefore: 0), to: output)
        try encoder.finish(output)
        return output.withBytes { Array($0) }
    }
}
