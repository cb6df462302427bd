internal import SluiceCore
internal import SluiceEngine
internal import SluicePipeline

/// One bench from its options to its report.
package final class BenchRun: Sendable {
    private let options: BenchOptions
    private let tell: @Sendable (BenchStep) -> Void
    private let cancellation = Cancellation()

    /// - Parameter tell: hears what is measured next.
    package init(_ options: BenchOptions, tell: @escaping @Sendable (BenchStep) -> Void) {
        self.options = options
        self.tell = tell
    }

    /// Ends the bench as soon as possible; what it put into a sink is taken back. From any thread, but not from a
    /// signal handler.
    package func cancel() { cancellation.cancel() }

    /// Measures; blocks.
    ///
    /// - Throws: a `Failure`. Nothing that the bench made is left then either, or the error says what is.
    package func execute() throws -> BenchReport {
        try refuse()
        let startedAt = Timestamp.now
        let start = ContinuousClock.now
        let use = ProcessorUse()
        let bench = BenchContext(options: options, cancellation: cancellation, tell: tell)
        let found =
            options.source == nil && options.sink == nil ? try MachineBench(bench).run() : try EndsBench(bench).run()
        var machine = MachineDescription.current
        machine.takenByOthers = use.takenByOthers
        var report = BenchReport(
            version: options.version,
            startedAt: startedAt.rfc3339,
            secondsAsked: options.time.seconds,
            secondsTaken: start.duration(to: .now).seconds,
            machine: machine,
            sample: found.sample,
            source: options.source?.description,
            sink: options.sink?.description,
            measurements: found.measurements,
            allowances: found.allowances,
            stages: found.stages,
            processorShare: found.processorShare,
            findings: found.findings,
            commandLine: found.commandLine
        )
        report.findings += Findings.disturbance(report)
        return report
    }

    private func refuse() throws(BenchError) {
        for location in [options.source, options.sink] {
            switch location {
            case .standardStream:
                let advice = "Give a file, a folder or an address"
                throw BenchError(.usage, "standard input and output can't be measured in rounds", advice: advice)
            case .odbc:
                throw BenchError(
                    .usage,
                    "databases can't be measured in this version",
                    advice: "Use files, https://, s3:// or az://"
                )
            default: break
            }
        }
    }
}

/// What all parts of a bench share.
struct BenchContext: Sendable {
    let options: BenchOptions
    let cancellation: Cancellation
    let tell: @Sendable (BenchStep) -> Void
    let runner: TrialRunner

    init(options: BenchOptions, cancellation: Cancellation, tell: @escaping @Sendable (BenchStep) -> Void) {
        self.options = options
        self.cancellation = cancellation
        self.tell = tell
        runner = TrialRunner(cancellation: cancellation)
    }

    var rounds: Rounds { Rounds(cancellation: cancellation, tell: tell) }
}

/// What a bench found, before it is a report.
struct BenchFindings: Sendable {
    var sample: SampleDescription
    var measurements: [Measurement] = []
    var allowances: [CodecAllowance] = []
    var stages: [StageShare] = []
    var processorShare: Double?
    var findings: [String] = []
    var commandLine: String?
}
