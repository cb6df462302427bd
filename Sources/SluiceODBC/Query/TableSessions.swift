internal import SluiceCore

/// The connections that read the partitions of a table, all of which see one snapshot where the database can give it.
/// May be used by several threads; each connection by one at a time.
package final class TableSessions: Sendable {
    private struct State {
        /// Connections that have begun and are not in use.
        var idle: [Connection] = []
        /// Whose transaction keeps the snapshot that others take.
        var keeper: Connection?
        var snapshotName: String?
        var snapshot = TableSnapshot.statement
        /// Whether rows may be in other partitions in a later state.
        var rowsMove = false
        var notes: [String] = []
    }

    private let connect: @Sendable () throws -> Connection
    private let state = Locked(State())

    /// - Parameter connect: makes a connection; blocks.
    package init(_ connect: @escaping @Sendable () throws -> Connection) { self.connect = connect }

    /// What the readers see.
    package var snapshot: TableSnapshot { state.withLock { $0.snapshot } }
    /// What the user should know of it.
    package var notes: [String] { state.withLock { $0.notes } }

    /// Prepares for one reader, whose statement is all that is read.
    package func begin(with first: Connection) { state.withLock { $0.idle = [first] } }

    /// Prepares for `count` readers that see one snapshot, as far as the database goes along; blocks.
    ///
    /// - Parameters:
    ///   - first: a connection that is there already, and of which nothing is under way.
    ///   - rowsMove: whether rows may be in other partitions in a later state, so that none must be read from one.
    package func begin(with first: Connection, count: Int, rowsMove: Bool) throws {
        state.withLock { $0.rowsMove = rowsMove }
        let profile = first.profile.snapshot
        guard !profile.begin.isEmpty else {
            state.withLock { state in
                state.idle = [first]
                state.snapshot = .unknown
            }
            return
        }
        if let question = profile.export {
            try beginExported(first, question)
        } else {
            try beginTogether(first, count, profile)
        }
    }

    /// A connection to read with: one that was given back, or a new one that has begun; blocks.
    package func take() throws -> Connection {
        let (found, name): (Connection?, String?) = state.withLock { ($0.idle.popLast(), $0.snapshotName) }
        if let found { return found }
        let fresh = try connect()
        switch snapshot {
        case .statement, .unknown: return fresh
        case .separate:
            try fresh.beginSnapshot()
            return fresh
        case .shared:
            if let name, (try? fresh.beginSnapshot(name)) != nil { return fresh }
            return try takeWithout(name)
        }
    }

    /// For the next partition. One whose reader was not read to its end is not to be given back.
    package func giveBack(_ connection: Connection) { state.withLock { $0.idle.append(connection) } }

    /// Closes all connections that are not in use; blocks.
    package func end() {
        let closing = state.withLock { state in
            defer { (state.idle, state.keeper) = ([], nil) }
            return state.idle + (state.keeper.map { [$0] } ?? [])
        }
        _ = consume closing
    }

    // MARK: Snapshots

    /// A connection that begins with what there is now: the snapshot has gone with the connection that kept it.
    private func takeWithout(_ name: String?) throws -> Connection {
        let fresh = try connect()
        guard state.withLock({ !$0.rowsMove }) else {
            throw ODBCError(
                .integrity,
                "the partition can't be read again: the database has lost the snapshot that the table was divided in",
                cause: "the division is by where rows lie, and some may lie elsewhere by now",
                advice:
                    "Run it again: `sluice resume` keeps what is done if no row has moved; a --partition-column makes it independent of that"
            )
        }
        try fresh.beginSnapshot()
        state.withLock { state in
            guard state.snapshot == .shared else { return }
            state.snapshot = .separate
            state.notes.append(
                "the database has lost the snapshot that the table was read from: partitions read since then show a later state"
            )
        }
        return fresh
    }

    private func beginExported(_ first: Connection, _ question: String) throws {
        let keeper = try connect()
        try keeper.beginSnapshot()
        guard let name = try keeper.text(question) else {
            throw ODBCError(.unexpectedAnswer, "the database gives its snapshot no name")
        }
        try first.beginSnapshot(name)
        state.withLock { state in
            state.keeper = keeper
            state.snapshotName = name
            state.snapshot = .shared
            state.idle = [first]
        }
    }

    /// Begins on all connections while a further one holds changes up.
    private func beginTogether(_ first: Connection, _ count: Int, _ profile: SnapshotProfile) throws {
        var all = [first]
        while all.count < count { all.append(try connect()) }
        let refusal = try hold(profile) { for connection in all { try connection.beginSnapshot() } }
        if refusal != nil { for connection in all { try connection.beginSnapshot() } }
        state.withLock { [all] state in
            state.idle = all
            state.snapshot = refusal == nil ? .shared : .separate
            if let refusal {
                state.notes.append(
                    "the partitions show states of the table that may be moments apart, because the database holds no changes up: \(refusal)"
                )
            }
        }
    }

    /// Runs `body` while nothing can be changed; says why that can't be had.
    private func hold(_ profile: SnapshotProfile, _ body: () throws -> Void) throws -> String? {
        guard !profile.hold.isEmpty else { return "its driver profile has no way to do it" }
        let holder: Connection
        do {
            holder = try connect()
            for statement in profile.hold { try holder.execute(statement) }
        } catch {
            return (error as? ODBCError)?.cause ?? "\(error)"
        }
        try body()
        for statement in profile.release { try holder.execute(statement) }
        return nil
    }
}

extension Connection {
    /// Begins a transaction that sees one state of the database: that of a snapshot, or the one that there is now.
    fileprivate func beginSnapshot(_ name: String? = nil) throws {
        if profile.snapshot.isByTransaction { try beginTransaction() }
        for statement in profile.snapshot.begin { try execute(statement) }
        if let name, let adopt = profile.snapshot.adopt { try execute(adopt.filled(["snapshot": name])) }
    }
}
