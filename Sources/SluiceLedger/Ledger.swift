internal import GRDB
internal import SluiceCore

/// The record of runs from which an interrupted one goes on: which items are at the sink, and which blocks of those
/// that are not.
///
/// It is a hint. What a store says of its uploads is believed over it, and a run goes on without it where it can't be
/// written. Several processes may have the same ledger open.
package final class Ledger: Sendable {
    package let directory: LedgerDirectory
    /// The connection that writes; it takes one caller at a time.
    let database: DatabaseQueue

    /// Opens the ledger in `directory`, which is made where it is missing, and brings its tables up to date; blocks.
    package init(in directory: LedgerDirectory) throws(LedgerError) {
        try directory.prepare()
        // One process at a time: a change to WAL and a migration can't both be made by two.
        let opening = try RunLock.wait(for: RunLock.opening, in: directory)
        database = try LedgerError.translating(directory.ledger) {
            let database = try DatabaseQueue(path: directory.ledger, configuration: Ledger.configuration)
            try Ledger.migrate(database, directory.ledger)
            return database
        }
        self.directory = directory
        _ = consume opening
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        // In WAL mode synchronous is NORMAL: a power loss may take the last transactions, but never leaves half of one.
        // What they would have said is found out again from the sink.
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(Ledger.patience)
        configuration.foreignKeysEnabled = false
        configuration.label = "ledger"
        configuration.prepareDatabase { database in
            // Takes effect before the first table is made only; lets `prune` give space back.
            try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            // What one large transaction made of the WAL is given back.
            try database.execute(sql: "PRAGMA journal_size_limit = 16777216")
        }
        return configuration
    }

    /// Seconds to wait for another process' transaction. The longest one puts 250,000 names in order: half a second on
    /// a fast disk.
    static let patience = 30.0

    private static func migrate(_ database: DatabaseQueue, _ path: String) throws {
        let migrator = LedgerSchema.migrator
        let (isNewer, isCurrent) = try database.unsafeRead { database in
            (try migrator.hasBeenSuperseded(database), try migrator.hasCompletedMigrations(database))
        }
        if isNewer { throw LedgerError.newer(path) }
        if !isCurrent { try migrator.migrate(database) }
    }

    /// Runs `body` with the connection that writes.
    func write<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
        try LedgerError.translating(directory.ledger) { try database.writeWithoutTransaction(body) }
    }

    /// Runs `body` in a transaction that no other process can come between.
    func transaction(_ body: (Database) throws -> Void) throws(LedgerError) {
        try write { database in
            try database.inTransaction(.immediate) {
                try body(database)
                return .commit
            }
        }
    }
}
