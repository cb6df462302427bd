internal import SluiceCore

/// Refusals of the Blob service as errors that a person can act on.
enum AzureFailure {
    /// - Parameters:
    ///   - what: what was being done.
    ///   - host: who answered.
    ///   - credentialAdvice: what to do where the credential is not taken.
    ///   - retryAfter: how long the answer asks us to wait.
    static func error(
        _ fault: AzureFault,
        what: String,
        host: String,
        credentialAdvice: String,
        retryAfter: Duration?
    ) -> StoreError {
        func make(_ kind: FailureKind, _ cause: String, _ advice: String?) -> StoreError {
            StoreError(kind, what, cause: cause, advice: advice, retryAfter: retryAfter, status: fault.status)
        }
        if let code = fault.code {
            let cause = "\(code)\(fault.message.map { ": \($0)" } ?? "") (HTTP \(fault.status))"
            if unauthenticated.contains(code) { return make(.forbidden, cause, credentialAdvice) }
            if let meaning = meaning(of: code) { return make(meaning.kind, cause, meaning.advice) }
            let kind = ServiceFailure.kind(status: fault.status)
            return make(kind, cause, kind == .forbidden ? credentialAdvice : nil)
        }
        let kind = ServiceFailure.kind(status: fault.status)
        let isRetryable = kind == .transient || kind == .throttled
        if fault.isWebPage, !isRetryable {
            return make(
                .unexpectedAnswer,
                "\(host) answered with a web page (HTTP \(fault.status)), not as the Blob service does",
                "Check the endpoint's address; a proxy or a sign-in page may have answered"
            )
        }
        return make(
            kind,
            "\(host) answered HTTP \(fault.status)",
            kind == .forbidden ? credentialAdvice : advice(kind)
        )
    }

    /// Codes that say that the credential itself is wrong.
    private static let unauthenticated: Set<String> = [
        "AuthenticationFailed", "InvalidAuthenticationInfo", "NoAuthenticationInformation",
        "InvalidAccountKey", "PublicAccessNotPermitted",
    ]

    /// Advice for an answer that only has a status.
    private static func advice(_ kind: FailureKind) -> String? {
        switch kind {
        case .notFound: "Check the names of account, container and blob"
        case .precondition: "Something stands there already, or changed in between: see --overwrite"
        case .throttled: "The service asks for fewer requests: see --connections and --requests-per-second"
        case .unexpectedAnswer: "Check that the endpoint is that of an Azure Blob service"
        case .sourceChanged: "It is shorter than when it was listed: copy it again"
        default: nil
        }
    }
}
