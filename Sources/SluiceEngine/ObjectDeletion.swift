internal import Dispatch
package import SluiceCore
internal import SluicePipeline

/// Deletes the objects that a specification's source lists. Folders that become empty stay.
package final class ObjectDeletion: Sendable {
    /// What came of it.
    package struct Result: Sendable {
        package var deleted = 0
        package var failed = 0
        package var firstFailure: (any Failure)?
    }

    private let specification: CopySpecification
    private let cancellation = Cancellation()
    private let result = Locked(Result())

    /// Objects that are deleted at a time where nothing is said: a request takes a round trip, and no core.
    private static let standardWorkers = 16

    package init(_ specification: CopySpecification) { self.specification = specification }

    /// Ends it as soon as possible. From any thread.
    package func cancel() { cancellation.cancel() }

    /// Lists and deletes; blocks until all that was begun has ended.
    ///
    /// - Throws: a `Failure` when the source can't be listed, or it was cancelled; what was deleted until then is gone.
    package func run() throws -> Result {
        let factory = StoreFactory(specification)
        let source = try factory.source()
        let store = try factory.removable()
        let items = Channel<SourceItem>(bound: 4096)
        let group = DispatchGroup()
        for index in 0..<(specification.connections.count ?? ObjectDeletion.standardWorkers) {
            Worker("deletion \(index)").run(in: group) { [self] in
                while let item = items.receive() { delete(item, store) }
            }
        }
        defer {
            items.finish()
            group.wait()
        }
        try source.list { entry in
            guard !cancellation.isCancelled else { throw Cancelled() }
            switch entry {
            case .item(let item): _ = items.send(item)
            case .unchanged: break
            case .failure(_, let failure): note(failure)
            }
        }
        items.finish()
        group.wait()
        guard !cancellation.isCancelled else { throw Cancelled() }
        return result.withLock { $0 }
    }

    private func delete(_ item: SourceItem, _ store: any RemovableSource) {
        guard !cancellation.isCancelled else { return }
        do {
            try store.remove(item)
            result.withLock { $0.deleted += 1 }
        } catch {
            note(SluiceCore.failure(from: error))
        }
    }

    private func note(_ failure: any Failure) {
        result.withLock { result in
            result.failed += 1
            if result.firstFailure == nil { result.firstFailure = failure }
        }
    }
}
