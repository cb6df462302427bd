internal import SluiceCore
internal import SluicePipeline
internal import Synchronization

/// Carries out what the items' committers decide, and ends items: the one place that does.
final class Settlement: StepObserver {
    private let context: RunContext
    /// Set once, before the first step.
    private let stage = AtomicLazyReference<WriteStage>()
    /// The transfers under way by their upload, so that a step finds its own.
    private let transfers = Locked<[ObjectIdentifier: ItemTransfer]>([:])
    private let reread = Atomic<Int>(0)
    private let onChange: @Sendable () -> Void
    private let onEnd: @Sendable (ItemTransfer, StartOver?) -> Void

    /// - Parameters:
    ///   - onChange: called whenever a piece of an item has gone, so that another can be admitted.
    ///   - onEnd: called when an item has ended; with what is to be started over instead, if so.
    init(
        context: RunContext,
        onChange: @escaping @Sendable () -> Void,
        onEnd: @escaping @Sendable (ItemTransfer, StartOver?) -> Void
    ) {
        self.context = context
        self.onChange = onChange
        self.onEnd = onEnd
    }

    /// The stage that steps go to.
    func attach(_ stage: WriteStage) { _ = self.stage.storeIfNil(stage) }

    /// Makes the transfer known before its first step.
    func register(_ transfer: ItemTransfer) {
        transfers.withLock { $0[ObjectIdentifier(transfer.upload)] = transfer }
    }

    // MARK: From the stages

    func submit(_ step: consuming SinkStep, of transfer: ItemTransfer) {
        guard let stage = stage.load() else { preconditionFailure("the run was started") }
        stage.submit(step)
    }

    /// A piece has gone without a step: it was dropped, or became part of another.
    func drop(_ transfer: ItemTransfer, count: Int = 1) {
        settle(transfer) { state in
            var action = Committer.Action.none
            for _ in 0..<count { action = state.committer.remove() }
            return action
        }
    }

    /// A piece has gone because of a failure.
    func drop(_ transfer: ItemTransfer, failure: any Failure) {
        settle(transfer) { $0.committer.failed(failure) }
        transfer.stream?.breakOff()
    }

    /// Fails an item because of something that is no piece of it.
    func fail(_ transfer: ItemTransfer, _ failure: any Failure) {
        settle(transfer) { $0.committer.fail(failure) }
        transfer.stream?.breakOff()
    }

    /// Ends a transfer so that its object is read again, as it is now.
    ///
    /// - Parameter isAnew: whether nothing that an earlier attempt has put of it is to be gone on with.
    func startOver(_ transfer: ItemTransfer, as item: SourceItem, isAnew: Bool = false, because failure: any Failure) {
        if transfer.restarts < ItemTransfer.mostReplans {
            let startOver = StartOver(item: item, restarts: transfer.restarts + 1, outage: transfer.outage, isAnew: isAnew)
            transfer.withState { $0.startOver = startOver }
        }
        drop(transfer, failure: failure)
    }

    /// The transfers under way, for whoever wants to know why a run does not go on.
    var situation: String {
        transfers.withLock { Array($0.values) }.map(\.situation).joined(separator: ", ")
    }

    /// Gives a piece up so that its object is read by us: the sink's service does not copy it by itself.
    func goThroughUs(_ transfer: ItemTransfer, because failure: any Failure) {
        drop(transfer, failure: refused(transfer, failure, isOfService: false))
    }

    /// Marks a transfer to be started over through this machine.
    private func refused(_ transfer: ItemTransfer, _ failure: any Failure, isOfService: Bool) -> any Failure {
        context.serverSide?.refuse(failure, isOfService: isOfService)
        transfer.withState {
            $0.startOver = StartOver(item: transfer.item, restarts: transfer.restarts, after: .zero, goesThroughUs: true)
        }
        return CopyRefused(refusal: failure)
    }

    /// Gives up every transfer under way.
    func cancelAll() {
        let all = transfers.withLock { Array($0.values) }
        for transfer in all { fail(transfer, Cancelled()) }
    }

    /// Records what has not ended when a cancelled run waits no longer: a source that hangs keeps its item for ever.
    func abandonAll() {
        let left = transfers.withLock { transfers in
            defer { transfers = [:] }
            return Array(transfers.values)
        }
        for transfer in left {
            if transfer.isLeftOpen { context.sink.leave(transfer.upload) }
            onEnd(transfer, nil)
        }
    }

