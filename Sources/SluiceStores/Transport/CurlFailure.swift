internal import CCurl
internal import SluiceCore

/// libcurl's codes as errors that a person can act on.
enum CurlFailure {
    /// How far the transfer had come.
    struct Phase: Sendable {
        /// The proxy's answer to CONNECT; 0 where there was none.
        let proxyStatus: Int
    }

    static func error(_ code: CURLcode, words: String, origin: String, phase: Phase) -> StoreError {
        let cause = words.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : words
        if let refusal = proxyRefusal(phase.proxyStatus, code, cause, origin) { return refusal }
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST:
            return noLine("the name of \(origin) could not be resolved", cause, advice: "Check the name, and the machine's DNS")
        case CURLE_COULDNT_RESOLVE_PROXY:
            return noLine("the proxy's name could not be resolved", cause, advice: "Check --proxy and the proxy variables of the environment")
        case CURLE_COULDNT_CONNECT:
            return noLine("no connection to \(origin)", cause, advice: "Check address and port, and whether a firewall or a proxy stands between")
        case CURLE_OPERATION_TIMEDOUT:
            return noLine("\(origin) did not answer in time", cause)
        case CURLE_SSL_CONNECT_ERROR where isBrokenOff(cause):
            // A load balancer without a server behind it, a tunnel whose far end is gone.
            return noLine("\(origin) hung up in the TLS handshake", cause, advice: "Check that the port speaks TLS 1.2 or later")
        case CURLE_PEER_FAILED_VERIFICATION:
            return StoreError(.insecure, "the certificate of \(origin) is not trusted", cause: cause, advice: certificateAdvice(words))
        case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
            return StoreError(.insecure, "the public key of \(origin) is not the pinned one", cause: cause, advice: "Find out why the key changed before you change --pin")
        case CURLE_SSL_CACERT_BADFILE:
            return StoreError(.usage, "the file of trusted certificates can't be used", cause: cause, advice: "Check --ca-certificate: it must be a readable PEM file")
        case CURLE_SSL_CERTPROBLEM:
            return StoreError(.usage, "the client certificate can't be used", cause: cause, advice: "Check --client-certificate and --client-key: both must be readable PEM files that belong together")
        case CURLE_SSL_CONNECT_ERROR:
            return StoreError(.insecure, "the TLS handshake with \(origin) failed", cause: cause, advice: "Check that the port speaks TLS 1.2 or later, and whether it asks for a client certificate")
        case CURLE_PROXY:
            return StoreError(.transient, "the proxy refused the connection to \(origin)", cause: cause, advice: "Check --proxy, and the user and password in SLUICE_PROXY_USERPWD")
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_SEND_FAIL_REWIND, CURLE_AGAIN:
            return lostConnection(cause, origin)
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING:
            return StoreError(.unexpectedAnswer, "\(origin) does not speak HTTP", cause: cause, advice: "Check the address and the port")
        case CURLE_URL_MALFORMAT:
            return StoreError(.usage, "the address of \(origin) is malformed", cause: cause)
        default:
            return StoreError(.transient, "the request to \(origin) failed", cause: "\(cause) (curl \(code.rawValue))")
        }
    }

    private static func noLine(_ what: String, _ cause: String, advice: String? = nil) -> StoreError {
        StoreError(.transient, what, cause: cause, advice: advice, isOutage: true)
    }

    /// Whether a handshake ended with its connection rather than with an answer.
    private static func isBrokenOff(_ cause: String) -> Bool {
        ["reset by peer", "SSL_ERROR_SYSCALL", "unexpected eof", "Broken pipe"].contains { cause.contains($0) }
    }

    /// TLS alerts of a server that wants another certificate arrive as read errors after the handshake (TLS 1.3).
    private static func lostConnection(_ cause: String, _ origin: String) -> StoreError {
        let lowered = cause.lowercased()
        if lowered.contains("alert"), lowered.contains("certificate") {
            return StoreError(.insecure, "\(origin) refused our certificate", cause: cause, advice: "Give --client-certificate and --client-key")
        }
        return StoreError(.transient, "the connection to \(origin) was lost", cause: cause, wasConnected: true)
    }

    /// What helps against a certificate that was refused in these words of OpenSSL's or libcurl's.
    private static func certificateAdvice(_ words: String) -> String {
        if words.contains("expired") || words.contains("not yet valid") {
            return "Have the server's certificate renewed, and check this machine's clock"
        }
        if words.contains("subject name") {
            return "Use a host name that the certificate was made for"
        }
        return "Give the authority's certificate with --ca-certificate, or mend the server's certificate"
    }

    private static func proxyRefusal(_ status: Int, _ code: CURLcode, _ cause: String, _ origin: String) -> StoreError? {
        guard status >= 400 else { return nil }
        if status == 407 || status == 401 {
            return StoreError(.forbidden, "the proxy refused our user and password", cause: "it answered \(status) to CONNECT", advice: "Set SLUICE_PROXY_USERPWD to USER:PASSWORD, or give them in the proxy variable of the environment", status: status)
        }
        let kind: FailureKind = status >= 500 ? .transient : .forbidden
        // A proxy that can't reach the service answers 502 to 504.
        return StoreError(kind, "the proxy refused to connect to \(origin)", cause: "it answered \(status) to CONNECT", advice: "Ask for the address to be allowed there", status: status, isOutage: status >= 500)
    }
}

/// libcurl's global state.
enum CurlLibrary {
    // A lazy global is initialised once, whichever thread comes first.
    private static let result: CURLcode = sluice_global_init()

    static func initialise() { precondition(result == CURLE_OK, "libcurl can't start: \(result.rawValue)") }
}
