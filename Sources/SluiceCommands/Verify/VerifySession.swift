internal import Dispatch
internal import Glibc
internal import SluiceCore
internal import SluiceEngine
internal import SluicePipeline

/// A comparison as a user sees it: the run, its lines, its summary, its report, and its exit code.
final class VerifySession {
    private let specification: CopySpecification
    private let output: OutputArguments
    private let log: Log
    private let journal: VerifyJournal
    private let verification: VerifyRun
    private let start = Timestamp.now

    /// Compares; the exit code.
    /// - Parameter manifest: an earlier copy's, instead of the source.
    static func run(
        _ specification: CopySpecification,
        manifest: String?,
        _ reads: Bool,
        _ findsExtra: Bool,
        _ output: OutputArguments
    ) throws -> Int32 {
        try VerifySession(specification, manifest, reads, findsExtra, output).run()
    }

    private init(
        _ specification: CopySpecification,
        _ manifest: String?,
        _ reads: Bool,
        _ findsExtra: Bool,
        _ output: OutputArguments
    ) throws {
        self.specification = specification
        self.output = output
        if let report = output.report { try WholeFile.check(report) }
        log = try Log(format: output.logFormat, threshold: output.threshold, file: output.logFile)
        let journal = try VerifyJournal(manifest: output.manifest, log: log)
        self.journal = journal
        verification = VerifyRun(specification, manifest: manifest, reads: reads, findsExtra: findsExtra) {
            journal.add($0)
        }
    }

    /// How a comparison came to its end.
    private struct Ending: Sendable {
        var hasEnded = false
        var failure: (any Failure)?
        var signal: Int32?
    }

    /// From the signal on: a comparison writes nothing that it would have to take back.
    private static let patience = Duration.milliseconds(500)

    private func run() -> Int32 {
        let clock = ContinuousClock.now
        let state = Monitor(Ending())
        InterruptWatch.start { [verification] signal in
            state.withLock { $0.signal = signal }
            verification.cancel()
            state.broadcast()
        }
        Worker("run").run(in: DispatchGroup()) { [verification] in
            var failure: (any Failure)?
            do { try verification.execute() } catch { failure = SluiceCore.failure(from: error) }
            state.withLock { [failure] in
                $0.hasEnded = true
                $0.failure = failure
            }
            state.broadcast()
        }
        _ = state.wait { $0.hasEnded || $0.signal != nil ? true : nil }
        let deadline = ContinuousClock.now + VerifySession.patience
        _ = state.wait(deadline: deadline) { $0.hasEnded ? true : nil }
        let ending = state.withLock { $0 }
        let report = makeReport(ending, ContinuousClock.now - clock)
        tell(report)
        let code = report.write(output, log, finishing: journal.finish)
        // Threads may still hang in a request; exit(3) would take libraries from under them.
        if ending.signal != nil { _exit(code) }
        return code
    }

    private func makeReport(_ ending: Ending, _ duration: Duration) -> RunReport {
        let counts = verification.counts
        var facts = RunFacts()
        facts.signal = ending.signal
        facts.listingFailure = ending.signal == nil ? ending.failure?.kind : nil
        facts.sourceIsContainer = specification.source.isContainer
        facts.copied = counts.same
        facts.different = counts.different
        facts.failed = counts.failed + counts.different
        facts.misused = journal.errors.count { $0.failure.kind == .usage }
        let outcome = RunOutcome(facts)
        var report = RunReport(
            specification,
            command: "verify",
            version: Program.version,
            outcome: outcome,
            startedAt: start,
            duration: duration
        )
        report.add(counts, errors: journal.errors)
        report.usage = .current
        if let signal = ending.signal {
            report.failure = Interruption(signal: signal, advice: "Compare again: what was told so far holds")
        } else {
            report.failure =
                ending.failure ?? (outcome == .nothingMatched ? NothingToCompare(source: specification.source) : nil)
        }
        return report
    }

    private func tell(_ report: RunReport) {
        if let failure = report.failure { log.error(failure) }
        output.tellOfMore(journal.untold, log)
        let counts = verification.counts
        guard counts.same + counts.different + counts.failed > 0 else { return }
        log.info(VerifySummary(counts, report.duration).text)
    }
}

/// A source in which there is nothing to compare.
struct NothingToCompare: Failure, Equatable {
    let source: Location

    var kind: FailureKind { .notFound }
    var what: String { "there is nothing to compare in \"\(source)\"" }
    var cause: String? { nil }
    var advice: String? { "Check the path and the options that select" }
}

/// The last line of a comparison: how many objects were compared how, so that the same size is not taken for the same
/// bytes.
struct VerifySummary {
    private let counts: VerifyCounts
    private let duration: Duration

    init(_ counts: VerifyCounts, _ duration: Duration) {
        self.counts = counts
        self.duration = duration
    }

    var text: String {
        let all = counts.same + counts.different + counts.failed
        var text = "Compared \(all) \(all == 1 ? "object" : "objects") in \(RunSummary.time(duration)): \(same)"
        if counts.different > 0 { text += "; \(differences)" }
        if counts.failed > 0 { text += "; \(counts.failed) could not be compared" }
        text += "."
        if counts.bySize > 0 { text += " What has the same size may have other bytes: --read compares them." }
        return text
    }

    private var same: String {
        guard counts.same > 0 else { return "none is the same" }
        var ways: [String] = []
        if counts.byDigest > 0 { ways.append("\(counts.byDigest) by digest") }
        if counts.byReading > 0 { ways.append("\(counts.byReading) by reading") }
        let proven =
            ways.isEmpty ? nil : "\(counts.byDigest + counts.byReading) the same (\(ways.joined(separator: ", ")))"
        let unproven = counts.bySize > 0 ? "\(counts.bySize) of the same size only" : nil
        return [proven, unproven].compactMap { $0 }.joined(separator: ", ")
    }

    private var differences: String {
        let kinds = [
            (counts.missing, "missing"), (counts.sizeDiffers, "of another size"),
            (counts.contentDiffers, "of other content"),
            (counts.extra, "at the sink only"),
        ]
        let parts = kinds.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return "\(counts.different) different (\(parts.joined(separator: ", ")))"
    }
}
