internal import SluiceCore
internal import SluiceEngine

/// Hears what becomes of a copy's files, for what a job must know of them beyond the report, and tells the copy's log.
final class CopyWitness: CopyObserver {
    struct Counts: Sendable, Hashable {
        /// Files that were skipped because they changed, or differed at the sink.
        var inconsistent = 0
        /// Files that were skipped and are there still: another copy may take them.
        var left = 0
    }

    private let log: CopyLog?
    private let state = Locked(Counts())

    init(_ log: CopyLog? = nil) { self.log = log }

    var counts: Counts { state.withLock { $0 } }

    func ended(_ record: ItemRecord) {
        if case .skipped(let failure) = record.outcome {
            state.withLock { counts in
                if [.integrity, .sourceChanged].contains(failure.kind) { counts.inconsistent += 1 }
                if failure.kind != .sourceVanished { counts.left += 1 }
            }
        }
        log?.ended(record)
    }

    func skipped(_ row: SkippedRow) { log?.skipped(row) }
}
