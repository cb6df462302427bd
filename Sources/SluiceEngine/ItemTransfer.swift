internal import SluiceCore
internal import SluiceLedger
internal import SluicePipeline

/// One object on its way: what its chunks, frames and steps share.
final class ItemTransfer: Sendable {
    let item: SourceItem
    let plan: TransferPlan
    let upload: Upload
    /// How often the object was started over before.
    let restarts: Int
    /// What those before have seen of a line that is gone.
    let outage: Outage
    /// What the ledger has of an earlier upload of it that is not gone on with.
    let replaces: ItemIdentifier?
    /// Memory that is kept for it.
    let reservation: Reservation?
    /// How often an object is planned anew because its size keeps changing.
    static let mostReplans = 3
    /// The chunks of a `.stream` route.
    let stream: OrderedChunks?
    // Locks of their own, in place: an object has few steps, and each lock that is allocated shows in small files' CPU.
    private let object: Locked<(any ReadableObject)?>
    private let state: Locked<State>

    struct State: ~Copyable {
        var committer: Committer
        /// Blocks that wait for the upload to begin.
        var held = Ring<SinkStep>()
        /// Frames that must be taken in order.
        var sequencer: Sequencer<Frame>
        /// Whether a thread is taking frames in order; others only put theirs in.
        var isDraining = false
        /// Chunks that were admitted.
        var admitted = 0
        /// Chunks of the object; nil until the end of an object of unknown size is seen.
        var chunkCount: Int?
        /// Whether all its chunks were.
        var isAdmitted: Bool { chunkCount.map { admitted >= $0 } ?? false }
        /// Whether a serial source is being read.
        var isReading = false
        /// Bytes read from the source, and bytes confirmed by the sink.
        var bytesRead = 0
        var bytesWritten = 0
        /// Bytes of frames that have a place in the sink.
        var placed = 0
        /// Whether all frames have their place.
        var isPlaced = false
        /// The part that frames are gathered in, and the ordinal of the next one.
        var part: OpenPart?
        var partOrdinal = 0
        var digest = ObjectDigest()
        /// Of the source's bytes, to be compared with what its service says.
        var sourceDigest = SourceDigest()
        /// Whether that was done, and both are the same.
        var isSourceCompared = false
        /// Whether bytes came from afar with no digest to hold them against, and there was none of the whole.
        var isSourceUnchecked = false
        /// That of the whole source as its service keeps it, where the sink's service copies by itself.
        var storedInSource: Checksum?
        /// Whether the sink repeated the digest of each piece so far.
        var hasDigestOfEachPiece = true
        /// Whether it repeated that of the whole object.
        var hasDigestOfWhole = false
        var isConfirmedByDigest: Bool { hasDigestOfWhole || hasDigestOfEachPiece }
        var entityTag: String?
        /// Rows that it holds, where it is made of rows.
        var rows: RowCount?
        /// What the ledger knows the upload by.
        var ledgerItem: ItemIdentifier?
        /// Chunks that are with the sink since an earlier attempt.
        var restored: Set<Int> = []
        /// Parts behind a gap that are with the sink since then: those that no frame has come to yet, and the one that
        /// no chunk has.
        var keptParts: ArraySlice<KeptPart> = []
        private var unreachedParts: ArraySlice<KeptPart> = []
        /// Bytes of the source that need not be sent again.
        var bytesResumed = 0
        /// Bytes of the object in the sink that an earlier attempt had put.
        var bytesWrittenBefore = 0
        /// Where in the source the bytes of parts under way come from.
        var partRanges: [Int: Range<Int>] = [:]
        /// Set when the object is to be read again instead of being failed.
        var startOver: StartOver?

        init(_ resumption: RunJournal.Resumption, mayLeave: Bool) {
            guard case .restored(let id, let upload) = resumption else {
                committer = Committer(mayLeave: mayLeave)
                sequencer = Sequencer()
                return
            }
            committer = Committer(resuming: upload.receipts, mayLeave: mayLeave)
            sequencer = Sequencer(from: upload.firstChunk)
            ledgerItem = id
            restored = upload.chunks
            keptParts = upload.keptParts[...]
            unreachedParts = upload.keptParts[...]
            admitted = upload.firstChunk
            partOrdinal = upload.nextBlock
            placed = upload.placed - upload.keptParts.reduce(0) { $0 + $1.length }
            bytesResumed = upload.sourceBytes
            bytesWrittenBefore = upload.placed
            // What the store said of blocks that were put before is not known any more.
            hasDigestOfEachPiece = upload.receipts.isEmpty
        }

        /// Passes over chunks that are with the sink already.
        mutating func skipRestored() {
            while restored.contains(admitted) { admitted += 1 }
            while let part = unreachedParts.first, part.chunks.lowerBound == admitted {
                admitted = part.chunks.upperBound
                unreachedParts.removeFirst()
            }
        }

