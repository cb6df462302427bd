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
        let mapping = mapping(of: plan, item)
        var specification = try mapping.specification(copy)
        guard enter() else { throw Cancelled() }
        defer { leave() }
        let increment = try increment(of: copy, plan, item, specification)
        increment?.bound(&specification)
        let list = try FileList(copy.source.list, specification)
        defer { withExtendedLifetime(list) {} }
        if let list { specification.filesFrom = list.path }
        try makeFolder(specification.tableSink.badRows)
        let kept = try begunLog(copy, mapping)
        defer { kept?.finish() }
        let witness = CopyWitness(kept.map { CopyLog($0, tellsAll: copy.log?.tellsAll ?? false, copy.ends) })
        specification.observer = witness
        // A table that an earlier run has begun may have got other rows since; within one run it has not.
        let isTable = if case .odbc = specification.sink { true } else { specification.table.query != nil }
        let record = try record(of: plan, item)
        let session = try CopySession(specification, .begin(record, resumes: !isTable || number > 0), log)
        let report = session.carryOut { run in
            // What must be told and can't be is not to go on.
            if copy.log?.isReliable == true { kept?.onFailure { run.cancel() } }
            return supervise(run, plan.policy.timeout)
        }
        kept?.finish()
        log.info("\(plan.name): \(RunSummary(report).text)")
        for note in copy.notes + report.sums.notes { log.info("\(plan.name): \(note)") }
        var ending = try ending(of: report, plan.name, witness, kept, isIncremental: increment != nil)
        if let failure = kept?.failure {
            if copy.log?.isReliable == true { return AttemptEnding(output: ending.output, failure: failure) }
            log.write(.init(level: .warning, text: "\(plan.name): \(failure.description)", code: failure.kind.rawValue))
        }
        if ending.failure == nil, let increment { confirm(increment, plan.name, witness, &ending) }
        return ending
    }

    private func ending(
        of report: RunReport,
        _ name: String,
        _ witness: CopyWitness,
        _ kept: StoreLog?,
        isIncremental: Bool
    ) throws -> AttemptEnding {
        let output = CopyOutput(
            report: try JSONParser.document(report.json),
            runtime: settings.runtime,
            logFile: kept?.location.description,
            hasSkippedInconsistent: witness.counts.inconsistent > 0
        )
        // All there is was seen, and nothing of it is new.
        if isIncremental, report.outcome == .nothingMatched, report.sums.isListed {
            return AttemptEnding(output: output.node)
        }
        let failure = report.jobFailure
        if let failure, report.outcome == .nothingMatched, report.failure == nil { log.error(failure, item: name) }
        return AttemptEnding(output: output.node, failure: failure, outcome: report.outcome)
    }

    /// How the ledger knows the copy.
    private func record(of plan: ActivityPlan, _ item: JobItem?) throws -> CommandRecord {
        let digest = try JobSession.digest(plan, isIncremental: settings.isIncremental)
        return CommandRecord(job: settings.job, activity: plan.name, item: item?.number, digest: digest)
    }

    // MARK: Increments

    /// What a copy takes where it takes only what is new; nil where it takes all.
    private func increment(
        of copy: CopyPlan,
        _ plan: ActivityPlan,
        _ item: JobItem?,
        _ specification: CopySpecification
    ) throws -> JobIncrements.Increment? {
        guard let increments else { return nil }
        return try asking("watermark", plan.policy.timeout) {
            try increments.increment(of: copy, plan.name, item, specification)
        }
    }

    /// Moves the watermark of a copy that the sink has confirmed.
    private func confirm(
        _ increment: JobIncrements.Increment,
        _ name: String,
        _ witness: CopyWitness,
        _ ending: inout AttemptEnding
    ) {
        let left = witness.counts.left
        guard left == 0 else {
            let files = left == 1 ? "1 file was skipped" : "\(left) files were skipped"
            return log.info("\(name): \(files), so that the next incremental run takes the same again, and what is new")
        }
        do {
            if let note = try increments?.confirm(increment) { log.info("\(name): \(note)") }
        } catch {
            ending.outcome = .incomplete
            log.error(SluiceCore.failure(from: error), item: name)
        }
    }

    // MARK: Parts

    /// What makes of an activity's plan what the engine is asked for.
    func mapping(of plan: ActivityPlan, _ item: JobItem?) -> CopyMapping {
        let place = plan.name.replacing("/", with: "_") + (item.map { "-\($0.number)" } ?? "")
        return CopyMapping(settings: settings, folder: place + "/" + planner.run.identifier)
    }

    /// The log of a copy, which is in its place by now; nil where there is none. Blocks.
    private func begunLog(_ copy: CopyPlan, _ mapping: CopyMapping) throws -> StoreLog? {
        guard let plan = copy.log, let place = try mapping.log(copy) else { return nil }
        return try StoreLog.begun(place, head: CopyLog.head, isReliable: plan.isReliable)
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
    private static func digest(_ plan: ActivityPlan, isIncremental: Bool) throws -> String {
        let open = ActivityPlan(name: plan.name, policy: ActivityPolicy.standard, work: plan.work)
        let words = (PlanWords(open).lines + (isIncremental ? ["what is new"] : [])).joined(separator: "\n")
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

extension CopyPlan.Source {
    /// The list of files to take; nil for none.
    fileprivate var list: Location? {
        if case .objects(let source) = self { source.selection.filesFrom } else { nil }
    }
}

extension CopyPlan {
    /// Which of its ends are files.
    fileprivate var ends: CopyLog.Ends {
        let isTable = if case .table = source { true } else { false }
        let isLoad = if case .table = sink { true } else { false }
        return CopyLog.Ends(readsFiles: !isTable, writesFiles: !isLoad)
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
