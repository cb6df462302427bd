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
    /// What the user should know.
    private(set) var notes: [String] = []
    /// The time of the last signature, as it is written: most requests share it with the one before.
    private var stamp: (second: Int64, text: String) = (.min, "")
    private var signer: (credentials: AWSCredentials, signer: SigV4Signer)?

    init(base: HTTPAddress, region: String) {
        self.base = base
        self.region = region
    }

    mutating func note(_ text: String) {
        if !notes.contains(text) { notes.append(text) }
    }

    /// What a request that is made now is sent to and signed with; no signer without credentials.
    mutating func signing(
        _ credentials: AWSCredentials?,
        _ now: Timestamp
    ) -> (base: HTTPAddress, stamp: String, signer: SigV4Signer?) {
        guard let credentials else { return (base, "", nil) }
        let second = now.seconds + clockOffset
        if stamp.second != second { stamp = (second, Timestamp(seconds: second).basicISO8601) }
        if let (known, signer) = signer, known == credentials, signer.region == region,
            stamp.text.hasPrefix(signer.day)
        {
            return (base, stamp.text, signer)
        }
        let made = SigV4Signer(credentials, day: String(stamp.text.prefix(8)), region: region)
        signer = (credentials, made)
        return (base, stamp.text, made)
    }
}
