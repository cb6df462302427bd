package import SluiceCore

/// S3 and everything that speaks it, as a source: `ListObjectsV2`, `HeadObject`, `GetObject` with ranges.
package struct S3ReadDialect: BlobReadDialect {
    package let location: Location
    let service: S3Service
    private let scope: ListScope

    /// - Parameter key: what the location names in the bucket: an object, a prefix, or everything.
    init(service: S3Service, key: String) {
        self.service = service
        scope = ListScope(key: key)
        location = service.location
    }

    /// What the user should know of the service.
    package var notes: [String] { service.notes }

    /// Source: Amazon S3 API Reference, "ListObjectsV2". Keys are asked for percent-encoded, because XML can't hold
    /// every character that a key can.
    package func listRequest(marker: String?, now: Timestamp) throws -> HTTPRequest? {
        let (prefix, token, count, start) =
            switch scope.page(marker: marker) {
            case .object(let prefix, let token): (prefix, token, "&max-keys=1", nil as String?)
            case .names(let prefix, let token): (prefix, token, "", nil)
            case .behind(let prefix, let name): (prefix, nil as String?, "", name)
            case .folders: preconditionFailure("lists are not asked for by folders")
            }
        var query = token.map { "continuation-token=\(PercentEncoding.encode($0))&" } ?? ""
        query += "encoding-type=url&list-type=2\(count)&prefix=\(PercentEncoding.encode(prefix))"
        if let start { query += "&start-after=\(PercentEncoding.encode(start))" }
        return try service.request(.get, key: nil, query: query, headers: [], now: now)
    }

    package func listMarker(behind name: String) -> String? { scope.marker(behind: name) }

    package func listPage(_ response: HTTPResponse, at marker: String?, now: Timestamp) throws -> ListPage {
        guard response.isSuccess else { throw failure(response, name: nil, now: now) }
        do {
            guard let page = scope.page(try S3List(response.body).listed, at: marker) else {
                throw XMLError("it is about another prefix", at: 0)
            }
            return page
        } catch let error as XMLError {
            throw StoreError(
                .unexpectedAnswer,
                "listing \(service.place)",
                cause: "the answer is not a list of S3's: \(error)",
                advice: "Check that the endpoint is that of an S3 service",
                status: response.status
            )
        }
    }

    package func propertiesRequest(name: String, now: Timestamp) throws -> HTTPRequest {
        try service.request(.head, key: key(of: name), headers: [S3Service.checksumMode], now: now)
    }

    /// A CRC; one of the CRCs of parts says nothing of the whole.
    package func storedChecksum(_ properties: HTTPResponse) -> Checksum? { properties.s3WholeChecksum }

    package func readRequest(
        name: String,
        offset: Int,
        count: Int,
        entityTag: String?,
        now: Timestamp
    ) throws -> HTTPRequest {
        precondition(offset >= 0 && count > 0, "a range has at least one byte")
        var headers = [HTTPRequest.Header("range", "bytes=\(offset)-\(offset + count - 1)")]
        if let entityTag { headers.append(.init("if-match", entityTag)) }
        return try service.request(.get, key: key(of: name), headers: headers, now: now)
    }

    /// Without a range: with one the service does not tell the digest of the whole.
    package func wholeRequest(name: String, size: Int, entityTag: String?, now: Timestamp) throws -> HTTPRequest {
        var headers = [S3Service.checksumMode]
        if let entityTag { headers.append(.init("if-match", entityTag)) }
        return try service.request(.get, key: key(of: name), headers: headers, now: now)
    }

    /// Source: Amazon S3 API Reference, "DeleteObject", and User Guide, "How to perform conditional deletes".
    package func deleteRequest(name: String, entityTag: String?, now: Timestamp) throws -> HTTPRequest? {
        let headers = entityTag.map { [HTTPRequest.Header("if-match", $0)] } ?? []
        return try service.request(.delete, key: key(of: name), headers: headers, now: now)
    }

    func key(of name: String) throws -> String {
        let key = scope.key(of: name)
        guard !key.isEmpty else {
            throw StoreError(.invalidName, "\(service.place) names no object", advice: "Write s3://BUCKET/KEY")
        }
        return key
    }

    package func failure(_ response: HTTPResponse, name: String?, now: Timestamp) -> StoreError {
        let what = name.map { "reading \"\($0)\" from \(service.place)" } ?? "listing \(service.place)"
        let error = service.error(S3Fault(response), response, what: what, attempt: 0, now: now)
        // The only precondition of a reader is that the object is still the one that was listed.
        guard error.kind == .precondition, name != nil else { return error }
        return StoreError(
            .sourceChanged,
            what,
            cause: "it was replaced since it was listed (HTTP \(response.status))",
            advice: "Copy it again",
            status: response.status
        )
    }

    /// What an object keeps beside its bytes, by the headers of an answer to HEAD or GET.
    package func metadata(_ response: HTTPResponse) -> ObjectMetadata {
        ObjectMetadata(headers: response.headers, userPrefix: "x-amz-meta-")
    }
}
