internal import SluiceCore
internal import SluiceDigests
internal import SluicePipeline

/// Takes finished frames to the sink: as a whole object, a block, a part of gathered frames, or a piece of a stream.
final class Delivery: Sendable {
    private let context: RunContext
    private let settlement: Settlement

    init(context: RunContext, settlement: Settlement) {
        self.context = context
        self.settlement = settlement
    }

    /// Takes a frame of `transfer`, which is one of its pieces.
    func deliver(_ frame: consuming Frame, of transfer: ItemTransfer) {
        guard !transfer.hasFailed else {
            settlement.drop(transfer)
            return
        }
        switch transfer.plan.route {
        case .whole:
            putWhole(frame, of: transfer)
        case .stream:
            transfer.stream?.append(frame)
        case .undecided(nil) where !transfer.plan.isCompressed && isOnlyChunk(frame, of: transfer):
            putWhole(frame, of: transfer)
        case .blocks, .undecided:
            if transfer.plan.isCompressed {
                queue(frame, of: transfer)
            } else {
                putBlock(frame, of: transfer)
            }
        }
    }

    /// Puts a range that is read while it is sent; `checksum` is its digest where that is known beforehand.
    func deliverThrough(ordinal: Int, offset: Int, count: Int, checksum: Checksum?, of transfer: ItemTransfer) {
        guard let object = transfer.source else { preconditionFailure("an object is open while it is read") }
        let isWhole = transfer.plan.route == .whole
        // Where the digest is not wanted in front, it is computed on the way, for the manifest.
        let isComputed = checksum == nil && (isWhole || context.sink.traits.placement == .positioned)
        let digest = isComputed ? context.checksumAlgorithm : nil
        // Where the digest was made before, the bytes were counted then.
        let meter = transfer.plan.reading == .through ? context.meters.reader : nil
        let counted = ObjectUnderWay(object, from: offset, tally: context.tally, meter: meter)
        let body = StepBody(reading: counted, at: offset, count: count, digest: digest)
        let action = isWhole ? SinkStep.Action.whole : .block(ordinal: ordinal, offset: offset)
        if isWhole { transfer.withState { $0.committer.goesWhole() } }
        submit(SinkStep(upload: transfer.upload, action: action, body: body, checksum: checksum), of: transfer)
    }

    /// Leaves a range to the sink's service, which copies it by itself.
    func deliverCopy(_ range: CopyRange, ordinal: Int, count: Int, of transfer: ItemTransfer) {
        let isWhole = transfer.plan.route == .whole
        let action = isWhole ? SinkStep.Action.whole : .block(ordinal: ordinal, offset: range.offset)
        if isWhole { transfer.withState { $0.committer.goesWhole() } }
        submit(SinkStep(upload: transfer.upload, action: action, body: StepBody(copying: range, count: count)), of: transfer)
    }

    /// Called when it has become known that the last chunk of an object was delivered before.
    func sourceEnded(_ transfer: ItemTransfer) { drain(transfer) }

    private func isOnlyChunk(_ frame: borrowing Frame, of transfer: ItemTransfer) -> Bool {
        frame.ordinal == 0 && transfer.withState { $0.chunkCount == 1 }
    }

    private func putWhole(_ frame: consuming Frame, of transfer: ItemTransfer) {
        let checksum = frame.checksum
        transfer.withState { $0.committer.goesWhole() }
        let step = SinkStep(upload: transfer.upload, action: .whole, body: StepBody(slab: frame.slab), checksum: checksum)
        submit(step, of: transfer)
    }

    private func putBlock(_ frame: consuming Frame, of transfer: ItemTransfer) {
        let checksum = frame.checksum
        let action = SinkStep.Action.block(ordinal: frame.ordinal, offset: frame.offset)
        submit(SinkStep(upload: transfer.upload, action: action, body: StepBody(slab: frame.slab), checksum: checksum), of: transfer)
    }

    // MARK: Compressed frames, which need their order

    private func queue(_ frame: consuming Frame, of transfer: ItemTransfer) {
        var held: Frame? = consume frame
        let isTaken = transfer.withState { state in
            // Looked up under the lock: what comes after a failure would wait for its turn for ever.
            guard state.committer.failure == nil, let frame = held.take() else { return false }
            let ordinal = frame.ordinal
            state.sequencer.insert(frame, ordinal: ordinal)
            return true
        }
        if isTaken { drain(transfer) } else { settlement.drop(transfer) }
    }

    /// Places the frames that are next in order. One thread at a time does it for an object; the others leave theirs.
    private func drain(_ transfer: ItemTransfer) {
        while true {
            let next: NextFrame = transfer.withState { state in
                guard !state.isDraining else { return .none }
                state.passKeptParts()
                if let frame = state.sequencer.popNext() {
                    state.isDraining = true
                    return .frame(frame)
                }
                // All frames are placed: what was gathered goes.
                guard transfer.plan.partSize != nil, !state.isPlaced, state.sequencer.next == state.chunkCount else {
                    return .none
                }
                guard state.part != nil else {
                    state.isPlaced = true
                    state.isDraining = true
                    return .allPut(parts: state.partOrdinal)
                }
                // No frame may be left to keep the item alive: the part itself has to, from here on.
                guard state.committer.admit(), let part = state.part.take() else { return .none }
                state.isPlaced = true
                state.isDraining = true
                return .lastPart(part)
            }
            switch consume next {
            case .none: return
            case .frame(let frame): place(frame, of: transfer)
            case .lastPart(let part): put(part, of: transfer, isLast: true)
            case .allPut(let parts): settlement.settle(transfer) { $0.committer.sourceEnded(blocks: parts) }
            }
            transfer.withState { $0.isDraining = false }
        }
    }

