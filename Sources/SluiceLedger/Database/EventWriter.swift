internal import GRDB
internal import SluiceCore

/// Puts events into rows, within one transaction.
struct EventWriter {
    private let database: Database
    private let insertItem: RowStatement
    private let updateItem: RowStatement
    private let deleteItem: RowStatement
    private let insertBlock: RowStatement
    private let deleteBlocks: RowStatement

    init(_ database: Database) throws {
        self.database = database
        insertItem = try RowStatement(database, EventWriter.insertItemSQL)
        updateItem = try RowStatement(database, EventWriter.updateItemSQL)
        deleteItem = try RowStatement(database, "DELETE FROM items WHERE id = ?")
        insertBlock = try RowStatement(database, "INSERT OR REPLACE INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?)")
        deleteBlocks = try RowStatement(database, "DELETE FROM blocks WHERE item = ?")
    }

    private static let insertItemSQL = "INSERT INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    private static let updateItemSQL = """
        UPDATE items SET state = ?2, size = ?3, modified = ?4, tag = ?5, sink_name = ?6, written = ?7, digest = ?8,
        session = NULL, note = ?9 WHERE id = ?1
        """

    func write(_ event: LedgerEvent) throws {
        switch event {
        case .begun(let identifier, let item, let replaced):
            if let replaced { try remove(replaced) }
            try insert(identifier, item)
        case .block(let identifier, let block): try insert(block, of: identifier)
        case .forgotten(let identifier): try remove(identifier)
        case .ended(let identifier, let item, false): try insert(identifier, item)
        case .ended(let identifier, let item, true):
            try update(identifier, item)
            try removeBlocks(identifier)
        }
    }

    private func insert(_ identifier: ItemIdentifier, _ item: BegunItem) throws {
        try bindNew(identifier, item.name, .begun, item.version, item.sinkName)
        insertItem.bind(Int?.none, at: 9)
        insertItem.bind(Int?.none, at: 10)
        try insertItem.bind(item.session, at: 11)
        try insertItem.bind(item.plan, at: 12)
        try insertItem.run()
    }

    private func insert(_ identifier: ItemIdentifier, _ item: EndedItem) throws {
        let (state, note) = EventWriter.columns(item.outcome)
        try bindNew(identifier, item.name, state, item.version, item.sinkName)
        insertItem.bind(EventWriter.written(item), at: 9)
        try insertItem.bind(item.digest?.bytes, at: 10)
        insertItem.bind(Int?.none, at: 11)
        try insertItem.bind(note, at: 12)
        try insertItem.run()
    }

    /// Binds the columns that every item has.
    private func bindNew(
        _ identifier: ItemIdentifier,
        _ name: ItemName,
        _ state: StoredState,
        _ version: SourceVersion,
        _ sinkName: ItemName?
    ) throws {
        insertItem.bind(identifier.number, at: 1)
        insertItem.bind(name.hash64, at: 2)
        insertItem.bind(state.rawValue, at: 3)
        try insertItem.bind(name.bytes, at: 4)
        insertItem.bind(version.size, at: 5)
        insertItem.bind(version.modified?.nanoseconds, at: 6)
        try insertItem.bind(version.entityTag.map { StoredTag($0) }, at: 7)
        try insertItem.bind(sinkName?.bytes, at: 8)
    }

    private func update(_ identifier: ItemIdentifier, _ item: EndedItem) throws {
        let (state, note) = EventWriter.columns(item.outcome)
        updateItem.bind(identifier.number, at: 1)
        updateItem.bind(state.rawValue, at: 2)
        updateItem.bind(item.version.size, at: 3)
        updateItem.bind(item.version.modified?.nanoseconds, at: 4)
        try updateItem.bind(item.version.entityTag.map { StoredTag($0) }, at: 5)
        try updateItem.bind(item.sinkName?.bytes, at: 6)
        updateItem.bind(EventWriter.written(item), at: 7)
        try updateItem.bind(item.digest?.bytes, at: 8)
        try updateItem.bind(note, at: 9)
        try updateItem.run()
    }

    private func insert(_ block: BlockRecord, of identifier: ItemIdentifier) throws {
        let receipt = block.receipt
        insertBlock.bind(identifier.number, at: 1)
        insertBlock.bind(receipt.ordinal, at: 2)
        insertBlock.bind(block.offset, at: 3)
        insertBlock.bind(block.length, at: 4)
        insertBlock.bind(receipt.length == block.length ? nil : receipt.length, at: 5)
        try insertBlock.bind(receipt.checksum?.bytes, at: 6)
        try insertBlock.bind(receipt.tag.isEmpty ? nil : StoredTag(receipt.tag), at: 7)
        try insertBlock.run()
    }

    private func remove(_ identifier: ItemIdentifier) throws {
        deleteItem.bind(identifier.number, at: 1)
        try deleteItem.run()
        try removeBlocks(identifier)
    }

    private func removeBlocks(_ identifier: ItemIdentifier) throws {
        deleteBlocks.bind(identifier.number, at: 1)
        try deleteBlocks.run()
    }

    /// Null where it is the source's size.
    private static func written(_ item: EndedItem) -> Int? {
        item.bytesWritten == item.version.size ? nil : item.bytesWritten
    }

    private static func columns(_ outcome: EndedItem.Outcome) -> (StoredState, String?) {
        switch outcome {
        case .done: (.done, nil)
        case .failed(let sentence): (.failed, sentence)
        case .skipped(let sentence): (.skipped, sentence)
        }
    }
}
