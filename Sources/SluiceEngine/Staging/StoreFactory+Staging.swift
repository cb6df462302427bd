internal import SluiceCore
internal import SluiceStores

extension StoreFactory {
    /// A folder of the sink's store as a source that is asked for its objects by their names.
    func storedFolder(_ target: StoreTarget, _ location: Location) throws -> any LookupSource {
        switch target.kind {
        case .file(let path): return FileSource(directory: path)
        case .standardStream:
            throw CopyError(.usage, "standard output can't be read back", advice: "Name a folder")
        case .http, .s3, .azure:
            return BlobSource(
                dialect: try readDialect(target, .sink, specification.sinkConnection, of: location),
                client: sinkClient
            )
        }
    }
}
