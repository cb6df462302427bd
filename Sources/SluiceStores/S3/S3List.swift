internal import SluiceCore

/// The document that `ListObjectsV2` answers.
struct S3List {
    /// Objects without the markers of folders, and the token of the next page.
    private(set) var listed = ListScope.Listed()

    /// - Throws: `XMLError` when it is malformed, or says that it goes on and not where.
    init(_ body: [UInt8]) throws(XMLError) {
        var reader = XMLReader(body)
        let root = try reader.root()
        guard root.name == "ListBucketResult" else { throw XMLError("it is a <\(root.name.prefix(40))>", at: 0) }
        var isEncoded = false
        var isTruncated = false
        var contents: [Contents] = []
        while let child = try reader.child() {
            switch child.name {
            case "Contents": contents.append(try Contents(&reader))
            case "Prefix": listed.prefix = try reader.text()
            case "EncodingType": isEncoded = try reader.text() == "url"
            case "IsTruncated": isTruncated = try reader.text().trimmed == "true"
            case "NextContinuationToken": listed.next = try reader.text()
            default: try reader.skip()
            }
        }
        try reader.end()
        guard !isTruncated || listed.next?.isEmpty == false else {
            throw XMLError("it is cut, and no token leads on", at: reader.position)
        }
        if !isTruncated { listed.next = nil }
        if isEncoded { listed.prefix = try listed.prefix.map(S3List.decode) }
        try add(contents, isEncoded)
    }

    private mutating func add(_ contents: [Contents], _ isEncoded: Bool) throws(XMLError) {
        listed.items.reserveCapacity(contents.count)
        for content in contents {
            let key = isEncoded ? try S3List.decode(content.key) : content.key
            if listed.first == nil { listed.first = key }
            if !ListScope.isFolderMarker(key: key, size: content.size) { listed.items.append(content.item(key)) }
        }
    }

    /// Percent-encoding as forms have it: a space is a plus sign, and a plus sign is `%2B`.
    private static func decode(_ text: String) throws(XMLError) -> String {
        let spaced = text.utf8.contains(UInt8(ascii: "+")) ? text.replacing("+", with: "%20") : text
        guard let decoded = PercentEncoding.decode(spaced) else {
            throw XMLError("the key \"\(text.prefix(80))\" is not percent-encoded", at: 0)
        }
        return decoded
    }
}

/// One object of a list.
private struct Contents {
    var key = ""
    var size: Int?
    var modified: Timestamp?
    var entityTag: String?

    init(_ reader: inout XMLReader) throws(XMLError) {
        let start = reader.position
        while let child = try reader.child() {
            switch child.name {
            case "Key": key = try reader.text()
            case "Size": size = try reader.byteCount()
            case "LastModified": modified = Timestamp(rfc3339: try reader.text().trimmed)
            case "ETag": entityTag = try reader.text().trimmed
            default: try reader.skip()
            }
        }
        guard !key.isEmpty else { throw XMLError("an object without a key", at: start) }
    }

    func item(_ key: String) -> SourceItem {
        SourceItem(name: key, size: size, modified: modified, entityTag: entityTag.flatMap(Contents.quoted))
    }

    /// An entity tag as headers have it (RFC 9110, 8.8.3): some services list it without its quotes.
    private static func quoted(_ tag: String) -> String? {
        tag.isEmpty ? nil : tag.hasSuffix("\"") ? tag : "\"\(tag)\""
    }
}
