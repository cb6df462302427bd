internal import SluiceCore
internal import SluiceDigests

/// One bucket, and what is learned of its service while requests go to it: its region, its clock, whether it takes
/// checksums. Shared by everything that reads or writes the bucket.
final class S3Service: Sendable {
    let location: Location
    /// Whether a step's body has to be hashed for the signature: over plain HTTP to another machine.
    let signsBodies: Bool
    private let endpoint: S3Endpoint
    private let credentials: any AWSCredentialSource
    private let learned: Locked<S3Learned>

    init(location: Location, endpoint: S3Endpoint, region: String, credentials: any AWSCredentialSource) {
        self.location = location
        self.endpoint = endpoint
        self.credentials = credentials
        let base = endpoint.base(region: region)
        signsBodies = !base.isEncrypted && !base.isLoopback
        learned = Locked(S3Learned(base: base, region: region))
    }

    var place: String { location.description }
    var bucket: String { endpoint.bucket }

    /// Whether requests to both go to one service, in the name of the same keys.
    func isSame(as other: S3Service) -> Bool {
        guard endpoint.service == other.endpoint.service, let keys = try? credentials.credentials(now: .now),
            let others = try? other.credentials.credentials(now: .now)
        else { return false }
        return keys.accessKeyID == others.accessKeyID && keys.secretAccessKey == others.secretAccessKey
    }

    /// What the user should know of the service.
    var notes: [String] { learned.withLock { $0.notes } }
    /// Whether checksums are sent: not once the service has refused one.
    var takesChecksums: Bool { learned.withLock { $0.takesChecksums } }
    /// Whether an answer has repeated a checksum, so that the service is known to understand them.
    var confirmsChecksums: Bool { learned.withLock { $0.confirmsChecksums } }

    // MARK: Requests

    /// A request to the bucket, signed.
    ///
    /// - Parameters:
    ///   - key: an object's key; nil for the bucket itself.
    ///   - query: percent-encoded, with the names in order.
    ///   - bodyHash: the SHA-256 of a `.step` body, where `signsBodies`.
    func request(
        _ method: HTTPRequest.Method,
        key: String?,
        query: String? = nil,
        headers: [HTTPRequest.Header],
        body: HTTPRequest.Body = .none,
        bodyHash: [UInt8]? = nil,
        now: Timestamp
    ) throws -> HTTPRequest {
        let signing = try signing(now: now)
        var request = HTTPRequest(method, signing.base, headers: headers, body: body)
        if let key { request.address.path += "/" + PercentEncoding.encode(key, keeping: "/") }
        request.address.query = query
        guard let keys = signing.credentials, let signer = signing.signer else { return request }
        let payload = try payload(of: request, bodyHash)
        // Host, length and four headers of the signature come on top.
        request.headers.reserveCapacity(headers.count + 4)
        signer.sign(&request, payload: payload, stamp: signing.stamp, token: keys.sessionToken)
        return request
    }

    /// What a request that is made now is sent to and signed with.
    func signing(now: Timestamp) throws -> S3Signing {
        let keys = try credentials.credentials(now: now)
        return learned.withLock { $0.signing(keys, now) }
    }

    /// The payload's hash. A body on its way through TLS, or to this machine, is left to its checksum.
    private func payload(of request: HTTPRequest, _ bodyHash: [UInt8]?) throws -> String {
        switch request.body {
        case .none: return SigV4Signer.emptyPayload
        case .bytes(let bytes): return Hex.encode(SHA256.hash(bytes))
        case .step:
            guard signsBodies else { return SigV4Signer.unsignedPayload }
            guard let bodyHash else {
                throw StoreError(
                    .usage,
                    "putting a body over unencrypted http:// into \(place) needs the body's hash, which is not known",
                    advice: "Use an https:// endpoint"
                )
            }
            return Hex.encode(bodyHash)
        }
    }

    // MARK: Learning

    /// Learns from a refusal; true when the same request, made anew, can succeed.
    ///
    /// - Parameter attempt: how often the request was tried before: what a request in flight was refused for may have
    ///   been learned from another one meanwhile.
    func learn(_ fault: S3Fault, attempt: Int, now: Timestamp) -> Bool {
        if let region = fault.regionToUse { return learn(region: region, attempt) }
        if fault.isClockSkew(now: now, offset: learned.withLock { $0.clockOffset }), let date = fault.date {
            return learn(clockOffset: date.seconds - now.seconds, attempt)
        }
        return false
    }

    private func learn(region: String, _ attempt: Int) -> Bool {
        learned.withLock { state in
            guard state.region != region else { return attempt == 0 }
            state.region = region
            state.base = endpoint.base(region: region)
            return true
        }
    }

    private func learn(clockOffset: Int64, _ attempt: Int) -> Bool {
        learned.withLock { state in
            // A second or two is what an answer takes: that is no news, and repeating would not help.
            guard abs(state.clockOffset - clockOffset) > 5 else { return attempt == 0 }
            state.clockOffset = clockOffset
            state.note("this machine's clock is \(abs(clockOffset)) s \(clockOffset < 0 ? "ahead" : "behind"): set it")
            return true
        }
    }

    /// Learns that the service refuses checksums; true when the same request without one can succeed.
    func learnChecksumRefusal(attempt: Int) -> Bool {
        learned.withLock { state in
            guard state.takesChecksums else { return attempt == 0 }
            state.takesChecksums = false
            state.note("\(place): the service refuses checksums of bodies; TLS alone guards them on the way")
            return true
        }
    }

    /// Learns whether the service repeats the checksum of a body that it took.
    func learnChecksumAnswer(_ algorithm: ChecksumAlgorithm, isRepeated: Bool) {
        guard let name = algorithm.s3Name else { return }
        learned.withLock { state in
            if isRepeated {
                state.confirmsChecksums = true
            } else if !state.missesChecksums {
                state.missesChecksums = true
                state.note("\(place): the service does not confirm \(name) checksums, and may not check them")
            }
        }
    }
}

extension S3Service {
    /// The error that a refusal is; retryable when something was learned from it.
    func error(_ fault: S3Fault, _ response: HTTPResponse, what: String, attempt: Int, now: Timestamp) -> StoreError {
        if let refusal = ServiceFailure.certificateRefusal(response, what: what) { return refusal }
        let host = learned.withLock { $0.base.authority }
        let retryAfter = response.retryAfter(now: now)
        let isAnonymous = (try? credentials.credentials(now: now)) == nil
        let error = S3Failure.error(
            fault,
            what: what,
            host: host,
            isAnonymous: isAnonymous,
            retryAfter: retryAfter
        )
        guard !error.isRetryable, learn(fault, attempt: attempt, now: now) else { return error }
        return StoreError(.transient, what, cause: error.cause, advice: error.advice, status: fault.status)
    }
}
