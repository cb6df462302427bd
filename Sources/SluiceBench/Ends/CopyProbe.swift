internal import SluiceCodecs
internal import SluiceCore
internal import SluiceEngine
internal import SluicePipeline

/// Copies the source, or data from memory, into the sink by the engine as users run it, and takes it back.
final class CopyProbe: Probe {
    /// What is copied.
    enum Feed: Sendable {
        /// The sample in memory, in objects as the user's data have them where those are known: the sink alone.
        case sample(SampleData, SourceSurvey?)
        /// The user's data: both together.
        case source(SourceSurvey)
    }

    /// The options that are measured.
    struct Settings: Sendable {
        var codec: CodecChoice?
        var connections: Int?
        var blockSize: Int?
    }

    private let figure: Figure
    private let feed: Feed
    let settings: Settings
    private let site: SinkSite
    private let runner: TrialRunner
    private var pace: Pace
    /// What the last round did.
    private(set) var last: TrialRunner.Result?

    /// A sink is not filled with more than this in one round.
    private static let most = 4 << 30

    init(_ figure: Figure, _ feed: Feed, _ settings: Settings, _ site: SinkSite, _ runner: TrialRunner) {
        self.figure = figure
        self.feed = feed
        self.settings = settings
        self.site = site
        self.runner = runner
        switch feed {
        case .sample(_, nil): pace = Pace(most: CopyProbe.most)
        case .sample(_, let survey?): pace = Pace(most: min(CopyProbe.most, max(1, survey.bytes)))
        case .source(let survey): pace = Pace(most: min(CopyProbe.most, max(1, survey.bytes)))
        }
    }

    var figures: [Figure] {
        var figure = figure
        figure.workers = settings.connections
        if let last, settings.codec != nil, let compressor = last.stages.first(where: { $0.name == "compressor" }) {
            figure.ratio = Double(compressor.bytesIn) / Double(max(1, compressor.bytesOut))
        }
        guard countsObjects else { return [figure] }
        let objects = Figure(figure.id + ".objects", figure.group, figure.label, unit: .objectsPerSecond)
        return [figure, objects]
    }

    func measure(for time: Duration) throws -> [Double] {
        let bytes = pace.bytes(for: time)
        let codec = settings.codec?.codec
        let specification = site.specification(
            codec: codec,
            connections: settings.connections,
            blockSize: settings.blockSize
        )
        let prefix = site.nextPrefix()
        let source: any ObjectSource
        switch feed {
        case .sample(let sample, let survey):
            let sizes = survey.map { BoundedSource($0, bytes: bytes, prefix: "").items.map { $0.size ?? bytes } }
            let made = SampleSource(sample, prefix: prefix, sizes: sizes ?? self.sizes(bytes))
            try site.expect(made.items, codec: codec)
            source = made
        case .source(let survey):
            let made = BoundedSource(survey, bytes: bytes, prefix: prefix)
            try site.expect(made.items, codec: codec)
            source = made
        }
        let result = try runner.run(specification, from: source)
        pace.record(bytes: result.bytesRead, seconds: result.seconds)
        last = result
        let left = site.clean()
        guard left.isEmpty else {
            throw BenchError(.inputOutput, left[0], advice: "Remove it yourself; the bench has ended here")
        }
        return countsObjects ? [result.rate, Double(result.objects) / result.seconds] : [result.rate]
    }

    /// Of small objects the number tells more than the bytes.
    private var countsObjects: Bool {
        guard case .source(let survey) = feed, settings.connections == nil, survey.items.count > 1 else { return false }
        return survey.bytes / survey.items.count < CopyProbe.smallObject
    }

    private static let smallObject = 1 << 20

    /// How so many bytes are divided: one object of many blocks, or objects enough for all connections.
    private func sizes(_ bytes: Int) -> [Int] {
        guard case .sequential = site.traits.placement else { return [bytes] }
        let connections = settings.connections ?? CopyProbe.usualConnections
        let size = min(CopyProbe.largestObject, max(CopyProbe.smallestObject, bytes / (2 * connections)))
        return Array(repeating: min(size, bytes), count: max(1, bytes / size))
    }

    /// What `auto` reaches on most lines.
    private static let usualConnections = 8
    private static let largestObject = 32 << 20
    private static let smallestObject = 256 << 10
}
