/// Writes rows that are delimited text already: one column, of whole rows without what stands behind them.
package final class RenderedEncoder: RowEncoder {
    private let head: DelimitedEncoder
    private let rowEnd: [UInt8]

    /// - Parameter columns: those that the rows are made of, for the first row.
    /// - Throws: a `TableError` when the options contradict each other.
    package init(_ format: DelimitedFormat, columns: [Column]) throws(TableError) {
        head = try DelimitedEncoder(format, columns: columns)
        rowEnd = format.writtenRowDelimiter
    }

    package func begin(_ output: ByteOutput) throws { try head.begin(output) }

    package var takesPieces: Bool { true }

    package func encode(_ batch: borrowing RowBatch, rows range: Range<Int>, to output: ByteOutput) throws {
        precondition(range.lowerBound >= 0 && range.upperBound <= batch.count && batch.columns.count == 1)
        if let piece = batch.piece {
            if let bytes = unsafe piece.bytes { unsafe output.append(bytes) }
            if piece.isLast { output.append(rowEnd) }
            return
        }
        guard !range.isEmpty else { return }
        let rows = unsafe batch.values[0]
        var pen = unsafe Pen(output, room: rowEnd.count + ByteOutput.slack)
        for row in range {
            let length = unsafe max(0, rows.length(row))
            unsafe pen.need(length + rowEnd.count)
            unsafe pen.next.update(from: rows.start(row), count: length)
            unsafe pen.next += length
            unsafe pen.put(rowEnd)
        }
        unsafe pen.lift()
    }

    package func finish(_ output: ByteOutput) throws {}
}
