/// A key in bytes that can't be printed by accident.
struct SecretBytes: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The key itself: for signing, never for a message.
    let value: [UInt8]

    init(_ value: [UInt8]) { self.value = value }

    var description: String { "…" }
    var debugDescription: String { "…" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
