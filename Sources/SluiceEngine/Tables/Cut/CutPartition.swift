internal import SluiceCore

/// How the files of one partition stand, which are copied all or not at all: its rows come in no order that could be
/// trusted a second time, so that a reading that broke is worth nothing, and another one makes all files again.
struct CutPartition: Sendable {
    enum Phase: Sendable {
        /// Begins when it is due, and when there is a reader for it.
        case waiting(until: ContinuousClock.Instant?)
        case open
        /// All files of its reading are at the sink.
        case done
        case failed
    }

    /// What follows from the end of a file.
    enum Outcome {
        case none
        /// All files have been copied; these are their records.
        case done([ItemRecord])
        /// Another reading begins once no file of this one is under way.
        case again
        /// The partition can't be copied; this is to be told of it.
        case failed(ItemRecord)
    }

    private(set) var phase = Phase.waiting(until: nil)
    /// Which reading it is, over all attempts of the run; 0 before the first.
    private(set) var reading: Int
    /// Files that an earlier attempt has copied and that only need to be there; nil where there are none.
    private(set) var kept: Int?
    /// The most files that any reading has begun, which is what may lie at the sink.
    private(set) var begun: Int
    /// Files of this reading that are wanted, that were listed, and that have ended.
    private(set) var wanted = 0
    private(set) var listed = 0
    private var ended = 0
    private var isRead = false
    private var held: [ItemRecord] = []
    private var failure: (any Failure)?
    private var due: ContinuousClock.Instant?
    private var attempts = 0
    private var outage = Outage()

    /// - Parameter kept: what an earlier attempt has left.
    init(_ kept: KeptCut.Partition = KeptCut.Partition()) {
        reading = kept.reading
        begun = kept.begun
        self.kept = kept.files
    }

    /// What another attempt has to know.
    var state: KeptCut.Partition {
        if case .done = phase { return KeptCut.Partition(reading: reading, begun: begun, files: wanted) }
        return KeptCut.Partition(reading: reading, begun: begun, files: kept)
    }

    /// Whether its rows are being read.
    var isReading: Bool { if case .open = phase { !isRead && failure == nil } else { false } }
    var hasEnded: Bool {
        switch phase {
        case .done, .failed: true
        case .waiting, .open: false
        }
    }
    /// Whether a file waits to be listed.
    var wantsListing: Bool { if case .open = phase { failure == nil && listed < wanted } else { false } }
    /// Files at the sink that are of readings that broke.
    var stale: Range<Int> { if case .done = phase { wanted..<max(wanted, begun) } else { 0..<0 } }

    /// Begins a reading, or asks for the files of the one that an earlier attempt has ended.
    mutating func begin() {
        phase = .open
        (listed, ended, held, failure) = (0, 0, [], nil)
        (wanted, isRead) = (kept ?? 1, kept != nil)
        if kept == nil { reading += 1 }
    }

    /// The next file that is wanted is listed; which, from 1 on.
    mutating func list() -> Int {
        precondition(wantsListing, "only what is wanted is listed")
        listed += 1
        begun = max(begun, listed)
        return listed
    }

    /// The file that was read has ended with its last row.
    ///
    /// - Parameter isLast: whether there is no row behind it.
    mutating func fileRead(isLast: Bool) { if isLast { isRead = true } else { wanted += 1 } }

    /// What broken readings had left is gone.
    mutating func staleRemoved() { begun = wanted }

    /// A file has ended.
    ///
    /// - Parameter decide: what is to become of a failure.
    mutating func end(
        _ record: ItemRecord,
        _ decide: (any Failure, _ attempt: Int, inout Outage) -> RetryPolicy.Decision
    ) -> Outcome {
        ended += 1
        var outcome = Outcome.none
        switch record.outcome {
        case .copied, .resumed, .unchanged: held.append(record)
        case .skipped, .failed: if failure == nil { outcome = breakOff(record, decide) }
        }
        guard ended == listed else { return outcome }
        if failure != nil {
            phase = due.map { .waiting(until: $0) } ?? .failed
        } else if isRead, listed == wanted {
            phase = .done
            kept = nil
            defer { held = [] }
            return .done(held)
        }
        return outcome
    }

    private mutating func breakOff(
        _ record: ItemRecord,
        _ decide: (any Failure, _ attempt: Int, inout Outage) -> RetryPolicy.Decision
    ) -> Outcome {
        held = []
        switch record.outcome {
        case .failed(let reason) where reason is KeptFileGone:
            failure = reason
            kept = nil
            due = .now
            return .again
        case .failed(let reason), .skipped(let reason):
            failure = reason
            kept = nil
            defer { attempts += 1 }
            guard case .failed = record.outcome, case .retry(let wait) = decide(reason, attempts, &outage) else {
                due = nil
                return .failed(record)
            }
            due = .now + wait
            return .again
        case .copied, .resumed, .unchanged: preconditionFailure("that breaks nothing")
        }
    }
}

/// A file of a partition whose files are all there, as the ledger has it, is not to be found at the sink.
struct KeptFileGone: Failure {
    let name: String
    var kind: FailureKind { .sourceChanged }
    var what: String { "\"\(name)\" is no longer there" }
    var cause: String? { nil }
    var advice: String? { nil }
}
