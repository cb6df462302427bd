internal import SluiceCore
internal import SluiceEngine
internal import SluiceLedger

/// Enters a run into the ledger, or finds there the interrupted one that it goes on with.
///
/// A run goes on without a ledger where there can't be one, and says so.
struct RunRegister {
    /// A run as it was entered.
    struct Entry {
        let identifier: RunIdentifier
        /// Nil where there is no ledger.
        let ledger: RunLedger?
        /// Where the first half of a staged copy is recorded; nil where there is none.
        var unload: RunLedger?
        /// What it goes on with; nil for a new run.
        let earlier: LedgerRun?
    }

    private let environment: [String: String]
    private let log: Log

    init(environment: [String: String], log: Log) {
        self.environment = environment
        self.log = log
    }

    static func open(_ environment: [String: String]) throws -> Ledger {
        try Ledger(in: LedgerDirectory(environment: environment))
    }

    /// Enters a copy, which goes on with an earlier one that was interrupted or failed if there is any and `resumes`.
    ///
    /// - Throws: when another process is at the same copy.
    func enter(_ command: CommandRecord, _ specification: CopySpecification, start: Timestamp, resumes: Bool) throws -> Entry {
        let identifier = RunIdentifier(start: start)
        do {
            let ledger = try RunRegister.open(environment)
            try ledger.tidy()
            var command = command
            command.services = try specification.servicesOfEnvironment()
            let fingerprint = try command.fingerprint()
            if resumes, let earlier = try ledger.interrupted(fingerprint: fingerprint), earlier.status != .partial {
                return try resume(earlier, ledger)
            }
            let record = RunRecord(
                identifier: identifier.description,
                command: "copy",
                source: specification.source.description,
                sink: specification.sink.description,
                specification: command.text,
                fingerprint: fingerprint,
                version: Program.version
            )
            let begun = try ledger.begin(record, onProblem: tell)
            let unload = try specification.staging.map { try ledger.begin(RunRegister.unload(of: record, $0), onProblem: tell) }
            return Entry(identifier: identifier, ledger: begun, unload: unload, earlier: nil)
        } catch let error as LedgerError {
            if case .runInUse = error.reason { throw RunTaken(error) }
            tell(error)
            return Entry(identifier: identifier, ledger: nil, earlier: nil)
        }
    }

    /// Goes on with a run.
    func resume(_ run: LedgerRun, _ ledger: Ledger) throws -> Entry {
        let identifier = RunIdentifier(run.record.identifier)
        do {
            let resumed = try ledger.resume(run.record.identifier, onProblem: tell)
            var unload: RunLedger?
            if let half = try ledger.unload(of: run.record.identifier) { unload = try ledger.resume(half, onProblem: tell) }
            return Entry(identifier: identifier, ledger: resumed, unload: unload, earlier: run)
        } catch {
            if case .runInUse = error.reason { throw RunTaken(error) }
            throw error
        }
    }

    /// The first half of a staged copy, as a run that belongs to another.
    private static func unload(of record: RunRecord, _ staging: StagingOptions) -> RunRecord {
        var unload = record
        unload.identifier = Ledger.unloadIdentifier(of: record.identifier)
        unload.command = Ledger.unload
        unload.sink = staging.location.description
        unload.fingerprint = []
        return unload
    }

    private var tell: @Sendable (LedgerError) -> Void {
        { [log] error in log.write(.init(level: .warning, text: "\(error.description). This run can't be resumed", code: error.kind.rawValue)) }
    }
}

/// Two processes can't be at one run.
struct RunTaken: Failure {
    let what: String
    let advice: String?
    var cause: String? { nil }
    /// Nothing was touched.
    var kind: FailureKind { .usage }

    init(_ error: LedgerError) {
        what = error.what
        advice = error.advice
    }
}
