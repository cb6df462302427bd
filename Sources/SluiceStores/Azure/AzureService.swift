internal import SluiceCore

/// One container, how requests to it are let in, and what is learned of its service while they go there.
final class AzureService: Sendable {
    let location: Location
    /// The container's address.
    let container: HTTPAddress
    let authorization: Authorization
    /// Where the credential was found, for messages.
    private let origin: String?
    private let learned = Locked(Learned())

    enum Authorization: Sendable {
        case sharedKey(SharedKeySigner)
        case sharedAccessSignature(SharedAccessSignature)
        case token(TokenSource)
        case anonymous
    }

    private struct Learned: Sendable {
        /// The service's clock less ours, in whole seconds.
        var clockOffset: Int64 = 0
        /// What the user should know.
        var notes: [String] = []
        /// The time of the last request, as it is written: most requests share it with the one before.
        var date: (second: Int64, text: String) = (.min, "")

        mutating func note(_ text: String) {
            if !notes.contains(text) { notes.append(text) }
        }
    }

    /// The version whose limits and headers are used: blocks of 4,000 MiB came with 2019-12-12, and names that XML can't
    /// hold are listed from 2021-02-12 on (Azure Storage REST API, "Versioning for Azure Storage").
    static let version = "2021-12-02"

    init(location: Location, container: HTTPAddress, authorization: Authorization, origin: String?) {
        self.location = location
        self.container = container
        self.authorization = authorization
        self.origin = origin
    }

    var place: String { location.description }
    var notes: [String] { learned.withLock { $0.notes } }
    /// The service's clock less ours, in whole seconds.
    var clockOffset: Int64 { learned.withLock { $0.clockOffset } }

    var isAnonymous: Bool {
        if case .anonymous = authorization { true } else { false }
    }

    /// Whether the credential is for a blob or a directory alone, so that a list would be refused.
    var isForPart: Bool {
        if case .sharedAccessSignature(let signature) = authorization { signature.isForPart } else { false }
    }

    func note(_ text: String) { learned.withLock { $0.note("\(place): \(text)") } }

    /// A request to the container, authorized.
    ///
    /// - Parameters:
    ///   - name: a blob's; nil for the container itself.
    ///   - parameters: the query's, not encoded, names in lower case.
    ///   - headers: names in lower case.
    ///   - contentLength: bytes of a `.step` body.
    func request(
        _ method: HTTPRequest.Method,
        name: String?,
        parameters: [(name: String, value: String)] = [],
        headers: [HTTPRequest.Header] = [],
        body: HTTPRequest.Body = .none,
        contentLength: Int = 0,
        now: Timestamp
    ) throws -> HTTPRequest {
        var request = HTTPRequest(method, container, headers: headers, body: body)
        request.headers.reserveCapacity(headers.count + 3)
        if let name { request.address.path += "/" + PercentEncoding.encode(name, keeping: "/") }
        var query = ""
        for (name, value) in parameters {
            query += query.isEmpty ? name : "&" + name
            query += "=" + PercentEncoding.encode(value)
        }
        request.headers.append(HTTPRequest.Header("x-ms-version", AzureService.version))
        switch authorization {
        case .sharedKey(let signer):
            request.headers.append(HTTPRequest.Header("x-ms-date", date(now)))
            var length = contentLength
            if case .bytes(let bytes) = body { length = bytes.count }
            let value = signer.authorization(request, parameters: parameters, contentLength: length)
            request.headers.append(HTTPRequest.Header("authorization", value))
        case .sharedAccessSignature(let signature):
            query += (query.isEmpty ? "" : "&") + signature.query.value
        case .token(let tokens):
            request.headers.append(HTTPRequest.Header("x-ms-date", date(now)))
            request.headers.append(HTTPRequest.Header("authorization", "Bearer \(try tokens.token(now: now).value)"))
        case .anonymous: break
        }
        if !query.isEmpty { request.address.query = query }
        return request
    }

    private func date(_ now: Timestamp) -> String {
        learned.withLock { state in
            let second = now.seconds + state.clockOffset
            if state.date.second != second { state.date = (second, Timestamp(seconds: second).httpDate) }
            return state.date.text
        }
    }

    /// The error that a refusal is; retryable when something was learned from it.
    ///
    /// - Parameter attempt: how often the request was tried before.
    func error(_ response: HTTPResponse, what: String, attempt: Int, now: Timestamp) -> StoreError {
        if let refusal = ServiceFailure.certificateRefusal(response, what: what) { return refusal }
        let fault = AzureFault(response)
        let error = AzureFailure.error(
            fault,
            what: what,
            host: container.authority,
            credentialAdvice: credentialAdvice(fault, now),
            retryAfter: response.retryAfter(now: now)
        )
        guard !error.isRetryable, learn(fault, attempt: attempt, now: now) else { return error }
        return StoreError(.transient, what, cause: error.cause, advice: error.advice, status: fault.status)
    }

    /// Learns from a refusal; true when the same request, made anew, can succeed.
    private func learn(_ fault: AzureFault, attempt: Int, now: Timestamp) -> Bool {
        if case .token(let tokens) = authorization, fault.status == 401 {
            return tokens.refuse(now: now, attempt: attempt)
        }
        return learned.withLock { state in
            guard fault.isClockSkew(now: now, offset: state.clockOffset), let date = fault.date else { return false }
            let offset = date.seconds - now.seconds
            // A second or two is what an answer takes: that is no news, and repeating would not help.
            guard abs(state.clockOffset - offset) > 5 else { return attempt == 0 }
            state.clockOffset = offset
            state.note("this machine's clock is \(abs(offset)) s \(offset < 0 ? "ahead" : "behind"): set it")
            return true
        }
    }

    /// What to do where the credential is not taken.
    private func credentialAdvice(_ fault: AzureFault, _ now: Timestamp) -> String {
        let origin = origin ?? ""
        switch authorization {
        case .sharedKey(let signer):
            return fault.reason == .clock
                ? "Set this machine's clock" : "Check \(origin): it must be a key of the account \(signer.account)"
        case .sharedAccessSignature(let signature):
            if let expiry = signature.expiry, expiry < now {
                return "The SAS token of \(origin) ended on \(expiry.httpDate): make a new one"
            }
            return fault.reason == .lifetime
                ? "The SAS token of \(origin) does not hold now: make a new one"
                : "Check \(origin): copy the whole token again, and see that it is for this container"
        case .token:
            return "Check that the application of \(origin) has the role Storage Blob Data Contributor here"
        case .anonymous:
            return "The request was not signed: set AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN or another credential"
        }
    }
}
