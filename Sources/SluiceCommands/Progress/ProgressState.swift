/// What is shown: a snapshot, and what earlier ones say of it.
struct ProgressState: Sendable {
    private(set) var snapshot = ProgressSnapshot()
    private(set) var stage: BusyStage?
    private var window = RateWindow()
    private var stagesAtTurn = ProgressSnapshot()

    /// Takes the next snapshot.
    mutating func add(_ next: ProgressSnapshot) {
        window.add(next.bytesDone, at: next.elapsed)
        snapshot = next
        guard next.elapsed - stagesAtTurn.elapsed >= ProgressState.stageInterval else { return }
        stage = BusyStage(from: stagesAtTurn.stages, to: next.stages) ?? stage
        stagesAtTurn = next
    }

    /// How long the stages are watched for the busiest: a word that changes faster can't be read.
    private static let stageInterval = Duration.seconds(1)

    /// Bytes a second over the last few seconds.
    var rate: Double? { window.rate }

    /// How long the rest will take; nil while that can't be told.
    var timeLeft: Duration? {
        guard let total = snapshot.total else { return nil }
        return window.time(for: total - snapshot.bytesDone)
    }
}
