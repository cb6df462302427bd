internal import Dispatch
internal import SluiceTables

/// The texts that a database makes of rows, a line each. While some are taken, the driver is asked for the next ones, so that
/// the database works on meanwhile.
// @unchecked: the cursor and the texts under way are the queue's while it fills them, and the taker's while it waits.
final class PackedText: ByteInput, @unchecked Sendable {
    private let cursor: BlockCursor
    private let queue = DispatchQueue(label: "rows of a database")
    private let isFilled = DispatchSemaphore(value: 0)
    /// What is taken from.
    private var taken = ByteOutput(capacity: 1 << 20)
    /// What is filled meanwhile.
    private var filled = ByteOutput(capacity: 1 << 20)
    private var isUnderWay = false
    private var failure: (any Error)?
    private var hasEnded = false

    /// Bytes that are worth another turn.
    private static let enough = 1 << 20

    /// - Parameter cursor: gives one column, of lines without what ends the last of them, or NULL for none. It is used on
    ///   another thread from now on.
    init(_ cursor: BlockCursor) { self.cursor = cursor }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while taken.count == 0 {
            if !isUnderWay {
                if hasEnded { return 0 }
                begin()
            }
            isFilled.wait()
            isUnderWay = false
            if let failure { throw failure }
            swap(&taken, &filled)
            if !hasEnded { begin() }
        }
        return unsafe taken.take(into: buffer)
    }

    private func begin() {
        isUnderWay = true
        queue.async { [self] in
            do {
                while !hasEnded, filled.count < PackedText.enough { hasEnded = try !cursor.next(append) }
            } catch {
                failure = error
            }
            isFilled.signal()
        }
    }

    private func append(_ batch: borrowing RowBatch) {
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
