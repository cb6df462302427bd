internal import SluiceCodecs
internal import SluiceCore
internal import SluiceEngine
internal import SluicePipeline

/// Tries numbers of connections and sizes of blocks on the user's own sink.
struct SettingTrials {
    private let context: BenchContext
    private let sample: SampleData
    private let survey: SourceSurvey?
    private let site: SinkSite

    /// What trials of one setting found.
    struct Result {
        var measurements: [Measurement] = []
        var best: Int?
        var finding: [String] = []
    }

    private static let connectionCounts = [1, 2, 4, 8, 16, 32, 64]
    /// The times that such a search usually goes through.
    private static let usualTries = 4.0
    private static let blockSizes = [4, 8, 16, 32].map { $0 << 20 }

    init(_ context: BenchContext, _ sample: SampleData, _ survey: SourceSurvey?, _ site: SinkSite) {
        self.context = context
        self.sample = sample
        self.survey = survey
        self.site = site
    }

    private var feed: CopyProbe.Feed { survey.map { .source($0) } ?? .sample(sample, nil) }

    /// Why the number of connections makes no difference; nil when it may.
    var noConnections: String? {
        guard case .sequential = site.traits.placement, let survey, survey.items.count == 1, !survey.isCut else {
            return nil
        }
        return "The source is one object, which goes over one connection to a plain HTTPS server: more would not help."
    }

    /// Whether the store takes blocks.
    var triesBlocks: Bool { if case .numbered = site.traits.placement { true } else { false } }

    func connections(codec: CodecChoice?, within time: Duration) throws -> Result {
        var search = SettingSearch(SettingTrials.connectionCounts)
        var result = Result()
        while let count = search.next {
            var figure = Figure(
                "connections.\(count)",
                .connections,
                count == 1 ? "1 connection" : "\(count) connections"
            )
            figure.setting = count
            let probe = CopyProbe(figure, feed, .init(codec: codec, connections: count), site, context.runner)
            let measured = try context.rounds.run(
                [probe],
                within: time / SettingTrials.usualTries,
                called: figure.label
            )
            result.measurements += measured
            search.record(measured[0].median)
        }
        result.best = search.best
        result.finding = search.finding.map { [$0] } ?? []
        return result
    }

    /// Sizes that the store and the memory take, in turns with each other.
    func blockSizes(codec: CodecChoice?, connections: Int?, within time: Duration) throws -> Result {
        let sizes = SettingTrials.blockSizes.filter { size in
            let fits = size * 4 <= context.options.base.memory.rawValue
            return fits && size >= site.traits.minimumBlock && size <= site.traits.maximumBlock
        }
        let probes = sizes.map { size in
            var figure = Figure("block-size.\(size >> 20)MiB", .blockSize, "blocks of \(size >> 20) MiB")
            figure.setting = size
            let settings = CopyProbe.Settings(codec: codec, connections: connections, blockSize: size)
            return CopyProbe(figure, feed, settings, site, context.runner)
        }
        var result = Result()
        result.measurements = try context.rounds.run(probes, within: time, called: "sizes of blocks")
        let choice = BlockChoice(result.measurements.map { ($0.setting ?? 0, $0.median) })
        result.best = choice?.best
        result.finding = choice.map { [$0.finding] } ?? []
        return result
    }
}
