package import SluiceCore

/// Credentials that are half given, contradict one another or can't be read. It never holds a secret.
package struct CredentialError: Failure {
    package let what: String
    package let cause: String?
    package let advice: String?
    package var kind: FailureKind { .usage }

    init(_ what: String, cause: String? = nil, advice: String? = nil) {
        self.what = what
        self.cause = cause
        self.advice = advice
    }
}
