internal import SluiceCore

/// A command line that can't be carried out. Nothing was touched.
struct UsageError: Failure, Equatable {
    let what: String
    let cause: String?
    let advice: String?
    var kind: FailureKind { .usage }

    init(_ what: String, cause: String? = nil, advice: String? = nil) {
        self.what = what
        self.cause = cause
        self.advice = advice
    }
}
