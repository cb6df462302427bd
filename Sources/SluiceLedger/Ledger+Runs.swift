internal import GRDB
internal import SluiceCore

/// The first half of a staged copy is a run of its own, which belongs to the copy's and is not listed.
extension Ledger {
    /// What its command is.
    package static let unload = "unload"

    package static func unloadIdentifier(of run: String) -> String { run + unloadEnding }

    /// The identifier of the copy that a first half belongs to.
    package static func staged(by unload: String) -> String {
        unload.hasSuffix(unloadEnding) ? String(unload.dropLast(unloadEnding.utf8.count)) : unload
    }

    private static let unloadEnding = ".unload"

    /// The identifier of the first half of a run; nil where that is no staged copy.
    package func unload(of run: String) throws(LedgerError) -> String? {
        try self.run(Ledger.unloadIdentifier(of: run))?.record.identifier
    }

    fileprivate static let isOwn = "command <> 'unload'"
}

extension Ledger {
    /// The run of this identifier.
    package func run(_ identifier: String) throws(LedgerError) -> LedgerRun? {
        try select("WHERE identifier = ?1") { try $0.bind(identifier, at: 1) }.first
    }

    /// The newest run whose identifier is `text` or begins or ends with it.
    package func run(matching text: String) throws(LedgerError) -> LedgerRun? {
        if let exact = try run(text) { return exact }
        guard text.utf8.count >= 4 else { return nil }
        let isPart = "instr(identifier, ?1) = 1 OR substr(identifier, -length(?1)) = ?1"
        return try select("WHERE (\(isPart)) AND \(Ledger.isOwn) ORDER BY number DESC LIMIT 1") { try $0.bind(text, at: 1) }.first
    }

    /// The runs whose identifiers begin with `text`, newest first.
    package func runs(beginningWith text: String) throws(LedgerError) -> [LedgerRun] {
        try select("WHERE instr(identifier, ?1) = 1 AND \(Ledger.isOwn) ORDER BY number DESC") { try $0.bind(text, at: 1) }
    }

    /// The runs that began last, newest first.
    package func runs(limit: Int) throws(LedgerError) -> [LedgerRun] {
        try select("WHERE \(Ledger.isOwn) ORDER BY number DESC LIMIT ?1") { $0.bind(limit, at: 1) }
    }

    /// The newest run of this fingerprint, where there is anything left of it to do: it was interrupted or failed, or
    /// another process is at it.
    package func interrupted(fingerprint: [UInt8]) throws(LedgerError) -> LedgerRun? {
        let newest = try select("WHERE fingerprint = ?1 ORDER BY number DESC LIMIT 1") {
            try $0.bind(fingerprint, at: 1)
        }
        return newest.first { $0.status != .succeeded }
    }

    /// The newest run that can be gone on with and that no process is at.
    package func newestInterrupted() throws(LedgerError) -> LedgerRun? {
        try select("WHERE status <> 'succeeded' AND \(Ledger.isOwn) ORDER BY number DESC") { _ in }.first { $0.status.isResumable }
    }

    /// Items of a run that failed or were skipped in its last attempt, in the order in which they did.
    package func failures(of run: LedgerRun, limit: Int) throws(LedgerError) -> [EndedItem] {
        try write { database in
            let select = try RowStatement(
                database,
                "SELECT \(ItemRow.columns) FROM items WHERE id BETWEEN ? AND ? AND state >= ? ORDER BY id LIMIT ?"
            )
            let numbers = ItemIdentifier.numbers(ofRun: run.number)
            select.bind(numbers.lowerBound, at: 1)
            select.bind(numbers.upperBound, at: 2)
            select.bind(StoredState.failed.rawValue, at: 3)
            select.bind(limit, at: 4)
            var items: [EndedItem] = []
            while try select.next() { items.append(ItemRow(select).ended) }
            return items
        }
    }

    private static let columns = """
        number, identifier, command, source, sink, specification, fingerprint, version, status, exit_code, started,
        ended, process, host, since, attempts, done, failed, skipped, bytes_read, bytes_written, bytes_resumed
        """

    func select(_ rest: String, _ bind: (RowStatement) throws -> Void) throws(LedgerError) -> [LedgerRun] {
        let stored = try write { database in
            let select = try RowStatement(database, "SELECT \(Ledger.columns) FROM runs \(rest)")
            try bind(select)
            var runs: [LedgerRun] = []
            while try select.next() { runs.append(LedgerRun(select)) }
            return runs
        }
        // Only what says that it is running can be anything else.
        let running = stored.filter { $0.status == .running }.map(\.number)
        let held = running.isEmpty ? [] : try RunLock.held(running, in: directory)
        return stored.map { $0.status == .running && !held.contains($0.number) ? $0.abandoned : $0 }
    }
}

extension LedgerRun {
    /// Reads the row of `Ledger.columns`.
    fileprivate init(_ row: RowStatement) {
        number = Int(row.integer(0))
        record = RunRecord(
            identifier: row.text(1),
            command: row.text(2),
            source: row.text(3),
            sink: row.text(4),
            specification: row.text(5),
            fingerprint: row.bytes(6),
            version: row.text(7)
        )
        status = RunStatus(rawValue: row.text(8)) ?? .failed
        exitCode = row.optionalInt(9).map { Int32(truncatingIfNeeded: $0) }
        started = Timestamp(nanoseconds: row.integer(10))
        ended = row.optionalInt(11).map { Timestamp(nanoseconds: Int64($0)) }
        holder = RunHolder(
            process: Int32(truncatingIfNeeded: row.integer(12)),
            host: row.text(13),
            since: Timestamp(nanoseconds: row.integer(14))
        )
        attempts = Int(row.integer(15))
        var totals = RunTotals()
        totals.done = Int(row.integer(16))
        totals.failed = Int(row.integer(17))
        totals.skipped = Int(row.integer(18))
        totals.bytes = RunBytes(
            read: Int(row.integer(19)),
            written: Int(row.integer(20)),
            resumed: Int(row.integer(21))
        )
        self.totals = totals
    }

    /// The same run, whose process is gone.
    fileprivate var abandoned: LedgerRun {
        LedgerRun(
            number: number,
            record: record,
            status: .interrupted,
            exitCode: nil,
            started: started,
            ended: nil,
            holder: holder,
            attempts: attempts,
            totals: totals
        )
    }
}
