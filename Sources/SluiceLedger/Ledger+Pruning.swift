internal import GRDB
package import SluiceCore

extension Ledger {
    /// Forgets runs that ended before `moment`, or broke off before, but for the `keeping` newest of all; blocks. Runs
    /// that a process is at stay. The file becomes smaller.
    ///
    /// - Returns: how many runs were forgotten.
    package func prune(endedBefore moment: Timestamp, keeping: Int = 0) throws(LedgerError) -> Int {
        var pruned = 0
        for run in try prunable(moment, keeping) {
            // Held until its row is gone, so that nobody goes on with it meanwhile.
            guard let lock = try RunLock.take(run, in: directory) else { continue }
            try forgetItems(ofRun: run)
            try transaction { database in
                let delete = try RowStatement(database, "DELETE FROM runs WHERE number = ?")
                delete.bind(run, at: 1)
                try delete.run()
            }
            pruned += 1
            _ = consume lock
        }
        try giveSpaceBack()
        return pruned
    }

    private func prunable(_ moment: Timestamp, _ keeping: Int) throws(LedgerError) -> [Int] {
        try write { database in
            let select = try RowStatement(
                database,
                """
                SELECT number FROM runs WHERE coalesce(ended, since) < ?
                AND number NOT IN (SELECT number FROM runs ORDER BY number DESC LIMIT ?)
                """
            )
            select.bind(moment.nanoseconds, at: 1)
            select.bind(keeping, at: 2)
            var runs: [Int] = []
            while try select.next() { runs.append(Int(select.integer(0))) }
            return runs
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
    private func giveSpaceBack() throws(LedgerError) {
        try write { database in
            while try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0 > 0 {
                try database.execute(sql: "PRAGMA incremental_vacuum(10000)")
            }
            // Waits for nobody: where another process reads, the next one does it.
            try database.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)")
        }
    }
}
