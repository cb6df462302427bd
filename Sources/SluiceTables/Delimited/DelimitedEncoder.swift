/// Writes rows as delimited text.
///
/// A value is quoted where it holds the delimiter's first byte, the quote, the escape, CR or LF, or is what stands for
/// NULL: so NULL and an empty text stay two things. Cells are copied by sixteen bytes at a time, that are searched on
/// the way.
package final class DelimitedEncoder: RowEncoder {
    let format: DelimitedFormat
    let columns: [Column]
    let quoting: Quoting
    let kinds: [CellKind]
    /// Bytes of a row beside those of its texts and bytes.
    let rowBound: Int
    /// Whether something was written.
    var hasBegun = false
    /// Of a value that comes in pieces.
    var binaryPieces: BinaryPieces?

    /// - Throws: a `TableError` when the options contradict each other.
    package init(_ format: DelimitedFormat, columns: [Column]) throws(TableError) {
        try format.check()
        self.format = format
        self.columns = columns
        quoting = Quoting(format, columns: columns.count)
        kinds = columns.map { CellKind($0) }
        let cell = 2 * CanonicalText.most + Quoting.frame + format.delimiter.count + format.null.count
        rowBound = columns.count * cell + format.writtenRowDelimiter.count + ByteOutput.slack
    }

    package func begin(_ output: ByteOutput) throws {
        guard format.hasHeader else { return }
        let bound = columns.reduce(rowBound) { $0 + 2 * $1.name.utf8.count }
        let start = unsafe output.reserve(bound).baseAddress!
        var next = unsafe start
        for (index, column) in columns.enumerated() {
            if index > 0 { unsafe next = quoting.writeDelimiter(at: next) }
            let name = Array(column.name.utf8)
            let isForced = index == 0 && name.starts(with: DelimitedFormat.byteOrderMark)
            unsafe next += try name.withUnsafeBufferPointer { bytes in
                guard let first = bytes.baseAddress else { return 0 }
                return unsafe try quoting.writeWithCare(name.count, from: first, to: next, isForced: isForced)
            }
        }
        unsafe next = quoting.writeRowEnd(at: next)
        unsafe output.advance(next - start)
        hasBegun = true
    }

    package func encode(_ batch: borrowing RowBatch, rows range: Range<Int>, to output: ByteOutput) throws {
        precondition(range.lowerBound >= 0 && range.upperBound <= batch.count && batch.columns.count == columns.count)
        if let piece = batch.piece { return try unsafe encode(piece, to: output) }
        let before = output.count
        var refused = range.lowerBound
        do {
            try write(batch, range, to: output, &refused)
        } catch let reason as TableError {
            // Pages of its beginning may be in the output; what stands before the row is written again without it.
            output.truncate(to: before)
            var row = refused
            try write(batch, range.lowerBound..<refused, to: output, &row)
            throw RowRefusal(refused, of: batch, .badValue, reason)
        }
    }

    /// - Parameter refused: the row that an error is about.
    private func write(
        _ batch: borrowing RowBatch,
        _ range: Range<Int>,
        to output: ByteOutput,
        _ refused: inout Int
    ) throws {
        guard !range.isEmpty else { return }
        let values = unsafe batch.values
        try unsafe values.withUnsafeBufferPointer { values in
            try unsafe kinds.withUnsafeBufferPointer { kinds in
                var pen = unsafe Pen(output, room: rowBound)
                let quick = quoting.quick
                var row = range.lowerBound
                do {
                    if !hasBegun {
                        try unsafe encodeFirst(row, values, kinds, quick, &pen)
                        row += 1
                    }
                    while row < range.upperBound {
                        try unsafe encode(row, from: 0, values, kinds, quick, &pen)
                        row += 1
                    }
                } catch {
                    refused = row
                    throw error
                }
                unsafe pen.lift()
            }
        }
        hasBegun = true
    }

    package func finish(_ output: ByteOutput) throws {}

    package var takesPieces: Bool { true }

    /// What a file begins with must not look like a byte order mark.
    @unsafe private func encodeFirst(
        _ row: Int,
        _ values: UnsafeBufferPointer<ColumnValues>,
        _ kinds: UnsafeBufferPointer<CellKind>,
        _ quick: Quoting.Quick,
        _ pen: inout Pen
    ) throws {
        guard case .text? = unsafe kinds.first, let bytes = unsafe values[0].bytes(row),
            unsafe bytes.starts(with: DelimitedFormat.byteOrderMark), let start = bytes.baseAddress
        else { return try unsafe encode(row, from: 0, values, kinds, quick, &pen) }
        unsafe pen.need(rowBound + 2 * bytes.count)
        unsafe pen.next += try quoting.writeWithCare(bytes.count, from: start, to: pen.next, isForced: true)
        try unsafe encode(row, from: 1, values, kinds, quick, &pen)
    }

    /// A row's cells from `first` on, and what stands behind it.
    @unsafe @inline(__always)
    private func encode(
        _ row: Int,
        from first: Int,
        _ values: UnsafeBufferPointer<ColumnValues>,
        _ kinds: UnsafeBufferPointer<CellKind>,
        _ quick: Quoting.Quick,
        _ pen: inout Pen
    ) throws {
        unsafe pen.need(rowBound)
        var column = first
        while column < values.count {
            if column > 0 {
                if quick.isSingle {
                    unsafe pen.put(quick.delimiter)
                } else {
                    unsafe pen.next = quoting.writeDelimiter(at: pen.next)
                }
            }
            let cell = unsafe values.baseAddress.unsafelyUnwrapped + column
            let length = unsafe cell.pointee.length(row)
            if length < 0 {
                unsafe pen.next = quoting.writeNull(at: pen.next)
            } else if case .text = unsafe kinds[column] {
                unsafe pen.need(rowBound &+ 2 &* length)
                let start = unsafe cell.pointee.start(row)
                if unsafe quick.copy(length, from: start, to: pen.next) {
                    unsafe pen.next += length
                } else {
                    unsafe pen.next += try quoting.writeWithCare(length, from: start, to: pen.next)
                }
            } else {
                unsafe pen.need(rowBound &+ 4 &* length)
                unsafe pen.next += try write(kinds[column], cell.pointee, row, length, at: pen.next)
            }
            column &+= 1
        }
        if quick.isSingle { unsafe pen.put(quick.rowEnd) } else { unsafe pen.next = quoting.writeRowEnd(at: pen.next) }
    }

    @unsafe func write(
        _ kind: CellKind,
        _ cell: ColumnValues,
        _ row: Int,
        _ length: Int,
        at place: UnsafeMutablePointer<UInt8>
    ) throws -> Int {
        let written: Int
        if case .binary = kind {
            let bytes = unsafe UnsafeBufferPointer(start: cell.start(row), count: length)
            written = unsafe format.binary.write(bytes, to: place)
        } else {
            written = unsafe kind.write(cell, row, at: place)
        }
        // No bytes at all are not NULL either.
        guard !quoting.isPlainSafe || written == 0 else { return written }
        return try unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: written + ByteOutput.slack) { copy in
            let start = copy.baseAddress!
            unsafe start.initialize(from: place, count: written)
            return unsafe try quoting.write(written, from: start, to: place)
        }
    }
}
