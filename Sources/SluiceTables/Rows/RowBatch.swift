/// Rows of a table, column by column, in memory that their reader owns and uses again for the next ones.
///
/// Whoever gets one may read it until the call that handed it over returns.
@safe package struct RowBatch: ~Copyable {
    package let columns: [Column]
    /// Rows.
    package let count: Int
    /// One for each column; none where there is a piece.
    @unsafe package let values: [ColumnValues]
    /// What there is of one row instead of whole ones; only for who has asked for it.
    package let piece: RowPiece?
    /// The line of each row in its source; nil where that has none.
    private let lines: UnsafePointer<Int>?
    /// What is to be added to those.
    private let linesBefore: Int
    /// The rows that stand in the source before these, without those that its reader has skipped.
    package let rowsBefore: Int

    /// - Parameters:
    ///   - values: of `count` rows each, in memory that outlives the batch.
    ///   - lines: the same for the lines of a text, from 1 on, of which `linesBefore` are not counted.
    @unsafe package init(
        columns: [Column],
        count: Int,
        values: [ColumnValues],
        rowsBefore: Int,
        lines: UnsafePointer<Int>? = nil,
        linesBefore: Int = 0
    ) {
        unsafe precondition(columns.count == values.count, "each column has its values")
        self.columns = columns
        self.count = count
        unsafe self.values = unsafe values
        piece = nil
        unsafe self.lines = unsafe lines
        self.linesBefore = linesBefore
        self.rowsBefore = rowsBefore
    }

    /// A piece of a row, which counts as a row with the last one of it.
    @unsafe package init(columns: [Column], piece: RowPiece, rowsBefore: Int) {
        precondition(columns.indices.contains(piece.column), "a piece is of a column")
        self.columns = columns
        count = piece.isLast && piece.column == columns.count - 1 ? 1 : 0
        unsafe values = []
        self.piece = piece
        unsafe lines = nil
        linesBefore = 0
        self.rowsBefore = rowsBefore
    }

    /// Some of the rows, with other columns of as many rows as these have.
    @unsafe func part(
        _ rows: Range<Int>,
        columns: [Column],
        values: [ColumnValues]
    ) -> RowBatch {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= count)
        return unsafe RowBatch(
            columns: columns,
            count: rows.count,
            values: rows.lowerBound == 0 ? values : values.map { unsafe $0.dropFirst(rows.lowerBound) },
            rowsBefore: rowsBefore + rows.lowerBound,
            lines: lines.map { unsafe $0 + rows.lowerBound },
            linesBefore: linesBefore
        )
    }

    /// Where a row stands in its source.
    package func place(of row: Int) -> RowPlace {
        precondition(row < count)
        if let lines = unsafe lines { return .line(unsafe lines[row] + linesBefore) }
        return .row(rowsBefore + row + 1)
    }
}

/// Where a row stands in its source, counted from 1.
package enum RowPlace: Sendable, Hashable, CustomStringConvertible {
    /// The line of a text that the row begins on.
    case line(Int)
    /// Of a source that has no lines.
    case row(Int)

    package var description: String {
        switch self {
        case .line(let number): "line \(number)"
        case .row(let number): "row \(number)"
        }
    }
}

/// The values of one column.
///
/// The nth row's value stands at `base + offsets[n * step]`, or, where there are no offsets, at `base + n * stride`;
/// its length in bytes is `lengths[n * step]`. So cells can be described in place: in the buffers that a database's
/// driver fills, in the text that they were read from, or one behind the other. Up to `ByteOutput.slack` bytes behind
/// any value may be read, whatever is there.
@unsafe package struct ColumnValues {
    /// The length that says that there is no value (as SQL_NULL_DATA does).
    package static let null = -1

    private let base: UnsafePointer<UInt8>
    private let stride: Int
    private let offsets: UnsafePointer<Int>?
    private let lengths: UnsafePointer<Int>
    private let step: Int

    /// Values `stride` bytes apart; a row's length is `step` places behind that of the row before.
    package init(base: UnsafePointer<UInt8>, stride: Int, lengths: UnsafePointer<Int>, step: Int = 1) {
        unsafe self.base = unsafe base
        unsafe self.stride = stride
        unsafe offsets = nil
        unsafe self.lengths = unsafe lengths
        unsafe self.step = step
    }

    /// Values anywhere behind `base`; a row's offset and length are `step` places behind those of the row before.
    package init(
        base: UnsafePointer<UInt8>,
        offsets: UnsafePointer<Int>,
        lengths: UnsafePointer<Int>,
        step: Int = 1
    ) {
        unsafe self.base = unsafe base
        unsafe stride = 0
        unsafe self.offsets = unsafe offsets
        unsafe self.lengths = unsafe lengths
        unsafe self.step = step
    }

    /// The values from a row on.
    func dropFirst(_ rows: Int) -> ColumnValues {
        let lengths = unsafe self.lengths + rows * step
        if let offsets = unsafe offsets {
            return unsafe ColumnValues(base: base, offsets: offsets + rows * step, lengths: lengths, step: step)
        }
        return unsafe ColumnValues(base: base + rows * stride, stride: stride, lengths: lengths, step: step)
    }

    /// Bytes of a row's value; negative where there is none.
    @inline(__always) func length(_ row: Int) -> Int { unsafe lengths[row &* step] }

    /// Where a row's value stands.
    @inline(__always) func start(_ row: Int) -> UnsafePointer<UInt8> {
        if let offsets = unsafe offsets { return unsafe base + offsets[row &* step] }
        return unsafe base + row &* stride
    }

    /// A value of fixed width, which needs no alignment.
    @inline(__always) func load<Value: BitwiseCopyable>(_ row: Int, as type: Value.Type) -> Value {
        unsafe UnsafeRawPointer(start(row)).loadUnaligned(as: type)
    }

    /// Bytes of all values of some rows.
    package func bytes(in rows: Range<Int>) -> Int {
        var sum = 0
        for row in rows { unsafe sum &+= max(0, length(row)) }
        return sum
    }

    /// A row's bytes; nil where there is no value.
    package func bytes(_ row: Int) -> UnsafeBufferPointer<UInt8>? {
        let length = unsafe length(row)
        return length < 0 ? nil : unsafe UnsafeBufferPointer(start: start(row), count: length)
    }
}
