package import SluiceCore

/// How much may have gone at a moment, at a rate that changes now and then. It reads no clock.
///
/// Shares are places on one line of all that ever goes; the line becomes due at the rate that holds. So a change of the
/// rate moves all who wait, and what was promised at a high rate is not sent at a low one.
package struct PacedBudget: Sendable {
    /// Units a second; nil without a limit.
    package private(set) var rate: Double?
    /// What was due at `since`, from the beginning.
    private var level = 0.0
    private var since: ContinuousClock.Instant
    /// What has been promised, from the beginning.
    private var promised: Double
    private let leastShare: Double

    /// What one share takes at most of the rate: a connection's turn is short, and turns are not so short that their
    /// cost is felt.
    private static let shareTime = 0.02
    /// What was not used is kept for so many seconds of the rate: a thread that is late loses nothing, and ten seconds
    /// hold two hundredths too much at most.
    private static let memory = 0.2

    /// - Parameter leastShare: units that go at a time even where the rate is low.
    package init(rate: Double?, leastShare: Int, now: ContinuousClock.Instant) {
        self.rate = rate
        self.leastShare = Double(leastShare)
        since = now
        // The first share goes at once.
        promised = -self.leastShare
    }

    /// From `now` on the rate is this one.
    package mutating func change(rate next: Double?, now: ContinuousClock.Instant) {
        // Where a limit ends, all that wait go.
        level = next == nil ? max(due(now), promised) : due(now)
        since = now
        rate = next
    }

    /// A place in the line for as much of `wanted` as may go at a time.
    package mutating func reserve(upTo wanted: Int, now: ContinuousClock.Instant) -> PaceShare {
        guard let rate else { return PaceShare(count: max(1, wanted), position: -.infinity) }
        let count = max(1, min(wanted, Int(max(leastShare, rate * PacedBudget.shareTime))))
        promised = max(promised, due(now) - max(leastShare, rate * PacedBudget.memory)) + Double(count)
        return PaceShare(count: count, position: promised)
    }

    /// Takes back what was reserved and not used.
    package mutating func giveBack(_ count: Int) {
        if rate != nil { promised -= Double(count) }
    }

    /// When a share may go; nil when it may at `now`.
    package func due(_ share: PaceShare, now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard let rate, share.position > due(now) else { return nil }
        return since + .seconds((share.position - level) / rate)
    }

    /// What is due at `now`, from the beginning.
    private func due(_ now: ContinuousClock.Instant) -> Double {
        guard let rate else { return level }
        return level + rate * max(0, since.duration(to: now).seconds)
    }
}
