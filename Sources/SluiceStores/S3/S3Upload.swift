package import SluiceCore

/// What S3 needs of a multipart upload between its steps; it is kept in `Upload.session`.
package struct S3Upload: Sendable, Hashable {
    /// The upload's id, as `CreateMultipartUpload` answered it.
    package let id: String
    /// The digest that the upload was started with, which its parts have to have; nil for none.
    package let checksum: ChecksumAlgorithm?
    /// When it was started, by this machine's clock; nil where that is not known.
    package let began: Timestamp?

    package init(id: String, checksum: ChecksumAlgorithm?, began: Timestamp? = nil) {
        self.id = id
        self.checksum = checksum
        self.began = began
    }
}
