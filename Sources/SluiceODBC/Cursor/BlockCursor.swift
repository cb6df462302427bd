internal import CODBC
internal import SluiceCore
internal import SluiceTables

/// The rows of a statement, many with each call of the driver. Used by one thread at a time.
///
/// Values that have no bound, or are longer than their room, are read in pieces and kept beside the rows; so a batch
/// takes the buffer's memory and `mostAside` bytes, and as much as the longest value that may be held.
@safe final class BlockCursor: RowReader {
    let columns: [Column]
    let statement: Statement
    private let bindings: [CellBinding]
    private let canonical: [CanonicalCell?]
    /// Of each column, apart from its names: they are looked at for every cell.
    private let kinds: [CellBinding.Kind]
    let widths: [Int?]
    private let buffer: RowBuffer
    /// Whether some values are asked for one by one; then rows are, too.
    let readsByRow: Bool
    private let aside = AsideValues()
    /// Rows that the last call of the driver gave.
    private let fetched: UnsafeMutablePointer<SQLULEN>
    /// Bytes that addresses move by for the next row, where rows come one by one.
    private let displacement: UnsafeMutablePointer<SQLULEN>
    private let states: UnsafeMutablePointer<SQLUSMALLINT>
    /// The rows of the buffer that wait to be handed over.
    var waiting: Range<Int> = 0..<0
    var rowsBefore = 0
    private var hasEnded = false
    private let longValues: LongValues
    private var pace: RowPace?
    /// The row that is being handed over in pieces.
    var long: LongRow?

    struct LongRow {
        /// In the buffer.
        let row: Int
        /// That comes next.
        var column = 0
        /// The value that made the row a long one, or another that does; its beginning is kept beside the rows.
        var open: (column: Int, reading: ValueReading, isBegun: Bool)
    }

    private static let mostAside = 8 << 20
    private static let mostRows = 4096

    /// - Parameters:
    ///   - statement: that was executed and gives as many columns as there are bindings.
    ///   - bytes: for rows.
    ///   - mostRows: rows that are asked for at a time; nil for a few thousand.
    ///   - longValues: what becomes of values too long to be held.
    ///   - pace: of rows whose length is not known; nil to ask for as many as have room.
    init(
        _ statement: Statement,
        _ bindings: [CellBinding],
        bytes: Int,
        mostRows: Int? = nil,
        longValues: LongValues,
        pace: RowPace? = nil
    ) throws {
        self.statement = statement
        self.longValues = longValues
        self.pace = pace
        self.bindings = bindings
        columns = bindings.map(\.column)
        canonical = bindings.map { $0.kind == .text ? CanonicalCell($0.column.type) : nil }
        kinds = bindings.map(\.kind)
        widths = bindings.map(\.width)
        buffer = RowBuffer(bindings, bytes: bytes, mostRows: mostRows ?? BlockCursor.mostRows)
        readsByRow = bindings.contains { $0.width == nil }
        unsafe fetched = .allocate(capacity: 1)
        unsafe displacement = .allocate(capacity: 1)
        unsafe states = .allocate(capacity: buffer.capacity)
        unsafe fetched.initialize(to: 0)
        unsafe displacement.initialize(to: 0)
        unsafe states.initialize(repeating: 0, count: buffer.capacity)
        try bind()
    }

    deinit {
        // The driver must not write to what is gone.
        _ = unsafe SQLFreeStmt(statement.handle, SQLUSMALLINT(SQL_CLOSE))
        _ = unsafe SQLFreeStmt(statement.handle, SQLUSMALLINT(SQL_UNBIND))
        unsafe fetched.deallocate()
        unsafe displacement.deallocate()
        unsafe states.deallocate()
    }

