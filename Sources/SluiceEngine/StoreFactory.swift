internal import SluiceCore
internal import SluiceStores

/// Makes the stores that a specification names. One line a store.
struct StoreFactory {
    private let specification: CopySpecification

    init(_ specification: CopySpecification) { self.specification = specification }

    /// - Parameter replacement: read instead of the specification's source.
    func endpoints(source replacement: (any ObjectSource)? = nil) throws -> CopyEndpoints {
        let source = try replacement ?? source()
        let target = try SinkTarget(specification.sink)
        if !source.isSingleObject, case .standardStream = specification.sink {
            throw CopyError(.usage, "a directory can't be written to standard output", advice: "Copy one file")
        }
        if case .standardStream = specification.source, target.isFolder {
            throw CopyError(.usage, "standard input has no name of its own", advice: "Write the whole name of the object, not a folder's")
        }
        let naming = SinkNaming(
            target: target.name,
            isFolder: target.isFolder,
            isSingle: source.isSingleObject,
            suffix: specification.codec?.suffix ?? ""
        )
        let readBack = specification.verification == .readback ? try self.readBack(target) : nil
        return CopyEndpoints(source: source, sink: try sink(target), naming: naming, readBack: readBack)
    }

    /// The store that the specification reads from.
    func source() throws -> any ObjectSource {
        switch specification.source {
        case .file(let path, let isDirectory):
            return FileSource(path: path, isDirectory: isDirectory, recursive: specification.recursive)
        case .standardStream:
            return StandardInputSource()
        case .http(let address):
            try requireEncryption(address, specification.sourceConnection)
            throw CopyError(.usage, "\(address.origin) can't be a source yet", advice: "Fetch it with curl and pipe it in: curl … | sluice copy - SINK")
        case .azure, .s3, .odbc:
            throw CopyError(.usage, "\(specification.source) can't be a source yet")
        }
    }

    private func sink(_ target: SinkTarget) throws -> any ObjectSink {
        let connection = specification.sinkConnection
        switch target.store {
        case .file(let root): return FileSink(root: root)
        case .standardStream: return StandardOutputSink()
        case .http(let base):
            try requireEncryption(base, connection)
            let settings = settings(connection)
            let dialect = HTTPDialect(base: base, authorization: authorization)
            return BlobSink(dialect: dialect, settings: settings, client: HTTPClient(settings: settings))
        }
    }

    private func readBack(_ target: SinkTarget) throws -> any ObjectSource {
        switch target.store {
        case .file(let root): return FileSource(path: root.isEmpty ? "." : root, isDirectory: true)
        case .standardStream:
            throw CopyError(.usage, "standard output can't be read back", advice: "Leave --verify readback out")
        case .http(let base):
            let client = HTTPClient(settings: settings(specification.sinkConnection))
            return BlobSource(dialect: HTTPReadDialect(base: base, authorization: authorization), client: client, isSingleObject: false)
        }
    }

    private var authorization: Secret? {
        (specification.environment["SLUICE_HTTP_AUTHORIZATION_SINK"] ?? specification.environment["SLUICE_HTTP_AUTHORIZATION"]).map(Secret.init)
    }

    private func settings(_ connection: ConnectionOptions) -> TransportSettings {
        TransportSettings(options: connection, proxyCredentials: specification.environment["SLUICE_PROXY_USERPWD"].map(Secret.init))
    }

    private func requireEncryption(_ address: HTTPAddress, _ connection: ConnectionOptions) throws {
        guard address.isEncrypted || address.isLoopback || connection.allowsPlaintext else {
            throw CopyError(.usage, "\(address.origin) is not encrypted", advice: "Write https://, or --allow-plaintext if the line is yours alone")
        }
    }
}

/// The sink's location, divided into a store and a name in it.
struct SinkTarget {
    enum Store {
        case file(root: String)
        case standardStream
        case http(base: HTTPAddress)
    }

    let store: Store
    let name: String
    /// Whether `name` is known to be a folder.
    let isFolder: Bool

    init(_ location: Location) throws {
        switch location {
        case .standardStream:
            (store, name, isFolder) = (.standardStream, "-", false)
        case .file(let path, let isDirectory):
            if isDirectory || FileSource(path: path, isDirectory: false).isSingleObject == false {
                (store, name, isFolder) = (.file(root: path), "", true)
            } else {
                let file = path.split(separator: "/").last.map(String.init) ?? path
                (store, name, isFolder) = (.file(root: path.contains("/") ? FileSink.parent(of: path) : ""), file, false)
            }
        case .http(let address):
            var base = address
            let last = address.path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
            guard let decoded = PercentEncoding.decode(last) else {
                throw CopyError(.usage, "\(address) is not percent-encoded correctly", advice: "Write % as %25")
            }
            base.path = String(address.path.dropLast(last.count))
            (store, name, isFolder) = (.http(base: base), decoded, decoded.isEmpty)
        case .azure, .s3, .odbc:
            throw CopyError(.usage, "\(location) can't be a sink yet")
        }
    }
}
