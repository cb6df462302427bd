package import SluiceCore

/// A pair of keys that requests are signed with.
package struct AWSCredentials: Sendable, Hashable {
    package let accessKeyID: String
    package let secretAccessKey: Secret
    /// Goes along with keys that expire.
    package let sessionToken: Secret?
    /// Where they were found, for messages: `AWS_ACCESS_KEY_ID`, `the profile "work"`.
    package let origin: String

    package init(accessKeyID: String, secretAccessKey: Secret, sessionToken: Secret? = nil, origin: String) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.origin = origin
    }
}

/// Whoever gives the keys that hold at a time. Keys from a file or the environment hold for the whole run.
package protocol AWSCredentialSource: Sendable {
    /// The keys to sign with; nil to send requests unsigned. Blocks at most for keys to be renewed.
    func credentials(now: Timestamp) throws -> AWSCredentials?
}

/// Keys that never change.
package struct FixedAWSCredentials: AWSCredentialSource {
    private let held: AWSCredentials?

    package init(_ credentials: AWSCredentials?) { held = credentials }

    package func credentials(now: Timestamp) -> AWSCredentials? { held }
}
