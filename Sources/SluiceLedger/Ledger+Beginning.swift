internal import GRDB
internal import SluiceCore

extension Ledger {
    /// Records a new run, which is the caller's alone until it is finished or the process ends; blocks.
    ///
    /// - Parameter onProblem: called once, from any thread, when the run can be recorded no further.
    package func begin(
        _ record: RunRecord,
        onProblem: @escaping @Sendable (LedgerError) -> Void = { _ in }
    ) throws(LedgerError) -> RunLedger {
        let holder = RunHolder.current
        var number = 0
        var lock: RunLock?
        try transaction { database in
            number = try Ledger.insert(record, holder, database)
            // Before the commit: once others see the run, it is held.
            lock = try RunLock.take(number, in: directory)
        }
        guard let lock = lock.take() else { throw LedgerError.runInUse(record.identifier, by: holder) }
        return RunLedger(ledger: self, identifier: record.identifier, run: number, lock: lock, onProblem: onProblem)
    }

    /// Goes on with an earlier run; blocks, for about a second where it has a million items.
    ///
    /// Items that failed or were skipped are forgotten, because they are tried again.
    ///
    /// - Throws: `.noSuchRun`, and `.runInUse` while another process is at it.
    package func resume(
        _ identifier: String,
        onProblem: @escaping @Sendable (LedgerError) -> Void = { _ in }
    ) throws(LedgerError) -> RunLedger {
        guard let run = try run(identifier) else { throw LedgerError.noSuchRun(identifier) }
        guard let lock = try RunLock.take(run.number, in: directory) else {
            // Who holds it may have begun since.
            throw LedgerError.runInUse(identifier, by: try self.run(identifier)?.holder ?? run.holder)
        }
        try transaction { try Ledger.beginAttempt(of: run.number, .current, $0) }
        try putNamesInOrder(run: run.number)
        // Read under the lock: another attempt may have ended in between.
        guard let totals = try self.run(identifier)?.totals else { throw LedgerError.noSuchRun(identifier) }
        let earlier = try earlierItems(run: run.number)
        return RunLedger(
            ledger: self,
            identifier: identifier,
            run: run.number,
            lock: lock,
            earlier: RunLedger.Earlier(totals: totals, nextOrdinal: earlier.nextOrdinal, hasItems: earlier.hasItems),
            onProblem: onProblem
        )
    }

    private static func insert(_ record: RunRecord, _ holder: RunHolder, _ database: Database) throws -> Int {
        let insert = try RowStatement(
            database,
            """
            INSERT INTO runs (identifier, command, source, sink, specification, fingerprint, version, status, started,
            process, host, since, attempts) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?11, ?9, ?10, ?11, 1)
            """
        )
        try insert.bind(record.identifier, at: 1)
        try insert.bind(record.command, at: 2)
        try insert.bind(record.source, at: 3)
        try insert.bind(record.sink, at: 4)
        try insert.bind(record.specification, at: 5)
        try insert.bind(record.fingerprint, at: 6)
        try insert.bind(record.version, at: 7)
        try insert.bind(RunStatus.running.rawValue, at: 8)
        insert.bind(Int(holder.process), at: 9)
        try insert.bind(holder.host, at: 10)
        insert.bind(holder.since.nanoseconds, at: 11)
        try insert.run()
        return Int(database.lastInsertedRowID)
    }

    private static func beginAttempt(of run: Int, _ holder: RunHolder, _ database: Database) throws {
        let update = try RowStatement(
            database,
            """
            UPDATE runs SET status = ?2, exit_code = NULL, ended = NULL, process = ?3, host = ?4, since = ?5,
            attempts = attempts + 1, failed = 0, skipped = 0 WHERE number = ?1
            """
        )
        update.bind(run, at: 1)
        try update.bind(RunStatus.running.rawValue, at: 2)
        update.bind(Int(holder.process), at: 3)
        try update.bind(holder.host, at: 4)
        update.bind(holder.since.nanoseconds, at: 5)
        try update.run()

        let numbers = ItemIdentifier.numbers(ofRun: run)
        let delete = try RowStatement(database, "DELETE FROM items WHERE id BETWEEN ? AND ? AND state >= ?")
        delete.bind(numbers.lowerBound, at: 1)
        delete.bind(numbers.upperBound, at: 2)
        delete.bind(StoredState.failed.rawValue, at: 3)
        try delete.run()
    }

    /// Items whose names are put in order by one transaction, so that other processes wait for half a second at most.
    private static let namesAtOnce: Int64 = 250_000

    /// Brings `names` up to date for a run that is held.
    private func putNamesInOrder(run: Int) throws(LedgerError) {
        var (next, last) = try write { try Ledger.unordered(run: run, $0) }
        while next <= last {
            let end = min(next + Ledger.namesAtOnce - 1, last)
            try transaction { database in
                let insert = try RowStatement(
                    database,
                    "INSERT OR IGNORE INTO names SELECT ?, hash, id FROM items WHERE id BETWEEN ? AND ? ORDER BY hash, id"
                )
                insert.bind(run, at: 1)
                insert.bind(next, at: 2)
                insert.bind(end, at: 3)
                try insert.run()
                let update = try RowStatement(database, "UPDATE runs SET indexed = ?2 WHERE number = ?1")
                update.bind(run, at: 1)
                update.bind(ItemIdentifier(number: end).ordinal, at: 2)
                try update.run()
            }
            next = end + 1
        }
    }

    /// The numbers of the first and the last item of a run that aren't in `names`; the first is above the last where
    /// there are none.
    private static func unordered(run: Int, _ database: Database) throws -> (Int64, Int64) {
        let select = try RowStatement(
            database,
            "SELECT (SELECT indexed FROM runs WHERE number = ?), (SELECT max(id) FROM items WHERE id BETWEEN ? AND ?)"
        )
        let numbers = ItemIdentifier.numbers(ofRun: run)
        select.bind(run, at: 1)
        select.bind(numbers.lowerBound, at: 2)
        select.bind(numbers.upperBound, at: 3)
        defer { select.reset() }
        guard try select.next() else { return (1, 0) }
        let first = ItemIdentifier(run: run, ordinal: Int(select.integer(0)) + 1).number
        return (first, select.isNull(1) ? first - 1 : select.integer(1))
    }

    /// Where new items of a run begin, and whether there are any of earlier attempts.
    ///
    /// Ordinals below `indexed` aren't given again, even where their items were forgotten: no new attempt would look
    /// for them in `items`.
    private func earlierItems(run: Int) throws(LedgerError) -> (nextOrdinal: Int, hasItems: Bool) {
        try write { database in
            let (first, last) = try Ledger.unordered(run: run, database)
            let ordinals = (ItemIdentifier(number: first).ordinal, ItemIdentifier(number: max(last, first - 1)).ordinal)
            return (max(ordinals.0, ordinals.1 + 1), last >= first || ordinals.0 > 1)
        }
    }
}
