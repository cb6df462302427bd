package import SluiceCore

/// What tells whether a source's object is still the same.
package struct SourceVersion: Sendable, Hashable {
    /// Bytes; nil where the source can't say.
    package var size: Int?
    package var modified: Timestamp?
    package var entityTag: String?

    package init(size: Int? = nil, modified: Timestamp? = nil, entityTag: String? = nil) {
        self.size = size
        self.modified = modified
        self.entityTag = entityTag
    }
}

/// An object whose upload in blocks has begun.
package struct BegunItem: Sendable, Hashable {
    /// The name in the source, relative to its location.
    package var name: ItemName
    package var version: SourceVersion
    /// The name in the sink; nil where it is the same.
    package var sinkName: ItemName?
    /// What the sink needs to go on: a multipart upload's id, a temporary file's name.
    package var session: [UInt8]
    /// How the object is cut, in a form that its writer reads again.
    package var plan: String

    package init(
        name: ItemName,
        version: SourceVersion,
        sinkName: ItemName? = nil,
        session: [UInt8],
        plan: String
    ) {
        self.name = name
        self.version = version
        self.sinkName = sinkName
        self.session = session
        self.plan = plan
    }
}

/// An object that is at the sink, or that isn't coming.
package struct EndedItem: Sendable, Hashable {
    package enum Outcome: Sendable, Hashable {
        case done
        /// Why it was left out, and what failed, in a sentence.
        case skipped(String)
        case failed(String)
    }

    /// The name in the source, relative to its location.
    package var name: ItemName
    package var version: SourceVersion
    /// The name in the sink; nil where it is the same.
    package var sinkName: ItemName?
    package var outcome: Outcome
    /// Bytes of the object in the sink.
    package var bytesWritten: Int
    /// The digest of the bytes in the sink.
    package var digest: Checksum?

    package init(
        name: ItemName,
        version: SourceVersion,
        sinkName: ItemName? = nil,
        outcome: Outcome,
        bytesWritten: Int = 0,
        digest: Checksum? = nil
    ) {
        self.name = name
        self.version = version
        self.sinkName = sinkName
        self.outcome = outcome
        self.bytesWritten = bytesWritten
        self.digest = digest
    }
}

/// A block that the sink has confirmed. It is recorded after it is durable there.
package struct BlockRecord: Sendable, Hashable {
    /// The block's number, its bytes in the sink, their digest, and the sink's own name of it.
    package var receipt: BlockReceipt
    /// Where in the source its bytes come from, and how many they are.
    package var offset: Int
    package var length: Int

    package init(receipt: BlockReceipt, offset: Int, length: Int) {
        self.receipt = receipt
        self.offset = offset
        self.length = length
    }
}

/// What an earlier attempt has left of an item.
package enum ItemState: Sendable, Hashable {
    /// Its upload had begun: `RunLedger.blocks(of:)` has the confirmed blocks.
    case begun(ItemIdentifier, BegunItem)
    /// It is at the sink.
    case done(EndedItem)
}
