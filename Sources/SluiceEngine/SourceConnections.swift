internal import SluiceCore
internal import SluicePipeline

/// How many requests for a distant source's bytes are under way at a time, and how often they were made again: more
/// while throughput grows, fewer when the service asks for it.
final class SourceConnections: Sendable {
    private struct State: Sendable {
        var governor: ConnectionGovernor
        var active = 0
        var peak = 0
        var retries = 0
        var bytes = 0
        var wasFull = false
        var isCancelled = false
    }

    private let monitor: Monitor<State>
    private let policy: RetryPolicy

    init(governor: ConnectionGovernor, policy: RetryPolicy) {
        monitor = Monitor(State(governor: governor))
        self.policy = policy
    }

    var peak: Int { monitor.withLock { $0.peak } }
    var retries: Int { monitor.withLock { $0.retries } }
    var throttled: Int { monitor.withLock { $0.governor.throttled } }

    /// A request counts as at least this many bytes when rates are compared, as in `WriteStage`.
    private static let leastWeight = 16 << 10

    /// Runs `body`, which reads, when a connection is free, and again after failures that may pass. It says how many
    /// bytes it has brought in all, and goes on behind them.
    func read(_ body: (_ progress: inout Int) throws -> Void) throws {
        var progress = 0
        var attempt = 0
        var outage = Outage()
        while true {
            let before = progress
            do {
                try begin()
                defer { end(max(progress - before, SourceConnections.leastWeight)) }
                try body(&progress)
                return
            } catch {
                let failure = SluiceCore.failure(from: error)
                // An attempt that has brought much is no vain one.
                if progress - before >= SourceConnections.worthwhile { (attempt, outage) = (0, Outage()) }
                try wait(after: failure, attempt, &outage)
                attempt += 1
            }
        }
    }

    private static let worthwhile = 256 << 10

    private func begin() throws(Cancelled) {
        let isFree: Bool = monitor.wait { state in
            if state.isCancelled { return false }
            guard state.active < state.governor.limit else {
                state.wasFull = true
                return nil
            }
            state.active += 1
            state.peak = max(state.peak, state.active)
            return true
        }
        guard isFree else { throw Cancelled() }
    }

    private func end(_ bytes: Int) {
        monitor.withLock { state in
            state.active -= 1
            state.bytes += bytes
        }
        monitor.signal()
    }

    private func wait(after failure: any Failure, _ attempt: Int, _ outage: inout Outage) throws {
        if failure.kind == .throttled { monitor.withLock { state in _ = state.governor.throttle() } }
        guard
            case .retry(let pause) = policy.decision(
                attempt: attempt,
                outage: &outage,
                failure: failure,
                now: .now,
                jitter: Double.random(in: 0...1)
            )
        else { throw failure }
        monitor.withLock { $0.retries += 1 }
        let isCancelled: Bool? = monitor.wait(deadline: .now + pause) { $0.isCancelled ? true : nil }
        if isCancelled == true { throw Cancelled() }
    }

    /// To be called once an interval: lets the number of connections adapt.
    func adapt(after interval: Duration) {
        monitor.withLock { state in
            state.governor.interval(rate: Double(state.bytes) / interval.seconds, wasFull: state.wasFull)
            state.bytes = 0
            state.wasFull = false
        }
        monitor.broadcast()
    }

    func cancel() {
        monitor.withLock { $0.isCancelled = true }
        monitor.broadcast()
    }
}
