import GRDB
import SluiceLedger

/// The number of rows of a table, seen by a connection of its own.
func count(_ table: String, _ site: LedgerSite) throws -> Int {
    try DatabaseQueue(path: site.directory.ledger).read {
        try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? -1
    }
}

/// What SQLite says of the file's inner order: `ok`.
func integrity(_ site: LedgerSite) throws -> String? {
    try DatabaseQueue(path: site.directory.ledger).read { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
}