    private enum NextFrame: ~Copyable {
        case none
        case frame(Frame)
        case lastPart(OpenPart)
        /// The last frame filled its part.
        case allPut(parts: Int)
    }

    private func place(_ frame: consuming Frame, of transfer: ItemTransfer) {
        guard !transfer.hasFailed else {
            settlement.drop(transfer)
            return
        }
        if transfer.plan.partSize != nil {
            gather(frame, of: transfer)
        } else {
            putPositioned(frame, of: transfer)
        }
    }

    /// A frame that goes to a file, behind the one before it.
    private func putPositioned(_ frame: consuming Frame, of transfer: ItemTransfer) {
        let count = frame.slab.count
        let offset = transfer.withState { state in
            defer { state.placed += count }
            return state.placed
        }
        let checksum = frame.checksum
        let action = SinkStep.Action.block(ordinal: frame.ordinal, offset: offset)
        submit(SinkStep(upload: transfer.upload, action: action, body: StepBody(slab: frame.slab), checksum: checksum), of: transfer)
    }

    /// Adds a frame to the open part, and puts the part when the next frame may not fit any more.
    private func gather(_ frame: consuming Frame, of transfer: ItemTransfer) {
        var part: OpenPart
        if let open = transfer.withState({ $0.part.take() }) {
            part = open
        } else {
            let capacity = transfer.plan.capacity(ofPart: transfer.withState { $0.partOrdinal }) ?? 0
            guard let slab = context.partPool.lease(capacity) else {
                settlement.drop(transfer, failure: Cancelled())
                return
            }
            part = OpenPart(slab: slab, range: frame.offset..<frame.offset)
        }
        let start = part.slab.count
        part.slab.count = start + frame.slab.count
        part.slab.storage.baseAddress!.advanced(by: start)
            .copyMemory(from: frame.slab.contents.baseAddress!, byteCount: frame.slab.count)
        part.digest.append(frame.checksum, length: frame.slab.count)
        part.range = part.range.lowerBound..<frame.offset + frame.rawLength
        let next = context.planner.encodedBound(transfer.plan.chunkSize)
        let following = frame.ordinal + 1
        let endsGap = transfer.withState { $0.isGapFull(before: following) }
        let isFull = endsGap || part.slab.count + next > part.slab.capacity
        if isFull, !fits(part, endsGap: endsGap, transfer) {
            startAnew(transfer)
            return
        }
        var held: OpenPart? = consume part
        if isFull, let full = held.take() {
            put(full, of: transfer, isLast: false)
        } else {
            transfer.withState { $0.part = held.take() }
        }
        settlement.drop(transfer)
    }

    private func fits(_ part: borrowing OpenPart, endsGap: Bool, _ transfer: ItemTransfer) -> Bool {
        let count = part.slab.count
        let minimum = context.sink.traits.minimumBlock
        return transfer.withState { $0.fitsGap($0.partOrdinal, count, endsGap: endsGap, minimum: minimum) }
    }

    /// Gives up what an earlier attempt has put of an object, because its parts and ours are no row.
    private func startAnew(_ transfer: ItemTransfer) {
        let failure = CopyError(
            .sourceChanged,
            "\"\(transfer.item.name)\" can't be gone on with",
            cause: "its parts are compressed to other lengths than before"
        )
        settlement.startOver(transfer, as: transfer.item, isAnew: true, because: failure)
    }

    private func put(_ part: consuming OpenPart, of transfer: ItemTransfer, isLast: Bool) {
        let count = part.slab.count
        let range = part.range
        let (ordinal, offset) = transfer.withState { state in
            if context.journal != nil { state.partRanges[state.partOrdinal] = range }
            defer {
                state.partOrdinal += 1
                state.placed += count
            }
            // The last part came to life when it was taken; this one is made of a frame.
            if !isLast { state.committer.add() }
            return (state.partOrdinal, state.placed)
        }
        let checksum = part.digest.checksum
        let isWhole = isLast && ordinal == 0
        if isWhole {
            // There will be no commit to look at the source before.
            do {
                try transfer.checkSource()
            } catch {
                settlement.drop(transfer, failure: SluiceCore.failure(from: error))
                return
            }
            transfer.withState { $0.committer.goesWhole() }
        } else if isLast {
            settlement.settle(transfer) { $0.committer.sourceEnded(blocks: ordinal + 1) }
        }
        let action = isWhole ? SinkStep.Action.whole : .block(ordinal: ordinal, offset: offset)
        submit(SinkStep(upload: transfer.upload, action: action, body: StepBody(slab: part.slab), checksum: checksum), of: transfer)
    }

    // MARK: Steps

    /// Submits a data step, or keeps it back until the upload has begun.
    private func submit(_ step: consuming SinkStep, of transfer: ItemTransfer) {
        guard !step.action.isWhole else {
            settlement.submit(step, of: transfer)
            return
        }
        var held: SinkStep? = consume step
        var action = Committer.Action.none
        var isDropped = false
        let ready: SinkStep? = transfer.withState { state in
            guard let step = held.take() else { return nil }
            guard state.committer.failure == nil else {
                isDropped = true
                return nil
            }
            if state.committer.isReleased {
                state.committer.blockSent()
                return step
            }
            action = state.committer.blockReady()
            state.held.append(step)
            return nil
        }
        if let ready { settlement.submit(ready, of: transfer) }
        if isDropped { settlement.drop(transfer) }
        settlement.perform(action, for: transfer)
    }
}
