internal import SluiceCore

/// Refusals of S3 as errors that a person can act on.
enum S3Failure {
    /// - Parameters:
    ///   - what: what was being done.
    ///   - host: who answered.
    ///   - isAnonymous: whether the request was not signed.
    ///   - retryAfter: how long the answer asks us to wait.
    static func error(
        _ fault: S3Fault,
        what: String,
        host: String,
        isAnonymous: Bool,
        retryAfter: Duration?
    ) -> StoreError {
        func make(_ kind: FailureKind, _ cause: String, _ advice: String?) -> StoreError {
            StoreError(kind, what, cause: cause, advice: advice, retryAfter: retryAfter, status: fault.status)
        }
        if let code = fault.code {
            let cause = "\(code)\(fault.message.map { ": \($0)" } ?? "") (HTTP \(fault.status))"
            if isAnonymous, code == "AccessDenied" { return make(.forbidden, cause, anonymousAdvice) }
            if code == "InvalidArgument", fault.message?.hasPrefix("Object name") == true {
                return make(.invalidName, cause, nameAdvice)
            }
            if let meaning = meaning(of: code) { return make(meaning.kind, cause, meaning.advice) }
            let isRefused = isAnonymous && 400..<500 ~= fault.status
            return make(ServiceFailure.kind(status: fault.status), cause, isRefused ? anonymousAdvice : nil)
        }
        let kind = ServiceFailure.kind(status: fault.status)
        let isRetryable = kind == .transient || kind == .throttled
        if fault.isWebPage, !isRetryable {
            return make(
                .unexpectedAnswer,
                "\(host) answered with a web page (HTTP \(fault.status)), not as S3 does",
                isAnonymous
                    ? anonymousAdvice : "Check the endpoint's address; a proxy or a sign-in page may have answered"
            )
        }
        if 300..<400 ~= fault.status {
            let target = fault.target.map { " to \($0)" } ?? ""
            return make(.unexpectedAnswer, "\(host) sends us elsewhere\(target) (HTTP \(fault.status))", redirectAdvice)
        }
        let advice = isAnonymous && kind == .forbidden ? anonymousAdvice : advice(kind)
        return make(kind, "\(host) answered HTTP \(fault.status)", advice)
    }

    private static let anonymousAdvice =
        "The request was not signed: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
    static let nameAdvice = "The service can't hold an object of this name: rename it"
    private static let redirectAdvice = "Set AWS_REGION to the bucket's region, or mend the endpoint"

    /// Advice for an answer that only has a status.
    private static func advice(_ kind: FailureKind) -> String? {
        switch kind {
        case .forbidden: "Check the keys, and that their policy allows this on the bucket"
        case .notFound: "Check the names of bucket and object"
        case .precondition: "Something stands there already, or changed in between: see --overwrite"
        case .throttled: "The service asks for fewer requests: see --connections and --requests-per-second"
        case .unexpectedAnswer: "Check that the endpoint is that of an S3 service"
        case .sourceChanged: "It is shorter than when it was listed: copy it again"
        default: nil
        }
    }
}
