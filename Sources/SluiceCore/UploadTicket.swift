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

/// A block that a sink has and that its sender has not heard of: it ended after the one had confirmed it, and before it
/// was recorded.
package struct UnheardBlock: Sendable, Hashable {
    /// Without a digest.
    package let receipt: BlockReceipt
    /// The digest that the sink has of its bytes; nil where its name is one that nobody else can have given.
    package let digest: Checksum?

    package init(receipt: BlockReceipt, digest: Checksum?) {
        self.receipt = receipt
        self.digest = digest
    }
}

/// What a sink still has of an upload of an earlier process.
package enum TakenUpload: Sendable {
    /// The upload is there, with these of the blocks that were known and with these that were not.
    case open([BlockReceipt], unheard: [UnheardBlock] = [])
    /// The object is there already: its commit took effect, and only the answer was lost.
    case committed(entityTag: String?)
    /// Nothing: everything has to be sent again.
    case forgotten
}
