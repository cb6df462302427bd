package import SluiceCore

/// Azure blobs of every kind as a source: List Blobs, Get Blob Properties, Get Blob with ranges.
package struct AzureReadDialect: BlobReadDialect {
    package let location: Location
    let service: AzureService
    private let scope: ListScope

    /// - Parameter name: what the location names in the container: a blob, a prefix, or everything.
    init(service: AzureService, name: String) {
        self.service = service
        scope = ListScope(key: name)
        location = service.location
    }

    /// What the user should know of the service.
    package var notes: [String] { service.notes }

    /// As much as the service checks: so each range comes with its digest.
    package var requestSize: ClosedRange<Int> {
        AzureReadDialect.checkedRange...AzureReadDialect.checkedRange
    }
    package var largestCheckedRange: Int? { AzureReadDialect.checkedRange }

    /// Source: Azure Storage REST API, "List Blobs". Metadata is asked for because it tells the folders of file system
    /// drivers from blobs.
    package func listRequest(marker: String?, now: Timestamp) throws -> HTTPRequest? {
        var parameters = [("restype", "container"), ("comp", "list"), ("include", "metadata")]
        let (prefix, marker, option) =
            switch scope.page(marker: marker) {
            case .object(let prefix, let marker): (prefix, marker, ("maxresults", "1") as (String, String)?)
            case .names(let prefix, let marker): (prefix, marker, nil)
            case .folders(let prefix, let marker): (prefix, marker, ("delimiter", "/"))
            case .behind: preconditionFailure("the service starts behind no name")
            }
        if !prefix.isEmpty { parameters.append(("prefix", prefix)) }
        if let marker { parameters.append(("marker", marker)) }
        if let option { parameters.append(option) }
        return try service.request(.get, name: nil, parameters: parameters, now: now)
    }

    /// The service lists by the bytes of names, and begins behind none.
    package func listMarker(below folder: String) -> String? { scope.marker(below: folder) }
    package func listMarker(foldersOf folder: String) -> String? { scope.marker(foldersOf: folder) }

    package func listPage(_ response: HTTPResponse, at marker: String?, now: Timestamp) throws -> ListPage {
        guard response.isSuccess else { throw failure(response, name: nil, now: now) }
        do {
            guard let page = scope.page(try AzureList(response.body).listed, at: marker) else {
                throw XMLError("it is about another prefix", at: 0)
            }
            return page
        } catch let error as XMLError {
            throw StoreError(
                .unexpectedAnswer,
                "listing \(service.place)",
                cause: "the answer is not a list of the Blob service's: \(error)",
                advice: "Check that the endpoint is that of an Azure Blob service",
                status: response.status
            )
        }
    }

    package func propertiesRequest(name: String, now: Timestamp) throws -> HTTPRequest {
        try service.request(.head, name: blobName(name), now: now)
    }

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
        if count <= AzureReadDialect.checkedRange {
            headers.append(.init("x-ms-range-get-content-crc64", "true"))
        }
        return try service.request(.get, name: blobName(name), headers: headers, now: now)
    }

    /// The service computes the digest of a range up to 4 MiB (Azure Storage REST API, "Get Blob").
    private static let checkedRange = 4 << 20

    package func bodyChecksum(_ response: HTTPResponse) -> Checksum? {
        AzureDialect.storedChecksum(response, sent: nil)
    }

    package func storedChecksum(_ properties: HTTPResponse) -> Checksum? { properties.azureMD5 }

    /// Source: Azure Storage REST API, "Delete Blob".
    package func deleteRequest(name: String, entityTag: String?, now: Timestamp) throws -> HTTPRequest? {
        let headers = entityTag.map { [HTTPRequest.Header("if-match", $0)] } ?? []
        return try service.request(.delete, name: blobName(name), headers: headers, now: now)
    }

    func blobName(_ name: String) throws -> String {
        let name = scope.key(of: name)
        guard !name.isEmpty else {
            throw StoreError(
                .invalidName,
                "\(service.place) names no blob",
                advice: "Write az://ACCOUNT/CONTAINER/NAME"
            )
        }
        return name
    }

    package func failure(_ response: HTTPResponse, name: String?, now: Timestamp) -> StoreError {
        let what = name.map { "reading \"\($0)\" from \(service.place)" } ?? "listing \(service.place)"
        let error = service.error(response, what: what, attempt: 0, now: now)
        // The only precondition of a reader is that the blob is still the one that was listed.
        guard error.kind == .precondition, name != nil, response.status == 412 else { return error }
        return StoreError(
            .sourceChanged,
            what,
            cause: "it was replaced since it was listed (HTTP \(response.status))",
            advice: "Copy it again",
            status: response.status
        )
    }

    /// What a blob keeps beside its bytes, by the headers of an answer to HEAD or GET.
    package func metadata(_ response: HTTPResponse) -> ObjectMetadata {
        ObjectMetadata(headers: response.headers, userPrefix: "x-ms-meta-")
    }

    /// Whether an answer to HEAD is about a folder: of an account with a hierarchical namespace, or of a file system
    /// driver, which both keep folders as blobs without bytes.
    package func isFolder(_ response: HTTPResponse) -> Bool {
        response["x-ms-resource-type"] == "directory" || response["x-ms-meta-hdi_isfolder"] == "true"
    }
}
