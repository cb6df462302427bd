internal import Dispatch
package import SluiceCore
internal import SluicePipeline

/// Deletes the objects that a specification's source lists, and, of a directory that is to go as a whole, the folders that
/// are empty then.
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
    private let told: @Sendable (Removal) -> Void

    /// What became of an object or a folder.
    package struct Removal: Sendable {
        package let name: String
        package let isFolder: Bool
        /// Nil where it is gone.
        package let failure: (any Failure)?
    }

    /// Objects that are deleted at a time where nothing is said: a request takes a round trip, and no core.
    private static let standardWorkers = 16

    /// - Parameter told: hears of each, from several threads.
    package init(_ specification: CopySpecification, told: @escaping @Sendable (Removal) -> Void = { _ in }) {
        self.specification = specification
        self.told = told
    }

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
            case .failure(let name, let failure): note(name, failure)
            }
        }
        items.finish()
        group.wait()
        guard !cancellation.isCancelled else { throw Cancelled() }
        if takesFolders, case .file(let path, _) = specification.source {
            for name in EmptyFolders.remove(path) { told(Removal(name: name, isFolder: true, failure: nil)) }
        }
        return result.withLock { $0 }
    }

    /// Whether all that is in a directory goes.
    private var takesFolders: Bool {
        specification.selection.isEverything && specification.selection.recursive && specification.filesFrom == nil
    }

    private func delete(_ item: SourceItem, _ store: any RemovableSource) {
        guard !cancellation.isCancelled else { return }
        do {
            try store.remove(item)
            result.withLock { $0.deleted += 1 }
            told(Removal(name: item.name, isFolder: false, failure: nil))
        } catch {
            note(item.name, SluiceCore.failure(from: error))
        }
    }

    private func note(_ name: String, _ failure: any Failure) {
        told(Removal(name: name, isFolder: false, failure: failure))
        result.withLock { result in
            result.failed += 1
            if result.firstFailure == nil { result.firstFailure = failure }
        }
    }
}
