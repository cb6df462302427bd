internal import SluiceTables

/// The texts that a database makes of rows, a line each. While some are taken, the driver is asked for the next ones, so that
/// the database works on meanwhile. Used by one thread at a time.
final class PackedText: ByteInput {
    private let halves: Halves<ByteOutput>
    private var taken: ByteOutput

    /// Bytes that are worth another turn.
    private static let enough = 1 << 20

    /// - Parameter cursor: gives one column, of lines without what ends the last of them, or NULL for none; nobody else uses it.
    init(_ cursor: BlockCursor) {
        taken = ByteOutput(capacity: PackedText.enough)
        halves = Halves(taken, ByteOutput(capacity: PackedText.enough)) { filled in
            while filled.count < PackedText.enough, try cursor.next({ PackedText.append($0, to: filled) }) {}
            return filled.count > 0 ? .filled : .ended
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if taken.count == 0 {
            guard let next = try halves.next() else { return 0 }
            taken = next
        }
        return unsafe taken.take(into: buffer)
    }

    private static func append(_ batch: borrowing RowBatch, to filled: ByteOutput) {
        if let piece = batch.piece {
            if let bytes = unsafe piece.bytes {
                unsafe filled.append(bytes, then: piece.isLast ? UInt8(ascii: "\n") : nil)
            }
            return
        }
        let texts = unsafe batch.values[0]
        for row in 0..<batch.count {
            guard let text = unsafe texts.bytes(row), !text.isEmpty else { continue }
            unsafe filled.append(text, then: UInt8(ascii: "\n"))
        }
    }
}
