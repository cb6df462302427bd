/// Where data is, as the command line or a document names it. It never holds a secret.
package enum Location: Hashable, Sendable {
    /// A local file or directory; `isDirectory` when it was written with a trailing slash.
    case file(path: String, isDirectory: Bool)
    /// Standard input as a source, standard output as a sink.
    case standardStream
    /// A plain HTTPS (or, where allowed, HTTP) resource.
    case http(HTTPAddress)
    /// An Azure container, or a blob or prefix in it.
    case azure(account: String, container: String, name: String)
    /// An S3 bucket, or a key or prefix in it.
    case s3(bucket: String, key: String)
    /// A database through ODBC, by its connection string.
    case odbc(connectionString: String)
}

/// An `http` or `https` address taken apart. Path and query are kept percent-encoded, as they were written.
package struct HTTPAddress: Hashable, Sendable {
    package var isEncrypted: Bool
    /// Name or address, without the brackets of an IPv6 literal, in lower case.
    package var host: String
    /// Nil for the scheme's own port.
    package var port: Int?
    /// Percent-encoded, empty or starting with a slash.
    package var path: String
    /// Percent-encoded, without the question mark.
    package var query: String?

    package init(isEncrypted: Bool = true, host: String, port: Int? = nil, path: String = "", query: String? = nil) {
        self.isEncrypted = isEncrypted
        self.host = host
        self.port = port
        self.path = path
        self.query = query
    }

    /// Host and, where it is not the scheme's own, port: what the `Host` header says.
    package var authority: String {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return port.map { "\(name):\($0)" } ?? name
    }

    /// Scheme and authority, without a path.
    package var origin: String { (isEncrypted ? "https://" : "http://") + authority }

    /// Whether the host is this machine by name or address.
    package var isLoopback: Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host == "::1"
            || (host.hasPrefix("127.") && HTTPAddress.isIPv4(host))
    }

    /// Four numbers: a name like `127.example.com.net` belongs to whoever registered it.
    private static func isIPv4(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}

extension HTTPAddress: CustomStringConvertible {
    package var description: String {
        var text = origin
        text += path
        if let query { text += "?" + query }
        return text
    }
}

extension Location: CustomStringConvertible {
    package var description: String {
        switch self {
        case .file(let path, _): path
        case .standardStream: "-"
        case .http(let address): address.description
        case .azure(let account, let container, let name):
            "az://\(account)/\(container)" + (name.isEmpty ? "" : "/\(name)")
        case .s3(let bucket, let key): key.isEmpty ? "s3://\(bucket)" : "s3://\(bucket)/\(key)"
        case .odbc: "odbc:…"
        }
    }
}

extension Location {
    /// Whether it lies behind a network.
    package var isRemote: Bool {
        switch self {
        case .http, .azure, .s3, .odbc: true
        case .file, .standardStream: false
        }
    }

    /// As ADF's run output names the store: `FileServer`, `AmazonS3`, `AzureBlobStorage`, `HttpServer`, `Odbc`.
    package var storeType: String {
        switch self {
        case .file: "FileServer"
        case .standardStream: "StandardStream"
        case .http: "HttpServer"
        case .azure: "AzureBlobStorage"
        case .s3: "AmazonS3"
        case .odbc: "Odbc"
        }
    }
}
