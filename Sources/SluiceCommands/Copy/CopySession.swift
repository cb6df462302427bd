internal import Glibc
internal import SluiceCore
internal import SluiceEngine
internal import SluicePipeline

/// A copy as a user sees it: the run, its progress, its messages, its report, and its exit code.
final class CopySession {
    private let specification: CopySpecification
    private let output: OutputArguments
    private let log: Log
    private let journal: ItemJournal
    private let copy: CopyRun

    init(_ specification: CopySpecification, _ output: OutputArguments) throws {
        self.specification = specification
        self.output = output
        if let report = output.report { try WholeFile.check(report) }
        log = try Log(format: output.logFormat, threshold: output.threshold, file: output.logFile)
        let journal = try ItemJournal(manifest: output.manifest, log: log, verification: specification.verification)
        self.journal = journal
        copy = CopyRun(specification) { journal.add($0) }
    }

    /// Runs to the end; the exit code.
    func run() -> Int32 {
        let start = Timestamp.now
        let clock = ContinuousClock.now
        let display = output.progressStyle.map { ProgressDisplay($0, of: ProgressProbe(copy: copy, start: clock)) }
        let ending = RunSupervisor(copy).run { display?.start() }
        let duration = ContinuousClock.now - clock
        display?.stop()
        let report = makeReport(ending, start, duration)
        tell(report)
        let code = write(report)
        // Threads may still hang in a read of a source that gives nothing; exit(3) would take libraries from under them.
        if ending.signal != nil { _exit(code) }
        return code
    }

    // MARK: What came of it

    private func makeReport(_ ending: RunEnding, _ start: Timestamp, _ duration: Duration) -> RunReport {
        let sums = copy.tally.reading
        let outcome = RunOutcome(facts(ending, sums))
        var report = RunReport(
            specification,
            command: "copy",
            version: Program.version,
            outcome: outcome,
            startedAt: start,
            duration: duration
        )
        report.sums = sums
        report.counts = ending.result?.counts ?? copy.counts
        report.sourceConnections = ending.result?.sourceConnections
        report.stages = RunReport.Stages(copy.meters)
        report.usage = .current
        report.failure = failure(ending, outcome, sums)
        report.consistency = consistency(sums)
        return report
    }

    private func facts(_ ending: RunEnding, _ sums: Tally.Reading) -> RunFacts {
        let counts = journal.counts
        var facts = RunFacts()
        facts.signal = ending.signal
        facts.startFailure = ending.failure?.kind
        if ending.failure == nil, !sums.isListed { facts.listingFailure = listingFailure(sums)?.kind }
        facts.sourceIsContainer = specification.source.isContainer
        facts.copied = counts.copied
        facts.skipped = counts.skipped
        facts.failed = counts.failed
        facts.misused = counts.misused
        facts.different = counts.different
        return facts
    }

    /// A listing that broke off is told under the source's own name.
    private func listingFailure(_ sums: Tally.Reading) -> (any Failure)? {
        let name = specification.source.description
        return sums.errors.last { $0.name == name }?.failure
    }

    /// What ended the run, where that is no item's error.
    private func failure(_ ending: RunEnding, _ outcome: RunOutcome, _ sums: Tally.Reading) -> (any Failure)? {
        if let failure = ending.failure { return failure }
        if let signal = ending.signal { return Interruption(signal: signal) }
        guard outcome == .nothingMatched, sums.errors.isEmpty else { return nil }
        return NothingToCopy(source: specification.source)
    }

    private func consistency(_ sums: Tally.Reading) -> RunReport.Consistency {
        let counts = journal.counts
        if counts.different > 0 { return .found }
        if case .standardStream = specification.sink { return .unsupported }
        guard counts.copied > 0 else { return .notVerified }
        switch specification.verification {
        case .none: return .notVerified
        case .transfer: return specification.sink.checksBlocks ? .verified : .notVerified
        case .readback: return counts.readBack == counts.copied ? .verified : .notVerified
        }
    }

    // MARK: Telling

    private func tell(_ report: RunReport) {
        if let failure = report.failure {
            log.error(failure)
        } else if let failure = listingFailure(report.sums), !report.sums.isListed {
            log.error(failure)
        }
        let untold = journal.untold
        if untold > 0 {
            let place = output.manifest.map { "see \($0)" } ?? "--manifest FILE lists them all"
            log.write(.init(level: .error, text: "and \(untold) more: \(place)"))
        }
        if report.sums.filesListed > 0 { log.info(RunSummary(report).text) }
    }

    /// Writes what files were asked for; the exit code, which is that of a failure when one can't be written.
    private func write(_ report: RunReport) -> Int32 {
        var code = report.outcome.exitCode
        let steps: [() throws -> Void] = [
            { [journal] in try journal.finish() },
            { [output] in try output.report.map { try WholeFile.write(report.json, to: $0) } },
            { [log] in try log.finish() },
        ]
        for step in steps {
            do {
                try step()
            } catch {
                log.error(SluiceCore.failure(from: error))
                if code == 0 { code = RunOutcome.failed.exitCode }
            }
        }
        return code
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

    /// Refuses more than one thing on standard output.
    func check(sink: Location) throws {
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
