package import SluiceCore

/// Hears how steps ended for good, after their retries.
package protocol StepObserver: AnyObject, Sendable {
    /// Called on a writer's thread, without locks held. The step's slab is given back when it is dropped.
    func finished(_ step: consuming SinkStep, _ result: StepResult)
}

/// Hands steps to a sink's workers, within the governor's limit, and tries failed ones again.
package final class WriteStage: StepFeed {
    private final class Box {
        var state: WriteState
        init(_ state: consuming WriteState) { self.state = state }
    }

    /// What the stage counted.
    package struct Counts: Sendable {
        package var retries: Int
        package var throttled: Int
        /// How often the number of connections was raised, and how often the service brought it down.
        package var raises = 0
        package var cuts = 0
        /// Requests that were broken off because others were much faster; they are among the retries.
        package var tailCuts = 0
        package var peakActive: Int
        package var active: Int
        package var limit: Int
        package var queued: Int
        /// Bytes of bodies that were put on the network, those of attempts that failed too.
        package var bytesOnWire = 0

        init(retries: Int, throttled: Int, raises: Int = 0, cuts: Int = 0, tailCuts: Int = 0, peakActive: Int, active: Int, limit: Int, queued: Int, bytesOnWire: Int = 0) {
            self.retries = retries
            self.throttled = throttled
            self.raises = raises
            self.cuts = cuts
            self.tailCuts = tailCuts
            self.peakActive = peakActive
            self.active = active
            self.limit = limit
            self.queued = queued
            self.bytesOnWire = bytesOnWire
        }

        /// Of a sink whose connections do not adapt.
        package init(retries: Int, peakActive: Int) {
            self.init(retries: retries, throttled: 0, peakActive: peakActive, active: 0, limit: peakActive, queued: 0)
        }
    }

    private let monitor: Monitor<Box>
    private let meter: StageMeter
    private let observer: any StepObserver

    /// - Parameters:
    ///   - workers: how many threads will take steps.
    ///   - requests: the rate at which steps are started at most.
    package init(
        governor: ConnectionGovernor,
        workers: Int,
        policy: RetryPolicy,
        meter: StageMeter,
        observer: any StepObserver,
        requests: (any Pace)? = nil
    ) {
        monitor = Monitor(Box(WriteState(governor: governor, workers: workers, policy: policy, requests: requests)))
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
        var asker = WriteState.Asker(waker: waker, held: held)
        var deadline: ContinuousClock.Instant?
        while true {
            let next = wait(until: deadline) { state in state.take(&asker, meter, sleepsTo: deadline) }
            if let waker {
                // It may have been woken for a step that another one has a share left for.
                if asker.passesOn { passOn(from: waker) }
                if let moment = asker.due { waker.askAgain(at: moment) }
                return next
            }
            switch consume next {
            case .step(let step): return .step(step)
            case .ended: return .ended
            // A blocked one that is held back sleeps to its moment, and any other until it is woken.
            case .empty: deadline = asker.due
            }
        }
    }

    /// Runs `body` whenever something has changed until it has a result; `.empty` at the deadline.
    private func wait(until deadline: ContinuousClock.Instant?, _ body: (inout WriteState) -> NextStep?) -> NextStep {
        guard let deadline else { return monitor.wait { box in body(&box.state) } }
        return monitor.wait(deadline: deadline) { box in body(&box.state) } ?? .empty
    }

    package func finish(_ step: consuming SinkStep, _ result: StepResult) {
        if case .confirmed(let outcome) = result { meter.addBytes(in: max(step.body.count, outcome.bytesSent), out: outcome.bytesSent) }
        var held: SinkStep? = consume step
        let settled: SinkStep? = monitor.withLock { box in
            let now = box.state.account(meter)
            box.state.active -= 1
            guard var step = held.take() else { return nil }
            box.state.bytesOnWire += step.bytesOnWire
            step.bytesOnWire = 0
            switch result {
            case .confirmed(let outcome):
                box.state.confirm(step, outcome, at: now)
                return step
            case .failed(let failure):
                return box.state.settle(step, failure)
            }
        }
        if let settled { observer.finished(settled, result) }
        let (isReady, isEnded) = monitor.withLock { box in
            (box.state.blockedWorkers > 0 && box.state.queue.hasReady(now: .now), box.state.isEnded)
        }
        if isEnded { wakeAll() } else if isReady { wakeOne() }
    }

    package func isTail(_ step: borrowing SinkStep, sent: Int) -> Bool {
        monitor.withLock { box in box.state.isTail(step, sent: sent, at: .now) }
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
                raises: box.state.governor.raises,
                cuts: box.state.governor.cuts,
                tailCuts: box.state.tails.cuts,
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
