internal import CCurl
internal import SluiceCore

/// Drives up to `slots` requests at a time over kept-alive connections on the calling thread.
///
/// A slot holds one step from the feed until its answer is read. With nothing under way the worker blocks in the
/// feed; else it waits for its sockets, and the feed wakes it when a free slot could be filled.
@safe final class TransportWorker: StepWaker, @unchecked Sendable {
    // @unchecked: all but `wake` runs on the one thread that calls `serve`.

    private final class Slot {
        let session: CurlSession
        var step: SinkStep?
        var started = ContinuousClock.now
        /// Where the request went, for what is said of a failure.
        var address: HTTPAddress?
        var body: (any UploadBody)?
        /// What libcurl asks for the body: the body itself, or what holds it back.
        var sender: (any UploadBody)?
        /// Since when the transfer is paused.
        var paused: ContinuousClock.Instant?
        /// The refusal of the step that is being inquired about.
        var refusal: HTTPResponse?

        init(_ session: CurlSession) { self.session = session }
    }

    private let dialect: any BlobDialect
    private let settings: TransportSettings
    private let feed: any StepFeed
    private let limit: Int
    private let transfers: TransferSet
    private var free: [Slot] = []
    private var busy: [UnsafeMutableRawPointer: Slot] = unsafe [:]
    /// Slots whose body had no bytes when libcurl asked.
    private var paused = 0
    /// When the feed has a step again, and when a paused body has bytes, where they know.
    private var feedDue: ContinuousClock.Instant?
    private var bodyDue: ContinuousClock.Instant?
    /// When requests are next looked at that may be late.
    private var tailsDue = ContinuousClock.now + TransportWorker.tailInterval

    /// Between looks at late requests.
    private static let tailInterval = Duration.milliseconds(250)
    /// No younger request is late.
    private static let tailAge = Duration.seconds(1)

    init(_ dialect: any BlobDialect, settings: TransportSettings, feed: any StepFeed, slots: Int) throws(StoreError) {
        self.dialect = dialect
        self.settings = settings
        self.feed = feed
        limit = slots
        // Connections are kept for as many slots as there are, so that none is closed and opened again.
        transfers = try TransferSet(connections: slots)
    }

    func wake() { transfers.wake() }

    func askAgain(at moment: ContinuousClock.Instant) { feedDue = moment }

    /// Performs steps until the feed ends.
    func serve() {
        while true {
            let hasEnded = fill()
            if unsafe busy.isEmpty {
                if hasEnded { return }
                continue
            }
            if feed.isCancelled { breakOff() }
            drive()
        }
    }

    /// Fills free slots; true when the feed has ended.
    private func fill() -> Bool {
        feedDue = nil
        while unsafe busy.count < limit {
            switch unsafe feed.next(waker: busy.isEmpty ? nil : self, held: busy.count) {
            case .step(let step): start(step)
            case .empty: return false
            case .ended: return true
            }
        }
        return false
    }

    /// Moves what can be moved and settles what has ended.
    private func drive() {
        resumePaused()
        transfers.wait(until: [feedDue, bodyDue].lazy.compactMap(\.self).min())
        while let ended = unsafe transfers.nextEnded() { unsafe complete(ended.handle, ended.code) }
        cutTails()
    }

    private func resumePaused() {
        bodyDue = nil
        guard paused > 0 else { return }
        for unsafe slot in unsafe busy.values where slot.paused != nil {
            if slot.sender?.canResume == true {
                setPaused(slot, false)
                slot.session.resume(stallLimit: settings.stallLimit)
            } else if let due = slot.sender?.resumption {
                bodyDue = min(bodyDue ?? due, due)
            }
        }
    }

    private func setPaused(_ slot: Slot, _ isPaused: Bool) {
        guard (slot.paused != nil) != isPaused else { return }
        if let since = slot.paused { slot.step?.heldBack += since.duration(to: .now) }
        slot.paused = isPaused ? .now : nil
        paused += isPaused ? 1 : -1
    }

    /// Breaks off what is much slower than others, to be sent again by another connection.
    private func cutTails() {
        let now = ContinuousClock.now
        guard now >= tailsDue else { return }
        tailsDue = now + TransportWorker.tailInterval
        for unsafe (handle, slot) in unsafe busy where slot.started + TransportWorker.tailAge <= now {
            // What waits for us, or asks what became of it, is not late.
            guard slot.paused == nil, slot.refusal == nil, let step = slot.step.take() else { continue }
            let sent = slot.session.bytesSent
            let isTail = step.canBeCut(sent: sent) && feed.isTail(step, sent: sent)
            slot.step = consume step
            if isTail { unsafe breakOff(slot, handle, because: TailCut()) }
        }
    }

    // MARK: Steps

    private func start(_ step: consuming SinkStep) {
        do {
            guard let request = try dialect.request(for: step, now: .now) else {
                settings.limits.requests?.giveBack(1)
                feed.finish(step, .confirmed(StepOutcome()))
                return
            }
            let slot = try freeSlot()
            slot.started = .now
            slot.address = request.address
            slot.body = try body(of: step)
            slot.sender = if let body = slot.body, let pace = settings.limits.sent { PacedBody(body, pace) } else { slot.body }
            // A service that copies by itself is as silent as one that commits.
            let stallLimit = step.action.isCommit || step.body.copy != nil ? settings.commitStallLimit : settings.stallLimit
            try slot.session.prepare(request, body: slot.sender, bodyLimit: .mebibytes(1), stallLimit: stallLimit)
            slot.session.onPause = { [unowned self, unowned slot] in setPaused(slot, true) }
            unsafe busy[slot.session.handle] = slot
            slot.step = consume step
            unsafe transfers.add(slot.session.handle)
        } catch {
            feed.finish(step, .failed(SluiceCore.failure(from: error)))
        }
    }

