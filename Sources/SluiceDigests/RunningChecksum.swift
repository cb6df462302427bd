package import SluiceCore

/// Any of the checksums over bytes that come piece by piece. Used by one thread at a time.
package struct RunningChecksum: ~Copyable {
    package let algorithm: ChecksumAlgorithm
    private var state: State

    private enum State: ~Copyable {
        case crc32c(CRC32C)
        case crc64nvme(CRC64NVME)
        case digest(StreamingDigest)

        mutating func update(unsafe buffer: UnsafeRawBufferPointer) {
            switch consume self {
            case .crc32c(var crc):
                unsafe crc.update(unsafe: buffer)
                self = .crc32c(crc)
            case .crc64nvme(var crc):
                unsafe crc.update(unsafe: buffer)
                self = .crc64nvme(crc)
            case .digest(var digest):
                unsafe digest.update(unsafe: buffer)
                self = .digest(digest)
            }
        }
    }

    /// - Throws: `DigestError` when OpenSSL does not give MD5 or SHA-256; never for a CRC.
    package init(_ algorithm: ChecksumAlgorithm) throws(DigestError) {
        self.algorithm = algorithm
        switch algorithm {
        case .crc32c: state = .crc32c(CRC32C())
        case .crc64nvme: state = .crc64nvme(CRC64NVME())
        case .md5: state = .digest(try StreamingDigest(.md5))
        case .sha256: state = .digest(try StreamingDigest(.sha256))
        }
    }

    /// Goes on over `bytes`.
    package mutating func update(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe update(unsafe: $0) }
    }

    /// Goes on over the bytes of `buffer`, which must stay as they are during the call.
    package mutating func update(unsafe buffer: UnsafeRawBufferPointer) {
        unsafe state.update(unsafe: buffer)
    }

    /// The checksum of all the bytes.
    package consuming func finish() -> Checksum {
        switch consume state {
        case .crc32c(let crc): crc.checksum
        case .crc64nvme(let crc): crc.checksum
        case .digest(let digest): digest.finishChecksum()
        }
    }
}

extension Checksum {
    /// The checksum of `bytes`.
    /// - Throws: `DigestError` when OpenSSL does not give MD5 or SHA-256; never for a CRC.
    package init(_ algorithm: ChecksumAlgorithm, of bytes: RawSpan) throws(DigestError) {
        var running = try RunningChecksum(algorithm)
        running.update(bytes)
        self = running.finish()
    }

    /// The checksum of two byte sequences, one after the other; nil unless both are the same kind of CRC.
    /// - Parameters:
    ///   - first: the checksum of the first sequence.
    ///   - second: the checksum of the second.
    ///   - secondLength: the length of the second sequence in bytes, 0 or more.
    package static func combine(_ first: Checksum, _ second: Checksum, secondLength: Int) -> Checksum? {
        guard first.algorithm == second.algorithm else { return nil }
        switch first.algorithm {
        case .crc32c:
            let value = CRC32C.combine(first.value(), second.value(), secondLength: secondLength)
            return Checksum(algorithm: .crc32c, value: value)
        case .crc64nvme:
            let value = CRC64NVME.combine(first.value(), second.value(), secondLength: secondLength)
            return Checksum(algorithm: .crc64nvme, value: value)
        case .md5, .sha256: return nil
        }
    }

    /// The bytes as a number.
    private func value<Value: FixedWidthInteger>() -> Value {
        bytes.reduce(0) { $0 << 8 | Value($1) }
    }
}
