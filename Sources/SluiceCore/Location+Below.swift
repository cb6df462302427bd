extension Location {
    /// The folder of this name below this one.
    package func folder(_ name: String) -> Location {
        switch self {
        case .file(let path, _): return .file(path: path.path(of: name + "/"), isDirectory: true)
        case .s3(let bucket, let key): return .s3(bucket: bucket, key: key.path(of: name + "/"))
        case .azure(let account, let container, let blob):
            return .azure(account: account, container: container, name: blob.path(of: name + "/"))
        case .http(var address):
            address.path = address.path.path(of: PercentEncoding.encode(name, keeping: "/") + "/")
            return .http(address)
        case .standardStream, .odbc: return self
        }
    }

    /// The object of this name in this folder.
    package func object(_ name: String) -> Location {
        switch self {
        case .file(let path, _): return .file(path: path.path(of: name), isDirectory: false)
        case .s3(let bucket, let key): return .s3(bucket: bucket, key: key + name)
        case .azure(let account, let container, let folder):
            return .azure(account: account, container: container, name: folder + name)
        case .http(var address):
            address.path += PercentEncoding.encode(name)
            return .http(address)
        case .standardStream, .odbc: return self
        }
    }
}
