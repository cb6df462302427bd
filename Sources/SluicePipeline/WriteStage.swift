package import SluiceCore

/// Hears how steps ended for good, after their retries.
package protocol StepObserver: AnyObject, Sendable {
    /// Called on a writer's thread, without locks held. The step's slab is given back when it is dropped.
    func finished(_ step: consuming SinkStep, _ result: StepResult)
}

/// Hands steps to a sink's workers, within the governor's limit, and tries failed ones again.
package final class WriteStage: StepFeed {
    private struct State: ~Copyable {
        var queue = StepQueue<SinkStep>()
        var governor: ConnectionGovernor
        var active = 0
        var peakActive = 0
        var blockedWorkers = 0
        var wakers: [any StepWaker] = []
        var confirmedInInterval = 0
        var wasFull = false
        var isEnded = false
        var isCancelled = false
        var retries = 0
        var bytesOnWire = 0
        /// When the steps under way were last accounted for.
        var accounted: ContinuousClock.Instant?

        /// Adds the time since the last change: busy for each step under way, waiting for each that might be.
        mutating func account(_ meter: StageMeter) {
            let now = ContinuousClock.now
            defer { accounted = now }
            guard let last = accounted, !isEnded else { return }
            let passed = last.duration(to: now)
            meter.addBusy(passed * active)
            meter.addWaitingForInput(passed * max(0, governor.limit - active))
        }
    }

    private final class Box {
        var state: State
        init(_ governor: ConnectionGovernor) { state = State(governor: governor) }
    }

    /// What the stage counted.
    package struct Counts: Sendable {
        package var retries: Int
        package var throttled: Int
        package var peakActive: Int
        package var active: Int
        package var limit: Int
        package var queued: Int
        /// Bytes of bodies that were put on the network, those of attempts that failed too.
        package var bytesOnWire = 0
    }

    private let monitor: Monitor<Box>
    private let policy: RetryPolicy
    private let meter: StageMeter
    private let observer: any StepObserver

    private let workers: Int

    /// - Parameter workers: how many threads will take steps.
    package init(
        governor: ConnectionGovernor,
        workers: Int,
        policy: RetryPolicy,
        meter: StageMeter,
        observer: any StepObserver
    ) {
        monitor = Monitor(Box(governor))
        self.workers = workers
        self.policy = policy
        self.meter = meter
        self.observer = observer
    }

    /// Puts a step in line.
    package func submit(_ step: consuming SinkStep) {
        var held: SinkStep? = consume step
        let refused: SinkStep? = monitor.withLock { box in
            guard let step = held.take() else { return nil }
            if box.state.isCancelled, !step.action.isAbort { return step }
            let lane = step.action.lane
            box.state.queue.append(step, lane: lane)
            return nil
        }
        if let refused {
            observer.finished(refused, .failed(Cancelled()))
        } else {
            wakeOne()
        }
    }

    package func next(waker: (any StepWaker)?, held: Int) -> NextStep {
        var isBlocked = false
        var passesOn = false
        let next = monitor.wait { box -> NextStep? in
            if isBlocked {
                box.state.blockedWorkers -= 1
                isBlocked = false
            }
            let limit = box.state.governor.limit
            let isForIdle = box.state.queue.count <= box.state.blockedWorkers
            let hasShare = held < (limit + workers - 1) / workers
            if waker != nil, !hasShare || isForIdle {
                // A busy worker leaves the others their share, and what idle ones were woken for.
                box.state.wasFull = box.state.wasFull || box.state.active >= limit
                passesOn = !hasShare && !isForIdle && box.state.active < limit
            } else if box.state.active < limit {
                if let step = box.state.queue.next(now: .now) {
                    box.state.account(meter)
                    box.state.active += 1
                    box.state.peakActive = max(box.state.peakActive, box.state.active)
                    return .step(step)
                }
                if box.state.isEnded { return .ended }
            } else {
                box.state.wasFull = true
                // Nothing more will come: those that the limit keeps out need not wait for those under way.
                if box.state.isEnded, !box.state.queue.hasReady(now: .now) { return .ended }
            }
            if let waker {
                if !box.state.wakers.contains(where: { $0 === waker }) { box.state.wakers.append(waker) }
                return .empty
            }
            box.state.blockedWorkers += 1
            isBlocked = true
            return nil
        }
        // It may have been woken for a step that another one has a share left for.
        if let waker, passesOn { passOn(from: waker) }
        return next
    }

    package func finish(_ step: consuming SinkStep, _ result: StepResult) {
        if case .confirmed(let outcome) = result { meter.addBytes(in: max(step.body.count, outcome.bytesSent), out: outcome.bytesSent) }
        var held: SinkStep? = consume step
        let settled: SinkStep? = monitor.withLock { box in
            box.state.account(meter)
            box.state.active -= 1
            guard var step = held.take() else { return nil }
            box.state.bytesOnWire += step.bytesOnWire
            step.bytesOnWire = 0
            switch result {
            case .confirmed(let outcome):
                box.state.confirmedInInterval += max(outcome.bytesSent, WriteStage.leastWeight)
                return step
            case .failed(let failure):
                return settle(step, failure, &box.state)
            }
        }
        if let settled { observer.finished(settled, result) }
        let (isReady, isEnded) = monitor.withLock { box in
            (box.state.blockedWorkers > 0 && box.state.queue.hasReady(now: .now), box.state.isEnded)
        }
        if isEnded { wakeAll() } else if isReady { wakeOne() }
    }

    /// A confirmed step counts as at least this many bytes when rates are compared: small objects cost the service a
    /// request, not their bytes.
    private static let leastWeight = 16 << 10

    /// Keeps a step for another attempt, or returns it as failed for good.
    private func settle(_ step: consuming SinkStep, _ failure: any Failure, _ state: inout State) -> SinkStep? {
        if failure.kind == .throttled { state.governor.throttle() }
        // A stream can't be read twice: its item starts over, and whoever knows the item decides that.
        if state.isCancelled || step.action.isStream { return step }
        switch policy.decision(attempt: step.attempt, failure: failure, jitter: Double.random(in: 0...1)) {
        case .giveUp:
            return step
        case .retry(let wait):
            state.retries += 1
            var step = step
            step.attempt += 1
            let lane = step.action.lane
            state.queue.delay(step, lane: lane, until: .now + wait)
            return nil
        }
    }

    /// To be called a few times a second: wakes workers for steps that have become due.
    package func tick() {
        let ready = monitor.withLock { box in
            box.state.account(meter)
            return box.state.queue.hasReady(now: .now)
        }
        if ready { wakeOne() }
    }

    /// To be called once an interval of about a second: lets the governor adapt.
    package func adapt(after interval: Duration) {
        monitor.withLock { box in
            let rate = Double(box.state.confirmedInInterval) / interval.seconds
            box.state.governor.interval(rate: rate, wasFull: box.state.wasFull)
            box.state.confirmedInInterval = 0
            box.state.wasFull = false
        }
        wakeAll()
    }

    /// Says that no step will be submitted any more.
    package func end() {
        monitor.withLock { box in
            box.state.account(meter)
            box.state.isEnded = true
        }
        wakeAll()
    }

    /// Gives up all steps but aborts: those in line fail as cancelled, those under way are broken off by the workers.
    package func cancel() {
        var dropped = Ring<SinkStep>()
        monitor.withLock { box in
            box.state.isCancelled = true
            var aborts = Ring<SinkStep>()
            while let step = box.state.queue.drain() {
                if step.action.isAbort { aborts.append(step) } else { dropped.append(step) }
            }
            while let step = aborts.popFirst() { box.state.queue.append(step, lane: .control) }
        }
        while let step = dropped.popFirst() { observer.finished(step, .failed(Cancelled())) }
        wakeAll()
    }

    package var isCancelled: Bool { monitor.withLock { $0.state.isCancelled } }

    package var counts: Counts {
        monitor.withLock { box in
            Counts(
                retries: box.state.retries,
                throttled: box.state.governor.throttled,
                peakActive: box.state.peakActive,
                active: box.state.active,
                limit: box.state.governor.limit,
                queued: box.state.queue.count,
                bytesOnWire: box.state.bytesOnWire
            )
        }
    }

    /// Counts a retry that was made by starting an item over.
    package func countRestart() { monitor.withLock { $0.state.retries += 1 } }

    private func wakeOne() {
        let waker: (any StepWaker)? = monitor.withLock { box in
            guard box.state.active < box.state.governor.limit else { return nil }
            // A worker with nothing to do comes before one that is busy with other steps.
            if box.state.blockedWorkers > 0 {
                monitor.signal()
                return nil
            }
            return box.state.wakers.popLast()
        }
        waker?.wake()
    }

    /// Wakes another worker for a step that is ready.
    private func passOn(from refused: any StepWaker) {
        let waker: (any StepWaker)? = monitor.withLock { box in
            guard box.state.active < box.state.governor.limit, box.state.queue.hasReady(now: .now),
                let index = box.state.wakers.lastIndex(where: { $0 !== refused })
            else { return nil }
            return box.state.wakers.remove(at: index)
        }
        waker?.wake()
    }

    private func wakeAll() {
        let wakers: [any StepWaker] = monitor.withLock { box in
            let wakers = box.state.wakers
            box.state.wakers = []
            return wakers
        }
        monitor.broadcast()
        for waker in wakers { waker.wake() }
    }
}

extension SinkStep.Action {
    fileprivate var lane: StepQueue<SinkStep>.Lane {
        switch self {
        case .whole, .block, .stream: .data
        case .begin, .commit, .abort: .control
        }
    }
}
