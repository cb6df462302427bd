package import SluiceCore

/// A source behind HTTP: a dialect that says what to ask, and a client that asks.
package struct BlobSource: LookupSource, RemovableSource {
    package let dialect: any BlobReadDialect
    let client: HTTPClient
    /// When a list is asked for in parts.
    package var listing = ListLimits()
    /// The one object that the location is, and what the service says of it; nil where it is a folder.
    private let object: (item: SourceItem, properties: HTTPResponse)?

    /// A folder, or a whole bucket or container.
    package init(dialect: any BlobReadDialect, client: HTTPClient) {
        self.dialect = dialect
        self.client = client
        object = nil
    }

    /// What a location names: asks the service whether that is an object; blocks.
    ///
    /// - Parameter name: the location's name in the store; empty or with a slash at its end it is a folder.
    package init(dialect: any BlobReadDialect, client: HTTPClient, name: String) throws {
        self.dialect = dialect
        self.client = client
        guard let last = name.pathParts.last, !last.isEmpty else {
            object = nil
            return
        }
        let now = Timestamp.now
        let response = try BlobSource.properties(client, dialect, name: last)
        if response.isSuccess {
            object = dialect.isFolder(response) ? nil : (SourceItem(name: last, properties: response), response)
        } else {
            // No such object: it may be a folder, where the service has any.
            guard response.status == 404, try dialect.listRequest(marker: nil, now: now) != nil else {
                throw dialect.failure(response, name: last, now: now)
            }
            object = nil
        }
    }

    package var isSingleObject: Bool { object != nil }
    package var location: Location { dialect.location }
    package var isRereadable: Bool { true }
    package var allowsReadThrough: Bool { false }
    package var requestSize: ClosedRange<Int>? { dialect.requestSize }

    package func list(_ body: (ListEntry) throws -> Void) throws {
        if let object {
            try body(.item(object.item))
            return
        }
        try listPages { items in
            for item in items { try body(.item(item)) }
        }
    }

    /// The answer to a request for an object's properties. A refusal of HEAD has no body: where one could say more than
    /// the status does, this is the refusal of a GET.
    private static func properties(
        _ client: HTTPClient,
        _ dialect: any BlobReadDialect,
        name: String
    ) throws -> HTTPResponse {
        let response = try answer(client, dialect, name: name) { try dialect.propertiesRequest(name: name, now: .now) }
        guard response.status == 400 || response.status == 403 else { return response }
        let request = try dialect.readRequest(name: name, offset: 0, count: 1, entityTag: nil, now: .now)
        // What goes wrong here is not what went wrong.
        guard let refusal = try? client.send(request, bodyLimit: .kibibytes(64)), !refusal.isSuccess else {
            return response
        }
        // The bucket's region may be told in words alone: it is known from here on.
        guard dialect.failure(refusal, name: name, now: .now).isRetryable else { return refusal }
        return try answer(client, dialect, name: name) { try dialect.propertiesRequest(name: name, now: .now) }
    }

    /// The answer to a request, asked for again while the failure is a passing one: a region or a clock that the
    /// dialect has learned from it, a service that stumbles.
    static func answer(
        _ client: HTTPClient,
        _ dialect: any BlobReadDialect,
        name: String?,
        _ request: () throws -> HTTPRequest
    ) throws -> HTTPResponse {
        try client.retrying {
            let response = try client.send(request(), bodyLimit: pageLimit)
            if response.isSuccess { return response }
            let failure = dialect.failure(response, name: name, now: .now)
            if failure.isRetryable { throw failure }
            return response
        }
    }

    /// A page of 5,000 names of 1,024 bytes with their properties.
    private static let pageLimit = ByteCount.mebibytes(32)

    package func find(_ name: String) throws -> SourceItem? {
        let response = try BlobSource.properties(client, dialect, name: name)
        if response.isSuccess { return dialect.isFolder(response) ? nil : SourceItem(name: name, properties: response) }
        guard response.status == 404 else { throw dialect.failure(response, name: name, now: .now) }
        return nil
    }

    /// The tag goes with the request, too, so that nothing can come in between; a service that knows no conditions on
    /// removals is asked without.
    package func remove(_ item: SourceItem) throws {
        guard let found = try find(item.name) else { return }
        guard found.entityTag == item.entityTag, found.size == item.storedSize else {
            throw StoreError(
                .sourceChanged,
                "\"\(item.name)\" is not the object that was copied",
                advice: "Copy it again"
            )
        }
        var response = try removal(item.name, entityTag: found.entityTag)
        if response.status == 501 || response.status == 400 { response = try removal(item.name, entityTag: nil) }
        guard !response.isSuccess, response.status != 404 else { return }
        let problem = dialect.failure(response, name: item.name, now: .now)
        let what = "removing \"\(item.name)\" from \(location) was refused"
        throw StoreError(problem.kind, what, cause: problem.cause, advice: problem.advice, status: response.status)
    }

    private func removal(_ name: String, entityTag: String?) throws -> HTTPResponse {
        try BlobSource.answer(client, dialect, name: name) {
            guard let request = try dialect.deleteRequest(name: name, entityTag: entityTag, now: .now) else {
                throw StoreError(.usage, "\(location) can't remove objects", advice: "Leave out --delete-source")
            }
            return request
        }
    }

    package func open(_ item: SourceItem) throws -> any ReadableObject {
        if let object, object.item == item {
            return BlobObject(name: item.name, properties: object.properties, dialect: dialect, client: client)
        }
        if item.size != nil, item.entityTag != nil { return BlobObject(listed: item, dialect: dialect, client: client) }
        let response = try BlobSource.properties(client, dialect, name: item.name)
        guard response.isSuccess else { throw dialect.failure(response, name: item.name, now: .now) }
        guard !dialect.isFolder(response) else {
            let what = "\"\(item.name)\" in \(location) is a folder"
            throw StoreError(.notFound, what, advice: "Give its name with a slash at its end")
        }
        return BlobObject(name: item.name, properties: response, dialect: dialect, client: client)
    }
}

extension SourceItem {
    /// An object by the headers that tell of it.
    fileprivate init(name: String, properties: HTTPResponse) {
        self.init(
            name: name,
            size: properties.contentLength,
            modified: properties["last-modified"].flatMap { Timestamp(httpDate: $0) },
            entityTag: properties["etag"]
        )
    }
}
