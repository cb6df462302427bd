/// An object on its way into a sink: what all its steps share.
package final class Upload: Sendable {
    /// The object's full name in the sink.
    package let name: String
    private let kept: Locked<Kept>
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
        kept = Locked(Kept(metadata: metadata))
        self.condition = condition
        self.modified = modified
        self.isCopy = isCopy
        self.isLink = isLink
        self.held = Locked(nil)
    }

    /// What is kept beside the bytes.
    private struct Kept: Sendable {
        var metadata: ObjectMetadata
        /// Brings it, where it comes late.
        var late: (@Sendable () throws -> ObjectMetadata)?
    }

    /// What the sink keeps beside the bytes. Of an object that is put by one step it may be set until that step goes.
    package var metadata: ObjectMetadata {
        get { kept.withLock { $0.metadata } }
        set { kept.withLock { $0 = Kept(metadata: newValue) } }
    }

    /// Lets the metadata come by `ask`, which blocks, when a sink that wants them last asks for them.
    package func setMetadata(late ask: @escaping @Sendable () throws -> ObjectMetadata) { kept.withLock { $0.late = ask } }

    /// Sees to it that `metadata` has what comes late; blocks. For sinks that take it behind the bytes.
    package func awaitMetadata() throws {
        guard let ask = kept.withLock({ $0.late }) else { return }
        metadata = try ask()
    }

    /// What the sink keeps from `.begin` to `.commit`: an upload's id, a temporary file.
    package var session: (any Sendable)? {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }
}
