internal import GRDB
internal import SluiceCore

/// A connection of its own that looks up what earlier attempts have left, while another writes.
///
/// It is opened by the first question. Each one is a transaction of its own: an open one would keep the WAL from being
/// checkpointed, and what is asked for was committed before the run was gone on with.
final class LedgerReader: Sendable {
    private let directory: LedgerDirectory
    private let opened = Locked<DatabaseQueue?>(nil)

    init(_ directory: LedgerDirectory) { self.directory = directory }

    private static let itemSQL = """
        SELECT \(ItemRow.columns) FROM items WHERE id = ?
        """

    /// The newest record of an item, if it has begun or is done.
    func item(_ name: ItemName, run: Int) throws(LedgerError) -> ItemState? {
        try read { database in
            let candidates = try RowStatement(
                database,
                "SELECT item FROM names WHERE run = ? AND hash = ? ORDER BY item DESC"
            )
            let select = try RowStatement(database, LedgerReader.itemSQL)
            candidates.bind(run, at: 1)
            candidates.bind(name.hash64, at: 2)
            defer { candidates.reset() }
            while try candidates.next() {
                select.bind(candidates.integer(0), at: 1)
                defer { select.reset() }
                // Forgotten since, or another of the same hash.
                guard try select.next(), select.bytes(2) == name.bytes else { continue }
                let row = ItemRow(select)
                switch row.state {
                case .begun: return .begun(row.identifier, row.begun)
                case .done: return .done(row.ended)
                case .failed, .skipped: continue
                }
            }
            return nil
        }
    }

    /// Items whose uploads have begun and not ended, in the order in which they did.
    func begun(run: Int) throws(LedgerError) -> [(ItemIdentifier, BegunItem)] {
        try read { database in
            let select = try RowStatement(
                database,
                "SELECT \(ItemRow.columns) FROM items WHERE id BETWEEN ? AND ? AND state = ? ORDER BY id"
            )
            let numbers = ItemIdentifier.numbers(ofRun: run)
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

    func blocks(of item: ItemIdentifier) throws(LedgerError) -> [BlockRecord] {
        try read { database in
            let select = try RowStatement(
                database,
                "SELECT ordinal, offset, length, stored, checksum, tag FROM blocks WHERE item = ? ORDER BY ordinal"
            )
            select.bind(item.number, at: 1)
            var blocks: [BlockRecord] = []
            while try select.next() { blocks.append(BlockRecord(select)) }
            return blocks
        }
    }

    private func read<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
        try LedgerError.translating(directory.ledger) {
            try connection().unsafeRead(body)
        }
    }

    private func connection() throws -> DatabaseQueue {
        try opened.withLock { opened in
            if let connection = opened { return connection }
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(Ledger.patience)
            configuration.label = "ledger reader"
            let connection = try DatabaseQueue(path: directory.ledger, configuration: configuration)
            opened = connection
            return connection
        }
    }
}

extension BlockRecord {
    fileprivate init(_ row: RowStatement) {
        let length = Int(row.integer(2))
        let receipt = BlockReceipt(
            ordinal: Int(row.integer(0)),
            length: row.optionalInt(3) ?? length,
            checksum: row.optionalBytes(4).flatMap { StoredChecksum.checksum($0) },
            tag: row.tag(5) ?? ""
        )
        self.init(receipt: receipt, offset: Int(row.integer(1)), length: length)
    }
}
