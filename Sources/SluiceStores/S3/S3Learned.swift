internal import SluiceCore

/// What is known of a service by now, and what was made to sign for it.
struct S3Learned: Sendable {
    /// The bucket's address.
    var base: HTTPAddress
    var region: String
    /// The service's clock less ours, in whole seconds.
    var clockOffset: Int64 = 0
    /// Whether checksums are sent: not once the service has refused one.
    var takesChecksums = true
    /// Whether an answer has repeated a checksum.
    var confirmsChecksums = false
    /// Whether an answer has not repeated one, and the user is told.
    var missesChecksums = false
    /// What the user should know.
    private(set) var notes: [String] = []
    /// What the last request was signed with: most share it with the one before.
    private var signing: S3Signing?

    init(base: HTTPAddress, region: String) {
        self.base = base
        self.region = region
    }

    mutating func note(_ text: String) {
        if !notes.contains(text) { notes.append(text) }
    }

    /// What a request that is made now is sent to and signed with.
    mutating func signing(_ credentials: AWSCredentials?, _ now: Timestamp) -> S3Signing {
        let second = now.seconds + clockOffset
        if let signing, signing.second == second, signing.credentials == credentials, signing.region == region {
            return signing
        }
        let stamp = Timestamp(seconds: second).basicISO8601
        let signer = credentials.map { self.signer($0, day: String(stamp.prefix(8))) }
        let made = S3Signing(
            base: base,
            region: region,
            credentials: credentials,
            second: second,
            stamp: stamp,
            signer: signer
        )
        signing = made
        return made
    }

    /// The signer of the last request, where it is on the same day with the same keys: its key takes five digests.
    private func signer(_ credentials: AWSCredentials, day: String) -> SigV4Signer {
        if let signing, signing.credentials == credentials, let signer = signing.signer, signer.region == region,
            signer.day == day
        {
            return signer
        }
        return SigV4Signer(credentials, day: day, region: region)
    }
}
