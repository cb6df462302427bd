internal import SluiceCore
internal import SluicePipeline

/// Decides which chunk is read next, and gives it the memory that it needs until it is confirmed: the pipeline's
/// only entrance, run by one thread.
///
/// A chunk gets all its slabs at once and in the order of its object, so that no chunk can wait for memory that
/// chunks behind it hold. Objects of many chunks take turns with each other and with new objects, and none holds
/// more than its share, so that one slow object does not stall the rest.
final class Admitter {
    private let context: RunContext
    private let settlement: Settlement
    private let delivery: Delivery
    private let entries: Channel<ListEntry>
    private let output: Channel<ReadTask>
    private let gate: AdmissionGate
    /// Objects of several chunks that have chunks left, in the order of their turns.
    private var open: [ItemTransfer] = []
    private var turn = 0
    /// Chunks that were sent to the readers without a wake-up.
    private var deferred = 0
    private var hasListed = false
    /// An object whose memory can't be kept beside that of the objects under way.
    private var parked: StartOver?

    init(
        context: RunContext,
        settlement: Settlement,
        delivery: Delivery,
        entries: Channel<ListEntry>,
        output: Channel<ReadTask>,
        gate: AdmissionGate
    ) {
        self.context = context
        self.settlement = settlement
        self.delivery = delivery
        self.entries = entries
        self.output = output
        self.gate = gate
    }

    /// Objects of several chunks that are under way at a time.
    private static let mostOpen = 32
    private var mostOpen: Int {
        if let most = context.source.mostOpen { return most }
        // Each holds a decoder's window, which is not of our memory; and one core reads it.
        return context.specification.decompresses ? min(Admitter.mostOpen, 2 * max(2, ProcessorCount.available)) : Admitter.mostOpen
    }
    /// Below this a wake-up costs more than the chunk.
    private static let smallChunk = 64 << 10
    /// Small chunks that are sent by one wake-up.
    private static let mostDeferred = 16

    /// Works until everything that was listed is admitted and ended.
    func run() {
        while !context.cancellation.isCancelled {
            let seen = gate.generation
            if parked == nil, let again = gate.takeDue() {
                admit(again)
                continue
            }
            let hasAdmitted = admitNextChunk()
            if admitNextEntry() || hasAdmitted { continue }
            if hasListed, open.isEmpty, parked == nil, gate.isIdle { break }
            output.wakeConsumers()
            gate.wait(for: open.isEmpty && parked == nil && !hasListed && !gate.hasRoom ? .room : .anything, since: seen)
        }
        if context.cancellation.isCancelled { giveUp() }
    }

    /// After a cancellation: readers that sleep get what was sent to them, and what waits ends as cancelled.
    private func giveUp() {
        output.wakeConsumers()
        let waiting = gate.takeAll() + (parked.map { [$0] } ?? [])
        parked = nil
        for again in waiting { reject(again.item, Cancelled()) }
    }

    // MARK: Chunks of open objects

    /// Admits a chunk of the next open object that may have one; false when none may.
    private func admitNextChunk() -> Bool {
        open.removeAll { $0.hasFailed || $0.withState { $0.isAdmitted } }
        for step in 0..<open.count {
            let transfer = open[(turn + step) % open.count]
            guard mayAdmit(transfer) else { continue }
            turn = (turn + step + 1) % open.count
            admitChunk(of: transfer)
            return true
        }
        return false
    }

    private func mayAdmit(_ transfer: ItemTransfer) -> Bool {
        let most = open.count > 1 ? gate.shareOfOne / 2 : gate.shareOfOne
        // A stream that no request asks for yet would hold memory that those that are asked for need.
        if let stream = transfer.stream, !stream.isAskedFor { return false }
        return transfer.withState { state in
            // Its end may have been seen since it was looked at last: one chunk more would end it a second time.
            if state.isAdmitted || transfer.isSerial && state.isReading { return false }
            return state.committer.pending < max(2, most)
        }
    }

