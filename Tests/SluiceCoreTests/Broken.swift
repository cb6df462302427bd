import SluiceCore

/// A failure of any kind.
struct Broken: Failure {
    let kind: FailureKind
    let retryAfter: Duration?
    let isOutage: Bool
    var what: String { "it broke" }
    var cause: String? { nil }
    var advice: String? { nil }

    init(_ kind: FailureKind, retryAfter: Duration? = nil, isOutage: Bool = false) {
        self.kind = kind
        self.retryAfter = retryAfter
        self.isOutage = isOutage
    }
}
