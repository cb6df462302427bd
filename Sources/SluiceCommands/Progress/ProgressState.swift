internal import SluiceEngine

/// What is shown: a snapshot, and what earlier ones say of it.
struct ProgressState: Sendable {
    private(set) var snapshot = ProgressSnapshot()
    /// The busiest stage of the last interval.
    private(set) var stage: Bottleneck.Stage?
    private var window = RateWindow()
    private var rowWindow = RateWindow()
    private var turn = ProgressSnapshot()
    /// The most connections that were seen in the interval under way.
    private var connections = 0
    private let isSerial: Bool

    /// - Parameter isSerial: whether only one worker can read the source.
    init(isSerial: Bool = false) { self.isSerial = isSerial }

    /// Takes the next snapshot.
    mutating func add(_ next: ProgressSnapshot) {
        window.add(next.bytesDone, at: next.elapsed)
        if let rows = next.rowsDone { rowWindow.add(rows, at: next.elapsed) }
        snapshot = next
        connections = max(connections, next.connections)
        let interval = next.elapsed - turn.elapsed
        guard interval >= ProgressState.stageInterval else { return }
        let stages = next.stages.since(turn.stages)
        let found = Bottleneck(stages, duration: interval, connections: connections, isSerial: isSerial)
        stage = found?.stage ?? stage
        turn = next
        connections = next.connections
    }

    /// How long the stages are watched for the busiest: a word that changes faster can't be read.
    private static let stageInterval = Duration.seconds(1)

    /// Bytes a second over the last few seconds.
    var rate: Double? { window.rate }

    /// How long the rest will take; nil while that can't be told.
    var timeLeft: Duration? {
        guard let total = snapshot.total else {
            return snapshot.rowTotal.flatMap { rowWindow.time(for: $0 - (snapshot.rowsDone ?? 0)) }
        }
        return window.time(for: total - snapshot.bytesDone)
    }
}

extension Bottleneck.Stage {
    /// What the stage does.
    var activity: String {
        switch self {
        case .source: "reading"
        case .compression: "compressing"
        case .sink: "writing"
        case .latency: "waiting"
        }
    }
}