    private func admitChunk(of transfer: ItemTransfer) {
        let plan = transfer.plan
        let admitted: Int? = transfer.withState { state in
            guard state.committer.admit() else { return nil }
            defer {
                state.admitted += 1
                state.skipRestored()
            }
            state.isReading = transfer.isSerial
            return state.admitted
        }
        guard let ordinal = admitted else { return }
        let count = plan.length(ofChunk: ordinal, size: transfer.item.size)
        let offset = offset(ofChunk: ordinal, in: transfer)
        if plan.reading == .through {
            transfer.withState { $0.bytesRead += count }
            delivery.deliverThrough(ordinal: ordinal, offset: offset, count: count, checksum: nil, of: transfer)
            return
        }
        var task = ReadTask(transfer: transfer, ordinal: ordinal, offset: offset, count: count)
        if plan.reading == .slab {
            let started = ContinuousClock.now
            // Both at once: a chunk that is read is sure of the room for its frame.
            task.raw = lease(max(1, count))
            if plan.isCompressed { task.encoded = lease(context.planner.encodedBound(count)) }
            context.meters.chunker.addWaitingForOutput(ContinuousClock.now - started)
            guard task.raw != nil, !plan.isCompressed || task.encoded != nil else {
                settlement.drop(transfer, failure: Cancelled())
                return
            }
        }
        context.meters.chunker.addBytes(in: count, out: count)
        // Small chunks come in numbers: their readers are woken once for many of them.
        deferred = count < Admitter.smallChunk && deferred < Admitter.mostDeferred ? deferred + 1 : 0
        if !output.send(task, wakes: deferred == 0) { settlement.drop(transfer, failure: Cancelled()) }
    }

    /// A slab; before it waits for one, the readers get what was sent to them.
    private func lease(_ count: Int) -> Slab? {
        context.chunkPool.tryLease(count) ?? {
            output.wakeConsumers()
            return context.chunkPool.lease(count)
        }()
    }

    private func offset(ofChunk ordinal: Int, in transfer: ItemTransfer) -> Int {
        guard transfer.item.size == nil else { return ordinal * transfer.plan.chunkSize }
        return transfer.withState { $0.bytesRead }
    }

    // MARK: New objects

    /// Admits the next object of the list; false when there is none now or too many are under way.
    private func admitNextEntry() -> Bool {
        if let item = parked {
            parked = nil
            admit(item)
            return parked == nil
        }
        guard !hasListed, open.count < mostOpen, gate.hasRoom else { return false }
        switch entries.tryReceive() {
        case .empty: return false
        case .ended:
            hasListed = true
            return true
        case .element(.item(let item)):
            admit(StartOver(item: item))
            return true
        case .element(.unchanged(let item)):
            context.recordItem(ItemRecord.unchanged(item, sinkName: context.naming.name(for: item)))
            return true
        case .element(.failure(let name, let failure)):
            reject(SourceItem(name: name, size: nil), failure)
            return true
        }
    }

    private func admit(_ again: StartOver) {
        let item = again.item
        do {
            let name = context.naming.name(for: item)
            try context.sink.validate(name: name)
            let earlier = context.journal?.earlier(item, as: name, isAnew: again.isAnew) ?? .nothing
            if case .done(let copied) = earlier {
                context.recordItem(ItemRecord.resumed(item, sinkName: name, copied))
                return
            }
            var planner = context.planner.planner(for: earlier)
            planner.copiesByService = !again.goesThroughUs && context.serverSide?.isOn == true
            planner.hasCondition = context.specification.overwrite == .never
            let plan = try planner.plan(name: item.name, size: item.size, allowsReadThrough: context.source.allowsReadThrough)
            // An object of one slab is opened by the reader; others are open from here to their end.
            // One that is said to be empty is opened there all the same, because it may not be.
            let isOpenedLater = plan.chunkCount == 1 && (plan.reading == .slab || plan.reading == .byService)
            let preservation = plan.isReadAtOnce ? nil : context.preservation
            let asks = preservation?.asksSource ?? false
            let object = isOpenedLater && (!asks || item.size == 0) ? nil : try context.source.open(item)
            if let size = object?.size, let listed = item.size, size != listed {
                guard again.restarts < ItemTransfer.mostReplans else { throw ChangedSinceListed(item: item) }
                let newer = SourceItem(name: item.name, size: size, modified: object?.modified, entityTag: item.entityTag)
                admit(StartOver(item: newer, restarts: again.restarts + 1, outage: again.outage, goesThroughUs: again.goesThroughUs))
                return
            }
            let reservation = reservation(for: plan, size: item.size)
            if let reservation, !gate.reserve(reservation) {
                parked = again
                return
            }
            var keep: Keep?
            if let preservation {
                let source = context.source
                keep = { try preservation.kept(of: item) { try (object ?? source.open(item)).metadata } }
            }
            try start(again, name, plan, object, reservation, keep, earlier)
        } catch {
            reject(item, SluiceCore.failure(from: error))
        }
    }