    /// Changes an item's state and carries out what follows from it.
    func settle(_ transfer: ItemTransfer, _ change: (inout sending ItemTransfer.State) -> Committer.Action) {
        perform(transfer.withState { change(&$0) }, for: transfer)
        onChange()
    }

    func perform(_ action: Committer.Action, for transfer: ItemTransfer) {
        switch action {
        case .none: break
        case .begin: submit(SinkStep(upload: transfer.upload, action: .begin), of: transfer)
        case .release: releaseHeld(transfer)
        case .commit(let receipts): commit(transfer, receipts)
        case .abort: submit(SinkStep(upload: transfer.upload, action: .abort), of: transfer)
        case .end: end(transfer)
        }
        if transfer.hasFailed { dropHeld(transfer) }
    }

    private func releaseHeld(_ transfer: ItemTransfer) {
        while let step = transfer.withState({ $0.takeHeld() }) { submit(step, of: transfer) }
    }

    /// What can't be sent any more counts as gone.
    private func dropHeld(_ transfer: ItemTransfer) {
        while transfer.withState({ $0.held.popFirst() }) != nil { drop(transfer) }
        // A part that is being gathered is no piece; its slab goes back.
        _ = transfer.withState { $0.part.take() }
        let waiting = transfer.withState { $0.sequencer.removeAll() }
        if waiting > 0 { drop(transfer, count: waiting) }
    }

    private func commit(_ transfer: ItemTransfer, _ receipts: [BlockReceipt]) {
        do {
            try transfer.checkSource()
        } catch {
            settle(transfer) { $0.committer.commitFailed(SluiceCore.failure(from: error)) }
            return
        }
        transfer.withState { state in
            state.bytesWritten = 0
            for receipt in receipts {
                state.digest.append(receipt.checksum, length: receipt.length)
                state.bytesWritten += receipt.length
            }
        }
        context.journal?.commits(transfer)
        submit(SinkStep(upload: transfer.upload, action: .commit(receipts)), of: transfer)
    }

    // MARK: From the sink's workers

    func finished(_ step: consuming SinkStep, _ result: StepResult) {
        guard let transfer = transfers.withLock({ $0[ObjectIdentifier(step.upload)] }) else {
            precondition(context.cancellation.isCancelled, "a step belongs to an item")
            return
        }
        let action = step.action
        if case .stream(let stream, _) = action { stream.close() }
        let count = step.body.count
        let checksum = step.checksum
        // The slab goes back before anything is admitted in its place.
        discardSlab(step)
        switch result {
        case .confirmed(let outcome):
            confirmed(action, count, checksum, outcome, transfer)
        case .failed(let failure):
            failed(action, failure, transfer)
        }
    }

    private func discardSlab(_ step: consuming SinkStep) { _ = consume step }

    private func confirmed(
        _ action: SinkStep.Action,
        _ count: Int,
        _ checksum: Checksum?,
        _ outcome: StepOutcome,
        _ transfer: ItemTransfer
    ) {
        context.tally.addConfirmed(count)
        if transfer.upload.isCopy, count > 0 { context.serverSide?.confirm() }
        switch action {
        case .begin:
            context.journal?.begun(transfer)
            settle(transfer) { $0.committer.begun() }
        case .block(let ordinal, _):
            let receipt = BlockReceipt(ordinal: ordinal, length: count, checksum: checksum ?? outcome.sentChecksum, tag: outcome.tag ?? "")
            context.journal?.confirmed(receipt, of: transfer)
            settle(transfer) { state in
                if let read = outcome.sentChecksum { state.sourceDigest.add(read, length: count, ordinal: ordinal) }
                if checksum == nil || outcome.storedChecksum != checksum { state.hasDigestOfEachPiece = false }
                return state.committer.confirmed(receipt)
            }
        case .whole:
            settle(transfer) { state in
                state.bytesWritten = count
                state.entityTag = outcome.tag
                let sent = checksum ?? outcome.sentChecksum
                state.digest.append(sent, length: count)
                state.hasDigestOfEachPiece = sent != nil && outcome.storedChecksum == sent
                return state.committer.wholeConfirmed()
            }
        case .stream(let stream, _):
            let chunks = stream as? OrderedChunks
            guard chunks?.wasReadToEnd ?? true else {
                failed(action, CopyError(.transient, "\"\(transfer.upload.name)\" was confirmed before its last byte was sent"), transfer)
                return
            }
            context.tally.addConfirmed(chunks?.length ?? 0)
            settle(transfer) { state in
                state.bytesWritten = chunks?.length ?? 0
                state.digest.append(chunks?.digest, length: 0)
                state.hasDigestOfEachPiece = chunks?.digest != nil && outcome.storedChecksum == chunks?.digest
                state.entityTag = outcome.tag
                return state.committer.wholeConfirmed()
            }
        case .commit:
            settle(transfer) { state in
                state.entityTag = outcome.tag
                state.hasDigestOfWhole = outcome.storedChecksum != nil && outcome.storedChecksum == state.digest.checksum
                // What the service says of its own copy proves nothing without what it says of the source.
                if transfer.upload.isCopy, state.storedInSource != outcome.storedChecksum { state.hasDigestOfWhole = false }
                return state.committer.committed()
            }
        case .abort:
            settle(transfer) { $0.committer.aborted() }
        }
    }

