internal import SluiceCore
internal import SluiceStores

/// The run's folder in the staging store: what stands there is read, asked for and removed by its name below the folder.
struct StagingStore: Sendable {
    let folder: Location
    private let sink: any ObjectSink
    private let source: any LookupSource
    /// What the sink's names have in front of those below the folder.
    private let prefix: String
    private let addresses: StagedAddresses?

    /// How long the address of an object holds that a database loads.
    private static let lifetime = Duration.seconds(6 * 3600)

    /// - Parameter isAddressed: whether others read objects by their addresses.
    init(_ folder: Location, _ factory: StoreFactory, isAddressed: Bool = false) throws {
        self.folder = folder
        let target = try StoreTarget(folder)
        prefix = target.name.path(of: "")
        sink = try factory.sink(target)
        source = try factory.storedFolder(target, folder)
        addresses = isAddressed ? try StagedAddresses(factory, folder) : nil
    }

    /// The name below the folder of what the sink knows by `name`.
    func name(inSink name: String) -> String { name.remainder(after: prefix) ?? name }

    /// Least and most bytes of a request that reads; nil where reading is none.
    var requestSize: ClosedRange<Int>? { source.requestSize }

    func find(_ name: String) throws -> SourceItem? { try source.find(name) }

    /// - Throws: a `Failure` of kind `.integrity`, at once or while it is read, where its bytes are not those that were staged.
    func open(_ object: StagedObject) throws -> any ReadableObject {
        let item = SourceItem(name: object.name, size: object.bytes, entityTag: object.entityTag)
        let found = try source.open(item)
        if let size = found.size, size != object.bytes {
            throw CopyError(
                .integrity,
                "\"\(object.name)\" in the staging store is not what was put there",
                cause: "it has \(size) bytes, and what was sent had \(object.bytes)",
                advice: "Copy it again; if that happens twice, stage in another store"
            )
        }
        return CheckedObject(found, object)
    }

    /// Where others read an object, for some hours; blocks.
    ///
    /// - Parameter isThere: whether it is asked for first.
    func address(of name: String, isThere: Bool = true) throws -> ObjectAddress {
        guard let addresses else { preconditionFailure("objects have addresses where they are asked for") }
        return try isThere
            ? addresses.address(of: name, lifetime: StagingStore.lifetime)
            : addresses.preview(of: name, lifetime: StagingStore.lifetime)
    }

    /// Removes an object; blocks. What is gone is no error.
    func remove(_ name: String) throws {
        guard try sink.remove(name: prefix + name) else {
            throw CopyError(
                .usage,
                "nothing can be removed from \(folder)",
                advice: "Stage in another store, or give --keep-staging"
            )
        }
    }

    /// The names of all that lies in the folder; nil where the store can't be listed. Blocks.
    func names() -> [String]? {
        if case .http = folder { return nil }
        var names: [String] = []
        do {
            try source.list { entry in if case .item(let item) = entry { names.append(item.name) } }
        } catch {
            // A folder that was never made holds nothing.
            return SluiceCore.failure(from: error).kind == .notFound ? [] : nil
        }
        return names
    }

    /// Removes the folder where it is one of this machine's and holds nothing.
    func removeFolder() {
        guard case .file(let path, _) = folder else { return }
        _ = EmptyFolders.remove(path)
    }
}