    /// The memory that an object of this plan must be sure of.
    ///
    /// Where frames are gathered, each object under way is sure of its open part, so that compressors never wait for
    /// parts that only they could fill; room for one more is left, so that a full part can be under way. Where
    /// objects go as streams, a worker may be waiting for a stream's next chunk: what waits for that worker must not
    /// take the memory of the chunk.
    private func reservation(for plan: TransferPlan, size: Int?) -> Reservation? {
        if let part = plan.largestPart {
            let slab = SlabPool.size(for: part)
            return Reservation(bytes: slab, spare: slab, capacity: context.partPool.capacity.rawValue)
        }
        guard context.sink.traits.placement == .sequential, plan.route == .whole, plan.reading == .slab else { return nil }
        let lease = context.planner.lease(ofChunk: plan.length(ofChunk: 0, size: size))
        return Reservation(bytes: lease, spare: context.planner.streamLease, capacity: context.chunkPool.capacity.rawValue)
    }

    /// Asks the source what is to be kept beside an object's bytes; blocks.
    private typealias Keep = @Sendable () throws -> ObjectMetadata

    /// Whether the sink takes it behind the bytes: files do. There it is asked for where they are written, several at a
    /// time, and of what came by one request it is known by then.
    private var isKeptLate: Bool { context.sink.traits.placement == .positioned }

    private func start(
        _ again: StartOver,
        _ name: String,
        _ plan: TransferPlan,
        _ object: (any ReadableObject)?,
        _ reservation: Reservation?,
        _ keep: Keep?,
        _ earlier: RunJournal.Earlier
    ) throws {
        let item = again.item
        let upload = Upload(
            name: name,
            size: plan.isCompressed ? nil : item.size,
            metadata: try isKeptLate ? ObjectMetadata() : holding(reservation) { try keep?() ?? ObjectMetadata() },
            condition: context.specification.overwrite == .never ? .absent : .none,
            modified: item.modified,
            isCopy: plan.reading == .byService,
            isLink: item.link != nil
        )
        if isKeptLate, let keep { upload.setMetadata(late: keep) }
        let resumption = try takeUp(earlier, plan, item, upload, reservation)
        if case .committed(let id, let receipts, let tag) = resumption {
            if let reservation { gate.release(reservation) }
            context.recordItem(ItemRecord.committed(item, upload, receipts, tag, id))
            return
        }
        let transfer = ItemTransfer(
            item: item,
            plan: plan,
            upload: upload,
            object: object,
            restarts: again.restarts,
            outage: again.outage,
            reservation: reservation,
            resumption: resumption,
            mayLeave: context.journal?.leaves(plan) ?? false
        )
        gate.itemStarted()
        settlement.register(transfer)
        if let stream = transfer.stream { startStream(stream, transfer) }
        if plan.blocksAreChunks, let count = plan.chunkCount {
            settlement.settle(transfer) { $0.committer.sourceEnded(blocks: count) }
        }
        if plan.chunkCount == 1 {
            admitChunk(of: transfer)
        } else {
            open.append(transfer)
            // All its chunks may be with the sink, and only the commit be missing.
            delivery.sourceEnded(transfer)
        }
    }

    /// Goes on with what an earlier attempt has begun of an object.
    private func takeUp(
        _ earlier: RunJournal.Earlier,
        _ plan: TransferPlan,
        _ item: SourceItem,
        _ upload: Upload,
        _ reservation: Reservation?
    ) throws -> RunJournal.Resumption {
        try holding(reservation) { try context.journal?.takeUp(earlier, plan, item, upload) ?? .anew(replacing: nil) }
    }

    /// What `body` returns; where it fails the memory that was kept is given back.
    private func holding<Result>(_ reservation: Reservation?, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            if let reservation { gate.release(reservation) }
            throw error
        }
    }

    private func startStream(_ stream: OrderedChunks, _ transfer: ItemTransfer) {
        stream.observe(
            askedFor: { [gate] in gate.notify() },
            frameGone: { [settlement] count in settlement.drop(transfer, count: count) },
            confirmEnd: { [settlement] in
                do {
                    try transfer.checkSource()
                    return true
                } catch {
                    settlement.fail(transfer, SluiceCore.failure(from: error))
                    return false
                }
            }
        )
        guard transfer.withState({ $0.committer.admit() }) else { return }
        let length = transfer.plan.isCompressed ? nil : transfer.item.size
        settlement.submit(SinkStep(upload: transfer.upload, action: .stream(stream, length: length)), of: transfer)
    }

    /// An object that fails before it was started.
    private func reject(_ item: SourceItem, _ failure: any Failure) {
        context.recordItem(ItemRecord.of(item, sinkName: context.naming.name(for: item), failure: failure, context.specification))
    }
}
