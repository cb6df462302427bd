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
        /// Where the request went, for what is said of a failure.
        var address: HTTPAddress?
        var body: (any UploadBody)?
        var isPaused = false
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

    init(_ dialect: any BlobDialect, settings: TransportSettings, feed: any StepFeed, slots: Int) throws(StoreError) {
        self.dialect = dialect
        self.settings = settings
        self.feed = feed
        limit = slots
        // Connections are kept for as many slots as there are, so that none is closed and opened again.
        transfers = try TransferSet(connections: slots)
    }

    func wake() { transfers.wake() }

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
        transfers.wait()
        while let ended = unsafe transfers.nextEnded() { unsafe complete(ended.handle, ended.code) }
    }

    private func resumePaused() {
        guard paused > 0 else { return }
        for unsafe slot in unsafe busy.values where slot.isPaused && slot.body?.canResume == true {
            setPaused(slot, false)
            slot.session.resume(stallLimit: settings.stallLimit)
        }
    }

    private func setPaused(_ slot: Slot, _ isPaused: Bool) {
        guard slot.isPaused != isPaused else { return }
        slot.isPaused = isPaused
        paused += isPaused ? 1 : -1
    }

    // MARK: Steps

    private func start(_ step: consuming SinkStep) {
        do {
            guard let request = try dialect.request(for: step, now: .now) else {
                feed.finish(step, .confirmed(StepOutcome()))
                return
            }
            let slot = try freeSlot()
            slot.address = request.address
            slot.body = try body(of: step)
            let stallLimit = step.action.isCommit ? settings.commitStallLimit : settings.stallLimit
            try slot.session.prepare(request, body: slot.body, bodyLimit: .mebibytes(1), stallLimit: stallLimit)
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
        slot.refusal = nil
        setPaused(slot, false)
        slot.session.onPause = nil
        free.append(slot)
    }

    /// Ends every request but aborts at once.
    private func breakOff() {
        for unsafe (handle, slot) in unsafe busy where slot.step?.action.isAbort == false {
            unsafe transfers.remove(handle)
            unsafe busy[handle] = nil
            guard var step = slot.step.take() else { continue }
            step.bytesOnWire = slot.session.bytesSent
            if case .stream(let stream, _) = step.action { stream.close() }
            release(slot)
            feed.finish(step, .failed(Cancelled()))
        }
    }
}
