internal import SluiceCore
internal import SluiceEngine
internal import SluicePipeline

/// Reads the source by the engine's readers and throws the bytes away.
final class SourceProbe: Probe {
    enum Way: Sendable {
        /// As it is: over a network, or from a file system in memory.
        case plain
        /// A local file whose pages the kernel has just been asked to forget.
        case uncached
        /// A local file that was read before.
        case cached
    }

    private let survey: SourceSurvey
    private let way: Way
    private let base: CopySpecification
    private let runner: TrialRunner
    private var pace: Pace

    init(_ survey: SourceSurvey, _ way: Way, _ base: CopySpecification, _ runner: TrialRunner) {
        self.survey = survey
        self.way = way
        self.base = base
        self.runner = runner
        pace = Pace(most: survey.bytes > 0 ? survey.bytes : .max)
    }

    /// The ways in which a source at `location` is read.
    static func ways(_ location: Location) -> [Way] {
        guard case .file(let path, _) = location else { return [.plain] }
        return PageCache.isInMemory(path) ? [.plain] : [.uncached, .cached]
    }

    static func id(_ way: Way) -> String {
        switch way {
        case .plain: "source.alone"
        case .uncached: "source.uncached"
        case .cached: "source.cached"
        }
    }

    var figures: [Figure] {
        let label =
            switch way {
            case .plain: "source, read and thrown away"
            case .uncached: "source, from the disk"
            case .cached: "source, from the page cache"
            }
        var figure = Figure(SourceProbe.id(way), .source, label)
        if way == .uncached {
            figure.note = "pages dropped before each round; a cache below this system may still hold them"
        }
        return [figure]
    }

    func measure(for time: Duration) throws -> [Double] {
        let source = BoundedSource(survey, bytes: pace.bytes(for: time), prefix: "")
        if way == .uncached {
            let isSingle = survey.source.isSingleObject
            PageCache.drop(
                source.originalItems.compactMap { PageCache.path(of: $0, in: source.location, isSingle: isSingle) }
            )
        }
        var specification = base
        specification.sink = DiscardSink().location
        specification.codec = nil
        specification.verification = .none
        let result = try runner.run(specification, from: source, to: DiscardSink())
        pace.record(bytes: result.bytesRead, seconds: result.seconds)
        return [result.rate]
    }
}
