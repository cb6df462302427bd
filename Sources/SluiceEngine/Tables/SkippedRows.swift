internal import Glibc
internal import SluiceCore
internal import SluiceLedger
internal import SluiceTables

/// Decides what becomes of rows that can't be taken: up to a limit they are kept beside, and one more is refused. From
/// several threads.
final class SkippedRows: Sendable {
    private struct State: ~Copyable, Sendable {
        var count = 0
        var file: RowFile?
        /// Objects under way of which rows were told, and the last of them.
        var told: [String: Told] = [:]
    }

    private struct Told: Sendable {
        let item: SourceItem
        var last: Int
    }

    private let limit: Int?
    private let place: BadRowsPlace?
    private let observer: (any CopyObserver)?
    private let state = Locked(State())

    /// - Parameters:
    ///   - limit: rows that may be skipped; nil for any number, 0 for none.
    ///   - place: where they are kept, in a file that is made with the first of them; nil for nowhere.
    ///   - observer: hears of each.
    init(limit: Int?, place: BadRowsPlace? = nil, observer: (any CopyObserver)? = nil) {
        self.limit = limit
        self.place = place
        self.observer = observer
    }

    /// Those of a run, with what an earlier attempt has told of objects that are not read again.
    ///
    /// - Parameter isIn: whether an object's rows are in the table although the ledger does not know; nil where that can't
    ///   be told.
    convenience init(
        _ specification: CopySpecification,
        _ ledger: RunLedger?,
        isIn: ((String) -> Bool)? = nil
    ) throws {
        let options = specification.tableSink
        let place = try BadRowsPlace(specification, ledger)
        self.init(limit: options.mostBadRows, place: place, observer: specification.observer)
        guard let place, let ledger else { return }
        guard ledger.hasEarlierItems else {
            // Left by an attempt that has ended nothing.
            if place.isPrivate { unlink(place.path) }
            return
        }
        // Rows of a file that had begun to go into a table may be there: it is not read again unless they are replaced.
        let isLoad = if case .odbc = specification.sink { options.keys.isEmpty } else { false }
        let earlier = try RowFile.reduce(place.path, isPrivate: place.isPrivate) { name in
            switch ledger.lookup(ItemName(name)) {
            case .done: true
            case .begun: isIn?(name) ?? isLoad
            case nil: isIn?(name) ?? false
            }
        }
        guard let earlier else { return }
        try state.withLock { state in
            state.count = earlier
            state.file = try RowFile(appendingTo: place.path)
        }
    }

    /// Whether any row may be skipped.
    var maySkip: Bool { limit != 0 }

    var count: Int { state.withLock { $0.count } }

    /// Skips a row.
    /// - Throws: a failure that tells of this row when the limit is reached, and what keeps it from being kept.
    func add(_ row: SkippedRow) throws {
        try state.withLock { try add(row, &$0) }
    }

    /// Skips a row of an object whose rows come in their order. One that was told when the same was read before is not
    /// told again.
    /// - Throws: as above.
    func add(_ row: BadRow, of item: SourceItem) throws {
        try state.withLock { state in
            let earlier = state.told[item.name].flatMap { $0.item == item ? $0.last : nil }
            if let earlier, row.place.number <= earlier { return }
            try add(SkippedRow(row, of: item.name), &state)
            state.told[item.name] = Told(item: item, last: row.place.number)
        }
    }

    private func add(_ row: SkippedRow, _ state: inout State) throws {
        if let limit, state.count >= limit { throw SkippedRows.beyond(limit, row) }
        if let place {
            if state.file == nil { state.file = try RowFile.make(place.path, isPrivate: place.isPrivate) }
            try state.file?.append(row.line)
        }
        state.count += 1
        observer?.skipped(row)
    }

    /// Says that an object is not read again, before that is recorded: its rows are on the disk then.
    func ended(_ name: String) throws {
        try state.withLock { state in
            state.told[name] = nil
            try state.file?.sync()
        }
    }

    /// Brings what was skipped to where it belongs; what there is to say of it. Blocks.
    ///
    /// - Parameters:
    ///   - isCancelled: whether nobody waits any longer.
    ///   - mayGoOn: whether another attempt may follow, that needs what is kept here.
    func finish(isCancelled: Bool, mayGoOn: Bool) throws -> [String] {
        let count = try state.withLock { state in
            try state.file?.sync()
            return state.file == nil ? 0 : state.count
        }
        guard count > 0, let place else { return [] }
        return try place.deliver(count, isCancelled: isCancelled, mayGoOn: mayGoOn)
    }

    private static func beyond(_ limit: Int, _ row: SkippedRow) -> CopyError {
        CopyError(
            .unexpectedAnswer,
            "\(row.place) of \"\(row.source)\" can't be taken",
            cause: "\(row.message) (\(row.code))" + (limit > 0 ? ", and \(limit) rows were skipped already" : ""),
            advice: limit > 0
                ? "Mend the rows, or allow more of them with --max-bad-rows"
                : "Mend it, or skip such rows with --skip-bad-rows"
        )
    }
}

extension RowPlace {
    /// Counted from 1 in the order of the source.
    var number: Int {
        switch self {
        case .line(let at), .row(let at): at
        }
    }
}
