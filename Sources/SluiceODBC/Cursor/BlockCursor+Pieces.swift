internal import SluiceCore
internal import SluiceTables

/// Rows that come in pieces.
extension BlockCursor {
    /// Hands over what comes next of the long row.
    func nextPiece(_ body: (borrowing RowBatch) throws -> Void) throws {
        guard let row = long?.row, let column = long?.column, let open = long?.open else {
            preconditionFailure("there are rows, or a part of one")
        }
        if column == open.column, open.isBegun { return try nextPieceOfValue(body) }
        let isWhole = column == open.column ? false : try holdsCell(row, column, after: open.column)
        let cells = unsafe cells(of: column, row..<row + 1)
        if !isWhole { long?.open.isBegun = true }
        try unsafe hand(cells.bytes(0), isFirst: true, isLast: isWhole, body)
    }

    private func nextPieceOfValue(_ body: (borrowing RowBatch) throws -> Void) throws {
        guard var open = long?.open else { return }
        guard case .bytes(let bytes, let isLast) = unsafe try open.reading.next(statement) else {
            throw ODBCError(.unexpectedAnswer, "the driver gives no more of a value that it has begun")
        }
        long?.open = open
        try unsafe hand(bytes.assumingMemoryBound(to: UInt8.self), isFirst: false, isLast: isLast, body)
    }

    /// Whether a cell of the long row is held whole, for which it may be read now.
    private func holdsCell(_ row: Int, _ column: Int, after open: Int) throws -> Bool {
        if widths[column] == nil { return try column < open || readAside(row, column) }
        // What was bound in a row of many is complete up to the long value.
        return try !readsByRow && column < open || completeCell(row, column)
    }

    private func hand(
        _ bytes: UnsafeBufferPointer<UInt8>?,
        isFirst: Bool,
        isLast: Bool,
        _ body: (borrowing RowBatch) throws -> Void
    ) throws {
        guard let row = long?.row, let column = long?.column else { return }
        let piece = unsafe RowPiece(column: column, bytes: bytes, isFirst: isFirst, isLast: isLast)
        let batch = unsafe RowBatch(columns: columns, piece: piece, rowsBefore: rowsBefore)
        if isLast { long?.column += 1 }
        if batch.count > 0 {
            rowsBefore += 1
            long = nil
            waiting = row + 1..<max(row + 1, waiting.upperBound)
        }
        try body(batch)
    }
}
