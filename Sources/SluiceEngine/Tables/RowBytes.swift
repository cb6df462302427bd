internal import SluiceCore
internal import SluiceTables

/// What an encoder makes of a reader's rows, from front to back.
final class RowBytes {
    private let reader: any RowReader
    private let encoder: any RowEncoder
    private let rows: ItemRows
    private let output = ByteOutput()
    private var hasBegun = false
    private var hasEnded = false

    /// - Parameter rows: told of each row that comes, and what becomes of it.
    init(_ reader: any RowReader, _ encoder: any RowEncoder, _ rows: ItemRows) {
        self.reader = reader
        self.encoder = encoder
        self.rows = rows
    }

    /// The next bytes, fewer than there is room for only at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if !hasBegun {
            try encoder.begin(output)
            hasBegun = true
        }
        var filled = output.take(into: buffer)
        while filled < buffer.count, !hasEnded {
            if try !reader.next(encode) {
                hasEnded = true
                try encoder.finish(output)
                try rows.end()
            }
            filled += output.take(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
        }
        return filled
    }

    private func encode(_ batch: borrowing RowBatch) throws {
        rows.read(batch.count)
        var next = 0
        while next < batch.count {
            do {
                try encoder.encode(batch, rows: next..<batch.count, to: output)
                rows.copied(batch.count - next)
                next = batch.count
            } catch let refusal as RowRefusal {
                rows.copied(refusal.row - next)
                try rows.skip(refusal.badRow(of: batch))
                next = refusal.row + 1
            }
        }
    }
}
