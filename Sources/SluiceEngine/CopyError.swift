package import SluiceCore

/// The engine's own errors: a specification that can't be carried out, an object that can't be copied.
package struct CopyError: Failure {
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

extension CopyError {
    /// A database as an end of a copy without what says which of its tables is meant.
    static func manyTables(advice: String) -> CopyError {
        CopyError(.usage, "a database holds many tables", advice: advice)
    }
}
