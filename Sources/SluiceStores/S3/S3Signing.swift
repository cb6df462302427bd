internal import SluiceCore

/// What all requests of a second are sent to and signed with.
///
/// A class, because every request of every thread holds it for a moment: one count of references rather than ten.
final class S3Signing: Sendable {
    /// The bucket's address.
    let base: HTTPAddress
    let region: String
    let credentials: AWSCredentials?
    /// Of the service's clock.
    let second: Int64
    /// The second as signatures write it: `20261121T051951Z`.
    let stamp: String
    /// Nil without credentials.
    let signer: SigV4Signer?

    init(
        base: HTTPAddress,
        region: String,
        credentials: AWSCredentials?,
        second: Int64,
        stamp: String,
        signer: SigV4Signer?
    ) {
        self.base = base
        self.region = region
        self.credentials = credentials
        self.second = second
        self.stamp = stamp
        self.signer = signer
    }
}
