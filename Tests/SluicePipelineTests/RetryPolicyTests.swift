import SluiceCore
import SluicePipeline
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
}
