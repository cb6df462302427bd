internal import Glibc
internal import SluiceCore
internal import SluiceStores

extension StoreFactory {
    /// The address from which a database reads an object that the copy has put into `folder`; see `StagedAddresses`,
    /// which is cheaper where several are wanted.
    ///
    /// - Parameters:
    ///   - name: the object's, below `folder`.
    ///   - folder: a place in the sink's store, reached with the sink's credentials and options.
    ///   - lifetime: how long it holds: 1 s to 7 days.
    func address(of name: String, in folder: Location, lifetime: Duration) throws -> ObjectAddress {
        try StagedAddresses(self, folder).address(of: name, lifetime: lifetime)
    }
}

/// The addresses from which a database reads the objects of a folder in the sink's store, with credentials where the
/// store signs some: presigned ones of S3, with a SAS of Azure, bare ones of plain HTTPS, paths of directories.
struct StagedAddresses: Sendable {
    private let place: Place

    private enum Place: Sendable {
        /// An absolute path.
        case directory(String)
        /// Plain HTTPS: anyone may read there, or a header that is not part of the address lets in.
        case open(any BlobReadDialect)
        case signed(BlobSource)
    }

    /// - Parameter folder: taken for a folder with or without a slash at its end.
    /// - Throws: a `Failure` of kind `.usage` where no store's folder is meant, or credentials are half given.
    init(_ factory: StoreFactory, _ folder: Location) throws {
        let folder = folder.asFolder
        if case .file(let path, _) = folder {
            place = .directory(StagedAddresses.absolute(path))
            return
        }
        let target = try StoreTarget(folder)
        guard target.kind != .standardStream else {
            throw CopyError(
                .usage,
                "no database can read what is on standard output",
                advice: "Name a folder in a store, or a directory"
            )
        }
        let connection = factory.specification.sinkConnection
        let dialect = try factory.readDialect(target, .sink, connection, of: folder)
        if case .http = folder {
            place = .open(dialect)
        } else {
            place = .signed(BlobSource(dialect: dialect, client: HTTPClient(settings: factory.settings(connection))))
        }
    }

    /// The address of an object that is there. Blocks: of S3 and Azure the object is asked for first, so that the
    /// bucket's region and the service's clock are known, and what can't be read is told of here.
    ///
    /// - Parameter lifetime: from now on, 1 s to 7 days, where anything is signed.
    /// - Throws: a `Failure`: `.notFound`, `.forbidden`, or `.usage` where the credential signs no addresses.
    func address(of name: String, lifetime: Duration) throws -> ObjectAddress {
        guard case .signed(let source) = place else { return try preview(of: name, lifetime: lifetime) }
        return try source.address(of: name, lifetime: AddressLifetime(lifetime))
    }

    /// What an object's address will look like, without asking whether it is there: so what can have none, and what
    /// no statement can be made of, shows before anything is staged.
    func preview(of name: String, lifetime: Duration) throws -> ObjectAddress {
        let lifetime = try AddressLifetime(lifetime)
        switch place {
        case .directory(let path): return ObjectAddress(address: path.path(of: name))
        case .open(let dialect): return try dialect.address(of: name, lifetime: lifetime, now: .now)
        case .signed(let source): return try source.dialect.address(of: name, lifetime: lifetime, now: .now)
        }
    }

    /// Links stay links: the database may have the same ones, and not what they lead to here.
    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        let relative = path.pathParts.filter { $0 != "." }.joined(separator: "/")
        return String(cString: here).path(of: relative)
    }
}
