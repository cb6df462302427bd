internal import SluiceEngine
internal import SluiceLedger

extension RunOutcome {
    /// How the ledger calls it.
    var ledgerStatus: RunStatus {
        switch self {
        case .succeeded: .succeeded
        case .incomplete, .different: .partial
        case .interrupted: .interrupted
        case .failed, .misused, .nothingMatched: .failed
        }
    }
}

extension RunReport {
    /// What this attempt has moved.
    var ledgerBytes: RunBytes {
        RunBytes(read: sums.bytesRead, written: sums.bytesWritten, resumed: sums.bytesResumed)
    }
}
