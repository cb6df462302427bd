internal import CODBC
internal import SluiceCore

/// Rows as arrays of parameters, column by column, which is how MariaDB's driver sends many with one packet. Rows with
/// long values go one by one, those values in pieces.
@safe final class ParameterArrays: RowSender {
    private let statement: Statement
    /// The same statement for one row with long values.
    private var single: Statement?
    private let connection: Connection
    private let plan: InsertPlan
    private var memory: UnsafeMutableRawPointer
    private var capacity = 1 << 16
    private var lengths: UnsafeMutablePointer<SQLLEN>
    private var lengthCapacity = 1 << 10
    private let processed: UnsafeMutablePointer<SQLULEN>
    private let states: UnsafeMutablePointer<SQLUSMALLINT>
    /// Rows of one call; 1 for drivers that have no arrays.
    private let most: Int
    /// By column, bytes from one value to the next.
    private var widths: [Int]

    /// Values above it go in pieces: in an array each would take as much room as the longest.
    static let longest = 8 << 10
    /// Room for the arrays of one call.
    private static let mostBytes = 8 << 20
    private static let piece = 256 << 10

    init(_ plan: InsertPlan, _ connection: Connection, mostRows: Int) throws {
        self.plan = plan
        self.connection = connection
        statement = try Statement(connection)
        widths = plan.columns.map { _ in 8 }
        let isSingle = !connection.profile.writing.hasArraysOfBytes && plan.columns.contains { $0.conversion.isBinary }
        let mostRows = isSingle ? 1 : mostRows
        let set = unsafe sluice_set_statement(statement.handle, SQL_ATTR_PARAMSET_SIZE, SQLULEN(mostRows))
        // SQL_SUCCESS_WITH_INFO: the driver has put another number in its place.
        most = set == SQL_SUCCESS ? mostRows : 1
        unsafe memory = .allocate(byteCount: 1 << 16, alignment: 64)
        unsafe lengths = .allocate(capacity: 1 << 10)
        unsafe processed = .allocate(capacity: 1)
        unsafe states = .allocate(capacity: mostRows)
        unsafe processed.initialize(to: 0)
        unsafe states.initialize(repeating: 0, count: mostRows)
        if most > 1 {
            _ = unsafe SQLSetStmtAttr(statement.handle, SQL_ATTR_PARAMS_PROCESSED_PTR, processed, 0)
            _ = unsafe SQLSetStmtAttr(statement.handle, SQL_ATTR_PARAM_STATUS_PTR, states, 0)
        }
        try statement.prepare(plan.statement.sql)
    }

    deinit {
        unsafe memory.deallocate()
        unsafe lengths.deallocate()
        unsafe processed.deallocate()
        unsafe states.deallocate()
    }

    func send(_ store: RowStore, _ rows: Range<Int>) throws -> [Diagnostic]? {
        var row = rows.lowerBound
        while row < rows.upperBound {
            let end = arrayEnd(store, row, rows.upperBound)
            let told = end > row ? try sendArrays(store, row..<end) : try sendAlone(store, row)
            if let told { return told }
            row = max(end, row + 1)
        }
        return nil
    }

    /// The end of the rows from `first` on that have no long value, and fit the arrays together.
    private func arrayEnd(_ store: RowStore, _ first: Int, _ limit: Int) -> Int {
        for column in widths.indices { widths[column] = 8 }
        var total = 8 * widths.count
        var row = first
        while row < limit, row - first < most {
            for column in widths.indices {
                let length = store.length(row, column)
                if length > ParameterArrays.longest { return row }
                if length > widths[column] {
                    let wider = (length + 7) & ~7
                    total += wider - widths[column]
                    guard row == first || total * (row - first + 1) <= ParameterArrays.mostBytes else { return row }
                    widths[column] = wider
                }
            }
            row += 1
        }
        return row
    }

    private func sendArrays(_ store: RowStore, _ rows: Range<Int>) throws -> [Diagnostic]? {
        let count = rows.count
        reserve(widths.reduce(0, +) * count, count * widths.count)
        var place = unsafe memory
        for column in widths.indices {
            let lengths = unsafe lengths + column * count
            unsafe fill(store, rows, column, place.assumingMemoryBound(to: UInt8.self), lengths)
            try unsafe statement.bind(
                parameter: column + 1,
                isBinary: plan.columns[column].conversion.isBinary,
                at: place,
                width: widths[column],
                size: widths[column],
                lengths: lengths
            )
            unsafe place += widths[column] * count
        }
        if most > 1 {
            try statement.check(
                unsafe sluice_set_statement(statement.handle, SQL_ATTR_PARAMSET_SIZE, SQLULEN(count)),
                "sizes the arrays of"
            )
        }
        unsafe processed.pointee = SQLULEN(count)
        for row in 0..<count { unsafe states[row] = SQLUSMALLINT(SQL_PARAM_SUCCESS) }
        let result = unsafe SQLExecute(statement.handle)
        defer { statement.close() }
        return try refusal(result, count)
    }

