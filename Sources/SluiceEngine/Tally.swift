package import SluiceCore
internal import SluicePipeline
internal import Synchronization

/// What the run has done so far, added up over its items.
package final class Tally: Sendable {
    /// Sums at one moment.
    package struct Reading: Sendable {
        /// Items that the listing has found, and their bytes where known.
        package var filesListed = 0
        package var bytesListed = 0
        package var isListed = false
        package var filesRead = 0
        package var filesWritten = 0
        /// Items that an earlier attempt of the run has copied.
        package var filesResumed = 0
        /// Bytes of the source that an earlier attempt had put, and that were not sent again.
        package var bytesResumed = 0
        package var filesSkipped = 0
        /// Items that the sink had already.
        package var filesUnchanged = 0
        package var filesFailed = 0
        package var bytesRead = 0
        package var bytesWritten = 0
        /// Bytes of these that the sink's service has copied by itself.
        package var bytesCopiedByService = 0
        /// Rows of items that were copied, and of those that went into a table before they failed; nil where there are none.
        package var rows: RowCount?
        /// The first errors, each as one sentence with its item.
        package var errors: [ItemError] = []
        package var notes: [String] = []
        /// The digest of the object where there was just one.
        package var digest: Checksum?
    }

    /// An item's error.
    package struct ItemError: Sendable {
        package let name: String
        package let failure: any Failure
    }

    /// Errors kept for the report; the manifest has them all.
    private static let keptErrors = 100

    private let sums = Locked(Reading())
    private let confirmed = Atomic<Int>(0)
    private let underWay = Atomic<Int>(0)
    private let isListingDone = Atomic<Bool>(false)

    package init() {}

    package var reading: Reading { sums.withLock { $0 } }
    /// Bytes of bodies that the sink has confirmed, those of unfinished items too.
    package var bytesConfirmed: Int { confirmed.load(ordering: .relaxed) }

    /// Bytes of requests under way that were read to be sent, where they are read while they are sent.
    package var bytesUnderWay: Int { underWay.load(ordering: .relaxed) }

    func addUnderWay(_ bytes: Int) { underWay.wrappingAdd(bytes, ordering: .relaxed) }

    func addConfirmed(_ bytes: Int) { confirmed.wrappingAdd(bytes, ordering: .relaxed) }

    func listed(_ item: SourceItem) {
        sums.withLock {
            $0.filesListed += 1
            $0.bytesListed += item.size ?? 0
        }
    }

    /// Items that were listed are made anew by others.
    func withdrawn(_ count: Int) { sums.withLock { $0.filesListed -= count } }

    func listingEnded() { sums.withLock { $0.isListed = true } }

    func add(_ record: ItemRecord) {
        sums.withLock { sums in
            sums.bytesRead += record.bytesRead
            sums.bytesResumed += record.bytesResumed
            sums.bytesCopiedByService += record.bytesCopiedByService
            // Rows of a file that failed may be in a table, too.
            if let rows = record.rows { sums.rows = sums.rows.map { $0 + rows } ?? rows }
            switch record.outcome {
            case .copied:
                sums.filesRead += 1
                sums.filesWritten += 1
                sums.bytesWritten += record.bytesWritten - record.bytesWrittenBefore
                sums.digest = sums.filesWritten == 1 ? record.checksum : nil
            case .unchanged:
                sums.filesUnchanged += 1
            case .resumed:
                sums.filesResumed += 1
            case .skipped(let failure):
                sums.filesSkipped += 1
                Tally.keep(failure, record.name, &sums)
            case .failed(let failure):
                sums.filesFailed += 1
                Tally.keep(failure, record.name, &sums)
            }
        }
    }

    /// An error that is no item's: a listing that broke off.
    func fail(_ failure: any Failure, on name: String) {
        sums.withLock {
            $0.filesFailed += 1
            Tally.keep(failure, name, &$0)
        }
    }

    private static func keep(_ failure: any Failure, _ name: String, _ sums: inout Reading) {
        guard sums.errors.count < keptErrors else { return }
        sums.errors.append(ItemError(name: name, failure: failure))
    }
}
