internal import SluiceCore
package import SluicePipeline

/// The stage that held the rest up.
package enum Bottleneck: String, Sendable, CaseIterable {
    case source, compression, sink, latency

    /// What the stages' sums say; nil while they say too little.
    package static func find(
        reader: StageReading,
        chunker: StageReading,
        compressor: StageReading,
        writer: StageReading
    ) -> Finding? {
        let shares: [(Bottleneck, Double)] = [
            (.source, share(reader)), (.compression, share(compressor)), (.sink, share(writer)),
        ]
        guard let highest = shares.max(by: { $0.1 < $1.1 }), highest.1 > 0 else { return nil }
        // Below a half no stage's work explains the time: it went into waiting for round trips.
        guard highest.1 >= leastShare else { return Finding(stage: .latency, share: highest.1) }
        return Finding(stage: highest.0, share: highest.1)
    }

    /// Half of its workers' time.
    private static let leastShare = 0.5

    private static func share(_ reading: StageReading) -> Double { reading.utilisation ?? 0 }

    /// A bottleneck and the share of its workers' time that it was busy.
    package struct Finding: Sendable, Equatable {
        package let stage: Bottleneck
        package let share: Double

        /// For the report and the last line.
        package var sentence: String {
            let percent = "\(fixed(share * 100, 0)) %"
            return switch stage {
            case .source: "The source held the rest up: its readers were busy \(percent) of their time."
            case .compression:
                "Compression held the rest up: its workers were busy \(percent) of their time; a lower level or more cores would help."
            case .sink: "The sink held the rest up: its connections were busy \(percent) of their time."
            case .latency: "No stage was busy for more than \(percent) of its time: the run waited for round trips."
            }
        }
    }
}
