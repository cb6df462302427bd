internal import SluiceCodecs
internal import SluiceCore
internal import SluiceEngine
internal import SluicePipeline

/// A source, a sink, or both: each alone, both together, and the settings that serve them best.
struct EndsBench {
    private let context: BenchContext
    private var options: BenchOptions { context.options }

    /// How the time is divided: codecs and loopback, the search for settings, and what is left for the ends.
    private static let codecShare = 0.25
    private static let connectionsShare = 0.2
    private static let blockShare = 0.15
    /// The rest is for what is around the rounds: listing, a sample, taking back.
    private static let roundsShare = 0.95
    /// A source of less than this is over before it says anything.
    private static let fewBytes = 16 << 20

    init(_ context: BenchContext) { self.context = context }

    func run() throws -> BenchFindings {
        context.tell(BenchStep("what source and sink are"))
        var base = options.base
        if let source = options.source { base.source = source }
        let survey = try options.source == nil ? nil : SourceSurvey(base.makeSource())
        var site: SinkSite?
        if let sink = options.sink {
            base.sink = sink
            site = try SinkSite(base)
        }
        let sample = try survey.map { try SampleData.taken(from: $0) } ?? SampleData.generated()
        do {
            var found = try measure(sample, survey, site, base)
            found.findings += EndsBench.remarks(survey)
            return found
        } catch {
            // Whatever ended the bench, nothing of it stays.
            guard let left = site?.clean().first else { throw error }
            throw BenchError(
                .inputOutput,
                left,
                cause: "\(SluiceCore.failure(from: error).what)",
                advice: "Remove it yourself"
            )
        }
    }

    private static func remarks(_ survey: SourceSurvey?) -> [String] {
        guard let survey, survey.bytes < fewBytes, !survey.isCut else { return [] }
        return [
            "The source holds only \(ByteCount(survey.bytes)): a round of it is mostly start and end, and says little about bulk."
        ]
    }

    /// The fastest copy, and the one without a codec where no codec is worth its processor time.
    private static func best(_ outcomes: [EndProbes.Outcome]) -> EndProbes.Outcome? {
        guard let fastest = outcomes.first, let plain = outcomes.first(where: { $0.codec == nil }) else {
            return outcomes.first
        }
        return plain.facts.rate * SettingSearch.worthwhileGain >= fastest.facts.rate ? plain : fastest
    }

    /// What held each copy up, and what a first copy can't do.
    private static func remarks(_ outcomes: [EndProbes.Outcome], freshRate: Double?) -> [String] {
        var remarks = outcomes.map { CopyVerdict($0.facts, name: $0.name).sentence }
        guard let best = best(outcomes) else { return remarks }
        if outcomes.count > 1 {
            let name = best.codec.map { "With \($0)" } ?? "Without a codec"
            remarks.append(
                "\(name) the copy is \(best.codec == outcomes[0].codec ? "the fastest" : "as fast, noise aside")."
            )
        }
        if let freshRate, freshRate < best.facts.rate {
            remarks.append(
                "Read from the disk instead of the page cache, the source gives \(Rate.text(freshRate)): a first copy is no faster."
            )
        }
        return remarks
    }

    private func measure(
        _ sample: SampleData,
        _ survey: SourceSurvey?,
        _ site: SinkSite?,
        _ base: CopySpecification
    ) throws -> BenchFindings {
        var found = BenchFindings(sample: sample.description)
        found.measurements = try measureCodecs(sample)
        let ends = EndProbes(context, sample, survey, site, base)
        let trials = site.map { SettingTrials(context, sample, survey, $0) }
        found.measurements += try context.rounds.run(
            ends.all,
            within: options.time * endsShare(trials),
            called: ends.name
        )
        let sourceRate = ends.freshRate(found.measurements)
        let model = RateModel(found.measurements, sourceRate: sourceRate)
        // What HTTPS allows says nothing of a copy that stays on this machine.
        if options.sink?.isRemote != false {
            found.allowances = model?.allowances(options.codecs, found.measurements) ?? []
            found.findings = Findings.ceilings(found.allowances, sourceName: "the source")
        }
        let outcomes = ends.outcomes(found.measurements)
        let best = EndsBench.best(outcomes)
        if let best {
            found.stages = best.facts.stages
            found.processorShare = best.facts.processorShare
            found.findings += EndsBench.remarks(outcomes, freshRate: survey == nil ? nil : sourceRate)
        }
        if let trials { try search(trials, codec: best?.codec, &found) }
        return found
    }

    private func measureCodecs(_ sample: SampleData) throws -> [Measurement] {
        let sink = try NullSink()
        defer { sink.stop() }
        var probes: [any Probe] = CodecProbe.all(options.codecs, sample, cancellation: context.cancellation)
        probes.append(try LoopbackProbe(.bulk, sink, sample, context.runner, memory: options.base.memory))
        let time = options.time * EndsBench.codecShare
        return try context.rounds.run(probes, within: time, called: "codecs on the sample, and this machine's TLS")
            .distinct()
    }

    // MARK: Settings

    /// What the searches that there will be leave.
    private func endsShare(_ trials: SettingTrials?) -> Double {
        let connections = trials.map { $0.noConnections == nil } ?? false ? EndsBench.connectionsShare : 0
        let blocks = trials?.triesBlocks ?? false ? EndsBench.blockShare : 0
        return EndsBench.roundsShare - EndsBench.codecShare - connections - blocks
    }

    private func search(_ trials: SettingTrials, codec: CodecChoice?, _ found: inout BenchFindings) throws {
        var advice = CopyAdvice(
            source: options.source?.description ?? "SOURCE",
            sink: options.sink?.description ?? "SINK",
            codec: codec.map { "\($0)" },
            words: options.commandWords
        )
        if let reason = trials.noConnections {
            found.findings.append(reason)
        } else {
            let time = options.time * EndsBench.connectionsShare
            let result = try trials.connections(codec: codec, within: time)
            found.measurements += result.measurements
            advice.connections = result.best
            found.findings += result.finding
        }
        if trials.triesBlocks {
            let time = options.time * EndsBench.blockShare
            let result = try trials.blockSizes(codec: codec, connections: advice.connections, within: time)
            found.measurements += result.measurements
            advice.blockSize = result.best
            found.findings += result.finding
        }
        found.commandLine = advice.commandLine
    }
}
