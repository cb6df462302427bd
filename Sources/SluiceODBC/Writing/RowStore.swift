package import SluiceTables

/// Rows on their way into a table: their values one behind the other, in memory that is used again for the next ones.
/// Used by one thread at a time, which hands it on whole.
@safe package final class RowStore: @unchecked Sendable {
    // Who has it alone uses it: it goes from thread to thread through channels.
    struct Cell {
        var start: Int
        /// Bytes; `ColumnValues.null` where there is no value.
        var length: Int
    }

    /// Rows that it holds at most.
    package let mostRows: Int
    /// Bytes from which on it is full.
    let mostBytes: Int
    /// Where the rows go, and what they come from.
    package private(set) var plan: InsertPlan?
    /// Where each row stands in its source.
    package private(set) var places: [RowPlace] = []
    private var cells: [Cell] = []
    private var memory: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    /// Bytes of values.
    package private(set) var bytes = 0

    package init(mostRows: Int, mostBytes: Int) {
        self.mostRows = mostRows
        self.mostBytes = mostBytes
        capacity = 64 << 10
        unsafe memory = .allocate(capacity: 64 << 10)
    }

    deinit { unsafe memory.deallocate() }

    /// Rows.
    package var count: Int { places.count }
    var width: Int { plan?.columns.count ?? 0 }
    package var isFull: Bool { count >= mostRows || bytes >= mostBytes }

    /// Forgets its rows, and takes those of `plan` from now on.
    package func begin(_ plan: InsertPlan) {
        self.plan = plan
        places.removeAll(keepingCapacity: true)
        cells.removeAll(keepingCapacity: true)
        bytes = 0
    }

    /// Adds rows from `first` on, as many as there are room for.
    ///
    /// - Parameter refuse: takes a row that can't be written as it is: its number in the batch and why.
    /// - Returns: the first row that was not looked at.
    package func add(
        _ batch: borrowing RowBatch,
        from first: Int,
        refuse: (Int, CellRefusal) throws -> Void
    ) throws -> Int {
        guard let plan else { preconditionFailure("rows come after begin") }
        var row = first
        let values = unsafe plan.columns.map { column in
            unsafe column.constant.map { unsafe $0.values } ?? batch.values[column.source]
        }
        while row < batch.count, !isFull {
            if let refusal = unsafe add(row, values, plan) {
                try refuse(row, refusal)
            } else {
                places.append(batch.place(of: row))
            }
            row += 1
        }
        return row
    }

    /// Adds one row, or nothing where a value can't be written.
    @unsafe private func add(_ row: Int, _ values: [ColumnValues], _ plan: InsertPlan) -> CellRefusal? {
        let before = bytes
        for index in plan.columns.indices {
            guard let value = unsafe values[index].bytes(row) else {
                cells.append(Cell(start: bytes, length: -1))
                continue
            }
            let conversion = plan.columns[index].conversion
            reserve(conversion.most(value.count))
            switch unsafe conversion.write(value, to: memory + bytes) {
            case .bytes(let count):
                cells.append(Cell(start: bytes, length: count))
                bytes += count
            case .refused(let code, let clause):
                cells.removeLast(index)
                bytes = before
                return unsafe CellRefusal(column: index, code: code, clause: clause, value: Array(value))
            }
        }
        return nil
    }

    private func reserve(_ more: Int) {
        guard capacity - bytes < more else { return }
        let larger = max(capacity * 2, bytes + more)
        let fresh = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        unsafe fresh.update(from: memory, count: bytes)
        unsafe memory.deallocate()
        unsafe memory = unsafe fresh
        capacity = larger
    }

    /// A value; nil for NULL. Valid until the store is changed.
    @unsafe func value(_ row: Int, _ column: Int) -> UnsafeMutableBufferPointer<UInt8>? {
        let cell = cells[row * width + column]
        return cell.length < 0 ? nil : unsafe UnsafeMutableBufferPointer(start: memory + cell.start, count: cell.length)
    }

    /// Bytes of a value; negative for NULL.
    func length(_ row: Int, _ column: Int) -> Int { cells[row * width + column].length }

    /// A row's values, for messages.
    package func values(of row: Int) -> [[UInt8]?] {
        (0..<width).map { column in unsafe value(row, column).map { unsafe Array($0) } }
    }

    /// Bytes of a range of rows.
    package func bytes(in rows: Range<Int>) -> Int {
        guard !rows.isEmpty, width > 0 else { return 0 }
        let end = rows.upperBound == count ? bytes : cells[rows.upperBound * width].start
        return end - cells[rows.lowerBound * width].start
    }
}

/// A value that can't be written as it is.
package struct CellRefusal: Sendable {
    /// The column's place among those of the plan.
    package let column: Int
    package let code: BadRow.Code
    /// What is wrong: `which has more digits behind the point than numeric(5,2)`.
    package let clause: String
    package let value: [UInt8]
}
