internal import GRDB
internal import Glibc
package import SluiceCore

extension Ledger {
    /// Forgets runs that ended before `moment`, or broke off before, but for the `keeping` newest of all; blocks. Runs
    /// that a process is at stay. The file becomes smaller.
    ///
    /// - Returns: how many runs were forgotten.
    package func prune(endedBefore moment: Timestamp, keeping: Int = 0) throws(LedgerError) -> Int {
        try forget(ended(before: moment, keeping: keeping))
    }

    /// Runs that ended before `moment`, or broke off and began before it, oldest first, but for the `keeping` newest of
    /// all. Runs that a process is at are not among them.
    package func ended(before moment: Timestamp, keeping: Int = 0) throws(LedgerError) -> [LedgerRun] {
        let newest = "SELECT number FROM runs ORDER BY number DESC LIMIT ?2"
        let old = "coalesce(ended, since) < ?1 AND number NOT IN (\(newest))"
        let runs = try select("WHERE \(old) ORDER BY number") {
            $0.bind(moment.nanoseconds, at: 1)
            $0.bind(keeping, at: 2)
        }
        return runs.filter { $0.status != .running }
    }

    /// With more runs than this, old ones that succeeded are forgotten by `tidy`.
    package static let manyRuns = 1000
    /// How old they are then: a quarter, and no less.
    package static let oldRun = Duration.seconds(90 * 86400)
    /// As many are forgotten by one call: some 50 ms.
    private static let tidiedAtOnce = 100

    /// Forgets the oldest of the runs that succeeded before `now` and `oldRun`, where there are more than `manyRuns`
    /// of any kind; blocks. To be called now and then.
    ///
    /// - Returns: how many runs were forgotten.
    @discardableResult
    package func tidy(now: Timestamp = .now) throws(LedgerError) -> Int {
        let count = try write { try Int.fetchOne($0, sql: "SELECT count(*) FROM runs") ?? 0 }
        guard count > Ledger.manyRuns else { return 0 }
        let moment = now.nanoseconds - Ledger.oldRun.components.seconds * 1_000_000_000
        let old = try select("WHERE status = 'succeeded' AND ended < ?1 ORDER BY number LIMIT ?2") {
            $0.bind(moment, at: 1)
            $0.bind(Ledger.tidiedAtOnce, at: 2)
        }
        return old.isEmpty ? 0 : try forget(old)
    }

    private func forget(_ runs: [LedgerRun]) throws(LedgerError) -> Int {
        var forgotten = 0
        for run in runs {
            if try forget(run) == .forgotten { forgotten += 1 }
        }
        try giveSpaceBack()
        return forgotten
    }

    /// What came of the attempt to forget a run.
    package enum Forgetting: Sendable, Hashable {
        case forgotten
        /// A process is at it.
        case inUse
        /// So many of its uploads could not be taken back: it stays, and can still be gone on with.
        case kept(uploads: Int)
    }

    /// Forgets one run; blocks. `giveSpaceBack` makes the file smaller afterwards.
    ///
    /// - Parameter takeBack: takes back an upload that has begun and not ended; false where it can't be reached. An
    /// upload   that was taken back is forgotten in any case.
    package func forget(
        _ run: LedgerRun,
        takingBack takeBack: (BegunItem) -> Bool = { _ in true }
    ) throws(LedgerError) -> Forgetting {
        // Held until its row is gone, so that nobody goes on with it meanwhile.
        guard let lock = try RunLock.take(run.number, in: directory) else { return .inUse }
        var left = 0
        var takenBack: [ItemIdentifier] = []
        for (identifier, item) in try begun(of: run) {
            if takeBack(item) { takenBack.append(identifier) } else { left += 1 }
        }
        if left == 0 {
            try forgetItems(ofRun: run.number)
            try transaction { try $0.execute(sql: "DELETE FROM runs WHERE number = ?", arguments: [run.number]) }
            _ = unsafe unlink(directory.badRows(of: run.record.identifier))
        } else {
            try transaction { database in
                let writer = try EventWriter(database)
                for identifier in takenBack { try writer.write(.forgotten(identifier)) }
            }
        }
        _ = consume lock
        return left == 0 ? .forgotten : .kept(uploads: left)
    }

    /// Uploads of a run that have begun and not ended, in the order in which they did; few, because few objects are
    /// under way at a time.
    package func begun(of run: LedgerRun) throws(LedgerError) -> [(ItemIdentifier, BegunItem)] {
        try write { database in
            let select = try RowStatement(
                database,
                "SELECT \(ItemRow.columns) FROM items WHERE id BETWEEN ? AND ? AND state = ? ORDER BY id"
            )
            let numbers = ItemIdentifier.numbers(ofRun: run.number)
            select.bind(numbers.lowerBound, at: 1)
            select.bind(numbers.upperBound, at: 2)
            select.bind(StoredState.begun.rawValue, at: 3)
            var items: [(ItemIdentifier, BegunItem)] = []
            while try select.next() {
                let row = ItemRow(select)
                items.append((row.identifier, row.begun))
            }
            return items
        }
    }

    /// Items that one transaction forgets, so that other processes wait for a fifth of a second at most.
    private static let forgottenAtOnce: Int64 = 250_000

    /// Removes all items and blocks of a run that is held.
    func forgetItems(ofRun run: Int) throws(LedgerError) {
        let numbers = ItemIdentifier.numbers(ofRun: run)
        let last = try write { database in
            try Int64.fetchOne(
                database,
                sql: "SELECT max(id) FROM items WHERE id BETWEEN ? AND ?",
                arguments: [numbers.lowerBound, numbers.upperBound]
            )
        }
        var next = numbers.lowerBound
        while let last, next <= last {
            let end = min(next + Ledger.forgottenAtOnce - 1, last)
            try transaction { [next] database in
                try database.execute(sql: "DELETE FROM items WHERE id BETWEEN ? AND ?", arguments: [next, end])
                try database.execute(sql: "DELETE FROM blocks WHERE item BETWEEN ? AND ?", arguments: [next, end])
            }
            next = end + 1
        }
        try transaction { database in
            try database.execute(sql: "DELETE FROM names WHERE run = ?", arguments: [run])
            try database.execute(sql: "UPDATE runs SET indexed = 0 WHERE number = ?", arguments: [run])
        }
    }

    /// Cuts free pages off the file, 40 MB at a time, and the WAL to nothing.
    package func giveSpaceBack() throws(LedgerError) {
        try write { database in
            while try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0 > 0 {
                try database.execute(sql: "PRAGMA incremental_vacuum(10000)")
            }
            // Waits for nobody: where another process reads, the next one does it.
            try database.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)")
        }
    }
}
