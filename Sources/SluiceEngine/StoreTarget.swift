internal import SluiceCore
internal import SluiceStores

/// A location divided into a store and a name in it.
struct StoreTarget {
    enum Kind: Equatable {
        case file(path: String)
        case standardStream
        case http(base: HTTPAddress)
        case s3
        case azure
    }

    let kind: Kind
    /// The name in the store: a file's, a key, a path below `base`.
    let name: String
    /// Whether `name` is known to be a folder.
    let isFolder: Bool

    init(_ location: Location) throws {
        switch location {
        case .standardStream:
            (kind, name, isFolder) = (.standardStream, "-", false)
        case .file(let path, let isDirectory):
            kind = .file(path: path)
            isFolder = isDirectory || !FileSource(path: path, isDirectory: false).isSingleObject
            name = isFolder ? "" : path.lastPathPart ?? path
        case .http(let address):
            var base = address
            let last = address.path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
            guard let decoded = PercentEncoding.decode(last) else {
                throw CopyError(.usage, "\(address) is not percent-encoded correctly", advice: "Write % as %25")
            }
            base.path = String(address.path.dropLast(last.count))
            (kind, name, isFolder) = (.http(base: base), decoded, decoded.isEmpty)
        case .s3(_, let key):
            (kind, name, isFolder) = (.s3, key, key.isEmpty || key.hasSuffix("/"))
        case .azure(_, _, let blob):
            (kind, name, isFolder) = (.azure, blob, blob.isEmpty || blob.hasSuffix("/"))
        case .odbc:
            throw CopyError(
                .usage,
                "databases can only be copied from in this version",
                advice: "Use a file, https://, s3:// or az:// as the sink"
            )
        }
    }

    /// The directory that a file sink's names are relative to.
    var root: String {
        guard case .file(let path) = kind else { return "" }
        if isFolder { return path }
        return path.utf8.contains(UInt8(ascii: "/")) ? path.parentPath : ""
    }

    /// The bucket or container without a name in it.
    func wholeStore(_ location: Location) -> Location {
        switch location {
        case .s3(let bucket, _): .s3(bucket: bucket, key: "")
        case .azure(let account, let container, _): .azure(account: account, container: container, name: "")
        case .file, .standardStream, .http, .odbc: location
        }
    }
}

extension Location {
    /// The same place, as a folder whatever it is.
    var asFolder: Location {
        switch self {
        case .file(let path, _): return .file(path: path, isDirectory: true)
        case .s3(let bucket, let key): return .s3(bucket: bucket, key: key.path(of: ""))
        case .azure(let account, let container, let name):
            return .azure(account: account, container: container, name: name.path(of: ""))
        case .http(var address):
            address.path = address.path.isEmpty ? "/" : address.path.path(of: "")
            return .http(address)
        case .standardStream, .odbc: return self
        }
    }
}
