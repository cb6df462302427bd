import SluiceCore

/// A failure of any kind.
struct Broken: Failure {
    let kind: FailureKind
    let retryAfter: Duration?
    var what: String { "it broke" }
    var cause: String? { nil }
    var advice: String? { nil }

    init(_ kind: FailureKind, retryAfter: Duration? = nil) {
        self.kind = kind
        self.retryAfter = retryAfter
    }
}
