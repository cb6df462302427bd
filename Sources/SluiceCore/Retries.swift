internal import Synchronization

/// Attempts at questions whose failures may pass, within a policy, until nobody waits for the answers any more.
package final class Retries: Sendable {
    private let policy: RetryPolicy
    private let isOver = Monitor(false)
    private let made = Atomic<Int>(0)

    package init(_ policy: RetryPolicy = RetryPolicy()) { self.policy = policy }

    /// Attempts that were made after another one had failed.
    package var count: Int { made.load(ordering: .relaxed) }

    /// Whether nobody waits for answers any longer.
    package var hasEnded: Bool { isOver.withLock { $0 } }

    /// From now on no attempt follows another, and nothing is waited for.
    package func end() {
        isOver.withLock { $0 = true }
        isOver.broadcast()
    }

    /// What `body` returns in the end; blocks.
    ///
    /// - Parameter isFirst: whether nothing is known of the other side yet. An address that is wrong is told within two
    ///   seconds then, and one that nothing answers within a minute.
    /// - Throws: the failure of the last attempt.
    package func callAsFunction<Result>(isFirst: Bool = false, _ body: () throws -> Result) throws -> Result {
        let started = ContinuousClock.now
        var attempt = 0
        var outage = Outage()
        while true {
            do {
                return try body()
            } catch {
                let failure = SluiceCore.failure(from: error)
                guard failure.isRetryable else { throw error }
                let wait =
                    isFirst
                    ? Retries.firstWait(after: attempt, started.duration(to: .now))
                    : wait(after: attempt, failure, &outage)
                guard let wait, pass(wait) else { throw error }
                attempt += 1
                made.add(1, ordering: .relaxed)
            }
        }
    }

    /// Nil where the attempt was the last one.
    private func wait(after attempt: Int, _ failure: any Failure, _ outage: inout Outage) -> Duration? {
        let jitter = Double.random(in: 0...1)
        switch policy.decision(attempt: attempt, outage: &outage, failure: failure, now: .now, jitter: jitter) {
        case .giveUp: return nil
        case .retry(let wait): return wait
        }
    }

    /// A second attempt to connect may follow the first, which takes 30 s where nothing answers, and no third.
    private static func firstWait(after attempt: Int, _ spent: Duration) -> Duration? {
        attempt < 3 && spent < .seconds(31) ? .milliseconds(200 << attempt) : nil
    }

    /// Waits; false where the end came first.
    private func pass(_ wait: Duration) -> Bool {
        isOver.wait(deadline: .now + wait) { $0 ? true : nil } == nil
    }
}
