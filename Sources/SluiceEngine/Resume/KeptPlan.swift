internal import SluiceLedger

/// What a source decides once for all attempts of a run.
struct KeptPlan: Sendable {
    /// What an earlier attempt has decided; nil where there was none.
    let load: @Sendable () -> [UInt8]?
    let keep: @Sendable ([UInt8]) -> Void

    init(load: @escaping @Sendable () -> [UInt8]?, keep: @escaping @Sendable ([UInt8]) -> Void) {
        self.load = load
        self.keep = keep
    }

    init(_ ledger: RunLedger) {
        self.init(load: { ledger.plan }, keep: { ledger.keep(plan: $0) })
    }
}
