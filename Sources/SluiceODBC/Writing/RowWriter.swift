package import SluiceCore
internal import SluiceTables

/// One session that writes to a table, batch by batch, each a transaction of its own. Used by one thread at a time.
///
/// A batch that the database refuses because of some of its rows is sent again by halves, until it is known which they
/// are; all others go in, where such rows may be skipped. A connection that breaks is made anew, and what was surely not committed is sent again.
package final class RowWriter: @unchecked Sendable {
    // One thread at a time uses it.
    /// A row that the database refuses.
    package struct Refusal: Sendable {
        /// Its place in the store.
        package let row: Int
        /// SQLSTATE.
        package let state: String
        package let message: String
        /// The column at fault, where the database names it.
        package let column: String?
    }

    let connect: () throws -> Connection
    let retries: Retries
    private let mostRows: Int
    var session: Session?

    struct Session {
        let connection: Connection
        /// For messages.
        let table: String
        /// How rows go in; nil where the database fetches them by itself.
        var way: (plan: InsertPlan, sender: any RowSender)?
    }

    /// - Parameters:
    ///   - connect: makes a session with the database; blocks.
    ///   - retries: how what passes is tried again.
    package init(retries: Retries, mostRows: Int, connect: @escaping () throws -> Connection) {
        self.retries = retries
        self.mostRows = mostRows
        self.connect = connect
    }

    /// Writes all rows of a store and commits them; blocks.
    ///
    /// - Parameters:
    ///   - keepsOthers: whether the other rows of a batch with one that is refused go in; else none of them does.
    ///   - committed: hears of rows that are in the table.
    ///   - refuse: takes a row that the database refuses; what it throws ends it.
    /// - Throws: a `Failure` for which no row is to blame.
    package func write(
        _ store: RowStore,
        keepsOthers: Bool,
        committed: (Range<Int>) -> Void,
        refuse: (Refusal) throws -> Void
    ) throws {
        guard let plan = store.plan else { preconditionFailure("rows have a plan") }
        var split = BatchSplit(0..<store.count)
        while let rows = split.next() {
            guard let told = try write(store, rows, plan) else {
                committed(rows)
                continue
            }
            let found = try keepsOthers ? split.refused(rows).map { ($0, told) } : firstRefused(store, plan, told)
            if let (row, told) = found { try refuse(refusal(row, told, plan)) }
        }
    }

    /// The first row of a batch that the database does not take behind those before it, and what it says of it; nothing
    /// is committed.
    func firstRefused(_ store: RowStore, _ plan: InsertPlan, _ told: [Diagnostic]) throws -> (Int, [Diagnostic])
    {
        guard var found = try write(store, 0..<store.count, plan, isTrial: true) else {
            // What is looked at when a transaction ends has no row that could be named without ending one.
            throw ODBCError("the database does not take rows into table \(plan.table.name)", told)
        }
        // So many rows are taken, and so many are not.
        var (good, bad) = (0, store.count)
        while bad - good > 1 {
            let middle = (good + bad) / 2
            if let refused = try write(store, 0..<middle, plan, isTrial: true) {
                (bad, found) = (middle, refused)
            } else {
                good = middle
            }
        }
        return (good, found)
    }

    func refusal(_ row: Int, _ told: [Diagnostic], _ plan: InsertPlan) -> Refusal {
        let first = told.first ?? Diagnostic(state: "HY000", native: 0, message: "the driver doesn't say why")
        let column = plan.names.first { first.names(column: $0) }
        return Refusal(row: row, state: first.state, message: first.message, column: column)
    }

    /// Writes rows and commits them; what is wrong with one of them.
    ///
    /// - Parameter isTrial: whether they are taken back instead.
    private func write(_ store: RowStore, _ rows: Range<Int>, _ plan: InsertPlan, isTrial: Bool = false)
        throws -> [Diagnostic]?
    {
        /// What is asked for once the line is there again: whether the transaction was committed.
        var doubt: String?
        return try retries { () throws -> [Diagnostic]? in
            let session = try open(plan)
            if let transaction = doubt {
                if try wasCommitted(transaction, session) { return nil }
                doubt = nil
            }
            if let told = try session.send(store, rows) { return try judge(told, session) }
            if isTrial {
                _ = takeBack(session)
                return nil
            }
            let transaction = try plan.isIdempotent ? "" : self.transaction(of: session)
            guard let told = session.connection.end(committing: true) else { return nil }
            let isLost = isLost(told, session)
            guard isLost else { return try judge(told, session) }
            self.session = nil
            guard let transaction else { throw unconfirmed(store, rows, plan, told) }
            if !transaction.isEmpty { doubt = transaction }
            throw LostConnection(cause: told.first?.description)
        }
    }

    /// Says that rows are at fault, or throws what else is.
    func judge(_ told: [Diagnostic], _ session: Session) throws -> [Diagnostic]? {
        let writing = session.connection.profile.writing
        let first = told.first
        func isOne(of list: [String]) -> Bool {
            first.map { WritingProfile.matches(list, state: $0.state, native: $0.native) } ?? false
        }
        if isOne(of: writing.rowFaults), takeBack(session) { return told }
        if isLost(told, session) {
            self.session = nil
            throw LostConnection(cause: first?.description)
        }
        _ = takeBack(session)
        let place = session.connection.string.placeName
        let what = "the database \(place) does not take rows into table \(session.table)"
        if isOne(of: writing.passing) { throw Passing(what: what, cause: first?.description) }
        throw ODBCError(what, told)
    }

    /// Takes back what was not committed; false where the session is no more.
    func takeBack(_ session: Session) -> Bool {
        guard session.connection.end(committing: false) == nil, !session.connection.isDead else {
            self.session = nil
            return false
        }
        return true
    }

    func isLost(_ told: [Diagnostic], _ session: Session) -> Bool {
        let lost = session.connection.profile.writing.lost
        return told.contains { WritingProfile.matches(lost, state: $0.state, native: $0.native) }
            || session.connection.isDead
    }

    func open(_ plan: InsertPlan) throws -> Session {
        if let session, session.way?.plan === plan { return session }
        let connection = try openConnection()
        let sender: any RowSender =
            switch connection.profile.writing.way {
            case .textArrays: try TextArrays(plan, connection)
            case .parameterArrays: try ParameterArrays(plan, connection, mostRows: mostRows)
            }
        let fresh = Session(connection: connection, table: plan.table.name, way: (plan, sender))
        session = fresh
        return fresh
    }

    /// The connection as it is, or a new one.
    func openConnection() throws -> Connection {
        if let session { return session.connection }
        let connection = try connect()
        for statement in connection.profile.writing.onConnect { try Statement(connection).execute(statement) }
        try connection.beginTransactions()
        return connection
    }

    /// What the transaction that is open can be asked for later; nil where the database has nothing of the kind.
    private func transaction(of session: Session) throws -> String? {
        guard let sql = session.connection.profile.writing.transaction else { return nil }
        return try session.connection.texts(of: sql, columns: 1).first?[0]
    }

    private func wasCommitted(_ transaction: String, _ session: Session) throws -> Bool {
        guard let sql = session.connection.profile.writing.transactionState else { return false }
        let asked = sql.replacing("{transaction}", with: transaction)
        let state = try session.connection.texts(of: asked, columns: 1).first?[0]
        _ = session.connection.end(committing: false)
        switch state {
        case "committed": return true
        case "aborted": return false
        // The server has not seen yet that the line is gone.
        default: throw Passing(what: "transaction \(transaction) has not ended", cause: state)
        }
    }

    private func unconfirmed(_ store: RowStore, _ rows: Range<Int>, _ plan: InsertPlan, _ told: [Diagnostic])
        -> ODBCError
    {
        ODBCError(
            .unexpectedAnswer,
            "the connection broke while \(rows.count) rows of table \(plan.table.name) were committed: nobody says whether they are in",
            cause: told.first?.description,
            advice:
                "Look for the rows from \(store.places[rows.lowerBound]) to \(store.places[rows.upperBound - 1]) in the table; with --upsert they can be sent again"
        )
    }
}

extension RowWriter.Session {
    func send(_ store: RowStore, _ rows: Range<Int>) throws -> [Diagnostic]? {
        guard let way else { preconditionFailure("rows go in by a plan") }
        return try way.sender.send(store, rows)
    }
}

/// A connection that broke before anything was committed. No outage: that is when none can be made. Rows that break each
/// connection are not sent for ever.
struct LostConnection: Failure {
    let cause: String?
    var kind: FailureKind { .transient }
    var what: String { "the connection to the database broke" }
    var advice: String? { nil }
}

/// What another attempt may mend.
private struct Passing: Failure {
    let what: String
    let cause: String?
    var kind: FailureKind { .transient }
    var advice: String? { nil }
}

extension Diagnostic {
    /// Whether the message names this column: in quotes of any kind.
    func names(column: String) -> Bool {
        guard message.contains("column") || message.contains("constraint failed") else { return false }
        return ["\"\(column)\"", "'\(column)'", "`\(column)`", ".\(column)"].contains { message.contains($0) }
    }
}
