import SluiceCore
import SluiceTestSupport
import Testing

@Suite struct RetryPolicyTests {
    @Test("only what another attempt can mend is tried again", arguments: FailureKind.allCases)
    func kinds(kind: FailureKind) {
        let decision = RetryPolicy().decision(attempt: 0, failure: Broken(kind), jitter: 1)
        let isRetried: Set<FailureKind> = [.transient, .throttled, .integrity]
        #expect((decision != .giveUp) == isRetried.contains(kind))
    }

    @Test(
        "the wait doubles up to its ceiling, and jitter takes from all to nothing of it",
        arguments: [(0, 200), (1, 400), (2, 800), (3, 1600), (6, 12800), (7, 20000), (8, 20000), (60, 20000), (1000, 20000)]
    )
    func backOff(attempt: Int, milliseconds: Int) {
        let policy = RetryPolicy(attempts: .max)
        for share in [0, 0.25, 0.5, 1] {
            let expected = Duration.milliseconds(milliseconds) * share
            #expect(policy.decision(attempt: attempt, failure: Broken(.transient), jitter: share) == .retry(after: expected))
        }
    }

    @Test("the last attempt is the last", arguments: 1...12)
    func attempts(count: Int) {
        let policy = RetryPolicy(attempts: count)
        let retries = (0..<20).prefix { policy.decision(attempt: $0, failure: Broken(.throttled), jitter: 0) != .giveUp }
        #expect(retries.count == count - 1)
    }

    @Test("Retry-After is the least wait, with the back-off on top", arguments: [0, 1, 30, 3600])
    func retryAfter(seconds: Int) {
        let failure = Broken(.throttled, retryAfter: .seconds(seconds))
        for share in [0, 0.5, 1] {
            let expected = Duration.seconds(seconds) + .milliseconds(400) * share
            #expect(RetryPolicy().decision(attempt: 1, failure: failure, jitter: share) == .retry(after: expected))
        }
    }

    @Test("Retry-After makes nothing retryable that is not")
    func permanent() {
        #expect(RetryPolicy().decision(attempt: 0, failure: Broken(.forbidden, retryAfter: .seconds(1)), jitter: 0) == .giveUp)
    }

    // MARK: A line that is gone

    private static let start = ContinuousClock.now
    private static let gone = Broken(.transient, isOutage: true)

    @Test("a line may be gone for ten minutes, however many attempts that takes, and no longer", arguments: [0.001, 0.3, 1])
    func outage(jitter: Double) {
        let policy = RetryPolicy()
        var (attempt, outage, passed, last) = (0, Outage(), Duration.zero, Duration.zero)
        while case .retry(let wait) = policy.decision(
            attempt: attempt, outage: &outage, failure: Self.gone, now: Self.start + passed, jitter: jitter
        ) {
            #expect(passed < policy.patience)
            #expect(wait <= policy.ceiling)
            // What an attempt takes that finds nothing.
            (attempt, last, passed) = (attempt + 1, passed, passed + wait + .milliseconds(10))
        }
        #expect(passed >= policy.patience && last < policy.patience)
        #expect(attempt > policy.attempts)
    }

    @Test("attempts without a line take nothing from those with one", arguments: [0, 1, 3])
    func apart(outages: Int) {
        let policy = RetryPolicy(attempts: 4)
        var (attempt, outage, retries) = (0, Outage(), 0)
        for failure in 0..<3 {
            for _ in 0..<outages {
                _ = policy.decision(attempt: attempt, outage: &outage, failure: Self.gone, now: Self.start, jitter: 0)
                attempt += 1
            }
            let decision = policy.decision(
                attempt: attempt, outage: &outage, failure: Broken(.transient), now: Self.start, jitter: 1
            )
            // The waits are those of the failures alone.
            #expect(decision == .retry(after: .milliseconds(200 << failure)))
            (attempt, retries) = (attempt + 1, retries + 1)
        }
        #expect(policy.decision(attempt: attempt, outage: &outage, failure: Broken(.transient), now: Self.start, jitter: 1) == .giveUp)
    }

    @Test("a line that comes back begins its ten minutes anew")
    func flapping() {
        let policy = RetryPolicy(attempts: 100)
        var (attempt, outage) = (0, Outage())
        for minute in 0..<60 {
            let failure = minute % 6 == 5 ? Broken(.transient) : Self.gone
            let decision = policy.decision(
                attempt: attempt, outage: &outage, failure: failure, now: Self.start + .seconds(60 * minute), jitter: 0
            )
            #expect(decision == .retry(after: .zero))
            attempt += 1
        }
        #expect(outage.attempts == 50)
    }
}
