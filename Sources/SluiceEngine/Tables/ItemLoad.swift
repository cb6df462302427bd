internal import SluiceCore
internal import SluiceLedger

/// One file's or table's rows on their way into the table, counted. From several threads.
final class ItemLoad: Sendable {
    struct State: Sendable {
        /// Bytes of the file.
        var bytesRead = 0
        /// Rows.
        var read = 0
        var copied = 0
        var skipped = 0
        /// Bytes of values that are in the table.
        var bytes = 0
        /// Batches that were handed to writers and have not ended.
        var underWay = 0
        var failure: (any Failure)?
        /// Places of rows that were skipped, where it may be read again.
        var told: Set<Int> = []
    }

    let item: SourceItem
    var name: String { item.name }
    private let state = Monitor(State())
    private let skippedRows: SkippedRows
    /// What an earlier attempt had begun of it.
    let replaces: ItemIdentifier?
    /// Whether a batch of it was handed to writers, and what the ledger knows it by then.
    private let begun = Locked<(hasBegun: Bool, id: ItemIdentifier?)>((false, nil))

    init(_ item: SourceItem, _ skippedRows: SkippedRows, replaces: ItemIdentifier? = nil) {
        self.item = item
        self.skippedRows = skippedRows
        self.replaces = replaces
    }

    var hasBegun: Bool {
        get { begun.withLock { $0.hasBegun } }
        set { begun.withLock { $0.hasBegun = newValue } }
    }

    var ledgerItem: ItemIdentifier? {
        get { begun.withLock { $0.id } }
        set { begun.withLock { $0.id = newValue } }
    }

    /// Whether rows may be left out.
    var maySkip: Bool { skippedRows.maySkip }

    var counts: State { state.withLock { $0 } }
    var hasFailed: Bool { state.withLock { $0.failure != nil } }

    func received(_ bytes: Int) { state.withLock { $0.bytesRead += bytes } }

    func read(_ rows: Int) { state.withLock { $0.read += rows } }

    /// Keeps a row beside that is not in the table.
    /// - Throws: when that is one too many.
    func skip(_ row: SkippedRow) throws {
        try skippedRows.add(row)
        state.withLock { $0.skipped += 1 }
    }

    /// The same, once, however often the item is read again.
    func skipOnce(_ row: SkippedRow) throws {
        if state.withLock({ !$0.told.contains(row.place.number) }) {
            try skippedRows.add(row)
            state.withLock { _ = $0.told.insert(row.place.number) }
        }
        state.withLock { $0.skipped += 1 }
    }

    /// It is read again from its start, and nothing of it is in.
    func restart() {
        state.withLock { ($0.read, $0.copied, $0.skipped, $0.bytes) = (0, 0, 0, 0) }
    }

    /// Its rows are in, all together.
    func finish(_ rows: RowCount, bytes: Int) {
        state.withLock { ($0.read, $0.copied, $0.skipped, $0.bytes) = (rows.read, rows.copied, rows.skipped, bytes) }
    }

    func committed(_ rows: Int, bytes: Int) {
        state.withLock {
            $0.copied += rows
            $0.bytes += bytes
        }
    }

    func fail(_ failure: any Failure) {
        state.withLock { if $0.failure == nil { $0.failure = failure } }
        state.broadcast()
    }

    func begin() { state.withLock { $0.underWay += 1 } }

    func end() {
        state.withLock { $0.underWay -= 1 }
        state.broadcast()
    }

    /// Blocks until every batch has ended.
    func waitForWriters() { _ = state.wait { $0.underWay == 0 ? true : nil } }
}
