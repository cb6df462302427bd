import SluiceLedger

extension RunRecord {
    /// A run of which nothing but its identifier matters.
    static func ofTest(_ identifier: String) -> RunRecord {
        RunRecord(
            identifier: identifier,
            command: "copy",
            source: "s",
            sink: "d",
            specification: "",
            fingerprint: [1],
            version: "1"
        )
    }
}
