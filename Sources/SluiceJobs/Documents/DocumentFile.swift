/// A file of a job, as it was read by whoever may.
package struct DocumentFile: Sendable {
    package let path: String
    package let bytes: [UInt8]
    /// Whether its mode lets the group or others read it, so that it must not hold a secret.
    package let isReadableByOthers: Bool

    package init(path: String, bytes: [UInt8], isReadableByOthers: Bool) {
        self.path = path
        self.bytes = bytes
        self.isReadableByOthers = isReadableByOthers
    }
}

/// Reads a file; nil where there is none.
package typealias DocumentReader = (_ path: String) throws -> DocumentFile?
