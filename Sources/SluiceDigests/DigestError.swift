package import SluiceCore

/// A digest that OpenSSL does not give.
package struct DigestError: Failure {
    /// The digest as OpenSSL names it: `MD5`.
    package let digest: String
    /// OpenSSL's own words.
    package let cause: String?

    package var kind: FailureKind { .usage }
    package var what: String { "preparing the \(digest) digest failed" }
    package var advice: String? {
        "Use another digest, or look into OpenSSL's configuration: a FIPS provider refuses MD5"
    }
}
