internal import Dispatch
internal import Glibc
internal import SluiceBench
internal import SluiceCore
internal import SluiceEngine
internal import SluicePipeline

/// A bench as a user sees it: what it does now, its table and its files, and its exit code.
final class BenchSession: Sendable {
    private let options: BenchOptions
    private let json: String?
    private let html: String?
    private let isQuiet: Bool

    private struct State: Sendable {
        var report: BenchReport?
        var failure: (any Failure)?
        var signal: Int32?
        var hasEnded: Bool { report != nil || failure != nil }
    }

    /// - Parameters:
    ///   - json: where the figures are written.
    ///   - html: where the page is written.
    init(_ options: BenchOptions, json: String?, html: String?, isQuiet: Bool) {
        self.options = options
        self.json = json
        self.html = html
        self.isQuiet = isQuiet
    }

    /// From the signal on: removing what was put into a sink may take some round trips. A second signal ends it.
    private static let patience = Duration.seconds(20)

    /// Runs to the end; the exit code.
    func run() -> Int32 {
        let ending = measure()
        if !isQuiet { StandardError.shared.clearBar() }
        if let signal = ending.signal {
            let whole = "interrupted; what the bench had made is taken back"
            let cut = "interrupted before all was taken back: objects named sluice-bench-… may be left in the sink"
            StandardError.shared.write("\(Program.name): \(ending.hasEnded ? whole : cut)\n")
            // The removal is an error of its own where it failed.
            if let failure = ending.failure, failure.kind != .cancelled { tell(failure) }
            // Threads may still hang in a read that gives nothing; exit(3) would take libraries from under them.
            _exit(RunOutcome.interrupted(signal: signal).exitCode)
        }
        guard let report = ending.report else {
            let failure = ending.failure ?? Cancelled()
            tell(failure)
            return BenchSession.outcome(of: failure).exitCode
        }
        return write(report)
    }

    private func tell(_ failure: any Failure) {
        StandardError.shared.write("\(Program.name): \(failure.description.printable)\n")
    }

    private static func outcome(of failure: any Failure) -> RunOutcome {
        if failure.kind == .usage { return .misused }
        return failure.kind == .notFound && failure is BenchError ? .nothingMatched : .failed
    }

    /// Measures on a thread of its own, and waits for its end or for a signal.
    private func measure() -> State {
        let state = Monitor(State())
        let bench = BenchRun(options) { [isQuiet] step in
            if !isQuiet { BenchSession.show(step) }
        }
        InterruptWatch.start { signal in
            state.withLock { $0.signal = signal }
            bench.cancel()
            state.broadcast()
        }
        Worker("bench").run(in: DispatchGroup()) {
            do {
                let report = try bench.execute()
                state.withLock { $0.report = report }
            } catch {
                let failure = SluiceCore.failure(from: error)
                state.withLock { $0.failure = failure }
            }
            state.broadcast()
        }
        _ = state.wait { $0.hasEnded || $0.signal != nil ? true : nil }
        _ = state.wait(deadline: .now + BenchSession.patience) { $0.hasEnded ? true : nil }
        return state.withLock { $0 }
    }

    /// In the last line of a terminal, and as lines elsewhere.
    private static func show(_ step: BenchStep) {
        if Terminal.isCapable {
            let round = step.round.map { ", round \($0) of \(step.rounds ?? $0)" } ?? ""
            StandardError.shared.draw(bar: "Measuring \(step.name)\(round) …")
        } else if step.round == nil {
            StandardError.shared.write("measuring \(step.name)\n")
        }
    }

    /// Prints the table and writes the files; the exit code.
    private func write(_ report: BenchReport) -> Int32 {
        do {
            if json != "-", html != "-" { StandardOutput.write(TextReport(report).text.printableLines) }
            if let json { try WholeFile.write(try report.json(), to: json) }
            if let html { try WholeFile.write(Array(PageReport(report).html.utf8), to: html) }
            return RunOutcome.succeeded.exitCode
        } catch {
            tell(SluiceCore.failure(from: error))
            return RunOutcome.failed.exitCode
        }
    }
}

extension String {
    /// The text with control characters in its lines escaped.
    var printableLines: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }.joined(separator: "\n")
    }
}
