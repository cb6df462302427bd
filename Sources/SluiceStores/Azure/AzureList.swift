internal import SluiceCore

/// The document that List Blobs answers.
struct AzureList {
    /// Blobs without folders, and the marker of the next page.
    private(set) var listed = ListScope.Listed()

    /// - Throws: `XMLError` when it is malformed.
    init(_ body: [UInt8]) throws(XMLError) {
        var reader = XMLReader(body)
        let root = try reader.root()
        guard root.name == "EnumerationResults" else { throw XMLError("it is a <\(root.name.prefix(40))>", at: 0) }
        while let child = try reader.child() {
            switch child.name {
            case "Blobs":
                while let entry = try reader.child() {
                    switch entry.name {
                    case "Blob": add(try BlobEntry(&reader))
                    case "BlobPrefix": try addFolder(&reader)
                    default: try reader.skip()
                    }
                }
            case "Prefix": listed.prefix = try AzureList.name(child, &reader)
            case "NextMarker": listed.next = try reader.text()
            default: try reader.skip()
            }
        }
        try reader.end()
        if listed.next?.isEmpty == true { listed.next = nil }
    }

    private mutating func add(_ entry: BlobEntry) {
        if listed.first == nil { listed.first = entry.name }
        guard !entry.isFolder, !ListScope.isFolderMarker(key: entry.name, size: entry.size) else { return }
        listed.items.append(
            SourceItem(name: entry.name, size: entry.size, modified: entry.modified, entityTag: entry.entityTag)
        )
    }

    private mutating func addFolder(_ reader: inout XMLReader) throws(XMLError) {
        while let child = try reader.child() {
            if child.name == "Name" {
                listed.folders.append(try AzureList.name(child, &reader))
            } else {
                try reader.skip()
            }
        }
    }

    /// A name; one that XML can't hold is percent-encoded, and says so.
    fileprivate static func name(_ tag: XMLTag, _ reader: inout XMLReader) throws(XMLError) -> String {
        let start = reader.position
        let text = try reader.text()
        guard tag.attributes["Encoded"] == "true" else { return text }
        guard let name = PercentEncoding.decode(text) else {
            throw XMLError("a name that is not percent-encoded", at: start)
        }
        return name
    }
}

/// One blob of a list.
private struct BlobEntry {
    var name = ""
    var size: Int?
    var modified: Timestamp?
    var entityTag: String?
    var isFolder = false

    init(_ reader: inout XMLReader) throws(XMLError) {
        let start = reader.position
        while let child = try reader.child() {
            switch child.name {
            case "Name": name = try AzureList.name(child, &reader)
            case "Properties": try readProperties(&reader)
            case "Metadata":
                while let pair = try reader.child() {
                    if pair.name.lowercased() == "hdi_isfolder" {
                        if try reader.text() == "true" { isFolder = true }
                    } else {
                        try reader.skip()
                    }
                }
            default: try reader.skip()
            }
        }
        guard !name.isEmpty else { throw XMLError("a blob without a name", at: start) }
    }

    private mutating func readProperties(_ reader: inout XMLReader) throws(XMLError) {
        while let property = try reader.child() {
            switch property.name {
            case "Content-Length": size = try reader.byteCount()
            case "Last-Modified": modified = Timestamp(httpDate: try reader.text())
            case "Etag":
                // Listed without the quotes that headers have.
                let tag = try reader.text()
                entityTag = tag.isEmpty ? nil : tag.hasSuffix("\"") ? tag : "\"\(tag)\""
            case "ResourceType": if try reader.text() == "directory" { isFolder = true }
            default: try reader.skip()
            }
        }
    }
}
