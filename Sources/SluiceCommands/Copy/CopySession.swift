internal import Glibc
internal import SluiceCore
internal import SluiceEngine
internal import SluiceLedger
internal import SluicePipeline

/// A copy as a user sees it: the run, its progress, its messages, its report, and its exit code.
final class CopySession {
    private let specification: CopySpecification
    private let log: Log
    private let journal: ItemJournal
    private let copy: CopyRun
    private let start: Timestamp
    private let entry: RunRegister.Entry

    /// What a session is to the ledger.
    enum Beginning {
        /// A copy as it was asked for.
        case begin(CommandRecord, resumes: Bool)
        /// An earlier run.
        case goOn(LedgerRun, Ledger)
    }

    /// Copies; the exit code.
    static func run(_ specification: CopySpecification, _ output: OutputArguments, _ beginning: Beginning) throws
        -> Int32
    {
        if let report = output.report { try WholeFile.check(report) }
        let log = try Log(format: output.logFormat, threshold: output.threshold, file: output.logFile)
        return try CopySession(specification, beginning, log, manifest: output.manifest).run(output)
    }

    /// - Parameters:
    ///   - log: hears of items, and of what came of the copy.
    ///   - manifest: a file that gets a line for each item.
    init(_ specification: CopySpecification, _ beginning: Beginning, _ log: Log, manifest: String? = nil) throws {
        self.specification = specification
        self.log = log
        let journal = try ItemJournal(manifest: manifest, log: log, verification: specification.verification)
        self.journal = journal
        start = Timestamp.now
        let register = RunRegister(environment: specification.environment, log: log)
        switch beginning {
        case .begin(let command, let resumes):
            entry = try register.enter(command, specification, start: start, resumes: resumes)
        case .goOn(let run, let ledger):
            entry = try register.resume(run, ledger)
        }
        var specification = specification
        specification.staging?.run = entry.identifier.description
        copy = CopyRun(specification, ledger: entry.ledger, unloadLedger: entry.unload) { journal.add($0) }
        if let earlier = entry.earlier {
            log.info("Going on with run \(entry.identifier) of \(earlier.started.rfc3339)")
        }
    }

    /// Runs to the end, with progress and files as they were asked for; the exit code.
    private func run(_ output: OutputArguments) -> Int32 {
        let style = output.progressStyle
        let display = style.map { ProgressDisplay($0, of: ProgressProbe(copy: copy, start: ContinuousClock.now)) }
        let report = carryOut { RunSupervisor($0).run { display?.start() } } then: { display?.stop() }
        output.tellOfMore(journal.untold, log)
        tell(report)
        if report.outcome.ledgerStatus == .interrupted, entry.ledger?.problem == nil, entry.ledger != nil {
            log.info("sluice resume \(entry.identifier) goes on with it")
        }
        let code = report.write(output, log, finishing: journal.finish)
        // Threads may still hang in a read of a source that gives nothing; exit(3) would take libraries from under them.
        if case .interrupted = report.outcome { _exit(code) }
        return code
    }

    /// Carries the copy out, and enters into the ledger what came of it; blocks.
    ///
    /// - Parameters:
    ///   - supervise: executes the copy until it ends or is given up.
    ///   - stop: ends what shows its progress.
    func carryOut(_ supervise: (CopyRun) -> RunEnding, then stop: () -> Void = {}) -> RunReport {
        let clock = ContinuousClock.now
        let ending = supervise(copy)
        let duration = ContinuousClock.now - clock
        stop()
        let report = makeReport(ending, start, duration)
        // Before it is told: whoever reads that it was interrupted may go on with it at once.
        entry.ledger?.finish(report.outcome.ledgerStatus, exitCode: report.outcome.exitCode, bytes: report.ledgerBytes)
        // What the first half knows is needed for as long as the whole can be gone on with.
        entry.unload?.finish(report.outcome.ledgerStatus, exitCode: report.outcome.exitCode)
        if let failure = report.failure { log.error(failure) }
        return report
    }

    // MARK: What came of it

    private func makeReport(_ ending: RunEnding, _ start: Timestamp, _ duration: Duration) -> RunReport {
        let counts = journal.counts
        var sums = copy.tally.reading
        let findings = CopyFindings(specification: specification, ending: ending, sums: sums, counts: counts)
        var report = RunReport(
            specification,
            command: "copy",
            version: Program.version,
            outcome: findings.outcome,
            startedAt: start,
            duration: duration
        )
        report.identifier = entry.identifier
        sums.errors = findings.itemErrors
        sums.filesFailed = counts.failed
        sums.notes = ending.result?.notes ?? []
        report.sums = sums
        report.bytesReadOfCopied = counts.bytesReadOfCopied
        report.counts = ending.result?.counts ?? copy.counts
        report.sourceConnections = ending.result?.sourceConnections
        report.rowFacts = ending.result?.rowFacts ?? copy.rowFacts
        report.stages = RunReport.Stages(copy.meters)
        report.usage = .current
        report.failure = findings.failure
        report.consistency = findings.consistency
        report.staging = ending.result?.staging
        if let staging = report.staging { report.sums.bytesRead = staging.bytesRead }
        return report
    }

    // MARK: Telling

    private func tell(_ report: RunReport) {
        for note in report.sums.notes { log.info(note) }
        if report.sums.filesListed + report.sums.filesUnchanged > 0 { log.info(RunSummary(report).text) }
    }
}

extension OutputArguments {
    /// The least level of messages for standard error.
    var threshold: Log.Level { quiet ? .warning : verbose ? .item : .info }

    /// What is shown while the run goes on; nil for nothing.
    var progressStyle: ProgressDisplay.Style? {
        if quiet { return nil }
        return switch progress {
        case .auto: Terminal.isCapable ? .bar : .plain
        case .bar: .bar
        case .plain: .plain
        case .json: .json
        case .none: nil
        }
    }

    /// Refuses a report, manifest or log where it would destroy what is copied, or be copied itself, and more than one
    /// thing on standard output.
    func check(_ specification: CopySpecification) throws {
        try checkStandardOutput(sink: specification.sink)
        for (option, path) in [("--report", report), ("--manifest", manifest), ("--log-file", logFile)] {
            guard let path, path != "-" else { continue }
            try specification.check(output: path, of: option)
        }
    }

    func checkStandardOutput(sink: Location) throws {
        let claims = [
            (sink == .standardStream, "the data"), (report == "-", "--report"), (manifest == "-", "--manifest"),
        ]
        let claimed = claims.filter(\.0).map(\.1)
        guard claimed.count < 2 else {
            throw UsageError(
                "\(claimed.joined(separator: " and ")) can't go to standard output together",
                advice: "Give one of them a file"
            )
        }
    }
}
