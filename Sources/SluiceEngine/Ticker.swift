internal import Dispatch
internal import SluiceCore
internal import SluicePipeline

/// Calls on the write stage at regular times: for steps that have become due, and to adapt the connections.
final class Ticker: Sendable {
    private let stage: WriteStage
    private let sources: SourceConnections
    private let gate: AdmissionGate
    private let hasStopped = Monitor(false)

    /// Between looks at the steps that wait for another attempt.
    private static let tick = Duration.milliseconds(100)
    /// Ticks between changes of the number of connections: half a second is many round trips on any line.
    private static let ticksPerInterval = 5

    init(stage: WriteStage, sources: SourceConnections, gate: AdmissionGate) {
        self.stage = stage
        self.sources = sources
        self.gate = gate
    }

    func start(in group: DispatchGroup) {
        gate.setLimit(stage.counts.limit)
        Worker("ticker").run(in: group) { [self] in
            var ticks = 0
            var last = ContinuousClock.now
            while hasStopped.wait(deadline: .now + Ticker.tick, until: { $0 ? true : nil }) == nil {
                stage.tick()
                ticks += 1
                guard ticks.isMultiple(of: Ticker.ticksPerInterval) else { continue }
                let now = ContinuousClock.now
                stage.adapt(after: now - last)
                sources.adapt(after: now - last)
                last = now
                gate.setLimit(stage.counts.limit)
            }
        }
    }

    func stop() {
        hasStopped.withLock { $0 = true }
        hasStopped.broadcast()
    }
}
