internal import SluiceCore

/// What the answers without success of all blob services have in common.
enum ServiceFailure {
    /// What a status means where the service's own code doesn't say more (RFC 9110, 15; RFC 6585; RFC 4918, 11.5).
    static func kind(status: Int) -> FailureKind {
        switch status {
        case 401, 403: .forbidden
        case 404, 410: .notFound
        case 408, 500, 502, 504: .transient
        case 409, 412: .precondition
        case 413: .tooLarge
        case 414: .invalidName
        case 416: .sourceChanged
        case 429, 503: .throttled
        case 507: .noSpace
        default: .unexpectedAnswer
        }
    }

    /// Whether the body is a web page: what a proxy, a captive portal or another kind of server answers.
    static func isWebPage(_ response: HTTPResponse) -> Bool {
        if response["content-type"]?.lowercased().hasPrefix("text/html") == true { return true }
        let start = String(decoding: response.body.prefix(64), as: UTF8.self).trimmed.lowercased()
        return start.hasPrefix("<!doctype html") || start.hasPrefix("<html")
    }

    /// The error that a web server in front of a service answers where it wants another client certificate; nil for any
    /// other answer.
    ///
    /// Source: nginx, ngx_http_special_response.c: the pages of its statuses 495 and 496, which it answers as 400.
    static func certificateRefusal(_ response: HTTPResponse, what: String) -> StoreError? {
        guard response.status == 400 else { return nil }
        let page = String(decoding: response.body.prefix(4096), as: UTF8.self)
        func told(_ cause: String, _ advice: String) -> StoreError {
            StoreError(.forbidden, what, cause: "\(cause) (HTTP 400)", advice: advice, status: response.status)
        }
        if page.contains("No required SSL certificate was sent") {
            return told(
                "the server asks for a client certificate, and none was sent",
                "Give --client-certificate and --client-key"
            )
        }
        if page.contains("The SSL certificate error") {
            return told(
                "the server does not accept our client certificate",
                "Check --client-certificate: the server must trust who issued it, and it must not have expired"
            )
        }
        return nil
    }

    /// A service's own words on one line: bounded, without control characters, and cut where a signature is quoted.
    static func words(_ text: String) -> String {
        // Bytes: enough for every message that the services document; a body can be as long as it likes, and so can a
        // character with its marks.
        let bound = 300
        var line = ""
        let start = String(decoding: text.utf8.prefix(4 * bound), as: UTF8.self)
        for word in start.split(whereSeparator: { $0.isWhitespace || $0.isNewline }) {
            let shown = withoutSignature(word)
            guard line.utf8.count + shown.utf8.count < bound else {
                line += " …"
                break
            }
            line += line.isEmpty ? shown : " " + shown
        }
        return String(line.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) })
    }

    /// `sig=…` and `Signature=…` are cut.
    private static func withoutSignature(_ word: Substring) -> String {
        let folded = word.lowercased()
        for marker in ["sig=", "signature="] {
            if let range = folded.firstRange(of: marker) {
                return word.prefix(folded.distance(from: folded.startIndex, to: range.upperBound)) + "…"
            }
        }
        return String(word)
    }
}
