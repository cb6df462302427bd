/// Keeps bytes or requests to a rate that everyone who asks shares, in the order of asking.
///
/// Whoever wants to send reserves a share first and goes on when it is due. A share that waits takes nothing from those
/// behind it but its place in the line, so that every connection gets its turn.
package protocol Pace: AnyObject, Sendable {
    /// A place in the line for as much of `wanted` as may go at a time. Never blocks.
    func reserve(upTo wanted: Int) -> PaceShare

    /// When to ask again about a share; nil when it may go now. The moment may be before the share is due, where the
    /// rate can have changed by then.
    func due(_ share: PaceShare) -> ContinuousClock.Instant?

    /// Takes back what was reserved and not used.
    func giveBack(_ count: Int)

    /// Blocks until some of `wanted` may go, or nobody is held back any more.
    ///
    /// - Returns: how much; at least one.
    func take(upTo wanted: Int) -> Int
}

extension Pace {
    /// Blocks until `count` may have gone.
    package func wait(for count: Int) {
        var left = count
        while left > 0 { left -= take(upTo: left) }
    }
}

/// What a `Pace` has promised.
package struct PaceShare: Sendable, Equatable {
    /// Bytes or requests; at least one.
    package let count: Int
    /// The place in the line: how much has gone when this share has.
    package let position: Double

    package init(count: Int, position: Double) {
        self.count = count
        self.position = position
    }
}
