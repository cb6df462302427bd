/// How many steps may be under way at a time: more while throughput grows, fewer when the service says that it is
/// too much.
///
/// It climbs by doubling at first and by an eighth later, keeps a step only when throughput gained a quarter of what the
/// connections did, and halves at 429 and 503. Where the service says how long to wait, or one connection is too much
/// still, it asks for a rest. It reads no clock: the caller says what was confirmed in which interval.
package struct ConnectionGovernor: Sendable {
    private enum Phase: Sendable {
        case doubling
        case climbing
        /// Intervals left until the next try.
        case holding(Int)
    }

    /// What the limit is now.
    package private(set) var limit: Int
    /// How often the service asked for less.
    package private(set) var throttled = 0
    /// How often the limit was raised, and how often the service brought it down. A step up that gained nothing and was
    /// taken back counts as raised.
    package private(set) var raises = 0
    package private(set) var cuts = 0
    private let maximum: Int
    private let isAdaptive: Bool
    private var phase = Phase.doubling
    /// The limit and rate before the last step up.
    private var before: (limit: Int, rate: Double)?
    private var throttledInInterval = false
    /// Refusals at the least limit since something was confirmed.
    private var refusalsAtLeast = 0

    /// The share of a step's own size that it must gain: where connections wait for round trips, twice as many move
    /// nearly twice as much; where the line or a processor is full, more only cost handshakes.
    private static let worthwhileShare = 0.25
    /// Intervals between tries at a limit that stood.
    private static let patience = 20
    /// Intervals between a refusal and the next try: a service that is busy for a moment costs moments.
    private static let patienceAfterRefusal = 8
    /// The first rest of a single connection that is refused; it doubles with each refusal in a row.
    private static let firstRest = Duration.milliseconds(100)
    /// No rest is longer: what a service says of one object need not hold for all.
    private static let longestRest = Duration.seconds(10)

    /// A fixed limit.
    package init(fixed limit: Int) {
        self.limit = max(1, limit)
        maximum = self.limit
        isAdaptive = false
    }

    /// An adaptive limit that starts at `start` and stays at or below `maximum`.
    package init(startingAt start: Int, maximum: Int) {
        limit = max(1, min(start, maximum))
        self.maximum = max(1, maximum)
        isAdaptive = true
    }

    /// The service asked for fewer requests.
    ///
    /// - Parameter retryAfter: how long it asks us to wait.
    /// - Returns: how long no request is to be started.
    @discardableResult package mutating func throttle(retryAfter: Duration? = nil) -> Duration {
        throttled += 1
        let rest = rest(retryAfter)
        // One cut an interval: a burst of 503 is one message.
        guard !throttledInInterval else { return rest }
        throttledInInterval = true
        if limit > 1 { cuts += 1 }
        limit = max(1, limit / 2)
        before = nil
        phase = .holding(ConnectionGovernor.patienceAfterRefusal)
        return rest
    }

    /// Something was confirmed.
    package mutating func confirm() { refusalsAtLeast = 0 }

    private mutating func rest(_ retryAfter: Duration?) -> Duration {
        var rest = retryAfter ?? .zero
        if limit == 1 {
            rest = max(rest, ConnectionGovernor.firstRest * (1 << min(refusalsAtLeast, 7)))
            refusalsAtLeast += 1
        }
        return min(rest, ConnectionGovernor.longestRest)
    }

    /// An interval has passed.
    ///
    /// - Parameters:
    ///   - rate: what was confirmed in it, in any unit a second.
    ///   - wasFull: whether the limit was reached and more was waiting.
    package mutating func interval(rate: Double, wasFull: Bool) {
        let wasThrottled = throttledInInterval
        throttledInInterval = false
        if !isAdaptive {
            if !wasThrottled, limit < maximum { limit += 1 }
            return
        }
        guard !wasThrottled else { return }
        if let last = before {
            before = nil
            let step = Double(limit) / Double(last.limit) - 1
            if rate < last.rate * (1 + step * ConnectionGovernor.worthwhileShare) {
                limit = last.limit
                phase = .holding(ConnectionGovernor.patience)
                return
            }
        }
        guard wasFull else { return }
        switch phase {
        case .doubling: climb(to: limit * 2, rate)
        case .climbing: climb(to: limit + max(1, limit / 8), rate)
        case .holding(let left): phase = left > 0 ? .holding(left - 1) : .climbing
        }
    }

    private mutating func climb(to next: Int, _ rate: Double) {
        guard limit < maximum, rate > 0 else { return }
        before = (limit, rate)
        limit = min(maximum, next)
        raises += 1
    }
}
