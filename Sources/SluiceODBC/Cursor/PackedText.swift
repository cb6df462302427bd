internal import SluiceCore
internal import SluiceTables

/// The texts that a database makes of rows, a line each.
final class PackedText: ByteInput {
    private let cursor: BlockCursor
    private let output = ByteOutput(capacity: 1 << 20)
    /// Bytes of the text that comes in pieces.
    private var begun = 0

    /// Longer texts of rows are not held: their values are to come by themselves, and in pieces.
    private static let longest = 16 << 20

    /// - Parameter cursor: gives one column, of lines without what ends the last of them, or NULL for none.
    init(_ cursor: BlockCursor) { self.cursor = cursor }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while output.count < buffer.count, try cursor.next(append) {}
        return unsafe output.take(into: buffer)
    }

    private func append(_ batch: borrowing RowBatch) throws {
        if let piece = batch.piece {
            begun = unsafe (piece.isFirst ? 0 : begun) + (piece.bytes?.count ?? 0)
            guard begun <= PackedText.longest else {
                throw ODBCError(
                    .tooLarge,
                    "row \(batch.rowsBefore + 1) is longer than \(ByteCount(PackedText.longest))"
                )
            }
            if let bytes = unsafe piece.bytes {
                unsafe output.append(bytes, then: piece.isLast ? UInt8(ascii: "\n") : nil)
            }
            return
        }
        let texts = unsafe batch.values[0]
        for row in 0..<batch.count {
            guard let text = unsafe texts.bytes(row), !text.isEmpty else { continue }
            unsafe output.append(text, then: UInt8(ascii: "\n"))
        }
    }
}
