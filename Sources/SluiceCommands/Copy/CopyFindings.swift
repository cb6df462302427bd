internal import SluiceCore
internal import SluiceEngine

/// What follows from how a copy ended: values in, values out.
struct CopyFindings {
    let specification: CopySpecification
    let ending: RunEnding
    let sums: Tally.Reading
    let counts: ItemJournal.Counts

    var outcome: RunOutcome {
        var facts = RunFacts()
        facts.signal = ending.signal
        if ending.isSourceMissing {
            facts.listingFailure = .notFound
        } else {
            facts.startFailure = ending.failure?.kind
        }
        // A listing that did not end and says nothing of it has at any rate not ended.
        if !sums.isListed, facts.listingFailure == nil { facts.listingFailure = listingFailure?.kind ?? .inputOutput }
        facts.sourceIsContainer = specification.source.isContainer
        facts.copied = counts.copied
        facts.skipped = counts.skipped
        facts.unchanged = counts.unchanged + counts.resumed
        facts.failed = counts.failed
        facts.misused = counts.misused
        facts.different = counts.different
        facts.skippedRows = sums.rows?.skipped ?? 0
        return RunOutcome(facts)
    }

    /// Why the listing broke off: the engine tells it under the source's own name.
    private var listingFailure: (any Failure)? {
        let name = specification.source.description
        return sums.errors.last { $0.name == name }?.failure
    }

    /// What ended the run, where that is no item's error.
    var failure: (any Failure)? {
        if let signal = ending.signal { return Interruption(signal: signal) }
        if let failure = ending.failure { return failure }
        if !sums.isListed { return listingFailure }
        return outcome == .nothingMatched ? NothingToCopy(source: specification.source) : nil
    }

    /// Errors of items: those of the run are told apart, and items that a signal cut off are not at fault.
    var itemErrors: [Tally.ItemError] {
        let name = specification.source.description
        return sums.errors.filter { $0.failure.kind != .cancelled && (sums.isListed || $0.name != name) }
    }

    var consistency: RunReport.Consistency {
        if counts.different > 0 { return .found }
        if case .standardStream = specification.sink { return .unsupported }
        guard counts.copied > 0 else { return .notVerified }
        switch specification.verification {
        case .none: return .notVerified
        case .transfer: return counts.confirmedByDigest == counts.copied ? .verified : .notVerified
        case .readback: return counts.readBack == counts.copied ? .verified : .notVerified
        }
    }
}
