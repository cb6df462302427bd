package import SluiceCore
internal import SluiceStores

/// What a run that nobody goes on with has left in its staging store.
package struct StagedLeftovers {
    private let store: StagingStore
    /// Where uploads of the first half were begun.
    package let sink: any ObjectSink

    /// - Parameters:
    ///   - specification: the run's.
    ///   - run: its identifier.
    /// - Throws: a `Failure` where the staging store can't be reached, or there is none.
    package init(of specification: CopySpecification, run: String) throws {
        guard var staging = specification.staging else {
            throw CopyError(.usage, "the run was not staged", advice: nil)
        }
        staging.run = run
        let factory = StoreFactory(specification.unload(staging, to: staging.folder), run: run)
        store = try StagingStore(staging.folder, factory)
        sink = try factory.sink(StoreTarget(staging.folder))
    }

    /// Removes all that lies in the run's folder; blocks.
    ///
    /// - Returns: how many objects were removed.
    /// - Throws: a `Failure` where one can't be, or the store can't be listed.
    @discardableResult
    package func remove() throws -> Int {
        guard let names = store.names() else {
            throw CopyError(
                .usage,
                "what the run has left in \(store.folder) can't be listed",
                advice: "Remove it by another client"
            )
        }
        for name in names { try store.remove(name) }
        store.removeFolder()
        return names.count
    }
}
