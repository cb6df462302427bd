internal import CODBC

/// A statement, its result and the buffers bound to it. Used by one thread at a time.
@safe final class Statement {
    let connection: Connection
    let handle: SQLHSTMT
    /// What it runs, for messages.
    var sql = ""
    /// For values in pieces. It is kept: memory of this size costs more to get than a value to read.
    private lazy var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Statement.piece + 1, alignment: 16)
    private var hasBuffer = false

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
        if hasBuffer { unsafe buffer.deallocate() }
    }

    /// Runs `sql`; blocks.
    func execute(_ sql: String) throws {
        self.sql = sql
        var text = Array(sql.utf8)
        let result = unsafe SQLExecDirect(handle, &text, SQLINTEGER(text.count))
        guard result != SQL_NO_DATA else { return }
        try check(result, "runs")
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
        var count: SQLSMALLINT = 0
        try check(unsafe SQLNumResultCols(handle, &count), "describes the result of")
        return try (0..<Int(count)).map { try ResultColumn(self, number: $0 + 1) }
    }

    /// Takes a value of the row under the cursor in pieces; false where it is NULL.
    ///
    /// - Parameters:
    ///   - type: the C type that the driver makes of it: characters or bytes.
    ///   - terminator: bytes that the driver writes behind each piece; one at most.
    func read(column number: Int, as type: Int32, terminator: Int, _ take: (UnsafeRawBufferPointer) throws -> Void)
        throws -> Bool
    {
        var size = Statement.firstPiece
        hasBuffer = true
        var isFirst = true
        while true {
            var indicator: SQLLEN = 0
            let piece = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<(size + terminator)])
            let result = unsafe SQLGetData(
                handle,
                SQLUSMALLINT(number),
                SQLSMALLINT(type),
                piece.baseAddress,
                SQLLEN(piece.count),
                &indicator
            )
            if result == SQL_NO_DATA { return true }
            try check(result, "reads column \(number) of")
            if indicator == SQL_NULL_DATA { return false }
            // SQL_NO_TOTAL, or more than fits: the piece is full.
            let isWhole = indicator >= 0 && indicator <= size
            let count = isWhole ? Int(indicator) : size
            // A driver that begins again from the front would never end.
            if !isFirst, count == 0 { return true }
            isFirst = false
            try unsafe take(UnsafeRawBufferPointer(rebasing: piece[..<count]))
            if isWhole { return true }
            size = Statement.piece
        }
    }

    private static let piece = 256 << 10
    /// Most values are short, and SQLite's driver fills what it is given to its end.
    private static let firstPiece = 512
}
