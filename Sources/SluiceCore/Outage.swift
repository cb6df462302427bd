/// What attempts at something have seen of a line that is gone.
///
/// Such attempts are counted apart: how often a service may stumble says nothing of how long a line may be away.
package struct Outage: Sendable, Equatable {
    /// Attempts that found no line, over all outages.
    package private(set) var attempts = 0
    /// Those of the present outage.
    package private(set) var attemptsInRow = 0
    /// When the first of them had failed, counted from `origin`: an instant in it would make a step a value that the
    /// compiler can't take apart.
    private var began: Duration?
    private static let origin = ContinuousClock.now

    package init() {}

    /// How long the line has been gone; zero while there is one.
    package func length(at now: ContinuousClock.Instant) -> Duration {
        began.map { Outage.origin.duration(to: now) - $0 } ?? .zero
    }

    /// An attempt has found no line.
    package mutating func add(at now: ContinuousClock.Instant) {
        attempts += 1
        attemptsInRow += 1
        began = began ?? Outage.origin.duration(to: now)
    }

    /// The line is back.
    package mutating func end() {
        attemptsInRow = 0
        began = nil
    }
}
