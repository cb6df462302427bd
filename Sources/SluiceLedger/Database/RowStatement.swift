internal import GRDB
internal import GRDBSQLite
internal import SluiceCore

/// A prepared statement whose values go to SQLite and come back without a box around each: a row costs two
/// microseconds, and four times that through GRDB's own values (measured).
///
/// To be used where the connection is, and no longer than that.
@safe struct RowStatement {
    /// Keeps the prepared statement.
    private let owner: Statement
    private let statement: OpaquePointer
    private let database: Database

    init(_ database: Database, _ sql: String) throws {
        owner = try database.cachedStatement(sql: sql)
        unsafe statement = owner.sqliteStatement
        self.database = database
    }

    // MARK: Values, by the number of their question mark from 1

    func bind(_ value: Int64?, at index: Int32) {
        let code =
            if let value { unsafe sqlite3_bind_int64(statement, index, value) } else {
                unsafe sqlite3_bind_null(statement, index)
            }
        precondition(code == SQLITE_OK, "a statement has so many values")
    }

    func bind(_ value: Int?, at index: Int32) { bind(value.map { Int64($0) }, at: index) }

    func bind(_ bytes: [UInt8]?, at index: Int32) throws {
        guard let bytes else { return bind(Int64?.none, at: index) }
        // An empty array has no address, and no address would mean null.
        guard !bytes.isEmpty else { return try check(unsafe sqlite3_bind_zeroblob(statement, index, 0)) }
        let code = unsafe bytes.withUnsafeBytes { bytes in
            unsafe sqlite3_bind_blob64(statement, index, bytes.baseAddress, UInt64(bytes.count), RowStatement.copied)
        }
        try check(code)
    }

    func bind(_ text: String?, at index: Int32) throws {
        guard var text else { return bind(Int64?.none, at: index) }
        let code = text.withUTF8 { utf8 in
            let start = unsafe UnsafeRawPointer(utf8.baseAddress)?.assumingMemoryBound(to: CChar.self)
            return unsafe sqlite3_bind_text64(
                statement,
                index,
                start,
                UInt64(utf8.count),
                RowStatement.copied,
                UInt8(SQLITE_UTF8)
            )
        }
        try check(code)
    }

    func bind(_ tag: StoredTag?, at index: Int32) throws {
        switch tag {
        case nil: bind(Int64?.none, at: index)
        case .text(let text): try bind(text, at: index)
        case .digest(let bytes): try bind(bytes, at: index)
        }
    }

    /// SQLITE_TRANSIENT, a macro with a cast: SQLite makes a copy of its own.
    private static let copied = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    // MARK: Running

    /// Runs it to its end.
    func run() throws {
        while try next() {}
    }

    /// Goes to the next row; false when there is none, after which values can be bound again.
    func next() throws -> Bool {
        let code = unsafe sqlite3_step(statement)
        if code == SQLITE_ROW { return true }
        _ = unsafe sqlite3_reset(statement)
        if code == SQLITE_DONE { return false }
        try check(code)
        return false
    }

    /// Leaves rows that are left.
    func reset() { _ = unsafe sqlite3_reset(statement) }

    private func check(_ code: Int32) throws {
        guard code != SQLITE_OK else { return }
        let message = unsafe String(cString: sqlite3_errmsg(database.sqliteConnection))
        throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
    }

    // MARK: Columns of the row, from 0

    func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(statement, column) == SQLITE_NULL }

    func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(statement, column) }

    func optionalInt(_ column: Int32) -> Int? { isNull(column) ? nil : Int(integer(column)) }

    func bytes(_ column: Int32) -> [UInt8] {
        // The address first: asking for it may convert the value and change its length.
        guard let start = unsafe sqlite3_column_blob(statement, column) else { return [] }
        let count = Int(unsafe sqlite3_column_bytes(statement, column))
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    }

    func optionalBytes(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : bytes(column) }

    func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }

    func tag(_ column: Int32) -> String? {
        switch unsafe sqlite3_column_type(statement, column) {
        case SQLITE_NULL: nil
        case SQLITE_BLOB: StoredTag.digest(bytes(column)).tag
        default: text(column)
        }
    }
}
