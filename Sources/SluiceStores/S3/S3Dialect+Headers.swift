internal import SluiceCore

extension S3Dialect {
    /// What an object keeps beside its bytes.
    ///
    /// Source: Amazon S3 User Guide, "Working with object metadata".
    func putHeaders(_ upload: Upload) throws -> [HTTPRequest.Header] {
        let metadata = upload.metadata
        var headers: [HTTPRequest.Header] = []
        headers.reserveCapacity(12)
        // Said always: a client library's own default would be stored otherwise.
        headers.append(.init("content-type", HeaderText.encode(metadata.contentType ?? "application/octet-stream")))
        if let value = metadata.cacheControl { headers.append(.init("cache-control", HeaderText.encode(value))) }
        if let value = metadata.contentDisposition {
            headers.append(.init("content-disposition", HeaderText.encode(value)))
        }
        if let value = metadata.contentEncoding { headers.append(.init("content-encoding", HeaderText.encode(value))) }
        if let value = metadata.contentLanguage { headers.append(.init("content-language", HeaderText.encode(value))) }
        for (name, value) in metadata.user {
            guard HeaderText.isToken(name) else {
                throw StoreError(
                    .invalidName,
                    "the metadata of \"\(upload.name)\" can't be kept in \(service.place)",
                    cause: "\"\(name)\" can't be part of a header's name",
                    advice: "Leave out --preserve metadata"
                )
            }
            headers.append(.init("x-amz-meta-" + name.lowercased(), HeaderText.encode(value)))
        }
        return headers
    }

    /// Source: Amazon S3 User Guide, "How to prevent object overwrites with conditional writes".
    func appendCondition(_ condition: WriteCondition, to headers: inout [HTTPRequest.Header]) {
        switch condition {
        case .none: break
        case .absent: headers.append(.init("if-none-match", "*"))
        case .unchanged(let tag): headers.append(.init("if-match", tag))
        }
    }

    func appendChecksum(_ checksum: Checksum?, to headers: inout [HTTPRequest.Header]) {
        guard let checksum, checksum.algorithm == .md5 || service.takesChecksums else { return }
        headers.append(.init(checksum.algorithm.s3Header, checksum.base64))
    }
}
