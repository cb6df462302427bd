package import SluiceCore

/// Plain HTTPS as a source: `GET` with ranges.
package struct HTTPReadDialect: BlobReadDialect {
    package let location: Location
    private let base: HTTPAddress
    private let writing: HTTPDialect

    /// - Parameters:
    ///   - base: the address that object names are put behind.
    ///   - authorization: the value of the `Authorization` header.
    ///   - others: more of them.
    package init(base: HTTPAddress, authorization: Secret?, others: [ConnectionOptions.ExtraHeader] = []) {
        self.base = base
        writing = HTTPDialect(base: base, authorization: authorization, others: others)
        location = .http(base)
    }

    package func listRequest(marker: String?, now: Timestamp) throws -> HTTPRequest? { nil }

    package func listPage(_ response: HTTPResponse, at marker: String?, now: Timestamp) throws -> ListPage { ListPage(items: [], next: nil) }

    package func propertiesRequest(name: String, now: Timestamp) throws -> HTTPRequest { request(.head, name) }

    package func readRequest(name: String, offset: Int, count: Int, entityTag: String?, now: Timestamp) throws -> HTTPRequest {
        var request = request(.get, name)
        request.headers.append(.init("Range", "bytes=\(offset)-\(offset + count - 1)"))
        // A weak tag can't be matched (RFC 9110, 13.1.1).
        if let entityTag, !entityTag.hasPrefix("W/") { request.headers.append(.init("If-Match", entityTag)) }
        return request
    }

    /// Without a range, which not every server knows.
    package func wholeRequest(name: String, size: Int, entityTag: String?, now: Timestamp) throws -> HTTPRequest {
        var request = request(.get, name)
        if let entityTag, !entityTag.hasPrefix("W/") { request.headers.append(.init("If-Match", entityTag)) }
        return request
    }

    func request(_ method: HTTPRequest.Method, _ name: String) -> HTTPRequest {
        HTTPRequest(method, name.isEmpty ? base : writing.address(of: name), headers: writing.headers)
    }

    package func metadata(_ response: HTTPResponse) -> ObjectMetadata {
        ObjectMetadata(headers: response.headers, userPrefix: nil)
    }

    package func failure(_ response: HTTPResponse, name: String?, now: Timestamp) -> StoreError {
        HTTPFailure.error(response, what: "reading \(name.map { "\"\($0)\"" } ?? base.description) from \(base.origin) was refused", now: now)
    }
}
