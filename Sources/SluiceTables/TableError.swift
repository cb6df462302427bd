package import SluiceCore

/// What is wrong with rows, or with how they are to be read or written.
package struct TableError: Failure, Equatable {
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
