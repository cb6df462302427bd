internal import SluiceCore

/// What held a copy up, told by what its stages did and by what its ends can do alone.
package struct CopyVerdict: Sendable, Equatable {
    package enum Part: String, Sendable {
        case source, compression, processors, sink, unclear
    }

    /// What is known of the copy.
    package struct Facts: Sendable {
        /// Bytes of the source a second.
        package var rate: Double
        /// What the source and the sink do alone, where that was measured.
        package var sourceRate: Double?
        package var sinkRate: Double?
        /// The share of the processors' time that the copy had.
        package var processorShare: Double
        package var stages: [StageShare]

        package init(
            rate: Double,
            sourceRate: Double? = nil,
            sinkRate: Double? = nil,
            processorShare: Double,
            stages: [StageShare]
        ) {
            self.rate = rate
            self.sourceRate = sourceRate
            self.sinkRate = sinkRate
            self.processorShare = processorShare
            self.stages = stages
        }

        /// Bytes that the sink gets a second: fewer, where a codec works.
        var wireRate: Double {
            guard let stage = stages.first(where: { $0.name == "compressor" }), stage.bytesIn > 0 else { return rate }
            return rate * Double(stage.bytesOut) / Double(stage.bytesIn)
        }

        func busy(_ name: String) -> Double? { stages.first { $0.name == name }?.busy }
    }

    package let part: Part
    /// One sentence: which part, and how that shows.
    package let sentence: String

    /// A stage that was busy for this share of its time kept the others waiting.
    private static let saturated = 0.75
    /// The rest goes to the kernel's own work and to other programs.
    private static let allProcessors = 0.85
    /// An end that does no more than this alone is what the copy runs at.
    private static let near = 1.25

    /// - Parameter name: what was copied, as a subject: `the copy with zstd:3`.
    package init(_ facts: Facts, name: String = "the copy") {
        let copy = "\(name) (\(Rate.text(facts.rate)))"
        part = CopyVerdict.part(facts)
        switch part {
        case .compression:
            let busy = facts.busy("compressor") ?? 0
            sentence =
                "Compression is the bottleneck of \(copy): its workers were busy \(Rate.percent(busy)) of their time."
        case .processors:
            sentence =
                "The processors are the bottleneck of \(copy): it had \(Rate.percent(facts.processorShare)) of all of them."
        case .source:
            sentence = "The source is the bottleneck of \(copy)" + CopyVerdict.sourceEvidence(facts) + "."
        case .sink:
            sentence = "The sink is the bottleneck of \(copy)" + CopyVerdict.sinkEvidence(facts) + "."
        case .unclear:
            sentence =
                "No stage of \(copy) was busy all the time: it waited for round trips, or its data are few."
        }
    }

    private static func part(_ facts: Facts) -> Part {
        // First, because a sink that takes one stream counts as busy while it waits for the next chunk.
        if let busy = facts.busy("compressor"), busy >= saturated { return .compression }
        if facts.processorShare >= allProcessors { return .processors }
        if let busy = facts.busy("reader"), busy >= saturated { return .source }
        let source = facts.sourceRate.map { $0 / facts.rate } ?? .infinity
        let sink = facts.sinkRate.map { $0 / facts.wireRate } ?? .infinity
        // Where the connections read while they send, only the ends' own rates tell the two apart.
        if source < near, source < sink { return .source }
        if sink < near { return .sink }
        if let busy = facts.busy("writer"), busy >= saturated { return .sink }
        return .unclear
    }

    private static func sourceEvidence(_ facts: Facts) -> String {
        if let busy = facts.busy("reader"), busy >= saturated {
            return ": its readers were busy \(Rate.percent(busy)) of their time"
        }
        guard let source = facts.sourceRate else { return "" }
        return ": alone it gives \(Rate.text(source))"
            + (facts.sinkRate.map { ", and the sink takes \(Rate.text($0))" } ?? "")
    }

    private static func sinkEvidence(_ facts: Facts) -> String {
        var parts: [String] = []
        if let sink = facts.sinkRate { parts.append("alone it takes \(Rate.text(sink))") }
        if let source = facts.sourceRate { parts.append("the source gives \(Rate.text(source))") }
        if let busy = facts.busy("writer") {
            parts.append("its connections were busy \(Rate.percent(busy)) of their time")
        }
        return parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
    }
}
