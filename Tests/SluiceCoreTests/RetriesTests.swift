import SluiceCore
import SluiceTestSupport
import Testing

@Suite(.timeLimit(.minutes(30))) struct RetriesTests {
    private static func policy(base: Duration = .microseconds(1)) -> RetryPolicy {
        RetryPolicy(attempts: 3, base: base, ceiling: base)
    }

    /// Attempts at something that fails so often, and whether one of them came to an end.
    private func attempts(_ retries: Retries, failures: Int, isOutage: Bool, isFirst: Bool = false) -> (
        count: Int, isDone: Bool
    ) {
        var count = 0
        let isDone: Void? = try? retries(isFirst: isFirst) {
            count += 1
            if count <= failures { throw Broken(.transient, isOutage: isOutage) }
        }
        return (count, isDone != nil)
    }

    @Test func `a service that stumbles is given as many attempts as the policy has, and a line that is gone more`() {
        #expect(attempts(Retries(Self.policy()), failures: 2, isOutage: false) == (3, true))
        #expect(attempts(Retries(Self.policy()), failures: 9, isOutage: false) == (3, false))
        let retries = Retries(Self.policy())
        #expect(attempts(retries, failures: 40, isOutage: true) == (41, true))
        #expect(retries.count == 40)
    }

    @Test func `what was never reached is given four attempts`() {
        #expect(attempts(Retries(Self.policy()), failures: 40, isOutage: true, isFirst: true) == (4, false))
    }

    @Test func `a refusal is final`() {
        let retries = Retries(Self.policy())
        #expect(throws: Broken.self) { try retries { throw Broken(.forbidden) } }
        #expect(retries.count == 0)
    }

    @Test func `who waits for another attempt is told when all is over`() {
        // No test waits so long: the policy's wait is from none to a day.
        let retries = Retries(Self.policy(base: .seconds(86_400)))
        var count = 0
        #expect(throws: Broken.self) {
            try retries {
                count += 1
                retries.end()
                throw Broken(.transient, isOutage: true)
            }
        }
        #expect(count == 1)
    }
}
