package import SluiceCore

/// How an item ended, as the manifest and the report tell it.
package struct ItemRecord: Sendable {
    package enum Outcome: Sendable {
        case copied
        /// Not copied, because the sink has it.
        case unchanged
        /// Left out on purpose: it vanished, or something stands there that may not be replaced.
        case skipped(any Failure)
        case failed(any Failure)
    }

    /// The item's name in the source, relative to its location.
    package let name: String
    /// Its name in the sink.
    package let sinkName: String
    package let outcome: Outcome
    /// Bytes read from the source, and bytes of the object in the sink.
    package let bytesRead: Int
    package let bytesWritten: Int
    package let modified: Timestamp?
    /// The digest of the bytes in the sink.
    package let checksum: Checksum?
    /// The sink's own tag of the object.
    package let entityTag: String?
    /// Whether it was read back and found the same.
    package let isReadBack: Bool
    /// Whether the store answered for every byte with a digest that is the one that was sent.
    package let isConfirmedByDigest: Bool
    /// The version of the source's object that was copied.
    package var version: SourceItem?
}
