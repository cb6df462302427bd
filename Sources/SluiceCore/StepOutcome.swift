/// What a sink says of a confirmed block.
package struct BlockReceipt: Sendable, Hashable {
    package let ordinal: Int
    /// Bytes of the block in the sink.
    package let length: Int
    package let checksum: Checksum?
    /// The sink's own name of the block: an entity tag, a block id.
    package let tag: String

    package init(ordinal: Int, length: Int, checksum: Checksum?, tag: String) {
        self.ordinal = ordinal
        self.length = length
        self.checksum = checksum
        self.tag = tag
    }
}

/// What came of a step that succeeded.
package struct StepOutcome: Sendable {
    /// The block's or object's tag, where the sink gives one.
    package var tag: String?
    /// Bytes that crossed the network for it, bodies only.
    package var bytesSent: Int
    /// The digest that the sink says the object has, where it says one.
    package var storedChecksum: Checksum?
    /// The digest of the bytes that were sent, where the step asked for it to be computed on the way.
    package var sentChecksum: Checksum?

    package init(tag: String? = nil, bytesSent: Int = 0, storedChecksum: Checksum? = nil) {
        self.tag = tag
        self.bytesSent = bytesSent
        self.storedChecksum = storedChecksum
    }
}

/// How a step ended.
package enum StepResult: Sendable {
    case confirmed(StepOutcome)
    case failed(any Failure)
}
