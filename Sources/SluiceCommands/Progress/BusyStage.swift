internal import SluiceEngine
internal import SluicePipeline

/// The stage that was busiest in an interval.
enum BusyStage: String, Sendable, CaseIterable {
    case reading, compressing, writing

    /// What happened between two sets of sums; nil when nothing did.
    init?(from before: RunReport.Stages, to after: RunReport.Stages) {
        let shares: [(BusyStage, Double)] = [
            (.reading, BusyStage.share(before.reader, after.reader)),
            (.compressing, BusyStage.share(before.compressor, after.compressor)),
            (.writing, BusyStage.share(before.writer, after.writer)),
        ]
        guard let highest = shares.max(by: { $0.1 < $1.1 }), highest.1 > 0 else { return nil }
        self = highest.0
    }

    private static func share(_ before: StageReading, _ after: StageReading) -> Double {
        let interval = StageReading(
            busy: after.busy - before.busy,
            waitingForInput: after.waitingForInput - before.waitingForInput,
            waitingForOutput: after.waitingForOutput - before.waitingForOutput
        )
        return interval.utilisation ?? 0
    }
}
