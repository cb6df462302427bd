
/// An object on its way into a sink: what all its steps share.
package final class Upload: Sendable {
    /// The object's full name in the sink.
    package let name: String
    package let metadata: ObjectMetadata
    package let condition: WriteCondition
    /// Bytes that the whole object will have in the sink; nil where a codec decides it.
    package let size: Int?
    /// The source's time of last change.
    package let modified: Timestamp?
    /// Whether the sink's service copies the bytes by itself.
    package let isCopy: Bool
    /// Whether a symbolic link is to be made, whose target is the object's bytes.
    package let isLink: Bool
    private let held: Locked<(any Sendable)?>

    package init(
        name: String,
        size: Int?,
        metadata: ObjectMetadata = ObjectMetadata(),
        condition: WriteCondition = .none,
        modified: Timestamp? = nil,
        isCopy: Bool = false,
        isLink: Bool = false
    ) {
        self.name = name
        self.size = size
        self.metadata = metadata
        self.condition = condition
        self.modified = modified
        self.isCopy = isCopy
        self.isLink = isLink
        self.held = Locked(nil)
    }

    /// What the sink keeps from `.begin` to `.commit`: an upload's id, a temporary file.
    package var session: (any Sendable)? {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }
}