        /// Passes over parts that are with the sink where the frames before them have been put.
        mutating func passKeptParts() {
            while let kept = keptParts.first, kept.chunks.lowerBound == sequencer.next, kept.ordinal == partOrdinal, part == nil {
                sequencer.skip(to: kept.chunks.upperBound)
                partOrdinal += 1
                placed += kept.length
                keptParts.removeFirst()
            }
        }

        /// Whether a part that ends before this chunk is the last one before a part that is kept.
        func isGapFull(before chunk: Int) -> Bool { keptParts.first?.chunks.lowerBound == chunk }

        /// Whether a part of this number and length can stand where it does, whether or not it ends a gap.
        func fitsGap(_ ordinal: Int, _ length: Int, endsGap: Bool, minimum: Int) -> Bool {
            guard let kept = keptParts.first else { return true }
            return endsGap ? ordinal + 1 == kept.ordinal && length >= minimum : ordinal + 1 < kept.ordinal
        }

        /// Where in the source the bytes of a block come from; nil where that is not known any more.
        mutating func sourceRange(ofBlock ordinal: Int, _ plan: TransferPlan, size: Int?) -> Range<Int>? {
            if plan.partSize != nil { return partRanges.removeValue(forKey: ordinal) }
            let start = ordinal * plan.chunkSize
            return start..<start + plan.length(ofChunk: ordinal, size: size)
        }

        /// A held block that goes to the sink now; nil when there is none or none may go.
        mutating func takeHeld() -> SinkStep? {
            guard committer.isReleased, let step = held.popFirst() else { return nil }
            committer.blockSent()
            return step
        }
    }

    /// - Parameters:
    ///   - resumption: what is left of it from an earlier attempt.
    ///   - mayLeave: whether its upload may be left for another attempt.
    init(
        item: SourceItem,
        plan: TransferPlan,
        upload: Upload,
        object: (any ReadableObject)?,
        restarts: Int,
        outage: Outage = Outage(),
        reservation: Reservation? = nil,
        resumption: RunJournal.Resumption = .anew(replacing: nil),
        mayLeave: Bool = false
    ) {
        self.item = item
        self.plan = plan
        self.upload = upload
        self.restarts = restarts
        self.outage = outage
        self.reservation = reservation
        self.object = Locked(object)
        if case .anew(let earlier) = resumption { replaces = earlier } else { replaces = nil }
        var state = State(resumption, mayLeave: mayLeave)
        state.chunkCount = plan.chunkCount
        state.skipRestored()
        if case .restored(_, let upload) = resumption {
            if !plan.blocksAreChunks { state.sourceDigest.giveUp() }
            for receipt in upload.receipts where plan.blocksAreChunks {
                guard let checksum = receipt.checksum else { continue }
                state.sourceDigest.add(checksum, length: receipt.length, ordinal: receipt.ordinal)
            }
        }
        self.state = Locked(state)
        stream = plan.route == .stream ? OrderedChunks(chunkCount: plan.chunkCount) : nil
    }

    /// Runs `body` alone with the item's state. It must not block.
    func withState<Result: ~Copyable>(_ body: (inout sending State) -> sending Result) -> sending Result {
        state.withLock(body)
    }

    /// The source's object, while it is open.
    var source: (any ReadableObject)? {
        get { object.withLock { $0 } }
        set { object.withLock { $0 = newValue } }
    }

    var hasFailed: Bool { withState { $0.committer.failure != nil } }

    /// Whether its upload stands open at the sink, and the ledger knows of it.
    var isLeftOpen: Bool { withState { $0.ledgerItem != nil && !$0.committer.isClosed } }

    /// Where it stands.
    var situation: String {
        withState { state in
            "\(item.name) (\(plan.route), size \(item.size.map(String.init) ?? "unknown"), start \(restarts)): \(state.admitted) of "
                + "\(state.chunkCount.map(String.init) ?? "?") chunks admitted, \(state.committer.pending) pieces pending\(state.isReading ? ", reading" : "")"
                + (state.committer.failure.map { ", failed: \($0)" } ?? "")
        }
    }

    /// Whether chunks are read one after another by one reader.
    var isSerial: Bool { item.size == nil }
}

/// An item that is to be read from its start, for the first time or again.
struct StartOver: Sendable {
    let item: SourceItem
    var restarts = 0
    var outage = Outage()
    var after = Duration.zero
    /// Whether what an earlier attempt of the run has put of it is taken back rather than gone on with.
    var isAnew = false
    /// Whether the sink's service has refused to copy it by itself.
    var goesThroughUs = false
}

/// A part of an object in which compressed frames are gathered until it is large enough for the store.
struct OpenPart: ~Copyable, Sendable {
    var slab: Slab
    /// Where in the source its bytes come from.
    var range: Range<Int>
    var digest = ObjectDigest()
}
