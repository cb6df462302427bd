internal import Glibc
internal import SluiceCore
internal import SluiceDigests
internal import SluiceEngine
internal import SluiceJobs
internal import SluicePipeline

/// Copies of a job.
extension JobSession {
    /// Carries a copy out, as one run of the ledger; blocks.
    func copy(_ copy: CopyPlan, of plan: ActivityPlan, _ item: JobItem?, number: Int) throws -> AttemptEnding {
        let place = plan.name.replacing("/", with: "_") + (item.map { "-\($0.number)" } ?? "")
        let mapping = CopyMapping(settings: settings, folder: place + "/" + planner.run.identifier)
        let specification = try mapping.specification(copy)
        guard enter() else { throw Cancelled() }
        defer { leave() }
        try makeFolder(specification.tableSink.badRows)
        let record = CommandRecord(
            job: settings.job,
            activity: plan.name,
            item: item?.number,
            digest: try JobSession.digest(plan)
        )
        // A table that an earlier run has begun may have got other rows since; within one run it has not.
        let isTable = if case .odbc = specification.sink { true } else { specification.table.query != nil }
        let session = try CopySession(specification, .begin(record, resumes: !isTable || number > 0), log)
        let report = session.carryOut { supervise($0, plan.policy.timeout) }
        log.info("\(plan.name): \(RunSummary(report).text)")
        for note in report.sums.notes { log.info("\(plan.name): \(note)") }
        let output = CopyOutput(report: try JSONParser.document(report.json), runtime: settings.runtime)
        let failure = report.jobFailure
        if let failure, report.outcome == .nothingMatched, report.failure == nil { log.error(failure, item: plan.name) }
        return AttemptEnding(output: output.node, failure: failure, outcome: report.outcome)
    }

    /// Waits for a place among the copies that may go on at a time; false where the job was interrupted meanwhile.
    private func enter() -> Bool {
        state.wait { state in
            if state.signal != nil { return false }
            guard state.freePlaces > 0 else { return nil }
            state.freePlaces -= 1
            return true
        }
    }

    private func leave() {
        state.withLock { $0.freePlaces += 1 }
        state.broadcast()
    }

    /// How long a copy that was cancelled may take to end: it waits for hosts that do not answer.
    private static let lastWait = Duration.seconds(120)

    /// Executes a copy until it ends, its time is up, or the job is interrupted.
    private func supervise(_ copy: CopyRun, _ timeout: Duration) -> RunEnding {
        let ending = Monitor<RunEnding?>(nil)
        return underWay({ copy.cancel() }) {
            RunSupervisor(copy).begin { ended in
                ending.withLock { $0 = ended }
                ending.broadcast()
            }
            if let ended = ending.wait(deadline: .now + timeout, until: { $0 }) { return told(ended) }
            copy.cancel()
            var ended = ending.wait(deadline: .now + JobSession.lastWait) { $0 } ?? RunEnding()
            // What had come to its end just then is no failure.
            guard ended.result?.isCancelled != false else { return ended }
            ended.failure = JobTimeout(timeout)
            return ended
        }
    }

    /// With the signal that ended it.
    private func told(_ ending: RunEnding) -> RunEnding {
        guard let signal = state.withLock({ $0.signal }), ending.result?.isCancelled != false else { return ending }
        var ending = ending
        ending.signal = signal
        ending.failure = nil
        return ending
    }

    /// Of all that says what is copied and how; of secrets nothing is in it.
    private static func digest(_ plan: ActivityPlan) throws -> String {
        let open = ActivityPlan(name: plan.name, policy: ActivityPolicy.standard, work: plan.work)
        let words = PlanWords(open).lines.joined(separator: "\n")
        return Hex.encode(try Checksum(.sha256, of: Array(words.utf8).span.bytes).bytes)
    }

    /// Skipped rows go into a folder of this run, which the engine expects to be there.
    private func makeFolder(_ location: Location?) throws {
        guard case .file(let path, _)? = location else { return }
        var folder = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            folder += folder.isEmpty && !path.hasPrefix("/") ? part : "/" + part
            guard !part.isEmpty, mkdir(folder, 0o777) != 0, errno != EEXIST else { continue }
            throw CopyError(
                .inputOutput,
                "the folder \"\(folder)\" for skipped rows can't be made",
                cause: String(cString: strerror(errno))
            )
        }
    }
}

/// An activity that took longer than it may.
struct JobTimeout: Failure {
    let what: String
    var kind: FailureKind { .transient }
    var cause: String? { nil }
    var advice: String? { "Give the activity's policy a longer timeout" }

    init(_ timeout: Duration) {
        what = "the activity was ended after \(timeout.components.seconds) s, its timeout"
    }
}

extension RunReport {
    /// Why the activity failed; nil for a copy that came to its end, even where it left out what may be.
    fileprivate var jobFailure: (any Failure)? {
        switch outcome {
        case .succeeded: return nil
        case .incomplete where sums.filesFailed == 0: return nil
        case .interrupted(let signal): return Interruption(signal: signal)
        case .nothingMatched:
            return failure
                ?? CopyError(.notFound, "nothing in \(source) matches", advice: "Check folders and wildcards")
        case .failed, .misused, .different, .incomplete: break
        }
        guard let first = failure ?? sums.errors.first?.failure else {
            return CopyError(.inputOutput, "the copy of \(source) failed")
        }
        guard failure == nil, sums.filesFailed > 1 else { return first }
        return CopyError(
            first.kind,
            "\(sums.filesFailed) files failed, the first of them so: \(first.what)",
            cause: first.cause,
            advice: first.advice
        )
    }
}
