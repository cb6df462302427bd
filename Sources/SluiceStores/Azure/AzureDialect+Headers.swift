internal import SluiceCore

extension AzureDialect {
    /// What a blob keeps beside its bytes.
    ///
    /// Source: Azure Storage REST API, "Put Blob" and "Put Block List".
    func contentHeaders(_ upload: Upload) throws -> [HTTPRequest.Header] {
        let metadata = upload.metadata
        var headers: [HTTPRequest.Header] = []
        headers.reserveCapacity(12)
        func append(_ name: String, _ value: String?) {
            if let value { headers.append(.init(name, HeaderText.encode(value))) }
        }
        append("x-ms-blob-content-type", metadata.contentType ?? "application/octet-stream")
        append("x-ms-blob-content-encoding", metadata.contentEncoding)
        append("x-ms-blob-content-language", metadata.contentLanguage)
        append("x-ms-blob-content-disposition", metadata.contentDisposition)
        append("x-ms-blob-cache-control", metadata.cacheControl)
        for (name, value) in metadata.user {
            guard AzureDialect.isMetadataName(name) else {
                throw StoreError(
                    .invalidName,
                    "the metadata of \"\(upload.name)\" can't be kept in \(service.place)",
                    cause: "Azure takes letters, digits and underscores in a name, and \"\(name)\" is another",
                    advice: "Leave out --preserve metadata"
                )
            }
            append("x-ms-meta-" + name.lowercased(), value)
        }
        return headers
    }

    /// Names are identifiers of C# (Azure Storage REST API, "Naming and referencing containers, blobs, and metadata").
    private static func isMetadataName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(48...57 ~= first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 48...57,
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    /// Source: Azure Storage REST API, "Specifying conditional headers for Blob service operations".
    func appendCondition(_ condition: WriteCondition, to headers: inout [HTTPRequest.Header]) {
        switch condition {
        case .none: break
        case .absent: headers.append(.init("if-none-match", "*"))
        case .unchanged(let tag): headers.append(.init("if-match", tag))
        }
    }

    /// A CRC64 goes with its least significant byte first; of the other digests the service takes MD5.
    func appendChecksum(_ checksum: Checksum?, to headers: inout [HTTPRequest.Header]) {
        switch checksum?.algorithm {
        case .crc64nvme: headers.append(.init("x-ms-content-crc64", AzureDialect.base64(reversing: checksum)))
        case .md5: headers.append(.init("content-md5", checksum?.base64 ?? ""))
        case .crc32c, .sha256, nil: break
        }
    }

    private static func base64(reversing checksum: Checksum?) -> String {
        Checksum(algorithm: .crc64nvme, bytes: checksum?.bytes.reversed() ?? []).base64
    }

    /// The digest that the service computed of a body: its CRC64, or the MD5 where that was sent.
    static func storedChecksum(_ response: HTTPResponse, sent: Checksum?) -> Checksum? {
        if sent?.algorithm == .md5 {
            guard let bytes = response["content-md5"].flatMap(Base64.decode), bytes.count == ChecksumAlgorithm.md5.length else {
                return nil
            }
            return Checksum(algorithm: .md5, bytes: bytes)
        }
        guard let bytes = response["x-ms-content-crc64"].flatMap(Base64.decode),
            bytes.count == ChecksumAlgorithm.crc64nvme.length
        else { return nil }
        return Checksum(algorithm: .crc64nvme, bytes: bytes.reversed())
    }
}
