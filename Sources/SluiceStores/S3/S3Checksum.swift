internal import SluiceCore

extension ChecksumAlgorithm {
    /// The header that carries this digest of a body to and from S3.
    ///
    /// Source: Amazon S3 API Reference, "PutObject"; MD5 is RFC 1864's.
    var s3Header: String {
        switch self {
        case .crc32c: "x-amz-checksum-crc32c"
        case .crc64nvme: "x-amz-checksum-crc64nvme"
        case .sha256: "x-amz-checksum-sha256"
        case .md5: "content-md5"
        }
    }

    /// As `x-amz-checksum-algorithm` and the report name it; nil for MD5, which S3 doesn't take there.
    var s3Name: String? {
        switch self {
        case .crc32c: "CRC32C"
        case .crc64nvme: "CRC64NVME"
        case .sha256: "SHA256"
        case .md5: nil
        }
    }

    /// The element that carries it in a multipart upload's documents.
    var s3Element: String? { s3Name.map { "Checksum" + $0 } }

    /// Whether S3 makes the digest of the whole object from those of its parts (CRCs), or one of digests.
    ///
    /// Source: Amazon S3 User Guide, "Checking object integrity": FULL_OBJECT and COMPOSITE.
    var isCombinable: Bool { self == .crc32c || self == .crc64nvme }

    /// The digest that an answer's header holds; nil when it has none, or one of digests.
    func s3Checksum(in response: HTTPResponse) -> Checksum? { s3Checksum(text: response[s3Header]) }

    func s3Checksum(text: String?) -> Checksum? {
        guard s3Name != nil, let text, let bytes = Base64.decode(text), bytes.count == length else { return nil }
        return Checksum(algorithm: self, bytes: bytes)
    }
}
