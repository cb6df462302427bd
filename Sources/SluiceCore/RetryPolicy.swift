/// When another attempt is made: exponential back-off with full jitter, and the service's own wish where it gave one.
package struct RetryPolicy: Sendable {
    /// Attempts in all, the first included.
    package var attempts: Int
    /// The bound of the first wait; it doubles with every further one.
    package var base: Duration
    /// The most that a wait grows to.
    package var ceiling: Duration
    /// How long a line may be gone.
    package var patience: Duration

    /// Ten attempts from 200 ms to 20 s wait 50 seconds on average: longer than a load balancer's fail-over, shorter
    /// than a person's patience.
    ///
    /// Ten minutes without a line are a router that starts anew, a provider's fault, a laptop that changes its network;
    /// what takes longer is gone on with by `sluice resume`.
    package init(
        attempts: Int = 10,
        base: Duration = .milliseconds(200),
        ceiling: Duration = .seconds(20),
        patience: Duration = .seconds(600)
    ) {
        self.attempts = attempts
        self.base = base
        self.ceiling = ceiling
        self.patience = patience
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
        let backOff = bound(attempt) * jitter
        // Retry-After is the least to wait; the jitter on top keeps the workers from coming back all at once.
        guard let asked = failure.retryAfter else { return .retry(after: backOff) }
        return .retry(after: asked + backOff)
    }

    /// As `decision(attempt:failure:jitter:)`, but attempts that find no line don't count: as long as the line is gone,
    /// up to `patience`, there is another one.
    ///
    /// - Parameters:
    ///   - attempt: all that were made before, those without a line too.
    ///   - outage: what they have seen of it; brought up to date.
    package func decision(
        attempt: Int,
        outage: inout Outage,
        failure: any Failure,
        now: ContinuousClock.Instant,
        jitter: Double
    ) -> Decision {
        guard failure.isOutage else {
            outage.end()
            return decision(attempt: attempt - outage.attempts, failure: failure, jitter: jitter)
        }
        outage.add(at: now)
        guard outage.length(at: now) < patience else { return .giveUp }
        return .retry(after: bound(outage.attemptsInRow - 1) * jitter)
    }

    /// The most that is waited after attempt number `attempt`.
    private func bound(_ attempt: Int) -> Duration { min(ceiling, base * (1 << min(attempt, 20))) }
}
