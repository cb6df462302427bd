internal import GRDB
internal import SluiceCore

/// Changes to a row of `runs`.
enum RunRow {
    static func update(_ run: Int, _ totals: RunTotals, _ database: Database) throws {
        let update = try RowStatement(
            database,
            """
            UPDATE runs SET done = ?2, failed = ?3, skipped = ?4, bytes_read = ?5, bytes_written = ?6,
            bytes_resumed = ?7 WHERE number = ?1
            """
        )
        update.bind(run, at: 1)
        update.bind(totals.done, at: 2)
        update.bind(totals.failed, at: 3)
        update.bind(totals.skipped, at: 4)
        update.bind(totals.bytes.read, at: 5)
        update.bind(totals.bytes.written, at: 6)
        update.bind(totals.bytes.resumed, at: 7)
        try update.run()
    }

    static func end(_ run: Int, _ status: RunStatus, _ exitCode: Int32, _ database: Database) throws {
        let update = try RowStatement(
            database,
            "UPDATE runs SET status = ?2, exit_code = ?3, ended = ?4 WHERE number = ?1"
        )
        update.bind(run, at: 1)
        try update.bind(status.rawValue, at: 2)
        update.bind(Int(exitCode), at: 3)
        update.bind(Timestamp.now.nanoseconds, at: 4)
        try update.run()
    }
}
