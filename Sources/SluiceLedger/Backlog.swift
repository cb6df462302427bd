/// Events that wait to be written, and when they are.
///
/// A pure value: `RunLedger` keeps it behind a lock and does what it says.
struct Backlog {
    /// What whoever has appended an event must do.
    enum Demand: Equatable {
        case nothing
        /// Have the events written within `interval`.
        case later
        /// Have them written now, by another thread.
        case soon
        /// Write them, or wait until they are written: there are as many as may wait, or a crash would have as much sent
        /// again as may be.
        case wait
    }

    /// Milliseconds that an event waits at most.
    static let interval = 200
    /// Events that are worth a transaction of their own. A commit costs some 30 µs, as much as twenty rows.
    static let batch = 4096
    /// Events that may wait while as many are being written: 9 MB in all, and a third of a second of the fastest copy
    /// of small files.
    static let limit = 16384
    /// Bytes that the sink may have confirmed without their record being written, because a crash would have them sent
    /// again. So a block of this size or more is recorded before its connection takes another. A transaction of 30 µs for
    /// each MiB is 3 % of a core at 1 GB/s. At half of it another thread begins to write: that whoever copies small files
    /// should do it cost them 1 µs a file, and 10 µs of threads that stood still and woke.
    static let mostAtStake = 1 << 20

    private(set) var events: [LedgerEvent] = []
    /// An emptied array that has its memory already.
    private var spare: [LedgerEvent] = []
    /// The ordinal of the next new item.
    private(set) var nextOrdinal: Int
    private var isScheduled = false
    private var isUrgent = false
    /// Bytes of objects and blocks that are not written.
    private var atStake = 0
    /// Whether events are still taken.
    private(set) var isOpen = true

    init(nextOrdinal: Int) { self.nextOrdinal = nextOrdinal }

    /// The ordinal of a new item.
    mutating func takeOrdinal() -> Int {
        nextOrdinal += 1
        return nextOrdinal - 1
    }

    mutating func append(_ event: LedgerEvent) -> Demand {
        guard isOpen else { return .nothing }
        events.append(event)
        atStake += event.bytesAtStake
        if events.count >= Backlog.limit || atStake >= Backlog.mostAtStake { return .wait }
        // Half of what may be at stake is begun with before anybody has to wait for it.
        let isWorthIt = events.count >= Backlog.batch || atStake >= Backlog.mostAtStake / 2
        if isWorthIt || event.isOfUpload, !isUrgent {
            isUrgent = true
            return .soon
        }
        guard !isScheduled else { return .nothing }
        isScheduled = true
        return .later
    }

    /// Gives all events away.
    mutating func take() -> [LedgerEvent] {
        isScheduled = false
        isUrgent = false
        atStake = 0
        let taken = events
        events = spare
        spare = []
        return taken
    }

    /// Takes an array back for its memory, unless it has become large.
    mutating func giveBack(_ taken: consuming [LedgerEvent]) {
        guard taken.count <= 2 * Backlog.batch else { return }
        taken.removeAll(keepingCapacity: true)
        spare = taken
    }

    /// Forgets what waits and takes nothing more.
    mutating func close() {
        isOpen = false
        events = []
    }
}

/// Something that goes into the ledger.
enum LedgerEvent: Sendable {
    case begun(ItemIdentifier, BegunItem, replacing: ItemIdentifier?)
    case block(ItemIdentifier, BlockRecord)
    /// `hasBegun` where a row of it is there already.
    case ended(ItemIdentifier, EndedItem, hasBegun: Bool)
    /// An upload that was taken back.
    case forgotten(ItemIdentifier)

    /// Whether it is written at once: uploads and their blocks are large and come seldom.
    var isOfUpload: Bool {
        switch self {
        case .begun, .block: true
        case .ended, .forgotten: false
        }
    }

    /// Bytes that a crash before it is written would have sent again. The blocks of an object that ends are recorded
    /// each, and whoever goes on finds it whole.
    var bytesAtStake: Int {
        switch self {
        case .block(_, let block): block.length
        case .ended(_, let item, hasBegun: false) where item.outcome == .done: item.bytesWritten
        case .begun, .ended, .forgotten: 0
        }
    }
}
