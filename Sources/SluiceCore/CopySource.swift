/// An object as its own service knows it, for that service to copy by itself: its bytes need not come through us.
///
/// Only the store that it is of reads it. A class, because a step that held a value of any size could not be taken apart.
package protocol CopySource: AnyObject, Sendable {
    /// The version to copy: another one is refused.
    var entityTag: String { get }
}

/// A range of an object that the sink's service is to copy by itself.
package struct CopyRange: Sendable {
    package let source: any CopySource
    /// Where the range begins in the source.
    package let offset: Int
    /// The digest of the whole source as its service keeps it; nil where it keeps none.
    package let digest: Checksum?

    package init(source: any CopySource, offset: Int, digest: Checksum?) {
        self.source = source
        self.offset = offset
        self.digest = digest
    }
}