    private func freeSlot() throws(StoreError) -> Slot {
        if let slot = free.popLast() { return slot }
        let session = try CurlSession(settings, answerBuffer: CurlSession.shortBuffer)
        try transfers.adopt(session)
        return Slot(session)
    }

    private func body(of step: borrowing SinkStep) throws -> (any UploadBody)? {
        switch step.action {
        case .stream(let stream, let length):
            return StreamBody(stream, length: length, worker: self)
        case .whole where step.body.copy != nil, .block where step.body.copy != nil:
            return nil
        case .whole, .block:
            if let through = step.body.through {
                return try ReadThroughBody(
                    through.object,
                    offset: through.offset,
                    count: step.body.count,
                    isWhole: step.action.isWhole,
                    digest: through.digest
                )
            }
            // The slot keeps the step, and with it the slab, until the request is over.
            return unsafe SlabBody(step.body.contents ?? UnsafeRawBufferPointer(start: nil, count: 0))
        case .begin, .commit, .abort:
            return nil
        }
    }

    @unsafe private func complete(_ handle: UnsafeMutableRawPointer, _ code: CURLcode) {
        guard let slot = unsafe busy.removeValue(forKey: handle) else { return }
        unsafe transfers.remove(handle)
        guard var step = slot.step.take() else { return }
        step.bytesOnWire = slot.session.bytesSent
        // What libcurl has repeated by itself was tried before.
        if slot.refusal == nil { step.attempt += max(0, slot.session.sendings - 1) }
        let result: StepResult
        do {
            let response = try slot.session.finish(code, to: slot.address?.origin ?? "")
            if let refusal = slot.refusal {
                result = dialect.result(of: step, refusal: refusal, inquiry: response, now: .now)
            } else if try inquire(slot, after: response, of: step) {
                slot.step = consume step
                unsafe busy[handle] = slot
                unsafe transfers.add(handle)
                return
            } else {
                result = outcome(dialect.result(of: step, response, now: .now), slot.body)
            }
        } catch {
            result = .failed(SluiceCore.failure(from: error))
        }
        release(slot)
        if case .stream(let stream, _) = step.action { stream.close() }
        feed.finish(step, result)
    }

    /// Makes the slot ready to ask what became of a refused step; false where the dialect has no question.
    private func inquire(_ slot: Slot, after response: HTTPResponse, of step: borrowing SinkStep) throws -> Bool {
        guard let request = try dialect.inquiry(after: response, of: step, now: .now) else { return false }
        slot.refusal = response
        slot.body = nil
        slot.sender = nil
        setPaused(slot, false)
        slot.address = request.address
        // Azure's list of 50,000 blocks, each with a name of at most 64 bytes, base64.
        try slot.session.prepare(request, body: nil, bodyLimit: .mebibytes(16), stallLimit: settings.stallLimit)
        return true
    }

    /// Adds what only the body knows: the digest that was computed on the way, the length of a stream.
    private func outcome(_ result: StepResult, _ body: (any UploadBody)?) -> StepResult {
        guard case .confirmed(var outcome) = result else { return result }
        if let body = body as? ReadThroughBody { outcome.sentChecksum = body.takeDigest() }
        if let body = body as? StreamBody { outcome.bytesSent = body.sent }
        return .confirmed(outcome)
    }

    private func release(_ slot: Slot) {
        slot.body = nil
        slot.sender = nil
        slot.refusal = nil
        setPaused(slot, false)
        slot.session.onPause = nil
        free.append(slot)
    }

    /// Ends every request but aborts at once.
    private func breakOff() {
        for unsafe (handle, slot) in unsafe busy where slot.step?.action.isAbort == false {
            unsafe breakOff(slot, handle, because: Cancelled())
        }
    }

    /// Ends a request, and with it its connection.
    @unsafe private func breakOff(_ slot: Slot, _ handle: UnsafeMutableRawPointer, because failure: any Failure) {
        unsafe transfers.remove(handle)
        unsafe busy[handle] = nil
        guard var step = slot.step.take() else { return }
        step.bytesOnWire = slot.session.bytesSent
        if case .stream(let stream, _) = step.action { stream.close() }
        release(slot)
        feed.finish(step, .failed(failure))
    }
}

extension SinkStep {
    /// Whether it may be broken off and performed again while so many bytes of its body have left.
    ///
    /// A block is the same the second time. A whole object may stand there as soon as its last byte has left, and then
    /// its condition would refuse the second attempt; what is not whole is thrown away.
    fileprivate borrowing func canBeCut(sent: Int) -> Bool {
        switch action {
        // What the service copies by itself takes it as long as it takes.
        case .block: body.copy == nil
        case .whole: body.copy == nil && sent < body.count
        case .begin, .stream, .commit, .abort: false
        }
    }
}
