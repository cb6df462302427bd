internal import COpenSSL
package import SluiceCore

/// MD5 or SHA-256 of bytes that come piece by piece. Used by one thread at a time.
@safe package struct StreamingDigest: ~Copyable {
    /// The digests that OpenSSL computes here.
    package enum Algorithm: Sendable, CaseIterable {
        /// RFC 1321, 16 bytes.
        case md5
        /// FIPS 180-4, 32 bytes.
        case sha256
    }

    package let algorithm: Algorithm
    private let digest: OpenSSLDigest
    private let context: OpaquePointer

    /// - Throws: `DigestError` when OpenSSL does not give the digest, as a FIPS provider does not give MD5.
    package init(_ algorithm: Algorithm) throws(DigestError) {
        let digest = try algorithm == .md5 ? OpenSSLDigest.md5.get() : OpenSSLDigest.sha256.get()
        guard let context = unsafe EVP_MD_CTX_new() else {
            throw DigestError(digest: digest.name, cause: lastOpenSSLError())
        }
        guard unsafe EVP_DigestInit_ex2(context, digest.method, nil) == 1 else {
            unsafe EVP_MD_CTX_free(context)
            throw DigestError(digest: digest.name, cause: lastOpenSSLError())
        }
        self.algorithm = algorithm
        self.digest = digest
        unsafe self.context = context
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Goes on over `bytes`.
    package mutating func update(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe update(unsafe: $0) }
    }

    /// Goes on over the bytes of `buffer`, which must stay as they are during the call.
    package mutating func update(unsafe buffer: UnsafeRawBufferPointer) {
        require(unsafe EVP_DigestUpdate(context, buffer.baseAddress, buffer.count), "EVP_DigestUpdate")
    }

    /// The digest's bytes.
    package consuming func finish() -> [UInt8] {
        let (context, length) = (unsafe context, digest.length)
        return unsafe [UInt8](unsafeUninitializedCapacity: length) { bytes, count in
            require(unsafe EVP_DigestFinal_ex(context, bytes.baseAddress, nil), "EVP_DigestFinal_ex")
            count = length
        }
    }

    /// The digest as a checksum.
    package consuming func finishChecksum() -> Checksum {
        Checksum(algorithm: algorithm == .md5 ? .md5 : .sha256, bytes: finish())
    }
}
