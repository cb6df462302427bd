/// What a store keeps beside an object's bytes.
package struct ObjectMetadata: Hashable, Sendable {
    package var contentType: String?
    package var contentEncoding: String?
    package var contentLanguage: String?
    package var contentDisposition: String?
    package var cacheControl: String?
    /// The user's own pairs; names in lower case.
    package var user: [String: String]
    /// POSIX permission bits, for a sink that is a file system.
    package var permissions: UInt32?

    package init(contentType: String? = nil, contentEncoding: String? = nil, user: [String: String] = [:]) {
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.user = user
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