    private func bind() throws {
        let handle = unsafe statement.handle
        let rows = readsByRow ? 1 : min(buffer.capacity, pace?.rows ?? .max)
        try set(SQL_ATTR_ROW_BIND_TYPE, SQLULEN(buffer.stride))
        try set(SQL_ATTR_ROW_ARRAY_SIZE, SQLULEN(rows))
        try statement.check(
            unsafe SQLSetStmtAttr(handle, SQL_ATTR_ROWS_FETCHED_PTR, fetched, 0),
            "prepares to fetch the rows of"
        )
        try statement.check(
            unsafe SQLSetStmtAttr(handle, SQL_ATTR_ROW_BIND_OFFSET_PTR, displacement, 0),
            "prepares to fetch the rows of"
        )
        try statement.check(
            unsafe SQLSetStmtAttr(handle, SQL_ATTR_ROW_STATUS_PTR, states, 0),
            "prepares to fetch the rows of"
        )
        for (column, binding) in bindings.enumerated() {
            guard let width = binding.width else { continue }
            try statement.check(
                unsafe SQLBindCol(
                    handle,
                    SQLUSMALLINT(column + 1),
                    SQLSMALLINT(binding.driverType),
                    buffer.cell(0, column),
                    SQLLEN(width + binding.terminator),
                    buffer.indicator(0, column)
                ),
                "prepares to fetch the rows of"
            )
        }
    }

    private func set(_ attribute: Int32, _ value: SQLULEN) throws {
        try statement.check(
            unsafe sluice_set_statement(statement.handle, attribute, value),
            "prepares to fetch the rows of"
        )
    }

    func next(_ body: (borrowing RowBatch) throws -> Void) throws -> Bool {
        if long == nil, waiting.isEmpty {
            guard try fetch() else { return false }
        }
        // Where rows come one by one, those before the long one wait by themselves.
        let rows = long == nil || (readsByRow && !waiting.isEmpty) ? try complete() : 0..<0
        guard !rows.isEmpty else {
            try nextPiece(body)
            return true
        }
        let values = unsafe bindings.indices.map { unsafe cells(of: $0, rows) }
        let batch = unsafe RowBatch(columns: columns, count: rows.count, values: values, rowsBefore: rowsBefore)
        rowsBefore += rows.count
        try body(batch)
        return true
    }

    /// Fills the buffer; false at the end.
    private func fetch() throws -> Bool {
        guard !hasEnded else { return false }
        if !readsByRow {
            guard try call() else { return false }
            waiting = 0..<Int(unsafe fetched.pointee)
            try keepPace()
            return !waiting.isEmpty
        }
        aside.removeAll()
        var rows = 0
        while rows < buffer.capacity, aside.count < BlockCursor.mostAside {
            unsafe displacement.pointee = SQLULEN(rows * buffer.stride)
            guard try call() else { break }
            for (column, binding) in bindings.enumerated() where binding.width == nil {
                guard try readAside(rows, column) else {
                    waiting = 0..<rows
                    return true
                }
            }
            rows += 1
        }
        waiting = 0..<rows
        return rows > 0
    }

    /// Has the driver ask for as many rows next as it can hold of such as these.
    private func keepPace() throws {
        guard let before = pace?.rows else { return }
        var longest = 0
        for row in waiting {
            var length = 0
            for column in bindings.indices { length += unsafe max(0, buffer.indicator(row, column).pointee) }
            longest = max(longest, length)
        }
        pace?.saw(longest: longest)
        guard let rows = pace?.rows, rows != before else { return }
        statement.connection.fetch(rows: rows)
        try set(SQL_ATTR_ROW_ARRAY_SIZE, SQLULEN(min(buffer.capacity, rows)))
    }

    /// Lets the driver write the next rows; false at the end.
    private func call() throws -> Bool {
        let result = unsafe SQLFetch(statement.handle)
        guard result != SQL_NO_DATA else {
            hasEnded = true
            return false
        }
        try statement.check(result, "fetches the rows of")
        for row in 0..<Int(unsafe fetched.pointee) where unsafe Int32(states[row]) == SQL_ROW_ERROR {
            throw statement.error("fetches row \(rowsBefore + row + 1) of")
        }
        return true
    }

    /// The next rows with all of their values: as many as keep what is read again in its bounds.
    private func complete() throws -> Range<Int> {
        if !readsByRow { aside.removeAll() }
        var end = waiting.lowerBound
        rows: while end < waiting.upperBound,
            readsByRow || end == waiting.lowerBound || aside.count < BlockCursor.mostAside
        {
            for column in bindings.indices { guard try completeCell(end, column) else { break rows } }
            end += 1
        }
        defer { waiting = end..<waiting.upperBound }
        return waiting.lowerBound..<end
    }

