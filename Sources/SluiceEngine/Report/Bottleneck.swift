internal import SluiceCore
internal import SluicePipeline

/// The part of the way that held the rest up, and how busy each was.
package struct Bottleneck: Sendable, Equatable {
    package enum Stage: String, Sendable, CaseIterable {
        case source, compression, sink
        /// No stage's work explains the time.
        case latency
    }

    package let stage: Stage
    /// The share of the time, from 0 to 1, that each stage which took part was busy, in the order of the flow.
    package let shares: [Share]

    package struct Share: Sendable, Equatable {
        package let stage: Stage
        package let value: Double
    }

    /// A stage that is busy for so much of its time has no time left: less would be told as the stage's own fault
    /// when it only shares the processors with others.
    private static let saturated = 0.8
    /// Below this a stage's work does not explain the time.
    private static let leastShare = 0.5

    /// What the stages' sums over `duration` say; nil when nothing was done.
    ///
    /// A stage behind the bottleneck waits for input, and memory that does not come back keeps the stages before it
    /// idle. So the first stage of the flow that is saturated is the bottleneck: a connection also counts as busy
    /// while its request waits for the next chunk.
    /// - Parameters:
    ///   - connections: the most connections that were in use at a time: others may have had nothing to do for want
    ///     of objects rather than of bytes.
    ///   - isSerial: whether only one worker can read the source.
    package init?(_ stages: RunReport.Stages, duration: Duration, connections: Int, isSerial: Bool) {
        guard duration > .zero else { return nil }
        let reader = isSerial ? stages.reader.busy / duration : stages.reader.utilisation ?? 0
        let writer = stages.writer.busy / (duration * max(1, connections))
        shares = [
            Share(stage: .source, value: min(1, reader)),
            Share(stage: .compression, value: stages.compressor.utilisation ?? 0),
            Share(stage: .sink, value: min(1, writer)),
        ].filter { $0.value > 0 }
        if let first = shares.first(where: { $0.value >= Bottleneck.saturated }) {
            stage = first.stage
        } else if let highest = shares.max(by: { $0.value < $1.value }) {
            stage = highest.value >= Bottleneck.leastShare ? highest.stage : .latency
        } else {
            return nil
        }
    }

    /// For the report and the last line.
    package var sentence: String {
        let others = shares.filter { $0.stage != stage }.map { "\($0.stage.rawValue) \(Bottleneck.percent($0.value))" }
        let aside = others.isEmpty ? "" : " (\(others.joined(separator: ", ")))"
        guard let share = shares.first(where: { $0.stage == stage }) else {
            return "No stage was busy for half of its time\(aside): the run waited for round trips."
        }
        return
            "The \(stage.rawValue) held the rest up: it was busy \(Bottleneck.percent(share.value)) of the time\(aside)."
    }

    private static func percent(_ share: Double) -> String { "\(fixed(share * 100, 0)) %" }
}

extension RunReport {
    /// The stage that held the rest up; nil when nothing was copied: the time went into failures then.
    package var bottleneck: Bottleneck? {
        guard sums.filesWritten > 0 else { return nil }
        return Bottleneck(
            stages,
            duration: duration,
            connections: counts?.peakActive ?? 0,
            isSerial: source == .standardStream
        )
    }
}
