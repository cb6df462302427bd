package import SluiceCore

/// A failure of any kind.
package struct Broken: Failure {
    package let kind: FailureKind
    package let retryAfter: Duration?
    package let isOutage: Bool
    package var what: String { "it broke" }
    package var cause: String? { nil }
    package var advice: String? { nil }

    package init(_ kind: FailureKind, retryAfter: Duration? = nil, isOutage: Bool = false) {
        self.kind = kind
        self.retryAfter = retryAfter
        self.isOutage = isOutage
    }
}
