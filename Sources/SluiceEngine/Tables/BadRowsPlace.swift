internal import Glibc
internal import SluiceCore
internal import SluiceLedger
internal import SluiceStores

/// Where skipped rows are kept: a file, or an object that is made of one at the end.
struct BadRowsPlace: Sendable {
    /// The file that they are written to.
    let path: String
    /// Whether it is one of ours, which is removed once the object is there.
    let isPrivate: Bool
    private let specification: CopySpecification
    private let location: Location

    /// The name that the file gets in a folder.
    private static let name = "bad-rows.csv"

    /// Nil where they are not kept.
    ///
    /// - Parameter ledger: whose attempts write to one file.
    init?(_ specification: CopySpecification, _ ledger: RunLedger?) throws {
        guard let location = specification.tableSink.badRows else { return nil }
        self.specification = specification
        self.location = location
        switch location {
        case .file(let file, let isDirectory):
            let isFolder = isDirectory || LocalPlace.kind(file) == .directory
            path = isFolder ? file.path(of: BadRowsPlace.name) : file
            isPrivate = false
        case .standardStream, .odbc:
            throw CopyError(
                .usage,
                "--bad-rows \(location) is neither a file nor an object of a store",
                advice: "Name a file, or a place in a store"
            )
        case .s3, .azure, .http:
            isPrivate = true
            let folder = specification.environment["TMPDIR"] ?? "/tmp"
            let name = "sluice-\(String(UInt64.random(in: 0 ... .max), radix: 16)).csv"
            path = ledger?.badRows ?? folder.path(of: name)
        }
    }

    /// Brings the file to where it belongs; what there is to say of it. Blocks.
    func deliver(_ count: Int, isCancelled: Bool, mayGoOn: Bool) throws -> [String] {
        let rows = "\(count) \(count == 1 ? "row was skipped and is" : "rows were skipped and are") kept in "
        guard isPrivate else { return ["\(rows)\(location)"] }
        if isCancelled { return ["\(rows)\"\(path)\", as the run has not come to its end"] }
        var copy = CopySpecification(source: .file(path: path, isDirectory: false), sink: location)
        copy.sinkConnection = specification.badRowsConnection
        copy.environment = specification.environment
        if try StoreTarget(location).isFolder { copy.sink = location.asFolder.object(BadRowsPlace.name) }
        let failure = Locked<(any Failure)?>(nil)
        do {
            _ = try CopyRun(copy) { record in
                if case .failed(let why) = record.outcome { failure.withLock { $0 = why } }
            }.execute()
        } catch {
            failure.withLock { $0 = SluiceCore.failure(from: error) }
        }
        if let failure = failure.withLock({ $0 }) {
            throw CopyError(
                failure.kind,
                "\(count) skipped rows can't be kept in \(location)",
                cause: failure.description,
                advice: "They are in \"\(path)\""
            )
        }
        if !mayGoOn { unlink(path) }
        return ["\(rows)\(location)"]
    }
}
