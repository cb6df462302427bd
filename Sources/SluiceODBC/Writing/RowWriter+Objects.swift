package import SluiceCore

/// Objects whose rows go in all together, with a mark that says so, or not at all.
extension RowWriter {
    /// Begins a transaction for an object's rows; blocks.
    ///
    /// - Returns: what is in already of this object, from an attempt whose end nobody has seen; nil for nothing.
    package func begin(_ object: String, _ marks: LoadMarks?, _ plan: InsertPlan) throws -> RowCount? {
        try begin(object, marks, open(plan))
    }

    /// The same for an object that the database fetches by itself into a table of this name.
    package func begin(_ object: String, _ marks: LoadMarks?, into table: String) throws -> RowCount? {
        let session = try Session(connection: openConnection(), table: table)
        self.session = session
        return try begin(object, marks, session)
    }

    private func begin(_ object: String, _ marks: LoadMarks?, _ session: Session) throws -> RowCount? {
        guard let marks, let told = try run(marks.insertion(of: object), session) else { return nil }
        _ = try judge(told, session)
        defer { _ = takeBack(session) }
        if let counts = try marks.find(object, session.connection) { return counts }
        throw ODBCError("the mark of an object that is loaded can't be put into \(marks.relation)", told)
    }

    /// Writes the rows of a store within the transaction; blocks.
    ///
    /// - Parameters:
    ///   - keepsOthers: whether rows may be skipped.
    ///   - refuse: takes a row that the database refuses; what it throws ends the transaction.
    /// - Throws: a `Failure`, after which nothing of the transaction is left.
    package func append(_ store: RowStore, keepsOthers: Bool, refuse: (Refusal) throws -> Void) throws {
        guard let plan = store.plan, store.count > 0 else { return }
        let session = try open(plan)
        guard keepsOthers else {
            guard let told = try session.send(store, 0..<store.count) else { return }
            _ = try judge(told, session)
            let (row, why) = try firstRefused(store, plan, told)
            return try refuse(refusal(row, why, plan))
        }
        guard let savepoint = session.connection.profile.writing.savepoint else {
            throw ODBCError(
                .usage,
                "rows can't be skipped through the driver \(session.connection.traits.driver), whose transactions are all or nothing",
                advice: "Leave out --skip-bad-rows and --max-bad-rows, or copy without --staging"
            )
        }
        var split = BatchSplit(0..<store.count)
        while let rows = split.next() {
            try perform(savepoint, session)
            guard let told = try session.send(store, rows) else {
                if let release = session.connection.profile.writing.releaseSavepoint { try perform(release, session) }
                continue
            }
            guard isFault(told, session) else {
                _ = try judge(told, session)
                throw ODBCError("the database does not take rows into table \(plan.table.name)", told)
            }
            try perform(session.connection.profile.writing.rollbackToSavepoint, session)
            if let row = split.refused(rows) { try refuse(refusal(row, told, plan)) }
        }
    }

    /// Has the database fetch an object by itself within the transaction; blocks.
    ///
    /// - Returns: how many rows it says that it has taken; nil where it says nothing.
    package func load(by sql: String) throws -> Int? {
        guard let session else { preconditionFailure("a transaction was begun") }
        let statement = try Statement(session.connection)
        do {
            try statement.execute(sql)
            return statement.changedRows
        } catch {
            let isDead = session.connection.isDead
            if isDead { self.session = nil }
            guard isDead else { throw error }
            throw LostConnection(cause: (error as? ODBCError)?.cause)
        }
    }

    /// Commits the transaction and the mark of its object; blocks.
    ///
    /// - Throws: a failure of kind `.transient` where the line broke: whether it was committed shows when it is begun
    ///   anew.
    package func commit(_ object: String, _ marks: LoadMarks?, _ rows: RowCount) throws {
        guard let session else { preconditionFailure("a transaction was begun") }
        if let marks { try perform(marks.update(of: object, rows), session) }
        guard let told = session.connection.end(committing: true) else { return }
        guard isLost(told, session) else {
            _ = try judge(told, session)
            throw ODBCError("the database does not take rows into table \(session.table)", told)
        }
        self.session = nil
        guard marks != nil || session.way?.plan.isIdempotent == true else {
            throw ODBCError(
                .unexpectedAnswer,
                "the connection broke while \(rows.copied) rows of table \(session.table) were committed: nobody says whether they are in",
                cause: told.first?.description,
                advice: "Look for them in the table; with --upsert they can be sent again"
            )
        }
        throw LostConnection(cause: told.first?.description)
    }

    /// Gives up what was not committed.
    package func abandon() { if let session { _ = takeBack(session) } }

    private func isFault(_ told: [Diagnostic], _ session: Session) -> Bool {
        let faults = session.connection.profile.writing.rowFaults
        return told.first.map { WritingProfile.matches(faults, state: $0.state, native: $0.native) } ?? false
    }

    /// What the database has against a statement; nil for nothing.
    private func run(_ sql: String, _ session: Session) throws -> [Diagnostic]? {
        try Statement(session.connection).refusal(of: sql)
    }

    private func perform(_ sql: String, _ session: Session) throws {
        guard let told = try run(sql, session) else { return }
        _ = try judge(told, session)
        throw ODBCError("the database \(session.connection.string.placeName) does not run \"\(sql)\"", told)
    }
}
