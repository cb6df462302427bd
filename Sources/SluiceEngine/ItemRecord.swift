package import SluiceCore
package import SluiceLedger

/// How an item ended, as the manifest and the report tell it.
package struct ItemRecord: Sendable {
    package enum Outcome: Sendable {
        case copied
        /// Not copied, because the sink has it.
        case unchanged
        /// At the sink since an earlier attempt of the same run.
        case resumed
        /// Left out on purpose: it vanished, or something stands there that may not be replaced.
        case skipped(any Failure)
        case failed(any Failure)
    }

    /// The item's name in the source, relative to its location.
    package var name: String
    /// Its name in the sink.
    package let sinkName: String
    package var outcome: Outcome
    /// Bytes read from the source, and bytes of the object in the sink.
    package var bytesRead: Int
    package let bytesWritten: Int
    package let modified: Timestamp?
    /// The digest of the bytes in the sink.
    package let checksum: Checksum?
    /// The sink's own tag of the object.
    package let entityTag: String?
    /// Whether it was read back and found the same.
    package var isReadBack: Bool
    /// Whether the store answered for every byte with a digest that is the one that was sent.
    package var isConfirmedByDigest = false
    /// Whether bytes of the source came from afar, and its service keeps no digest to hold them against.
    package var isSourceUnchecked = false
    /// Whether it is proven that the sink has what the source has.
    package var isVerified: Bool { (isConfirmedByDigest || isReadBack) && !isSourceUnchecked }
    /// The version of the source's object that was copied.
    package var version: SourceItem?
    /// Bytes of the source that an earlier attempt had put, and that were not sent again.
    package var bytesResumed = 0
    /// Bytes of the object in the sink that an earlier attempt had put.
    package var bytesWrittenBefore = 0
    /// Bytes that the sink's service has copied by itself.
    package var bytesCopiedByService = 0
    /// Rows that were copied, where it was made of rows.
    package var rows: RowCount?
    /// The target of a symbolic link that was copied as one.
    package var link: String?
    /// What the ledger knows its upload by; nil where it has no row that ends with it.
    package var ledgerItem: ItemIdentifier?
}
