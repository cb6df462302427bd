internal import CODBC

/// Puts rows of a store into the database with one call or few, in whatever way its driver is fast. Used by one thread at
/// a time.
protocol RowSender: AnyObject {
    /// Runs the statement for these rows; blocks. They count once they are committed.
    ///
    /// - Returns: what is wrong with one of them or more; nil where all are in.
    /// - Throws: an `ODBCError` where the call can't be made.
    func send(_ store: RowStore, _ rows: Range<Int>) throws -> [Diagnostic]?
}

/// Rows as arrays of text: one for each column, in the form that PostgreSQL has for arrays.
@safe final class TextArrays: RowSender {
    private let statement: Statement
    private var arrays: [ArrayText]
    private let lengths: UnsafeMutablePointer<SQLLEN>

    init(_ plan: InsertPlan, _ connection: Connection) throws {
        statement = try Statement(connection)
        arrays = plan.columns.map { _ in ArrayText() }
        unsafe lengths = .allocate(capacity: plan.columns.count)
        unsafe lengths.initialize(repeating: 0, count: plan.columns.count)
        try statement.prepare(plan.statement.sql)
    }

    deinit { unsafe lengths.deallocate() }

    func send(_ store: RowStore, _ rows: Range<Int>) throws -> [Diagnostic]? {
        for column in arrays.indices {
            let array = arrays[column]
            unsafe array.fill(store, rows, column)
            unsafe lengths[column] = array.count
            try unsafe statement.bind(
                parameter: column + 1,
                isBinary: false,
                at: array.memory,
                width: array.count,
                size: array.count,
                lengths: lengths + column
            )
        }
        let result = unsafe SQLExecute(statement.handle)
        defer { statement.close() }
        return result == SQL_SUCCESS || result == SQL_SUCCESS_WITH_INFO || result == SQL_NO_DATA
            ? nil : statement.diagnostics
    }
}

/// The text of one array: `{"a","b \"c\"",NULL}`.
@safe final class ArrayText {
    private(set) var memory: UnsafeMutablePointer<UInt8>
    private(set) var count = 0
    private var capacity = 1 << 16

    init() { unsafe memory = .allocate(capacity: 1 << 16) }

    deinit { unsafe memory.deallocate() }

    /// Writes a column's values.
    @unsafe func fill(_ store: RowStore, _ rows: Range<Int>, _ column: Int) {
        reserve(rows.reduce(2) { $0 + 2 * max(2, store.length($1, column)) + 3 })
        var next = unsafe memory
        func put(_ byte: UInt8) {
            unsafe next[0] = byte
            unsafe next += 1
        }
        put(UInt8(ascii: "{"))
        for row in rows {
            if row > rows.lowerBound { put(UInt8(ascii: ",")) }
            guard let value = unsafe store.value(row, column) else {
                unsafe next.update(from: ("NULL" as StaticString).utf8Start, count: 4)
                unsafe next += 4
                continue
            }
            put(UInt8(ascii: "\""))
            for index in 0..<value.count {
                let byte = unsafe value[index]
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { put(UInt8(ascii: "\\")) }
                put(byte)
            }
            put(UInt8(ascii: "\""))
        }
        put(UInt8(ascii: "}"))
        count = unsafe next - memory
    }

    private func reserve(_ wanted: Int) {
        guard wanted > capacity else { return }
        unsafe memory.deallocate()
        capacity = max(wanted, 2 * capacity)
        unsafe memory = .allocate(capacity: capacity)
    }
}
