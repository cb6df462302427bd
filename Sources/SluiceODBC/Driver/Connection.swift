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
    /// Whether statements are in a transaction that the driver has begun by itself.
    private var isInTransaction = false

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
            let guess = profiles.profile(forDriver: Connection.driverName(string))
            for (key, value) in guess.options { wanted.add(key, value) }
            if let password { wanted.add("Pwd", password, unless: ["Password"]) }
            try unsafe Connection.open(handle, wanted, string)
            traits = unsafe DriverTraits(handle)
            profile = profiles.profile(forDriver: traits.driver)
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
        if isInTransaction {
            // A connection with a transaction under way can't be given up.
            _ = unsafe SQLEndTran(SQLSMALLINT(SQL_HANDLE_DBC), handle, SQLSMALLINT(SQL_ROLLBACK))
        }
        if isOpen { _ = unsafe SQLDisconnect(handle) }
        _ = unsafe SQLFreeHandle(SQLSMALLINT(SQL_HANDLE_DBC), handle)
        _ = unsafe SQLFreeHandle(SQLSMALLINT(SQL_HANDLE_ENV), environment)
    }

    /// Has the driver ask for so many rows at a time from now on, where it can be told; it holds them all.
    func fetch(rows count: Int) {
        guard let attribute = profile.fetchAttribute else { return }
        _ = unsafe sluice_set_connection(handle, Int32(attribute), SQLULEN(count))
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

    /// Runs a statement whose rows, if it gives any, are not wanted.
    func execute(_ sql: String) throws {
        let statement = try Statement(self)
        try statement.execute(sql)
        // Some drivers run nothing before a row is asked for.
        guard try statement.givesRows() else { return }
        let result = unsafe SQLFetch(statement.handle)
        if result != SQL_NO_DATA { try statement.check(result, "fetches the rows of") }
    }

    /// From now on all statements are of one transaction, which ends with the connection and changes nothing.
    func beginTransaction() throws {
        let result = unsafe sluice_set_connection(handle, SQL_ATTR_AUTOCOMMIT, SQLULEN(SQL_AUTOCOMMIT_OFF))
        guard result == SQL_SUCCESS || result == SQL_SUCCESS_WITH_INFO else {
            let told = unsafe Diagnostic.all(of: SQL_HANDLE_DBC, handle)
            throw ODBCError("the database \(string.placeName) begins no transaction", told)
        }
        isInTransaction = true
    }
}

/// What a driver says of itself and of its database.
package struct DriverTraits: Sendable {
    /// The driver's library, as `psqlodbcw.so`.
    let driver: String
    /// Around names; empty where names can't be quoted.
    private let nameQuote: String

    @unsafe init(_ handle: SQLHDBC) {
        driver = unsafe DriverTraits.text(handle, SQL_DRIVER_NAME)
        let quote = unsafe DriverTraits.text(handle, SQL_IDENTIFIER_QUOTE_CHAR)
        nameQuote = quote == " " ? "" : quote
    }

    @unsafe private static func text(_ handle: SQLHDBC, _ information: Int32) -> String {
        var answer = [UInt8](repeating: 0, count: 256)
        var length: SQLSMALLINT = 0
        let result = unsafe SQLGetInfo(handle, SQLUSMALLINT(information), &answer, SQLSMALLINT(answer.count), &length)
        guard result == SQL_SUCCESS || result == SQL_SUCCESS_WITH_INFO else { return "" }
        return String(decoding: answer.prefix(min(answer.count - 1, max(0, Int(length)))), as: UTF8.self)
    }

    /// A name as it stands in a statement.
    func quoted(_ name: String) -> String {
        nameQuote.isEmpty ? name : nameQuote + name.replacing(nameQuote, with: nameQuote + nameQuote) + nameQuote
    }
}
