package import SluiceCore

/// What keeps a measurement from being made.
package struct BenchError: Failure, Hashable {
    package let kind: FailureKind
    package let what: String
    package let cause: String?
    package let advice: String?

    package init(_ kind: FailureKind, _ what: String, cause: String? = nil, advice: String? = nil) {
        self.kind = kind
        self.what = what
        self.cause = cause
        self.advice = advice
    }
}