    private func failed(_ action: SinkStep.Action, _ problem: any Failure, _ transfer: ItemTransfer) {
        let isCopy = transfer.upload.isCopy && action.isData && ServerSideCopies.canGoThroughUs(problem)
        let failure = isCopy ? refused(transfer, problem, isOfService: true) : problem
        switch action {
        case .commit: settle(transfer) { $0.committer.commitFailed(failure) }
        case .abort: settle(transfer) { $0.committer.aborted() }
        case .begin: settle(transfer) { $0.committer.beginFailed(failure) }
        case .block: settle(transfer) { $0.committer.blockFailed(failure) }
        case .whole, .stream: drop(transfer, failure: failure)
        }
    }

    // MARK: The end of an item

    private func end(_ transfer: ItemTransfer) {
        guard transfers.withLock({ $0.removeValue(forKey: ObjectIdentifier(transfer.upload)) }) != nil else { return }
        if transfer.isLeftOpen { context.sink.leave(transfer.upload) }
        let startOver = startOver(transfer)
        if startOver != nil { context.journal?.forget(transfer) }
        let isFromAfar = context.source.requestSize != nil
        let isUnchecked = transfer.source?.hasUncheckedBytes ?? false
        let rows = transfer.source?.rows
        if transfer.hasFailed { transfer.source?.discard() }
        transfer.withState { state in
            state.rows = rows
            // What an earlier attempt has read was held against nothing that is known now.
            let mayBeUnchecked = isUnchecked || isFromAfar && state.bytesWrittenBefore > 0
            state.isSourceUnchecked = mayBeUnchecked && !state.isSourceCompared
        }
        transfer.source = nil
        onEnd(transfer, startOver)
    }

    /// Objects that were read again because the way to the source broke.
    var rereadCount: Int { reread.load(ordering: .relaxed) }

    /// A stream that broke for a passing reason is sent again from the source's start, and so is what was read from a
    /// source that broke.
    private func startOver(_ transfer: ItemTransfer) -> StartOver? {
        if context.cancellation.isCancelled { return nil }
        if let asked = transfer.withState({ $0.startOver }) { return asked }
        guard let failure = transfer.withState({ $0.committer.failure }), failure.isRetryable,
            context.source.isRereadable, context.startsItemsOver, context.sink.traits.canStartOver
        else { return nil }
        let isOfSource = context.source.mayStartOver(after: failure)
        guard transfer.plan.route == .stream || isOfSource else { return nil }
        var outage = transfer.outage
        let decision = context.specification.retry.policy.decision(
            attempt: transfer.restarts,
            outage: &outage,
            failure: failure,
            now: .now,
            jitter: Double.random(in: 0...1)
        )
        guard case .retry(let wait) = decision else { return nil }
        if isOfSource { reread.wrappingAdd(1, ordering: .relaxed) }
        return StartOver(item: transfer.item, restarts: transfer.restarts + 1, outage: outage, after: wait)
    }
}

extension SinkStep.Action {
    /// Whether it puts bytes.
    fileprivate var isData: Bool {
        switch self {
        case .whole, .stream, .block: true
        case .begin, .commit, .abort: false
        }
    }
}
