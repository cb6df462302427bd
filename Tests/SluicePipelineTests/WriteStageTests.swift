import Glibc
import SluiceCore
import SluicePipeline
import SluiceTestSupport
import Testing

@Suite(.timeLimit(.minutes(30))) struct WriteStageTests {
    /// Waits so short that a test never notices them.
    private static let policy = RetryPolicy(attempts: 4, base: .microseconds(1), ceiling: .microseconds(20))

    @Test("every step ends once, retried or not, and all slabs come back", arguments: seeds(40), [false, true])
    func settlement(seed: UInt64, isCancelled: Bool) async {
        var generator = SeededGenerator(seed: seed)
        let observer = FakeObserver()
        let pool = SlabPool(capacity: .kibibytes(64))
        let (workers, slots) = (Int.random(in: 1...4, using: &generator), Int.random(in: 1...4, using: &generator))
        let limit = Int.random(in: 1...8, using: &generator)
        let stage = stage(ConnectionGovernor(fixed: limit), workers: workers, observer)
        let (active, peak, count) = (Counter(), Monitor(0), 60)
        let moment = isCancelled ? Int.random(in: 0...count, using: &generator) : .max
        let hasFinished = await finishes {
            inParallel(workers + 2) { index in
                let random = seed &+ UInt64(index) << 32
                switch index {
                case 0: submit(count, to: stage, pool, random)
                case 1: supervise(stage, observer, until: count, cancelAt: moment)
                default: FakeWorker(slots: slots, active: active, peak: peak, answer: answer).serve(stage, seed: random)
                }
            }
        }
        #expect(hasFinished, "seed \(seed): it hangs")
        let endings = observer.endings
        #expect(Set(endings.map(\.upload)).count == count && endings.count == count, "seed \(seed)")
        #expect(pool.leased == ByteCount(0), "seed \(seed)")
        #expect(peak.withLock { $0 } <= limit, "seed \(seed)")
        #expect(stage.counts.active == 0 && stage.counts.queued == 0, "seed \(seed)")
        for ending in endings { check(ending, isCancelled, seed) }
    }

    private func check(_ ending: FakeObserver.Ending, _ isCancelled: Bool, _ seed: UInt64) {
        if ending.isAbort {
            #expect(ending.kind == nil, "seed \(seed): \(ending)")
        } else if !isCancelled {
            let number = Int(ending.upload) ?? 0
            let expected: (FailureKind?, Int) =
                switch number % 6 {
                case 3: (.forbidden, 0)
                case 4: (nil, 2)
                case 5: (.integrity, 3)
                default: (nil, 0)
                }
            #expect((ending.kind, ending.attempt) == expected, "seed \(seed): \(ending)")
        }
    }

    /// What becomes of a step: by its number it succeeds, fails for good, needs a third attempt or never succeeds.
    @Sendable private func answer(_ step: borrowing SinkStep) -> StepResult {
        switch (Int(step.upload.name) ?? 0) % 6 {
        case 3 where !step.action.isAbort: .failed(Broken(.forbidden))
        case 4 where step.attempt < 2: .failed(Broken(.transient))
        case 5: .failed(Broken(.integrity))
        default: .confirmed(StepOutcome(bytesSent: step.body.count))
        }
    }

    private func stage(_ governor: ConnectionGovernor, workers: Int, _ observer: FakeObserver) -> WriteStage {
        WriteStage(governor: governor, workers: workers, policy: WriteStageTests.policy, meter: StageMeter(), observer: observer)
    }

    /// Submits numbered steps; every sixth is an abort.
    @Sendable private func submit(_ count: Int, to stage: WriteStage, _ pool: SlabPool, _ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for number in 0..<count {
            yieldSometimes(&generator)
            let upload = Upload(name: "\(number)", size: nil)
            if number % 6 == 2 {
                stage.submit(SinkStep(upload: upload, action: .abort))
            } else if let slab = pool.lease(.random(in: 1...20000, using: &generator)) {
                stage.submit(SinkStep(upload: upload, action: .block(ordinal: 0, offset: 0), body: StepBody(slab: slab)))
            }
        }
    }

    /// Ticks as the engine does, cancels at a moment, and ends the stage when all has ended.
    @Sendable private func supervise(_ stage: WriteStage, _ observer: FakeObserver, until count: Int, cancelAt moment: Int) {
        var isCancelled = false
        while observer.endings.count < count {
            stage.tick()
            if observer.endings.count >= moment, !isCancelled {
                isCancelled = true
                stage.cancel()
            }
            sched_yield()
        }
        stage.end()
    }

    @Test("a stage that ends while a step is under way lets all workers go", arguments: 1...4)
    func ending(workers: Int) async {
        let observer = FakeObserver()
        let stage = stage(ConnectionGovernor(fixed: 1), workers: workers, observer)
        stage.submit(SinkStep(upload: Upload(name: "0", size: nil), action: .begin))
        let (started, returned) = (Counter(), Counter())
        let hasFinished = await finishes {
            inParallel(workers + 1) { index in
                if index == workers {
                    // The limit of one keeps the others out while it is under way.
                    while started.value == 0 { sched_yield() }
                    stage.end()
                    return
                }
                while case .step(let step) = stage.next(waker: nil, held: 0) {
                    started.add(1)
                    for _ in 0..<50 { sched_yield() }
                    stage.finish(step, .confirmed(StepOutcome()))
                }
                returned.add(1)
            }
        }
        #expect(hasFinished)
        #expect(returned.value == workers)
        #expect(observer.endings.count == 1)
    }

    @Test("a worker that can't take the step it was woken for passes the wake-up on")
    func handOver() {
        let stage = stage(ConnectionGovernor(fixed: 4), workers: 2, FakeObserver())
        let (laden, idle) = (Waker(), Waker())
        for number in 0..<3 { stage.submit(SinkStep(upload: Upload(name: "\(number)", size: nil), action: .begin)) }
        var held = Ring<SinkStep>()
        for waker in [laden, laden, idle] {
            if case .step(let step) = stage.next(waker: waker, held: 0) { held.append(step) }
        }
        // Both ask for more; the one that holds its share is the last to ask, and so the first to be woken.
        for (waker, count) in [(idle, 1), (laden, 2)] {
            guard case .empty = stage.next(waker: waker, held: count) else { return missing("there was nothing to take") }
        }
        stage.submit(SinkStep(upload: Upload(name: "3", size: nil), action: .begin))
        #expect(laden.count.value + idle.count.value == 1)
        if laden.count.value == 1 { _ = stage.next(waker: laden, held: 2) }
        #expect(idle.count.value == 1)
        guard case .step(let step) = stage.next(waker: idle, held: 1) else { return missing("the step is kept back") }
        held.append(step)
        while let step = held.popFirst() { stage.finish(step, .confirmed(StepOutcome())) }
    }

    @Test("a refusal halves the connections, a confirmed byte counts on the wire")
    func counts() {
        let observer = FakeObserver()
        let stage = stage(ConnectionGovernor(fixed: 8), workers: 1, observer)
        for number in 0..<2 { stage.submit(SinkStep(upload: Upload(name: "\(number)", size: nil), action: .begin)) }
        for result in [StepResult.failed(Broken(.throttled)), .confirmed(StepOutcome(bytesSent: 10))] {
            guard case .step(let step) = stage.next(waker: nil, held: 0) else { return missing("a step is missing") }
            stage.finish(step, result)
        }
        #expect(stage.counts.limit == 4)
        #expect(stage.counts.throttled == 1)
        #expect(stage.counts.retries == 1)
        #expect(stage.counts.queued == 1)
        #expect(observer.endings.count == 1)
    }

    @Test("a step is given out only when the rate has a place for it, and whoever asks hears when that is")
    func requestRate() throws {
        let pace = FakePace()
        let stage = WriteStage(
            governor: ConnectionGovernor(fixed: 8), workers: 1, policy: WriteStageTests.policy, meter: StageMeter(),
            observer: FakeObserver(), requests: pace
        )
        let waker = Waker()
        guard case .empty = stage.next(waker: waker, held: 1) else { return missing("there is nothing") }
        #expect(waker.moments.isEmpty && pace.reserved == 0)
        for number in 0..<2 { stage.submit(SinkStep(upload: Upload(name: "\(number)", size: nil), action: .begin)) }
        for _ in 0..<3 {
            guard case .empty = stage.next(waker: waker, held: 0) else { return missing("it was not held back") }
        }
        // One place in the line, however often somebody asks.
        #expect(waker.moments.count == 3 && pace.reserved == 1)
        pace.isDue = true
        guard case .step(let first) = stage.next(waker: waker, held: 0) else { return missing("it is held back") }
        stage.finish(first, .confirmed(StepOutcome()))
        pace.isDue = false
        guard case .empty = stage.next(waker: waker, held: 0) else { return missing("it was not held back") }
        #expect(pace.reserved == 2)
        // A cancelled run waits for no rate.
        stage.submit(SinkStep(upload: Upload(name: "2", size: nil), action: .abort))
        stage.cancel()
        guard case .step(let abort) = stage.next(waker: nil, held: 0) else { return missing("the abort is held back") }
        stage.finish(abort, .confirmed(StepOutcome()))
    }

    @Test("a service that says when to come back is left alone until then")
    func rest() {
        let stage = stage(ConnectionGovernor(fixed: 8), workers: 1, FakeObserver())
        for number in 0..<2 { stage.submit(SinkStep(upload: Upload(name: "\(number)", size: nil), action: .begin)) }
        guard case .step(let step) = stage.next(waker: nil, held: 0) else { return missing("a step is missing") }
        let before = ContinuousClock.now
        stage.finish(step, .failed(Broken(.throttled, retryAfter: .seconds(8))))
        let waker = Waker()
        guard case .empty = stage.next(waker: waker, held: 0) else { return missing("it was not held back") }
        #expect((waker.moments.first.map { before.duration(to: $0) } ?? .zero) >= .seconds(8))
        stage.cancel()
    }

    @Test("a step that was cut is given out again at once, before others, and counts as no attempt")
    func cuts() {
        let stage = stage(ConnectionGovernor(fixed: 8), workers: 1, FakeObserver())
        for number in 0..<2 {
            stage.submit(SinkStep(upload: Upload(name: "\(number)", size: nil), action: .block(ordinal: 0, offset: 0)))
        }
        guard case .step(let step) = stage.next(waker: nil, held: 0) else { return missing("a step is missing") }
        let isTail = stage.isTail(step, sent: 0)
        #expect(!isTail)
        stage.finish(step, .failed(TailCut()))
        guard case .step(let again) = stage.next(waker: nil, held: 0) else { return missing("the step is lost") }
        #expect(again.upload.name == "0" && again.cuts == 1 && again.attempt == 0)
        #expect(stage.counts.tailCuts == 1 && stage.counts.retries == 1)
        stage.finish(again, .confirmed(StepOutcome()))
        stage.cancel()
    }

    @Test("after a cancellation only aborts are taken, and the rest ends as cancelled")
    func cancellation() {
        let observer = FakeObserver()
        let stage = stage(ConnectionGovernor(fixed: 8), workers: 1, observer)
        stage.submit(SinkStep(upload: Upload(name: "a", size: nil), action: .begin))
        stage.submit(SinkStep(upload: Upload(name: "b", size: nil), action: .abort))
        stage.cancel()
        stage.submit(SinkStep(upload: Upload(name: "c", size: nil), action: .commit([])))
        #expect(observer.endings.map(\.upload) == ["a", "c"])
        #expect(observer.endings.allSatisfy { $0.kind == .cancelled })
        stage.end()
        guard case .step(let step) = stage.next(waker: nil, held: 0) else { return missing("the abort is lost") }
        #expect(step.action.isAbort)
        stage.finish(step, .confirmed(StepOutcome()))
        guard case .ended = stage.next(waker: nil, held: 0) else { return missing("the stage does not end") }
    }
}

private func missing(_ what: Comment) { Issue.record(what) }

private final class Waker: StepWaker {
    let count = Counter()
    private let list = Monitor([ContinuousClock.Instant]())
    func wake() { count.add(1) }
    func askAgain(at moment: ContinuousClock.Instant) { list.withLock { $0.append(moment) } }
    /// When it was told to ask again.
    var moments: [ContinuousClock.Instant] { list.withLock { $0 } }
}

/// A rate that a test lets through.
private final class FakePace: Pace {
    private let state = Monitor((reserved: 0, isDue: false))
    var reserved: Int { state.withLock { $0.reserved } }
    var isDue: Bool {
        get { state.withLock { $0.isDue } }
        set { state.withLock { $0.isDue = newValue } }
    }
    func reserve(upTo wanted: Int) -> PaceShare {
        state.withLock { $0.reserved += 1 }
        return PaceShare(count: 1, position: 0)
    }
    func due(_ share: PaceShare) -> ContinuousClock.Instant? { isDue ? nil : .now + .seconds(60) }
    func giveBack(_ count: Int) {}
    func take(upTo wanted: Int) -> Int { wanted }
}
