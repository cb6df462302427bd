internal import SluiceCore
internal import SluiceLedger

/// What a load tells its ledger: which files have begun to go into the table, and which are in it whole.
///
/// Rows can't be told apart from those that another has put there, so a file that had begun is not gone on with.
struct LoadJournal {
    private let ledger: RunLedger?

    init(_ ledger: RunLedger?) { self.ledger = ledger }

    /// Whether an earlier attempt has put rows into the table.
    var goesOn: Bool { ledger?.hasEarlierItems == true }

    /// What an earlier attempt has left of an item.
    enum Earlier {
        case nothing
        case done(EndedItem)
        /// Rows that the source had under this name are in the table, and it has others now.
        case outdated
        /// Some of its rows may be in the table.
        case begun(ItemIdentifier)
    }

    func earlier(_ item: SourceItem) -> Earlier {
        guard let ledger, goesOn, let state = ledger.lookup(ItemName(item.name)) else { return .nothing }
        return switch state {
        case .done(let ended): ended.version == SourceVersion(item) ? .done(ended) : .outdated
        case .begun(let id, _): .begun(id)
        }
    }

    /// Says that an item's first rows are about to be written; returns when it is in the ledger.
    func begin(_ item: SourceItem, into table: String, replacing earlier: ItemIdentifier?) -> ItemIdentifier? {
        guard let ledger else { return nil }
        let begun = BegunItem(
            name: ItemName(item.name),
            version: SourceVersion(item),
            sinkName: ItemName(table),
            session: [],
            plan: "rows"
        )
        let id = ledger.begin(begun, replacing: earlier)
        ledger.flush()
        return id
    }

    /// Says how an item has ended.
    ///
    /// - Parameter hasRows: whether rows of one that failed are in the table.
    func end(_ item: SourceItem, _ record: ItemRecord, _ id: ItemIdentifier?, hasRows: Bool) {
        guard let ledger else { return }
        let outcome: EndedItem.Outcome
        switch record.outcome {
        case .copied: outcome = .done
        case .skipped(let failure): outcome = .skipped(failure.description)
        case .failed(let failure):
            // It stays begun: another attempt would put its rows there twice.
            if hasRows { return }
            outcome = .failed(failure.description)
        case .resumed, .unchanged: return
        }
        let ended = EndedItem(
            name: ItemName(item.name),
            version: SourceVersion(item),
            sinkName: ItemName(record.sinkName),
            outcome: outcome,
            bytesWritten: record.bytesWritten
        )
        ledger.end(ended, begun: id)
    }
}
