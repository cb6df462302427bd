package import SluiceCore

/// What keeps the ledger from being read or written.
package struct LedgerError: Failure, Hashable {
    package enum Reason: Sendable, Hashable {
        /// Its directory or file can't be made, opened, read or written.
        case unavailable
        /// Its file isn't a ledger, or not any more.
        case damaged
        /// A newer program has changed its form.
        case newer
        /// Another process is at the run.
        case runInUse(RunHolder)
        /// There is no such run.
        case noSuchRun
        /// No space is left for it.
        case full
    }

    package let reason: Reason
    package let what: String
    package let cause: String?
    package let advice: String?

    init(_ reason: Reason, _ what: String, cause: String? = nil, advice: String? = nil) {
        self.reason = reason
        self.what = what
        self.cause = cause
        self.advice = advice
    }

    package var kind: FailureKind {
        switch reason {
        case .unavailable: .inputOutput
        case .damaged: .integrity
        case .newer, .noSuchRun: .usage
        case .runInUse: .precondition
        case .full: .noSpace
        }
    }
}

extension LedgerError {
    static func runInUse(_ run: String, by holder: RunHolder) -> LedgerError {
        LedgerError(
            .runInUse(holder),
            "run \(run) is being worked on by process \(holder.process) on \(holder.host) since \(holder.since.rfc3339)",
            advice: "Wait until that has ended, or stop it"
        )
    }

    static func noSuchRun(_ identifier: String) -> LedgerError {
        LedgerError(.noSuchRun, "there is no run \(identifier) in the ledger", advice: "See sluice runs list")
    }
}
