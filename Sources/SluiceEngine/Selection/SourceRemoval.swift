internal import Dispatch
internal import SluiceCore
internal import SluicePipeline

/// Removes from the source what the sink has confirmed: the last thing that happens to an item.
///
/// Only the version that was copied is removed. Folders that become empty stay; where links are followed, the link is removed
/// and not what it leads to. An object that can't be removed fails its item, though its copy is whole.
final class SourceRemoval: Sendable {
    private let source: any RemovableSource
    private let input = Channel<ItemRecord>(bound: 4096)
    private let group = DispatchGroup()
    private let recordItem: @Sendable (ItemRecord) -> Void

    /// - Parameters:
    ///   - workers: objects that are removed at a time.
    ///   - recordItem: hears how each item ended after all.
    init(_ source: any RemovableSource, workers: Int, recordItem: @escaping @Sendable (ItemRecord) -> Void) {
        self.source = source
        self.recordItem = recordItem
        for index in 0..<workers { Worker("removal \(index)").run(in: group) { [self] in run() } }
    }

    /// Takes a copied item.
    func submit(_ record: ItemRecord) {
        if !input.send(record) { recordItem(record.failed(Cancelled())) }
    }

    /// Waits until everything that was copied is removed.
    func finish() {
        input.finish()
        group.wait()
    }

    private func run() {
        while let record = input.receive() {
            do {
                guard let item = record.version else { preconditionFailure("a copied item has a version") }
                try source.remove(item)
                recordItem(record)
            } catch {
                let problem = SluiceCore.failure(from: error)
                let failure = CopyError(
                    problem.kind,
                    "\"\(record.name)\" was copied, and not removed from the source",
                    cause: problem.cause.map { "\(problem.what): \($0)" } ?? problem.what,
                    advice: problem.advice
                )
                recordItem(record.failed(failure))
            }
        }
    }
}
