internal import CODBC
internal import SluiceCore

/// A session with a database, and the driver behind it. Used by one thread at a time.
@safe package final class Connection: @unchecked Sendable {
    // One thread at a time uses it: whoever owns a connection hands it on whole.
    private let environment: SQLHENV
    let handle: SQLHDBC
    package let traits: DriverTraits
    package let profile: DriverProfile
    /// As it was asked for, without the password.
    package let string: ConnectionString
    private var isOpen = false

    /// Connects; blocks.
    ///
    /// Each connection has an environment of its own: the driver manager lets one thread at a time into an environment
    /// whose driver does not say that it bears more.
    ///
    /// - Parameter password: added to the string that the driver gets, and kept nowhere.
    /// - Throws: an `ODBCError`.
    package init(_ string: ConnectionString, password: String?, profiles: DriverProfiles) throws {
        var environment: SQLHANDLE?
        guard unsafe SQLAllocHandle(SQLSMALLINT(SQL_HANDLE_ENV), nil, &environment) == SQL_SUCCESS,
            let environment = unsafe environment
        else {
            throw ODBCError(
                .inputOutput,
                "the ODBC driver manager gives no handle",
                advice: "The machine may be out of memory"
            )
        }
        _ = unsafe sluice_set_environment(environment, SQL_ATTR_ODBC_VERSION, SQLULEN(SQL_OV_ODBC3))
        var handle: SQLHANDLE?
        guard unsafe SQLAllocHandle(SQLSMALLINT(SQL_HANDLE_DBC), environment, &handle) == SQL_SUCCESS,
            let handle = unsafe handle
        else {
            let told = unsafe Diagnostic.all(of: SQL_HANDLE_ENV, environment)
            _ = unsafe SQLFreeHandle(SQLSMALLINT(SQL_HANDLE_ENV), environment)
            throw ODBCError("the ODBC driver manager gives no handle", told)
        }
        do {
            // A driver is known by its name once it is connected; what its manner wants in the string comes before.
            var wanted = string
            let guess = profiles.profile(forDriver: Connection.driverName(string), string: string)
            for (key, value) in guess.options { wanted.add(key, value) }
            if let password { wanted.add("Pwd", password, unless: ["Password"]) }
            try unsafe Connection.open(handle, wanted, string)
            traits = unsafe DriverTraits(handle)
            profile = profiles.profile(forDriver: traits.driver, string: string)
        } catch {
            _ = unsafe SQLFreeHandle(SQLSMALLINT(SQL_HANDLE_DBC), handle)
            _ = unsafe SQLFreeHandle(SQLSMALLINT(SQL_HANDLE_ENV), environment)
            throw error
        }
        unsafe self.environment = unsafe environment
        unsafe self.handle = unsafe handle
        self.string = string
        isOpen = true
        for statement in profile.onConnect { try execute(statement) }
    }

    deinit {
        if isOpen { _ = unsafe SQLDisconnect(handle) }
        _ = unsafe SQLFreeHandle(SQLSMALLINT(SQL_HANDLE_DBC), handle)
        _ = unsafe SQLFreeHandle(SQLSMALLINT(SQL_HANDLE_ENV), environment)
    }

    /// Seconds that a server may take to let us in.
    private static let loginLimit: SQLULEN = 30

    @unsafe private static func open(_ handle: SQLHDBC, _ wanted: ConnectionString, _ string: ConnectionString) throws {
        _ = unsafe sluice_set_connection(handle, SQL_ATTR_LOGIN_TIMEOUT, loginLimit)
        var text = Array(wanted.text.utf8)
        // The password is not to stay in memory that others get.
        defer { for index in text.indices { text[index] = 0 } }
        let result = unsafe SQLDriverConnect(
            handle,
            nil,
            &text,
            SQLSMALLINT(clamping: text.count),
            nil,
            0,
            nil,
            SQLUSMALLINT(SQL_DRIVER_NOPROMPT)
        )
        guard result == SQL_SUCCESS || result == SQL_SUCCESS_WITH_INFO else {
            throw ODBCError(
                "no connection to the database \(string.placeName)",
                unsafe Diagnostic.all(of: SQL_HANDLE_DBC, handle)
            )
        }
    }

    /// What the string calls its driver: by name, or by its data source.
    private static func driverName(_ string: ConnectionString) -> String {
        if let driver = string["Driver"] { return driver }
        guard let source = string["DSN"] else { return "" }
        var name = Array(source.utf8CString)
        var answer = [CChar](repeating: 0, count: 512)
        let length = unsafe SQLGetPrivateProfileString(&name, "Driver", "", &answer, Int32(answer.count), "odbc.ini")
        return String(decoding: answer.prefix(max(0, Int(length))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Runs a statement that gives no rows, or whose rows are not wanted.
    package func execute(_ sql: String) throws {
        let statement = try Statement(self)
        try statement.execute(sql)
    }

    /// The first value of the first row; nil where it is NULL, or there is none.
    package func value(of sql: String) throws -> String? {
        try rows(of: sql).first?.first ?? nil
    }

    /// All rows of a small result, as text.
    package func rows(of sql: String) throws -> [[String?]] {
        let statement = try Statement(self)
        try statement.execute(sql)
        return try statement.allRows()
    }

    /// Begins a transaction: statements belong to it until `endTransaction`.
    package func beginTransaction() throws {
        try check(
            unsafe sluice_set_connection(handle, SQL_ATTR_AUTOCOMMIT, SQLULEN(SQL_AUTOCOMMIT_OFF)),
            "no transaction can be begun"
        )
    }

    /// Ends the transaction, and goes on without one.
    package func endTransaction(commits: Bool) throws {
        let ending = SQLSMALLINT(commits ? SQL_COMMIT : SQL_ROLLBACK)
        try check(
            unsafe SQLEndTran(SQLSMALLINT(SQL_HANDLE_DBC), handle, ending),
            commits ? "the transaction can't be committed" : "the transaction can't be taken back"
        )
    }

    private func check(_ result: SQLRETURN, _ what: String) throws {
        guard result == SQL_SUCCESS || result == SQL_SUCCESS_WITH_INFO else {
            throw ODBCError("\(what) in \(string.placeName)", unsafe Diagnostic.all(of: SQL_HANDLE_DBC, handle))
        }
    }

    /// Whether the session answers still, as far as the driver knows.
    package var isAlive: Bool {
        var isDead: SQLUINTEGER = 0
        let result = unsafe SQLGetConnectAttr(handle, SQL_ATTR_CONNECTION_DEAD, &isDead, 0, nil)
        return result != SQL_SUCCESS || isDead == 0
    }
}

/// What a driver says of itself and of its database.
package struct DriverTraits: Sendable {
    /// The driver's library, as `psqlodbcw.so`.
    package let driver: String
    package let driverVersion: String
    package let database: String
    package let databaseVersion: String
    /// Around names; empty where names can't be quoted.
    package let nameQuote: String
    /// Rows of parameters that are told one by one.
    package let countsParameterRows: Bool

    @unsafe init(_ handle: SQLHDBC) {
        driver = unsafe DriverTraits.text(handle, SQL_DRIVER_NAME)
        driverVersion = unsafe DriverTraits.text(handle, SQL_DRIVER_VER)
        database = unsafe DriverTraits.text(handle, SQL_DBMS_NAME)
        databaseVersion = unsafe DriverTraits.text(handle, SQL_DBMS_VER)
        let quote = unsafe DriverTraits.text(handle, SQL_IDENTIFIER_QUOTE_CHAR)
        nameQuote = quote == " " ? "" : quote
        var counts: SQLUINTEGER = 0
        _ = unsafe SQLGetInfo(
            handle,
            SQLUSMALLINT(SQL_PARAM_ARRAY_ROW_COUNTS),
            &counts,
            SQLSMALLINT(MemoryLayout<SQLUINTEGER>.size),
            nil
        )
        countsParameterRows = counts == SQL_PARC_BATCH
    }

    @unsafe private static func text(_ handle: SQLHDBC, _ information: Int32) -> String {
        var answer = [UInt8](repeating: 0, count: 256)
        var length: SQLSMALLINT = 0
        let result = unsafe SQLGetInfo(handle, SQLUSMALLINT(information), &answer, SQLSMALLINT(answer.count), &length)
        guard result == SQL_SUCCESS || result == SQL_SUCCESS_WITH_INFO else { return "" }
        return String(decoding: answer.prefix(min(answer.count - 1, max(0, Int(length)))), as: UTF8.self)
    }

    /// A name as it stands in a statement; dots between the parts of a qualified one stay.
    package func quoted(_ name: some StringProtocol) -> String {
        nameQuote + String(name).replacing(nameQuote.isEmpty ? "\"" : nameQuote, with: nameQuote + nameQuote)
            + nameQuote
    }
}
