/// Where a sink's worker gets its steps from and says what came of them.
package protocol StepFeed: AnyObject, Sendable {
    /// The next step to perform.
    ///
    /// - Parameters:
    ///   - waker: nil to block until a step is there or the feed has ended; otherwise the call returns at once, and
    ///     the waker is called, from any thread, when asking again can help.
    ///   - held: how many steps this worker has under way, so that workers get even shares.
    func next(waker: (any StepWaker)?, held: Int) -> NextStep

    /// Says what came of a step. The feed takes the step, and its slab, back.
    func finish(_ step: consuming SinkStep, _ result: StepResult)

    /// Whether a step under way is so late that it should be broken off and ended with `TailCut`: it will be given out
    /// again. Asked now and then of steps that may be performed twice.
    ///
    /// - Parameter sent: bytes of its body that have left.
    func isTail(_ step: borrowing SinkStep, sent: Int) -> Bool

    /// Whether steps under way are to be given up.
    var isCancelled: Bool { get }
}

extension StepFeed {
    package func isTail(_ step: borrowing SinkStep, sent: Int) -> Bool { false }
}

/// A step that was broken off because it was much slower than others like it.
package struct TailCut: Failure {
    package init() {}
    package var kind: FailureKind { .transient }
    package var what: String { "a connection was much slower than the others" }
    package var cause: String? { nil }
    package var advice: String? { nil }
}

/// Someone who has other things to wait for than a feed.
package protocol StepWaker: AnyObject, Sendable {
    /// Makes its wait return. May be called from any thread and more often than needed.
    func wake()

    /// Says when asking again can help, where the feed knows. Called by `StepFeed.next`, on the thread that asks.
    func askAgain(at moment: ContinuousClock.Instant)
}

extension StepWaker {
    package func askAgain(at moment: ContinuousClock.Instant) {}
}

/// What a feed answers.
package enum NextStep: ~Copyable, Sendable {
    case step(SinkStep)
    /// Nothing now.
    case empty
    /// Nothing any more.
    case ended
}

/// The chunks of one object, from front to back, to be sent as one body.
package protocol ChunkStream: AnyObject, Sendable {
    /// Copies up to `buffer.count` bytes.
    ///
    /// - Parameter waker: called, from any thread, when asking again can help after `.wait`; nil to block instead.
    func read(into buffer: UnsafeMutableRawBufferPointer, waker: (any StepWaker)?) -> StreamRead

    /// Says that the body will not be read any further, because its request ended.
    func close()
}

/// What a stream answers.
package enum StreamRead: Sendable, Equatable {
    case bytes(Int)
    case wait
    case end
    /// The object can't be completed; its request must be broken off.
    case broken
}
