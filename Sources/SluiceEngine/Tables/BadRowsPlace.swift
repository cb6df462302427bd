internal import Glibc
internal import SluiceCore
internal import SluiceStores

/// Where skipped rows are kept: a file, or an object that is made of one at the end.
struct BadRowsPlace {
    /// The file that they are written to; nil where they are not kept.
    let path: String?
    private let specification: CopySpecification
    private let location: Location?

    /// The name that the file gets in a folder.
    private static let name = "bad-rows.csv"

    init(_ specification: CopySpecification) throws {
        self.specification = specification
        location = specification.tableSink.badRows
        switch location {
        case nil: path = nil
        case .file(let file, let isDirectory):
            let isFolder = isDirectory || LocalPlace.kind(file) == .directory
            path = isFolder ? file.path(of: BadRowsPlace.name) : file
        case .standardStream, .odbc:
            throw CopyError(
                .usage,
                "--bad-rows \(location?.description ?? "") is neither a file nor an object of a store",
                advice: "Name a file, or a place in a store"
            )
        case .s3, .azure, .http:
            let folder = specification.environment["TMPDIR"] ?? "/tmp"
            path = folder.path(of: "sluice-bad-rows-\(getpid()).csv")
        }
    }

    /// Brings the file to where it belongs; what there is to say of it.
    func deliver(_ count: Int) throws -> [String] {
        guard let path, let location else { return [] }
        let note = "\(count) \(count == 1 ? "row was skipped and is" : "rows were skipped and are") kept in \(location)"
        if case .file = location { return [note] }
        var copy = CopySpecification(source: .file(path: path, isDirectory: false), sink: location)
        copy.sinkConnection = specification.badRowsConnection
        copy.environment = specification.environment
        if try StoreTarget(location).isFolder { copy.sink = try location.object(BadRowsPlace.name) }
        let failure = Locked<(any Failure)?>(nil)
        _ = try CopyRun(copy) { record in
            if case .failed(let why) = record.outcome { failure.withLock { $0 = why } }
        }.execute()
        if let failure = failure.withLock({ $0 }) {
            throw CopyError(
                failure.kind,
                "\(count) skipped rows can't be kept in \(location)",
                cause: failure.description,
                advice: "They are in \"\(path)\""
            )
        }
        unlink(path)
        return [note]
    }
}

extension Location {
    /// An object in this folder.
    fileprivate func object(_ name: String) throws -> Location {
        switch asFolder {
        case .s3(let bucket, let key): .s3(bucket: bucket, key: key + name)
        case .azure(let account, let container, let folder):
            .azure(account: account, container: container, name: folder + name)
        case .http(var address):
            {
                address.path += name
                return .http(address)
            }()
        case .file(let path, _): .file(path: path.path(of: name), isDirectory: false)
        case .standardStream, .odbc: self
        }
    }
}
