package import SluiceCore

/// When another attempt is made: exponential back-off with full jitter, and the service's own wish where it gave one.
package struct RetryPolicy: Sendable {
    /// Attempts in all, the first included.
    package var attempts: Int
    /// The bound of the first wait; it doubles with every further one.
    package var base: Duration
    /// The most that a wait grows to.
    package var ceiling: Duration

    /// Ten attempts from 200 ms to 20 s wait 50 seconds on average: longer than a load balancer's fail-over, shorter
    /// than a person's patience.
    package init(attempts: Int = 10, base: Duration = .milliseconds(200), ceiling: Duration = .seconds(20)) {
        self.attempts = attempts
        self.base = base
        self.ceiling = ceiling
    }

    package enum Decision: Sendable, Equatable {
        case retry(after: Duration)
        case giveUp
    }

    /// What to do after attempt number `attempt` (from 0) failed.
    ///
    /// - Parameter jitter: a random number from 0 to 1.
    package func decision(attempt: Int, failure: any Failure, jitter: Double) -> Decision {
        // A checksum that did not match is a damaged transfer: the bytes are sent again.
        guard failure.isRetryable || failure.kind == .integrity, attempt + 1 < attempts else { return .giveUp }
        let bound = min(ceiling, base * (1 << min(attempt, 20)))
        let backOff = bound * jitter
        // Retry-After is the least to wait; the jitter on top keeps the workers from coming back all at once.
        guard let asked = failure.retryAfter else { return .retry(after: backOff) }
        return .retry(after: asked + backOff)
    }
}
