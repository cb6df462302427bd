package import SluiceCore

/// A store's refusal or failure, told so that a person can act on it.
package struct StoreError: Failure {
    package let kind: FailureKind
    package let what: String
    package let cause: String?
    package let advice: String?
    package let retryAfter: Duration?
    /// The HTTP status that said so; nil where no answer came.
    package let status: Int?
    /// Whether the other side was reached before this went wrong.
    package let wasConnected: Bool
    package let isOutage: Bool

    package init(
        _ kind: FailureKind,
        _ what: String,
        cause: String? = nil,
        advice: String? = nil,
        retryAfter: Duration? = nil,
        status: Int? = nil,
        wasConnected: Bool = false,
        isOutage: Bool = false
    ) {
        self.kind = kind
        self.what = what
        self.cause = cause
        self.advice = advice
        self.retryAfter = retryAfter
        self.status = status
        self.wasConnected = wasConnected || status != nil
        self.isOutage = isOutage
    }

    /// The same error with what was found out about it.
    func adding(_ finding: String) -> StoreError {
        StoreError(
            kind,
            what,
            cause: cause.map { $0 + "; " + finding } ?? finding,
            advice: advice,
            retryAfter: retryAfter,
            status: status,
            wasConnected: wasConnected,
            isOutage: isOutage
        )
    }
}
