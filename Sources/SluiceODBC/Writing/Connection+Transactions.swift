internal import CODBC
internal import SluiceCore

extension Connection {
    /// Runs a statement whose rows, if it gives any, are not wanted; blocks.
    package func run(_ sql: String) throws { try Statement(self).execute(sql) }

    /// Sessions that may write to one table at a time.
    package var mostWriters: Int { profile.writing.mostConnections ?? .max }

    /// From now on what is written counts once it is committed.
    func beginTransactions() throws {
        let result = unsafe sluice_set_connection(handle, SQL_ATTR_AUTOCOMMIT, SQLULEN(SQL_AUTOCOMMIT_OFF))
        guard result == SQL_SUCCESS || result == SQL_SUCCESS_WITH_INFO else {
            throw ODBCError("the database \(string.placeName) gives no transaction", diagnostics)
        }
    }

    /// Keeps what was written, or takes it back; what the driver has to say where it fails. Blocks.
    func end(committing: Bool) -> [Diagnostic]? {
        let result = unsafe SQLEndTran(
            SQLSMALLINT(SQL_HANDLE_DBC),
            handle,
            SQLSMALLINT(committing ? SQL_COMMIT : SQL_ROLLBACK)
        )
        return result == SQL_SUCCESS || result == SQL_SUCCESS_WITH_INFO ? nil : diagnostics
    }

    /// Whether the driver knows that the line is gone.
    var isDead: Bool {
        var answer: SQLUINTEGER = 0
        let result = unsafe SQLGetConnectAttr(handle, SQL_ATTR_CONNECTION_DEAD, &answer, 0, nil)
        return result == SQL_SUCCESS && answer == SQLUINTEGER(SQL_CD_TRUE)
    }

    private var diagnostics: [Diagnostic] { unsafe Diagnostic.all(of: SQL_HANDLE_DBC, handle) }

    /// All rows of a small result, as texts.
    func texts(of sql: String, columns: Int) throws -> [[String?]] {
        let statement = try Statement(self)
        try statement.execute(sql)
        var rows: [[String?]] = []
        while true {
            let result = unsafe SQLFetch(statement.handle)
            if result == SQL_NO_DATA { return rows }
            try statement.check(result, "fetches the rows of")
            rows.append(
                try (1...columns).map { number in
                    var bytes: [UInt8] = []
                    let isThere = try unsafe statement.read(column: number, as: SQL_C_CHAR, terminator: 1) { piece in
                        unsafe bytes.append(contentsOf: piece)
                    }
                    return isThere ? String(decoding: bytes, as: UTF8.self) : nil
                }
            )
        }
    }
}

extension Statement {
    /// Ends the result that is open, so that the next one may come.
    func close() { _ = unsafe SQLFreeStmt(handle, SQLUSMALLINT(SQL_CLOSE)) }

    /// Has the database prepare a statement with parameters; blocks.
    func prepare(_ sql: String) throws {
        self.sql = sql
        var text = Array(sql.utf8)
        try check(unsafe SQLPrepare(handle, &text, SQLINTEGER(text.count)), "prepares")
    }

    /// Says where a parameter's values are.
    ///
    /// - Parameters:
    ///   - width: bytes from one to the next.
    ///   - lengths: of each, as `SQLBindParameter` has them.
    @unsafe func bind(
        parameter number: Int,
        isBinary: Bool,
        at values: UnsafeMutableRawPointer?,
        width: Int,
        size: Int,
        lengths: UnsafeMutablePointer<SQLLEN>
    ) throws {
        // Long types have no bound that a driver could cut to.
        let type = isBinary ? SQL_LONGVARBINARY : size > 4000 ? SQL_LONGVARCHAR : SQL_VARCHAR
        try check(
            unsafe SQLBindParameter(
                handle,
                SQLUSMALLINT(number),
                SQLSMALLINT(SQL_PARAM_INPUT),
                SQLSMALLINT(isBinary ? SQL_C_BINARY : SQL_C_CHAR),
                SQLSMALLINT(type),
                SQLULEN(max(1, size)),
                0,
                values,
                SQLLEN(width),
                lengths
            ),
            "binds the values of"
        )
    }
}

extension Connection {
    /// A statement that limits what each that follows may take.
    /// - Throws: an `ODBCError` of kind `.usage` where the driver's profile has none.
    package func limit(to duration: Duration) throws(ODBCError) -> String {
        guard let sql = profile.writing.timeout else {
            throw ODBCError(
                .usage,
                "nothing is known that limits the time of a batch through the driver \(traits.driver)",
                advice: "Leave out --batch-timeout, or give the profile of the driver write.timeout"
            )
        }
        let (seconds, attoseconds) = duration.components
        let milliseconds = max(1, seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        let decimal = "\(milliseconds / 1000).\(String(String(1000 + milliseconds % 1000).dropFirst()))"
        return sql.replacing("{milliseconds}", with: String(milliseconds)).replacing("{seconds}", with: decimal)
    }
}
