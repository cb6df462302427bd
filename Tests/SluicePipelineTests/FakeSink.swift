import Glibc
import SluiceCore
import SluicePipeline
import SluiceTestSupport

/// A sink's worker that does nothing with its steps but let them succeed or fail, and counts how many are under way.
final class FakeWorker: StepWaker {
    private let slots: Int
    private let active: Counter
    private let peak: Monitor<Int>
    private let answer: @Sendable (borrowing SinkStep) -> StepResult

    /// - Parameters:
    ///   - slots: steps held at a time; 1 blocks in the feed as a file sink does, more take turns as a transport does.
    ///   - active: shared by the workers of a sink.
    init(slots: Int, active: Counter, peak: Monitor<Int>, answer: @escaping @Sendable (borrowing SinkStep) -> StepResult) {
        (self.slots, self.active, self.peak, self.answer) = (slots, active, peak, answer)
    }

    // It never sleeps while it holds a step.
    func wake() {}

    /// Performs steps until the feed ends.
    func serve(_ feed: any StepFeed, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var held = Ring<SinkStep>()
        while true {
            var hasEnded = false
            while held.count < slots, !hasEnded {
                let next = feed.next(waker: held.isEmpty ? nil : self, held: held.count)
                if !keep(next, &held, &hasEnded) { break }
            }
            if held.isEmpty {
                if hasEnded { return }
                continue
            }
            yieldSometimes(&generator)
            for _ in 0..<Int.random(in: 0..<held.count, using: &generator) {
                if let step = held.popFirst() { held.append(step) }
            }
            guard let step = held.popFirst() else { continue }
            let result = feed.isCancelled && !step.action.isAbort ? .failed(Cancelled()) : answer(step)
            active.add(-1)
            feed.finish(step, result)
        }
    }

    /// Puts a step with the others; false when there is none.
    private func keep(_ next: consuming NextStep, _ held: inout Ring<SinkStep>, _ hasEnded: inout Bool) -> Bool {
        switch consume next {
        case .step(let step):
            let now = active.add(1)
            peak.withLock { $0 = max($0, now) }
            held.append(step)
            return true
        case .empty: return false
        case .ended:
            hasEnded = true
            return false
        }
    }
}

/// Hears how steps ended.
final class FakeObserver: StepObserver {
    struct Ending: Sendable {
        let upload: String
        let isAbort: Bool
        let attempt: Int
        let kind: FailureKind?
    }

    private let list = Monitor([Ending]())

    func finished(_ step: consuming SinkStep, _ result: StepResult) {
        var kind: FailureKind?
        if case .failed(let failure) = result { kind = failure.kind }
        let ending = Ending(upload: step.upload.name, isAbort: step.action.isAbort, attempt: step.attempt, kind: kind)
        list.withLock { $0.append(ending) }
    }

    var endings: [Ending] { list.withLock { $0 } }
}
