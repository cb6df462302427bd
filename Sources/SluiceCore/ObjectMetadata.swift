/// What a store keeps beside an object's bytes.
package struct ObjectMetadata: Hashable, Sendable {
    package var contentType: String?
    package var contentEncoding: String?
    package var contentLanguage: String?
    package var contentDisposition: String?
    package var cacheControl: String?
    /// The user's own pairs; names in lower case.
    package var user: [String: String]
    /// POSIX permission bits, owner and time of last change: of files, and for a sink that is a file system.
    package var permissions: UInt32?
    package var owner: FileOwner?
    package var modified: Timestamp?

    package init(contentType: String? = nil, contentEncoding: String? = nil, user: [String: String] = [:]) {
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.user = user
    }
}

/// The numbers of a file's user and group.
package struct FileOwner: Hashable, Sendable {
    package let user: UInt32
    package let group: UInt32

    package init(user: UInt32, group: UInt32) {
        self.user = user
        self.group = group
    }
}

/// What must hold at the destination when an object is committed.
package enum WriteCondition: Hashable, Sendable {
    /// Whatever stands there is replaced.
    case none
    /// Nothing may stand there.
    case absent
    /// What stands there must still have this entity tag.
    case unchanged(entityTag: String)
}
