/// Gives a table's rows, batch by batch. Used by one thread at a time.
package protocol RowReader: AnyObject {
    /// Known before the first batch.
    var columns: [Column] { get }

    /// Hands the next rows, one at least, to `body`, and returns false at the end, without a call. Blocks.
    ///
    /// The batch is `body`'s until it returns. Its memory is bounded by the reader's options, whatever the table's.
    func next(_ body: (borrowing RowBatch) throws -> Void) throws -> Bool
}

extension RowReader {
    /// Hands all rows to `body`.
    package func forEach(_ body: (borrowing RowBatch) throws -> Void) throws { while try next(body) {} }
}

/// Makes an object's bytes of rows. Used by one thread at a time.
///
/// Each call appends to `output`; what is appended and taken from there in order is the object.
package protocol RowEncoder: AnyObject {
    /// Whether rows may come as pieces, too.
    var takesPieces: Bool { get }

    /// Appends what stands before the first row.
    func begin(_ output: ByteOutput) throws

    /// Appends what the rows in `range` become, or keeps a bounded part of it for later.
    /// - Throws: a `RowRefusal` for a row without which it can go on, and other errors where it can't.
    func encode(_ batch: borrowing RowBatch, rows range: Range<Int>, to output: ByteOutput) throws

    /// Appends what stands behind the last row.
    func finish(_ output: ByteOutput) throws
}

extension RowEncoder {
    package var takesPieces: Bool { false }

    /// Appends what all rows of a batch become.
    package func encode(_ batch: borrowing RowBatch, to output: ByteOutput) throws {
        try encode(batch, rows: 0..<batch.count, to: output)
    }
}
