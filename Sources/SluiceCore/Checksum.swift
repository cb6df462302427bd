/// The digests that stores check and manifests name.
package enum ChecksumAlgorithm: String, Sendable, CaseIterable {
    /// CRC-32C (Castagnoli), reflected; 4 bytes, most significant first (S3's `x-amz-checksum-crc32c`).
    case crc32c
    /// CRC-64/NVME, reflected; 8 bytes, most significant first (S3's `x-amz-checksum-crc64nvme`).
    /// Azure's `x-ms-content-crc64` is the same value with its bytes reversed.
    case crc64nvme
    /// MD5 (RFC 1321), 16 bytes.
    case md5
    /// SHA-256 (FIPS 180-4), 32 bytes.
    case sha256

    /// Bytes of a digest.
    package var length: Int {
        switch self {
        case .crc32c: 4
        case .crc64nvme: 8
        case .md5: 16
        case .sha256: 32
        }
    }
}

/// A digest of some bytes.
package struct Checksum: Hashable, Sendable {
    package let algorithm: ChecksumAlgorithm
    /// The digest, most significant byte first.
    package let bytes: [UInt8]

    package init(algorithm: ChecksumAlgorithm, bytes: [UInt8]) {
        self.algorithm = algorithm
        self.bytes = bytes
    }

    /// A CRC as its most-significant-first bytes.
    package init<Value: FixedWidthInteger>(algorithm: ChecksumAlgorithm, value: Value) {
        self.algorithm = algorithm
        self.bytes = (0..<Value.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    package var base64: String { Base64.encode(bytes) }
    package var hex: String { Hex.encode(bytes) }
}
