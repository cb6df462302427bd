package import SluiceCore

/// Answers of plain HTTP servers as errors that a person can act on.
package enum HTTPFailure {
    /// The error that `response` is, for putting `name`.
    package static func error(_ response: HTTPResponse, putting name: String, to base: HTTPAddress, now: Timestamp) -> StoreError {
        error(response, what: "PUT of \"\(name)\" to \(base.origin) was refused", now: now)
    }

    /// The error that `response` is; `what` is the clause that says what was asked.
    package static func error(_ response: HTTPResponse, what: String, now: Timestamp) -> StoreError {
        if let refusal = ServiceFailure.certificateRefusal(response, what: what) { return refusal }
        let cause = "it answered \(response.status)"
        let retryAfter = response.retryAfter(now: now)
        func store(_ kind: FailureKind, _ advice: String?) -> StoreError {
            StoreError(kind, what, cause: cause, advice: advice, retryAfter: retryAfter, status: response.status)
        }
        switch response.status {
        case 300..<400:
            let target = response["location"].map { " (\($0.prefix { $0 != "?" }))" } ?? ""
            return store(.unexpectedAnswer, "The server sends us elsewhere\(target): give that address instead")
        case 401: return store(.forbidden, "Set SLUICE_HTTP_AUTHORIZATION, for example to \"Bearer …\" or \"Basic …\"")
        case 403: return store(.forbidden, "The server does not allow it for these credentials or this address")
        case 404, 409, 410: return store(.notFound, "Check the address; a WebDAV server wants the folder to exist")
        case 405, 501: return store(.unexpectedAnswer, "The server does not take PUT at this address: it has to allow WebDAV or uploads there")
        case 408: return store(.transient, nil)
        case 411: return store(.unexpectedAnswer, "The server wants to know the length beforehand: copy without --compress, or to a file first")
        case 412: return store(.precondition, "Something stands there already, or changed in between: see --overwrite")
        case 413: return store(.tooLarge, "The server bounds the size of a body: raise its limit")
        case 414: return store(.invalidName, "The name is too long for the server")
        case 429, 503: return store(.throttled, "The server is overloaded or asks for fewer requests: see --connections")
        case 500, 502, 504: return store(.transient, nil)
        case 507: return store(.noSpace, "Free some space at the server")
        default: return store(.unexpectedAnswer, "Check that the address is that of a server which takes uploads")
        }
    }
}
