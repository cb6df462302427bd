/// Which requests are so much slower than others of their size that they are broken off and sent again. It reads no
/// clock.
///
/// It knows how long the newest requests of each class of sizes took. A request is a tail when others that were started
/// after it are done, when it has taken a multiple of what nineteen in twenty of them took, and when sending it again
/// would be faster than waiting for its end. Where a line or a service is slow for everyone nobody is overtaken, and
/// nothing is cut.
package struct TailCutter: Sendable {
    /// A request under way.
    package struct Request: Sendable {
        /// Bytes of its body, and how many of them have left.
        package var bytes: Int
        package var sent: Int
        package var started: ContinuousClock.Instant
        /// How long it waited for us.
        package var heldBack: Duration
        /// How often its step was cut before.
        package var cuts: Int

        package init(bytes: Int, sent: Int, started: ContinuousClock.Instant, heldBack: Duration, cuts: Int) {
            self.bytes = bytes
            self.sent = sent
            self.started = started
            self.heldBack = heldBack
            self.cuts = cuts
        }
    }

    /// How late a request must be.
    private struct Bound: Sendable {
        let least: Duration
        let multiple: Int
    }

    /// What the newest requests of a class took, and when they ended.
    private struct Samples: Sendable {
        private var ring: [(took: Duration, ended: ContinuousClock.Instant)] = []
        private var next = 0

        private static let kept = 64

        var count: Int { ring.count }

        mutating func add(_ took: Duration, _ ended: ContinuousClock.Instant) {
            if ring.count < Samples.kept { ring.append((took, ended)) } else { ring[next] = (took, ended) }
            next = (next + 1) % Samples.kept
        }

        /// How many were started later, and are done.
        func overtakers(of started: ContinuousClock.Instant) -> Int {
            ring.count { $0.ended - $0.took >= started }
        }

        /// What half of them, and nineteen in twenty, took at most.
        var quantiles: (half: Duration, most: Duration) {
            let sorted = ring.map(\.took).sorted()
            return (sorted[sorted.count / 2], sorted[(sorted.count * 19 + 19) / 20 - 1])
        }
    }

    private var classes: [Int: Samples] = [:]
    /// Requests that have ended, and those that were cut.
    private var ended = 0
    package private(set) var cuts = 0

    /// Fewer say nothing about the next one.
    private static let leastSamples = 8
    /// A step that is slow three times is slow for a reason of its own.
    private static let mostCutsOfStep = 2
    /// One request in so many is cut at most, but the first two may be: a small run has tails, too.
    private static let requestsPerCut = 20
    private static let firstCuts = 2
    /// Others of its class that must have overtaken it.
    private static let leastOvertakers = 2
    /// While others wait for the connection's turn, it earns its place unless it is hopeless.
    private static let whileBusy = Bound(least: .seconds(5), multiple: 4)
    /// When it is what the run waits for, less is enough.
    private static let atTheEnd = Bound(least: .seconds(1), multiple: 2)

    package init() {}

    /// A request was confirmed.
    ///
    /// - Parameter took: without the time that it waited for us.
    package mutating func confirmed(bytes: Int, took: Duration, at now: ContinuousClock.Instant) {
        ended += 1
        classes[TailCutter.sizeClass(bytes), default: Samples()].add(took, now)
    }

    /// Whether a request should be cut now.
    ///
    /// - Parameter othersWait: whether steps are there that the connection could perform instead.
    package func shouldCut(_ request: Request, at now: ContinuousClock.Instant, othersWait: Bool) -> Bool {
        let bound = othersWait ? TailCutter.whileBusy : TailCutter.atTheEnd
        let age = request.started.duration(to: now) - request.heldBack
        guard age > bound.least, request.cuts < TailCutter.mostCutsOfStep,
            cuts < max(TailCutter.firstCuts, ended / TailCutter.requestsPerCut),
            let samples = classes[TailCutter.sizeClass(request.bytes)], samples.count >= TailCutter.leastSamples,
            samples.overtakers(of: request.started) >= TailCutter.leastOvertakers
        else { return false }
        let (half, most) = samples.quantiles
        return age > most * bound.multiple && TailCutter.left(request, age).map { $0 > half } ?? true
    }

    /// A request was cut.
    package mutating func cut() { cuts += 1 }

    /// What a request still takes at its own speed; nil when all is sent and only the answer is missing.
    private static func left(_ request: Request, _ age: Duration) -> Duration? {
        let left = request.bytes - request.sent
        guard left > 0 else { return nil }
        return age * (Double(left) / Double(max(1, request.sent)))
    }

    /// Sizes between two powers of two are alike.
    private static func sizeClass(_ bytes: Int) -> Int { Int.bitWidth - bytes.leadingZeroBitCount }
}
