internal import CODBC
internal import SluiceTables

/// A statement, its result and the buffers bound to it. Used by one thread at a time.
@safe final class Statement {
    let connection: Connection
    let handle: SQLHSTMT
    /// What it runs, for messages.
    var sql = ""
    /// For values in pieces. It is kept: memory of this size costs more to get than a value to read.
    private var buffer: UnsafeMutableRawBufferPointer?

    init(_ connection: Connection) throws {
        self.connection = connection
        var handle: SQLHANDLE?
        guard unsafe SQLAllocHandle(SQLSMALLINT(SQL_HANDLE_STMT), connection.handle, &handle) == SQL_SUCCESS,
            let handle = unsafe handle
        else {
            throw ODBCError("no statement can be made", unsafe Diagnostic.all(of: SQL_HANDLE_DBC, connection.handle))
        }
        unsafe self.handle = unsafe handle
    }

    deinit {
        _ = unsafe SQLFreeHandle(SQLSMALLINT(SQL_HANDLE_STMT), handle)
        unsafe buffer?.deallocate()
    }

    /// Runs `sql`; blocks.
    func execute(_ sql: String) throws {
        self.sql = sql
        var text = Array(sql.utf8)
        let result = unsafe SQLExecDirect(handle, &text, SQLINTEGER(text.count))
        guard result != SQL_NO_DATA else { return }
        try check(result, "runs")
    }

    /// Runs `sql`; what is wrong with it, nil for nothing. Blocks.
    func refusal(of sql: String) -> [Diagnostic]? {
        self.sql = sql
        var text = Array(sql.utf8)
        let result = unsafe SQLExecDirect(handle, &text, SQLINTEGER(text.count))
        defer { close() }
        return result == SQL_SUCCESS || result == SQL_SUCCESS_WITH_INFO || result == SQL_NO_DATA ? nil : diagnostics
    }

    /// Rows that it has changed; nil where the driver doesn't say.
    var changedRows: Int? {
        var count: SQLLEN = -1
        guard unsafe SQLRowCount(handle, &count) == SQL_SUCCESS, count >= 0 else { return nil }
        return Int(count)
    }

    /// Throws what the statement says where `result` is an error.
    func check(_ result: SQLRETURN, _ doing: String) throws {
        guard result != SQL_SUCCESS, result != SQL_SUCCESS_WITH_INFO else { return }
        throw error(doing)
    }

    func error(_ doing: String) -> ODBCError {
        let told = diagnostics
        return ODBCError(
            "the database \(connection.string.placeName) fails when it \(doing) \"\(shown)\"",
            told,
            isLost: told.contains { connection.profile.lostConnection.contains($0.native) }
        )
    }

    var diagnostics: [Diagnostic] { unsafe Diagnostic.all(of: SQL_HANDLE_STMT, handle) }

    /// The statement, as far as a sentence bears it.
    private var shown: String {
        let flat = sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return flat.count > 200 ? flat.prefix(200) + "…" : flat
    }

    /// The result's columns; none where the statement gives no rows.
    func columns() throws -> [ResultColumn] {
        try (0..<columnCount()).map { try ResultColumn(self, number: $0 + 1) }
    }

    func givesRows() throws -> Bool { try columnCount() > 0 }

    private func columnCount() throws -> Int {
        var count: SQLSMALLINT = 0
        try check(unsafe SQLNumResultCols(handle, &count), "describes the result of")
        return Int(count)
    }

    /// Takes a value of the row under the cursor in pieces; false where it is NULL.
    ///
    /// - Parameters:
    ///   - type: the C type that the driver makes of it: characters or bytes.
    ///   - terminator: bytes that the driver writes behind each piece; one at most.
    func read(column number: Int, as type: Int32, terminator: Int, _ take: (UnsafeRawBufferPointer) throws -> Void)
        throws -> Bool
    {
        var reading = ValueReading(column: number, as: type, terminator: terminator)
        while true {
            switch unsafe try reading.next(self) {
            case .null: return false
            case .bytes(let bytes, let isLast):
                try unsafe take(bytes)
                if isLast { return true }
            }
        }
    }

    /// Where pieces of values are put, with room for what a driver writes behind one.
    @unsafe var pieceBuffer: UnsafeMutableRawBufferPointer {
        if let buffer = unsafe buffer { return unsafe buffer }
        let fresh = UnsafeMutableRawBufferPointer.allocate(
            byteCount: ValueReading.longestPiece + Statement.behindPiece,
            alignment: 16
        )
        unsafe buffer = unsafe fresh
        return unsafe fresh
    }

    /// Encoders read behind a value by whole words.
    private static let behindPiece = 1 + ByteOutput.slack
}
