internal import SluiceCore

/// What a `WriteStage` knows, and decides under its lock.
struct WriteState: ~Copyable {
    var queue = StepQueue<SinkStep>()
    var governor: ConnectionGovernor
    let workers: Int
    let policy: RetryPolicy
    /// The rate at which steps are started at most.
    let requests: (any Pace)?
    /// When the clock of the steps began.
    private let origin = ContinuousClock.now
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
    var tails = TailCutter()
    /// The next request's place in the line of those that a rate holds back.
    var share: PaceShare?
    /// Nothing is started before: the service wants a rest.
    var restsUntil: ContinuousClock.Instant?
    /// When the steps under way were last accounted for.
    var accounted: ContinuousClock.Instant?

    init(governor: ConnectionGovernor, workers: Int, policy: RetryPolicy, requests: (any Pace)?) {
        self.governor = governor
        self.workers = workers
        self.policy = policy
        self.requests = requests
    }

    /// Adds the time since the last change: busy for each step under way, waiting for each that might be.
    ///
    /// - Returns: the time.
    @discardableResult mutating func account(_ meter: StageMeter) -> ContinuousClock.Instant {
        let now = ContinuousClock.now
        defer { accounted = now }
        guard let last = accounted, !isEnded else { return now }
        let passed = last.duration(to: now)
        meter.addBusy(passed * active)
        meter.addWaitingForInput(passed * max(0, governor.limit - active))
        return now
    }

    /// When a step may be started that is ready; nil when that is now, or none is.
    private mutating func startTime() -> ContinuousClock.Instant? {
        guard requests != nil || restsUntil != nil, !isCancelled, queue.hasReady(now: .now) else { return nil }
        if let rest = restsUntil {
            if rest > .now { return rest }
            restsUntil = nil
        }
        guard let requests else { return nil }
        let share = share ?? requests.reserve(upTo: 1)
        self.share = share
        return requests.due(share)
    }

    // MARK: Steps that are asked for

    /// Who asks for a step.
    struct Asker {
        let waker: (any StepWaker)?
        let held: Int
        var isBlocked = false
        /// Whether another one is to be woken for a step that this one leaves.
        var passesOn = false
        /// When the rate or a rest lets the next step go, where one of them holds it back.
        var due: ContinuousClock.Instant?

        init(waker: (any StepWaker)?, held: Int) {
            self.waker = waker
            self.held = held
        }
    }

    /// What there is for one who asks; nil when it has to wait.
    ///
    /// - Parameter moment: when a blocked one asks again of its own accord.
    mutating func take(_ asker: inout Asker, _ meter: StageMeter, sleepsTo moment: ContinuousClock.Instant?) -> NextStep? {
        asker.due = nil
        if asker.isBlocked {
            blockedWorkers -= 1
            asker.isBlocked = false
        }
        let limit = governor.limit
        let isForIdle = queue.count <= blockedWorkers
        let hasShare = asker.held < (limit + workers - 1) / workers
        if asker.waker != nil, !hasShare || isForIdle {
            // A busy worker leaves the others their share, and what idle ones were woken for.
            wasFull = wasFull || active >= limit
            asker.passesOn = !hasShare && !isForIdle && active < limit
        } else if active < limit {
            if let due = startTime() {
                asker.due = due
                if asker.waker == nil, moment == nil { return .empty }
            } else if let step = queue.next(now: .now) {
                return .step(started(step, meter))
            } else if isEnded {
                return .ended
            }
        } else {
            wasFull = true
            // Nothing more will come: those that the limit keeps out need not wait for those under way.
            if isEnded, !queue.hasReady(now: .now) { return .ended }
        }
        if let waker = asker.waker {
            if !wakers.contains(where: { $0 === waker }) { wakers.append(waker) }
            return .empty
        }
        blockedWorkers += 1
        asker.isBlocked = true
        return nil
    }

    private mutating func started(_ step: consuming SinkStep, _ meter: StageMeter) -> SinkStep {
        var step = step
        step.started = origin.duration(to: account(meter))
        step.heldBack = .zero
        share = nil
        active += 1
        peakActive = max(peakActive, active)
        return step
    }

    // MARK: Steps that have ended

    /// A confirmed step counts as at least this many bytes when rates are compared: small objects cost the service a
    /// request, not their bytes.
    private static let leastWeight = 16 << 10

    mutating func confirm(_ step: borrowing SinkStep, _ outcome: StepOutcome, at now: ContinuousClock.Instant) {
        let copied = step.body.copy == nil ? 0 : step.body.count
        confirmedInInterval += max(outcome.bytesSent, copied, WriteState.leastWeight)
        governor.confirm()
        guard step.body.count > copied, let started = step.started else { return }
        let took = origin.duration(to: now) - started - step.heldBack
        tails.confirmed(bytes: step.body.count, took: took, at: now)
    }

    /// Keeps a step for another attempt, or returns it as failed for good.
    mutating func settle(_ step: consuming SinkStep, _ failure: any Failure) -> SinkStep? {
        if failure.kind == .throttled {
            let rest = governor.throttle(retryAfter: failure.retryAfter)
            if rest > .zero { restsUntil = max(restsUntil ?? .now, .now + rest) }
        }
        // A stream can't be read twice: its item starts over, and whoever knows the item decides that.
        if isCancelled || step.action.isStream { return step }
        if failure is TailCut {
            var step = step
            step.cuts += 1
            tails.cut()
            retries += 1
            // It is late already.
            queue.append(step, lane: .control)
            return nil
        }
        var step = step
        let decision = policy.decision(
            attempt: step.attempt,
            outage: &step.outage,
            failure: failure,
            now: .now,
            jitter: Double.random(in: 0...1)
        )
        switch decision {
        case .giveUp:
            return step
        case .retry(let wait):
            retries += 1
            step.attempt += 1
            let lane = step.action.lane
            queue.delay(step, lane: lane, until: .now + wait)
            return nil
        }
    }

    /// Whether a step under way is so late that it is to be cut.
    func isTail(_ step: borrowing SinkStep, sent: Int, at now: ContinuousClock.Instant) -> Bool {
        guard !isCancelled, let started = step.started else { return false }
        let request = TailCutter.Request(
            bytes: step.body.count,
            sent: sent,
            started: origin + started,
            heldBack: step.heldBack,
            cuts: step.cuts
        )
        return tails.shouldCut(request, at: now, othersWait: queue.hasReady(now: now))
    }
}

extension SinkStep.Action {
    var lane: StepQueue<SinkStep>.Lane {
        switch self {
        case .whole, .block, .stream: .data
        case .begin, .commit, .abort: .control
        }
    }
}
