internal import Glibc
package import SluiceCore

/// A run as the ledger has it.
package struct LedgerRun: Sendable, Hashable {
    /// The ledger's own number of the run: later runs have higher ones.
    package let number: Int
    package let record: RunRecord
    /// A run whose process died is `interrupted`, whatever it wrote last.
    package let status: RunStatus
    /// Nil while it runs, and where its process died.
    package let exitCode: Int32?
    /// When its first attempt began.
    package let started: Timestamp
    /// When its last attempt ended; nil while it runs, and where its process died.
    package let ended: Timestamp?
    /// Who made the last attempt, or makes it.
    package let holder: RunHolder
    /// How often it was begun or gone on with.
    package let attempts: Int
    package let totals: RunTotals

    init(
        number: Int,
        record: RunRecord,
        status: RunStatus,
        exitCode: Int32?,
        started: Timestamp,
        ended: Timestamp?,
        holder: RunHolder,
        attempts: Int,
        totals: RunTotals
    ) {
        self.number = number
        self.record = record
        self.status = status
        self.exitCode = exitCode
        self.started = started
        self.ended = ended
        self.holder = holder
        self.attempts = attempts
        self.totals = totals
    }
}

/// The process that is at a run, or was last.
package struct RunHolder: Sendable, Hashable {
    package let process: Int32
    package let host: String
    /// When the attempt began.
    package let since: Timestamp

    package init(process: Int32, host: String, since: Timestamp) {
        self.process = process
        self.host = host
        self.since = since
    }

    /// This process, from now on.
    static var current: RunHolder {
        // HOST_NAME_MAX of Linux, and the zero behind it.
        var name = [CChar](repeating: 0, count: 65)
        let isKnown = unsafe gethostname(&name, name.count - 1) == 0
        let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return RunHolder(
            process: getpid(),
            host: isKnown ? String(decoding: bytes, as: UTF8.self) : "localhost",
            since: .now
        )
    }
}
