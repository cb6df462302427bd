package import SluiceCore

/// How a run ended, in the terms of the exit codes.
package enum RunOutcome: Hashable, Sendable {
    /// Everything asked for is at the sink and confirmed.
    case succeeded
    /// Nothing was copied, or what was to be copied could not be found out.
    case failed
    /// The command line or the configuration is wrong; nothing was touched.
    case misused
    /// It went to its end, and some items failed or were skipped.
    case incomplete
    /// What was read back differs from what was sent.
    case different
    /// The source matched nothing.
    case nothingMatched
    /// A signal ended it.
    case interrupted(signal: Int32)

    /// The contract's exit code.
    package var exitCode: Int32 {
        switch self {
        case .succeeded: 0
        case .failed: 1
        case .misused: 2
        case .incomplete: 3
        case .different: 4
        case .nothingMatched: 5
        case .interrupted(let signal): 128 + signal
        }
    }

    /// The word that the report has for it.
    package var status: String {
        switch self {
        case .succeeded: "Succeeded"
        case .failed, .misused: "Failed"
        case .incomplete: "Incomplete"
        case .different: "Different"
        case .nothingMatched: "NothingMatched"
        case .interrupted: "Cancelled"
        }
    }
}

/// What the outcome is decided from.
package struct RunFacts: Sendable {
    /// The signal that asked the run to end.
    package var signal: Int32?
    /// Why the run could not start.
    package var startFailure: FailureKind?
    /// Why the listing broke off.
    package var listingFailure: FailureKind?
    /// Whether the location is a place of its own (a bucket, a container), so that its absence is no empty match.
    package var sourceIsContainer = false
    package var copied = 0
    package var skipped = 0
    /// Items that the sink had already: they are there as asked for.
    package var unchanged = 0
    /// Items that failed.
    package var failed = 0
    /// Failed items for which the command line or the configuration is to blame.
    package var misused = 0
    /// Failed items that differ from what was sent when they were read back.
    package var different = 0
    /// Rows that were skipped.
    package var skippedRows = 0

    package init() {}
}

extension RunOutcome {
    /// What follows from `facts`.
    package init(_ facts: RunFacts) {
        if let signal = facts.signal {
            self = .interrupted(signal: signal)
        } else if let kind = facts.startFailure {
            self = kind == .usage ? .misused : .failed
        } else if let kind = facts.listingFailure {
            self = RunOutcome(listingFailure: kind, facts)
        } else if facts.copied + facts.unchanged + facts.skipped + facts.failed == 0 {
            self = .nothingMatched
        } else if facts.different > 0 {
            self = .different
        } else if facts.failed + facts.skipped + facts.skippedRows == 0 {
            self = .succeeded
        } else if facts.copied + facts.unchanged == 0, facts.failed > 0 {
            self = facts.misused == facts.failed && facts.skipped == 0 ? .misused : .failed
        } else {
            self = .incomplete
        }
    }

    /// A listing that broke off leaves unknown what else there was, so a run with copied items has failed too.
    private init(listingFailure kind: FailureKind, _ facts: RunFacts) {
        switch kind {
        case _ where facts.copied + facts.unchanged + facts.skipped + facts.failed > 0: self = .failed
        case .notFound where !facts.sourceIsContainer: self = .nothingMatched
        case .usage: self = .misused
        default: self = .failed
        }
    }
}
