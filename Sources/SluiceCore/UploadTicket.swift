/// What another process needs to go on with an upload that has begun: a multipart upload's id, a temporary file's name.
///
/// Only the sink that wrote it reads it. It is kept on disk, so it never holds a secret.
package struct UploadTicket: Sendable, Hashable {
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }
}

/// A block that an earlier process had confirmed.
package struct KnownBlock: Sendable, Hashable {
    package let receipt: BlockReceipt
    /// Where its bytes are in the sink's object.
    package let offset: Int

    package init(receipt: BlockReceipt, offset: Int) {
        self.receipt = receipt
        self.offset = offset
    }
}

/// What a sink still has of an upload of an earlier process.
package enum TakenUpload: Sendable {
    /// The upload is there, with these of the blocks that were known.
    case open([BlockReceipt])
    /// The object is there already: its commit took effect, and only the answer was lost.
    case committed(entityTag: String?)
    /// Nothing: everything has to be sent again.
    case forgotten
}
