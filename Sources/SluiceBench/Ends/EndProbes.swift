internal import SluiceCodecs
internal import SluiceCore
internal import SluiceEngine
internal import SluicePipeline

/// The probes of a source and a sink: each alone, and both together.
struct EndProbes {
    private let sources: [(way: SourceProbe.Way, probe: SourceProbe)]
    private let sink: CopyProbe?
    private let copies: [CopyProbe]

    private static let sinkID = "sink.alone"

    init(
        _ context: BenchContext,
        _ sample: SampleData,
        _ survey: SourceSurvey?,
        _ site: SinkSite?,
        _ base: CopySpecification
    ) {
        let runner = context.runner
        sources =
            survey.map { survey in
                SourceProbe.ways(survey.source.location).map { ($0, SourceProbe(survey, $0, base, runner)) }
            } ?? []
        sink = site.map { site in
            var figure = Figure(EndProbes.sinkID, .sink, "sink, written from memory")
            figure.note =
                "\(sample.isGenerated ? "generated rows" : "a sample of the source"), taken back after each round"
            return CopyProbe(figure, .sample(sample, survey), .init(), site, runner)
        }
        guard let survey, let site else {
            copies = []
            return
        }
        copies = ([nil] + context.options.copyCodecs).map { codec in
            let name = codec.map { "\($0.format)-\($0.level)" } ?? "none"
            let label = codec.map { "copy with \($0)" } ?? "copy without a codec"
            var figure = Figure("copy.\(name)", .copy, label)
            if SourceProbe.ways(survey.source.location).count > 1 {
                figure.note = "from the page cache, after the first round"
            }
            return CopyProbe(figure, .source(survey), .init(codec: codec), site, runner)
        }
    }

    var all: [any Probe] { sources.map { $0.probe as any Probe } + (sink.map { [$0] } ?? []) + copies }

    /// What is measured, for whoever waits.
    var name: String {
        switch (sources.isEmpty, sink == nil) {
        case (false, false): "source, sink and both together"
        case (false, true): "the source alone"
        case (true, _): "the sink alone"
        }
    }

    /// What the source gives when it is read for the first time.
    func freshRate(_ measurements: [Measurement]) -> Double? { rate(sources.first?.way, measurements) }

    /// What it gives to the copies of this bench: after the first round from the page cache, where there is one.
    private func repeatedRate(_ measurements: [Measurement]) -> Double? { rate(sources.last?.way, measurements) }

    private func rate(_ way: SourceProbe.Way?, _ measurements: [Measurement]) -> Double? {
        way.flatMap { way in measurements.first { $0.id == SourceProbe.id(way) }?.median }
    }

    /// What was copied, or only written where there is no source, from the fastest down.
    func outcomes(_ measurements: [Measurement]) -> [Outcome] {
        let shown = copies.isEmpty ? [sink].compactMap(\.self) : copies
        let outcomes = shown.compactMap { copy -> Outcome? in
            guard let last = copy.last, let rate = measurements.first(where: { $0.id == copy.figures[0].id })?.median
            else {
                return nil
            }
            let facts = CopyVerdict.Facts(
                rate: rate,
                sourceRate: copies.isEmpty ? nil : repeatedRate(measurements),
                sinkRate: copies.isEmpty ? nil : measurements.first { $0.id == EndProbes.sinkID }?.median,
                processorShare: last.processorTime.seconds / last.seconds / Double(ProcessorCount.available),
                stages: last.stages
            )
            return Outcome(codec: copy.settings.codec, facts: facts)
        }
        return outcomes.sorted { $0.facts.rate > $1.facts.rate }
    }

    /// One copy of the bench.
    struct Outcome {
        let codec: CodecChoice?
        let facts: CopyVerdict.Facts

        /// `the copy with zstd:3`.
        var name: String { codec.map { "the copy with \($0)" } ?? "the copy" }
    }
}
