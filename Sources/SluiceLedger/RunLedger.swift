internal import Dispatch
internal import GRDB
internal import SluiceCore

/// The record of one run, held by this process alone.
///
/// What is recorded is written in batches, within a fifth of a second, by a queue of its own. A call that brings what is
/// confirmed and unwritten to 1 MiB, as each block of that size does, returns when it is written: no crash then has more
/// sent again than what is on its way. That costs a write to the page cache, and now and then a checkpoint's flush. All
/// may be called from any thread. Nothing here fails a copy: when the ledger can't be written or read any more, that is
/// told once, and the run goes on unrecorded.
package final class RunLedger: Sendable {
    /// What earlier attempts have left.
    struct Earlier: Sendable {
        var totals = RunTotals()
        var nextOrdinal = 1
        var hasItems = false
    }

    private struct Condition: ~Copyable {
        var lock: RunLock?
        var problem: LedgerError?
    }

    /// The run's identifier.
    package let identifier: String
    private let ledger: Ledger
    /// The ledger's number of the run.
    private let run: Int
    private let earlier: Earlier
    private let backlog: Locked<Backlog>
    private let condition: Locked<Condition>
    /// Counted by whoever writes.
    private let totals: Locked<RunTotals>
    private let reader: LedgerReader?
    private let onProblem: @Sendable (LedgerError) -> Void
    private let queue = DispatchQueue(label: "ledger of a run")

    init(
        ledger: Ledger,
        identifier: String,
        run: Int,
        lock: consuming RunLock,
        earlier: Earlier = Earlier(),
        onProblem: @escaping @Sendable (LedgerError) -> Void
    ) {
        self.ledger = ledger
        self.identifier = identifier
        self.run = run
        self.earlier = earlier
        self.onProblem = onProblem
        backlog = Locked(Backlog(nextOrdinal: earlier.nextOrdinal))
        condition = Locked(Condition(lock: consume lock))
        totals = Locked(earlier.totals)
        reader = earlier.hasItems ? LedgerReader(ledger.directory) : nil
    }

    /// A file of the run's own for rows that it skips, which each attempt finds again.
    package var badRows: String { ledger.directory.badRows(of: identifier) }

    /// What keeps the run from being recorded.
    package var problem: LedgerError? { condition.withLock { $0.problem } }

    /// Whether an earlier attempt has left anything to be looked up.
    package var hasEarlierItems: Bool { earlier.hasItems }

    // MARK: Recording

    /// Records that the sink has begun an upload in blocks. Small objects need none: they are recorded when they end.
    ///
    /// - Parameter replacing: what an earlier attempt had begun of the item and can't be gone on with; it is forgotten.
    /// - Returns: what the blocks and the end of the item are recorded under.
    package func begin(_ item: BegunItem, replacing: ItemIdentifier? = nil) -> ItemIdentifier {
        append { .begun($0, item, replacing: replacing) }
    }

    /// Records a block that the sink has confirmed, after it is durable there; one of 1 MiB or more is in the ledger then.
    package func record(_ block: BlockRecord, of item: ItemIdentifier) { append(.block(item, block)) }

    /// Records how an item ended; its blocks are forgotten.
    ///
    /// - Parameter begun: what the item had begun under. Nil for one that had not begun, and for one that failed and
    ///   whose upload another attempt is to go on with.
    package func end(_ item: EndedItem, begun: ItemIdentifier? = nil) {
        if let begun {
            append(.ended(begun, item, hasBegun: true))
        } else {
            _ = append { .ended($0, item, hasBegun: false) }
        }
    }

    private func append(_ event: LedgerEvent) { obey(backlog.withLock { $0.append(event) }) }

    /// Appends an event of a new item.
    private func append(_ event: (ItemIdentifier) -> LedgerEvent) -> ItemIdentifier {
        let (identifier, demand) = backlog.withLock { backlog in
            let identifier = ItemIdentifier(run: run, ordinal: backlog.takeOrdinal())
            return (identifier, backlog.append(event(identifier)))
        }
        obey(demand)
        return identifier
    }

    private func obey(_ demand: Backlog.Demand) {
        switch demand {
        case .nothing: break
        case .later: queue.asyncAfter(deadline: .now() + .milliseconds(Backlog.interval)) { [self] in flush() }
        case .soon: queue.async { [self] in flush() }
        case .wait: flush()
        }
    }

    // MARK: Writing

    /// Returns when all that was recorded before is in the ledger, where it survives this process.
    package func flush() {
        // Taken and written in one turn of the connection, so that events are written in their order whoever does it.
        attempt { () throws(LedgerError) in
            try ledger.write { database in
                let events = backlog.withLock { $0.take() }
                guard !events.isEmpty else { return }
                try database.inTransaction(.immediate) {
                    try write(events, database)
                    return .commit
                }
                backlog.withLock { $0.giveBack(events) }
            }
        }
    }

    private func write(_ events: [LedgerEvent], _ database: Database) throws {
        let writer = try EventWriter(database)
        var sum = totals.withLock { $0 }
        for event in events {
            try writer.write(event)
            if case .ended(_, let item, _) = event { sum.add(item) }
        }
        try RunRow.update(run, sum, database)
        totals.withLock { [sum] in $0 = sum }
    }

    /// Records how the run ended and gives it free for others. Nothing is recorded after that. Items of a run that
    /// succeeded are forgotten.
    ///
    /// - Parameter bytes: what this attempt has moved; nil for what the items' records add up to.
    package func finish(_ status: RunStatus, exitCode: Int32, bytes: RunBytes? = nil) {
        flush()
        backlog.withLock { $0.close() }
        var sum = totals.withLock { $0 }
        if let bytes { sum.bytes = earlier.totals.bytes + bytes }
        attempt { () throws(LedgerError) in
            try ledger.transaction { [sum] database in
                try RunRow.update(run, sum, database)
                try RunRow.end(run, status, exitCode, database)
            }
            if status == .succeeded { try ledger.forgetItems(ofRun: run) }
        }
        condition.withLock { $0.lock = nil }
    }

    private func attempt(_ body: () throws(LedgerError) -> Void) {
        do { try body() } catch { report(error) }
    }

    /// Tells the first problem, and records no more.
    private func report(_ error: LedgerError) {
        let isFirst = condition.withLock { condition in
            defer { condition.problem = condition.problem ?? error }
            return condition.problem == nil
        }
        backlog.withLock { $0.close() }
        if isFirst { onProblem(error) }
    }

    // MARK: What the source has decided

    /// Keeps what the run's source has decided, for later attempts; blocks.
    package func keep(plan: [UInt8]) {
        attempt { () throws(LedgerError) in
            try ledger.transaction { database in
                let update = try RowStatement(database, "UPDATE runs SET plan = ?2 WHERE number = ?1")
                update.bind(run, at: 1)
                try update.bind(plan, at: 2)
                try update.run()
            }
        }
    }

    /// What was kept by an earlier attempt; nil where there is nothing.
    package var plan: [UInt8]? {
        var found: [UInt8]?
        attempt { () throws(LedgerError) in
            found = try ledger.write { database in
                let select = try RowStatement(database, "SELECT plan FROM runs WHERE number = ?")
                select.bind(run, at: 1)
                defer { select.reset() }
                return try select.next() && !select.isNull(0) ? select.bytes(0) : nil
            }
        }
        return found
    }

    // MARK: What earlier attempts have left

    /// What an earlier attempt has left of an item; nil where there is nothing. Asks the disk only in a run that was
    /// gone on with.
    package func lookup(_ name: ItemName) -> ItemState? {
        guard let reader else { return nil }
        do { return try reader.item(name, run: run) } catch {
            report(error)
            return nil
        }
    }

    /// Uploads that have begun and not ended, of earlier attempts and of this one; few, because few objects are under
    /// way at a time.
    package func begun() -> [(ItemIdentifier, BegunItem)] {
        guard let reader else { return [] }
        flush()
        do { return try reader.begun(run: run) } catch {
            report(error)
            return []
        }
    }

    /// Forgets an upload that was taken back.
    package func forget(_ item: ItemIdentifier) { append(.forgotten(item)) }

    /// The blocks of an item that an earlier attempt had begun, by their ordinals.
    package func blocks(of item: ItemIdentifier) -> [BlockRecord] {
        guard let reader else { return [] }
        do { return try reader.blocks(of: item) } catch {
            report(error)
            return []
        }
    }
}
