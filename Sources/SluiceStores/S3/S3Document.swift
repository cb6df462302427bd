/// Some elements of a flat document of S3's, like `InitiateMultipartUploadResult`.
///
/// The root's name is taken without `Result` too: `rclone serve s3` answers `InitiateMultipartUpload`.
struct S3Document {
    private var values: [String: String] = [:]

    /// - Throws: `XMLError` when it is malformed or another document.
    init(_ body: [UInt8], root: String, holding names: [String]) throws(XMLError) {
        var reader = XMLReader(body)
        let tag = try reader.root()
        guard tag.name == root || tag.name + "Result" == root else {
            throw XMLError("a <\(tag.name.prefix(40))> where a <\(root)> should be", at: 0)
        }
        while let child = try reader.child() {
            if names.contains(child.name) { values[child.name] = try reader.text() } else { try reader.skip() }
        }
        try reader.end()
    }

    subscript(_ name: String) -> String? { values[name] }
}