    /// What the driver says of the rows of a call. Some report success and put what is wrong with a row beside it.
    private func refusal(_ result: SQLRETURN, _ count: Int) throws -> [Diagnostic]? {
        guard result == SQL_SUCCESS || result == SQL_SUCCESS_WITH_INFO || result == SQL_NO_DATA else {
            return statement.diagnostics
        }
        guard most > 1 else { return nil }
        let told = result == SQL_SUCCESS_WITH_INFO ? statement.diagnostics.filter { !$0.state.hasPrefix("01") } : []
        if !told.isEmpty { return told }
        let hasFailed = (0..<count).contains { row in
            let state = unsafe Int32(states[row])
            return state == SQL_PARAM_ERROR || state == SQL_PARAM_UNUSED
        }
        guard unsafe hasFailed || Int(processed.pointee) != count else { return nil }
        return [Diagnostic(state: "22000", native: 0, message: "the driver refuses a row and doesn't say why")]
    }

    @unsafe private func fill(
        _ store: RowStore,
        _ rows: Range<Int>,
        _ column: Int,
        _ place: UnsafeMutablePointer<UInt8>,
        _ lengths: UnsafeMutablePointer<SQLLEN>
    ) {
        let width = widths[column]
        for (index, row) in rows.enumerated() {
            guard let value = unsafe store.value(row, column) else {
                unsafe lengths[index] = SQLLEN(SQL_NULL_DATA)
                continue
            }
            unsafe lengths[index] = value.count
            if let start = value.baseAddress { unsafe (place + index * width).update(from: start, count: value.count) }
        }
    }

    private func reserve(_ bytes: Int, _ cells: Int) {
        if bytes > capacity {
            unsafe memory.deallocate()
            capacity = bytes
            unsafe memory = .allocate(byteCount: bytes, alignment: 64)
        }
        if cells > lengthCapacity {
            unsafe lengths.deallocate()
            lengthCapacity = cells
            unsafe lengths = .allocate(capacity: cells)
        }
    }
}

extension ParameterArrays {
    /// Sends one row, its long values in pieces.
    private func sendAlone(_ store: RowStore, _ row: Int) throws -> [Diagnostic]? {
        let statement = try single ?? Statement(connection)
        if single == nil {
            try statement.prepare(plan.statement.sql)
            single = statement
        }
        reserve(0, widths.count)
        for column in widths.indices {
            let value = unsafe store.value(row, column)
            let count = unsafe value?.count ?? 0
            let isLong = count > ParameterArrays.longest
            unsafe lengths[column] = value == nil ? SQLLEN(SQL_NULL_DATA) : isLong ? atExecution(count) : count
            // Of a long value the driver gets a token: the column's number.
            let token = unsafe UnsafeMutableRawPointer(bitPattern: column + 1)
            try unsafe statement.bind(
                parameter: column + 1,
                isBinary: plan.columns[column].conversion.isBinary,
                at: isLong ? token : UnsafeMutableRawPointer(value?.baseAddress),
                width: count,
                size: count,
                lengths: lengths + column
            )
        }
        defer { statement.close() }
        var result = unsafe SQLExecute(statement.handle)
        while result == SQL_NEED_DATA {
            var token: SQLPOINTER?
            result = unsafe SQLParamData(statement.handle, &token)
            guard result == SQL_NEED_DATA else { break }
            let column = Int(bitPattern: token) - 1
            guard widths.indices.contains(column), let value = unsafe store.value(row, column) else {
                throw ODBCError(.unexpectedAnswer, "the driver asks for a value that there is not")
            }
            if let told = unsafe put(UnsafeMutableRawBufferPointer(value), statement) { return told }
        }
        return result == SQL_SUCCESS || result == SQL_SUCCESS_WITH_INFO || result == SQL_NO_DATA
            ? nil : statement.diagnostics
    }

    /// SQL_LEN_DATA_AT_EXEC
    private func atExecution(_ count: Int) -> SQLLEN { SQLLEN(SQL_LEN_DATA_AT_EXEC_OFFSET) - count }

    @unsafe private func put(_ value: UnsafeMutableRawBufferPointer, _ statement: Statement) -> [Diagnostic]? {
        var rest = unsafe value[...]
        while unsafe !rest.isEmpty {
            let piece = unsafe UnsafeMutableRawBufferPointer(rebasing: rest.prefix(ParameterArrays.piece))
            let result = unsafe SQLPutData(statement.handle, piece.baseAddress, piece.count)
            guard result == SQL_SUCCESS || result == SQL_SUCCESS_WITH_INFO else {
                let told = statement.diagnostics
                _ = unsafe SQLCancel(statement.handle)
                return told
            }
            unsafe rest = unsafe rest.dropFirst(piece.count)
        }
        return nil
    }
}
