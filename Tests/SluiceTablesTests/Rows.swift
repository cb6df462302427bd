import SluiceTables

/// Bytes as an input that gives at most `piece` of them at a time.
final class BytesInput: ByteInput {
    private let bytes: [UInt8]
    private let piece: Int
    private var offset = 0

    init(_ bytes: [UInt8], piece: Int = .max) {
        self.bytes = bytes
        self.piece = piece
    }

    convenience init(_ text: String, piece: Int = .max) { self.init(Array(text.utf8), piece: piece) }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, piece, bytes.count - offset)
        buffer.copyBytes(from: bytes[offset..<offset + count])
        offset += count
        return count
    }
}

/// A cell as tests write it.
enum Value: Hashable {
    case null
    case signed(Int64)
    case unsigned(UInt64)
    case float(Float)
    case double(Double)
    case boolean(Bool)
    case days(Int32)
    case nanoseconds(Int64)
    case moment(Moment)
    case bytes([UInt8])

    static func text(_ text: String) -> Value { .bytes(Array(text.utf8)) }

    /// As it lies in memory.
    var stored: [UInt8]? {
        func raw<Stored>(_ value: Stored) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }
        return switch self {
        case .null: nil
        case .signed(let value): raw(value)
        case .unsigned(let value): raw(value)
        case .float(let value): raw(value)
        case .double(let value): raw(value)
        case .boolean(let value): [value ? 1 : 0]
        case .days(let value): raw(value)
        case .nanoseconds(let value): raw(value)
        case .moment(let value): raw(value)
        case .bytes(let bytes): bytes
        }
    }
}

/// Rows in memory of their own, as one batch.
final class Rows {
    let columns: [Column]
    let count: Int
    private var memory: [UnsafeMutablePointer<UInt8>] = []
    private var tables: [UnsafeMutablePointer<Int>] = []
    private var values: [ColumnValues] = []

    init(_ columns: [Column], _ rows: [[Value]]) {
        self.columns = columns
        count = rows.count
        for column in columns.indices {
            let cells = rows.map { $0[column].stored }
            let bytes = cells.flatMap { $0 ?? [] }
            let base = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count + ByteOutput.slack)
            base.initialize(repeating: 0, count: bytes.count + ByteOutput.slack)
            base.update(from: bytes, count: bytes.count)
            let offsets = UnsafeMutablePointer<Int>.allocate(capacity: rows.count * 2)
            var offset = 0
            for (row, cell) in cells.enumerated() {
                offsets[2 * row] = offset
                offsets[2 * row + 1] = cell?.count ?? ColumnValues.null
                offset += cell?.count ?? 0
            }
            memory.append(base)
            tables.append(offsets)
            values.append(ColumnValues(base: base, offsets: offsets, lengths: offsets + 1, step: 2))
        }
    }

    deinit {
        memory.forEach { $0.deallocate() }
        tables.forEach { $0.deallocate() }
    }

    func withBatch(_ body: (borrowing RowBatch) throws -> Void) rethrows {
        try body(RowBatch(columns: columns, count: count, values: values, rowsBefore: 0))
    }

    /// Everything that an encoder makes of them.
    func encoded(by encoder: any RowEncoder) throws -> [UInt8] {
        let output = ByteOutput(capacity: 64)
        try encoder.begin(output)
        try withBatch { try encoder.encode($0, to: output) }
        try encoder.finish(output)
        return output.withBytes { Array($0) }
    }
}

/// All that a reader gives: bytes, nil for NULL.
func everyRow(_ reader: any RowReader) throws -> [[[UInt8]?]] {
    var rows: [[[UInt8]?]] = []
    try reader.forEach { batch in
        for row in 0..<batch.count { rows.append(batch.values.map { $0.bytes(row).map { Array($0) } }) }
    }
    return rows
}

/// The same as text.
func everyText(_ reader: any RowReader) throws -> [[String?]] {
    try everyRow(reader).map { $0.map { $0.map { String(decoding: $0, as: UTF8.self) } } }
}

/// Columns of text.
func texts(_ names: String...) -> [Column] { names.map { Column($0, .text(length: nil)) } }

extension Rows {
    /// All rows as pieces of at most `size` bytes; values of fixed width are whole.
    func forEachPiece(of size: Int, _ body: (borrowing RowBatch) throws -> Void) throws {
        try withBatch { batch in
            for row in 0..<batch.count {
                for column in columns.indices {
                    let bytes = batch.values[column].bytes(row)
                    let count = bytes?.count ?? 0
                    let width = columns[column].form.width == nil ? size : max(1, count)
                    var start = 0
                    repeat {
                        let end = min(count, start + width)
                        // In memory that is gone afterwards, as a driver's is.
                        let held = bytes.map { Array($0[start..<end]) + [UInt8](repeating: 0xAA, count: 64) }
                        func hand(_ bytes: UnsafeBufferPointer<UInt8>?) throws {
                            let piece = RowPiece(
                                column: column,
                                bytes: bytes,
                                isFirst: start == 0,
                                isLast: end == count
                            )
                            try body(RowBatch(columns: columns, piece: piece, rowsBefore: row))
                        }
                        if let held {
                            try held.withUnsafeBufferPointer {
                                try hand(UnsafeBufferPointer(rebasing: $0[..<(end - start)]))
                            }
                        } else {
                            try hand(nil)
                        }
                        start = end
                    } while start < count
                }
            }
        }
    }
}
