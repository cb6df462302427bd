package import SluiceCore

/// Plain HTTPS: one `PUT` an object, to the location's address or below it.
///
/// The service offers no checksum to be checked; what it confirms is that it took the whole body.
package struct HTTPDialect: BlobDialect {
    package let location: Location
    private let base: HTTPAddress
    /// What every request has.
    let headers: [HTTPRequest.Header]

    /// - Parameters:
    ///   - base: the address that object names are put behind; path and query as they are sent.
    ///   - authorization: the value of the `Authorization` header.
    ///   - others: more of them.
    package init(base: HTTPAddress, authorization: Secret?, others: [ConnectionOptions.ExtraHeader] = []) {
        self.base = base
        headers =
            (authorization.map { [HTTPRequest.Header("Authorization", $0.value)] } ?? [])
            + others.map { HTTPRequest.Header($0.name, $0.value.value) }
        location = .http(base)
    }

    package var traits: SinkTraits { SinkTraits(placement: .sequential, isRemote: true) }

    /// The longest path that common servers take in a request line (nginx: 8 KiB a header buffer).
    private static let longestPath = 8000

    package func validate(name: String) throws {
        guard !name.isEmpty, !name.endsWithSlash else {
            throw StoreError(.invalidName, "an object needs a name behind \(base.origin)", advice: "Write the whole address of the object, not a folder's")
        }
        let parts = name.pathParts
        guard !parts.contains("."), !parts.contains("..") else {
            throw StoreError(.invalidName, "\"\(name)\" can't be put over plain HTTPS", cause: "servers resolve \".\" and \"..\" in a path")
        }
        guard !name.utf8.contains(0) else {
            throw StoreError(.invalidName, "\"\(name)\" can't be put over plain HTTPS", cause: "it holds a NUL character")
        }
        guard HTTPDialect.path(base.path, name).utf8.count <= HTTPDialect.longestPath else {
            throw StoreError(.invalidName, "a name of \(name.utf8.count) bytes is too long for a request's path")
        }
    }

    /// Shows whether the address leads anywhere; whatever is answered, the first PUT decides.
    package func probe(now: Timestamp) throws -> HTTPRequest? {
        HTTPRequest(.head, base, headers: headers)
    }

    /// A server that takes nothing but PUT may hang up.
    package var toleratesSilence: Bool { true }

    package func checkProbe(_ response: HTTPResponse, now: Timestamp) throws {}

    package func request(for step: borrowing SinkStep, now: Timestamp) throws -> HTTPRequest? {
        switch step.action {
        case .whole, .stream: putRequest(step.upload)
        case .begin, .block, .commit, .abort: preconditionFailure("a sequential sink takes whole objects")
        }
    }

    package func deleteRequest(name: String, now: Timestamp) throws -> HTTPRequest? {
        HTTPRequest(.delete, address(of: name), headers: headers)
    }

    package func deleteFailure(_ response: HTTPResponse, name: String, now: Timestamp) -> StoreError {
        let what = "removing \"\(name)\" from \(location) was refused"
        guard response.status == 405 || response.status == 501 else {
            return HTTPFailure.error(response, what: what, now: now)
        }
        return StoreError(
            .unexpectedAnswer,
            what,
            cause: "it answered \(response.status)",
            advice: "The server does not take DELETE at this address: it has to allow WebDAV",
            status: response.status
        )
    }

    private func putRequest(_ upload: Upload) -> HTTPRequest {
        var headers = headers
        if let type = upload.metadata.contentType { headers.append(.init("Content-Type", type)) }
        if let encoding = upload.metadata.contentEncoding { headers.append(.init("Content-Encoding", encoding)) }
        switch upload.condition {
        case .none: break
        case .absent: headers.append(.init("If-None-Match", "*"))
        case .unchanged(let tag): headers.append(.init("If-Match", tag))
        }
        return HTTPRequest(.put, address(of: upload.name), headers: headers, body: .step)
    }

    /// Where an object of this name is.
    package func address(of name: String) -> HTTPAddress {
        var address = base
        address.path = HTTPDialect.path(base.path, name)
        return address
    }

    private static func path(_ base: String, _ name: String) -> String {
        // The characters that RFC 3986 allows in a path segment stay; everything else is escaped.
        (base.hasSuffix("/") ? base : base + "/") + PercentEncoding.encode(name, keeping: "/!$&'()*,=@:")
    }

    package func result(of step: borrowing SinkStep, _ response: HTTPResponse, now: Timestamp) -> StepResult {
        guard response.isSuccess else {
            return .failed(HTTPFailure.error(response, putting: step.upload.name, to: base, now: now))
        }
        return .confirmed(StepOutcome(tag: response["etag"], bytesSent: step.body.count))
    }
}