    /// False where the value is too long to be held.
    func completeCell(_ row: Int, _ column: Int) throws -> Bool {
        let indicator = unsafe buffer.indicator(row, column)
        let length = unsafe indicator.pointee
        guard length != SQL_NULL_DATA, let width = widths[column] else { return true }
        switch kinds[column] {
        case .double, .float: unsafe indicator.pointee = width
        case .text, .bytes:
            if length > width || length < 0 { return try readAgain(row, column) }
            if let canonical = canonical[column] {
                unsafe indicator.pointee = canonical.rewrite(buffer.cell(row, column), length)
            }
        }
        return true
    }

    /// Reads a value that did not fit from its row again; false where it is too long to be held.
    private func readAgain(_ row: Int, _ column: Int) throws -> Bool {
        let number = rowsBefore + row - waiting.lowerBound + 1
        guard statement.connection.profile.rereadsCells else {
            throw ODBCError(
                .tooLarge,
                "row \(number) has a value in column \"\(columns[column].name)\" that is longer than the database said",
                advice: "Ask for it by --query with a cast to a text without a bound"
            )
        }
        try statement.check(
            unsafe SQLSetPos(
                statement.handle,
                SQLSETPOSIROW(row + 1),
                SQLUSMALLINT(SQL_POSITION),
                SQLUSMALLINT(SQL_LOCK_NO_CHANGE)
            ),
            "goes back to row \(number) of"
        )
        return try readAside(row, column)
    }

    /// Keeps a value of the row under the cursor beside the rows; false where it is too long, and only begun.
    func readAside(_ row: Int, _ column: Int) throws -> Bool {
        let binding = bindings[column]
        let start = aside.count
        let indicator = unsafe buffer.indicator(row, column)
        aside.begin(row: row, column: column)
        var reading = ValueReading(column: column + 1, as: binding.driverType, terminator: binding.terminator)
        while true {
            guard case .bytes(let bytes, let isLast) = unsafe try reading.next(statement) else {
                unsafe indicator.pointee = ColumnValues.null
                return true
            }
            unsafe aside.append(bytes)
            unsafe indicator.pointee = aside.count - start
            if isLast { break }
            guard aside.count - start > longValues.mostHeld else { continue }
            guard case .pieces = longValues else { throw tooLong(row, column) }
            if long == nil { long = LongRow(row: row, open: (column, reading, false)) }
            long?.open = (column, reading, false)
            return false
        }
        if let canonical = canonical[column], aside.count - start < 62 {
            unsafe aside.rewriteLast { unsafe canonical.rewrite($0, $1) }
            unsafe indicator.pointee = aside.count - start
        }
        return true
    }

    private func tooLong(_ row: Int, _ column: Int) -> ODBCError {
        let number = rowsBefore + row + 1 - (readsByRow ? 0 : waiting.lowerBound)
        return ODBCError(
            .tooLarge,
            "row \(number) has a value in column \"\(columns[column].name)\" of more than \(ByteCount(longValues.mostHeld)), which is to be held whole",
            advice: "Give more --memory, or copy the table as csv or jsonl, which take values in pieces"
        )
    }

    /// The values of a column: in the rows, or some of them beside.
    @unsafe func cells(of column: Int, _ rows: Range<Int>) -> ColumnValues {
        let base = unsafe UnsafePointer(buffer.cell(rows.lowerBound, column))
        let indicators = unsafe buffer.indicator(rows.lowerBound, column)
        let step = buffer.stride / 8
        let moved = aside.places.lazy.filter { $0.column == column && rows.contains($0.row) }
        guard !moved.isEmpty else {
            return unsafe ColumnValues(
                base: base,
                stride: buffer.stride,
                lengths: UnsafePointer(indicators),
                step: step
            )
        }
        // The second word of a row's indicator is the value's offset.
        for row in rows { unsafe buffer.indicator(row, column)[1] = (row - rows.lowerBound) * buffer.stride }
        let distance = unsafe UnsafePointer(aside.base) - base
        for place in moved { unsafe buffer.indicator(place.row, column)[1] = distance + place.start }
        return unsafe ColumnValues(
            base: base,
            offsets: UnsafePointer(indicators + 1),
            lengths: UnsafePointer(indicators),
            step: step
        )
    }
}
