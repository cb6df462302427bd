internal import Dispatch
internal import SluiceCore
internal import SluicePipeline

/// What stands in the sink under the names of a source's objects.
///
/// Where both sides list in the byte order of names, the lists are merged: one request for a thousand objects, and memory
/// for `ahead` of them, however many there are. What such a list does not have is asked for by its name, several at a time,
/// because some compatibles list in another order; so is all that comes behind a place where a list is seen not to be in
/// order, and everything in stores that don't list. Into an empty folder nothing is asked for.
final class DestinationIndex {
    private let store: any LookupSource
    private let lookups: Int
    private let nameInStore: (SourceItem) -> String
    private var list: OrderedList?

    /// - Parameters:
    ///   - store: the sink as a source, by the names that objects have in it.
    ///   - lookups: objects that are asked for at a time.
    ///   - folder: the sink's folder, with names as the source has them, where it lists in order.
    ///   - nameInStore: the name that an object gets in `store`.
    init(
        _ store: any LookupSource,
        lookups: Int,
        folder: (any ObjectSource)?,
        nameInStore: @escaping (SourceItem) -> String
    ) {
        self.store = store
        self.lookups = lookups
        self.nameInStore = nameInStore
        list = folder.map { OrderedList($0) }
    }

    /// Objects that it is asked about at a time: one for a store on this machine.
    var batch: Int { lookups == 1 ? 1 : lookups * 16 }

    /// What stands under the names of `items`, which follow those of the call before; blocks.
    func standing(_ items: [SourceItem]) throws -> [Result<SourceItem?, CopyError>] {
        var found = [Result<SourceItem?, CopyError>](repeating: .success(nil), count: items.count)
        var unknown: [Int] = []
        for (position, item) in items.enumerated() {
            switch try list?.find(item.name) {
            case .standing(let item): found[position] = .success(item)
            // Nothing as far as the list is in order.
            case .nothing: if list?.isEmpty == false { unknown.append(position) }
            case .unordered:
                list = nil
                unknown.append(position)
            case nil: unknown.append(position)
            }
        }
        let answers = Lookup.concurrently(unknown.map { nameInStore(items[$0]) }, most: lookups) { [store] name in
            do {
                return Result<SourceItem?, CopyError>.success(try store.find(name))
            } catch {
                let problem = SluiceCore.failure(from: error)
                return .failure(CopyError(problem.kind, problem.what, cause: problem.cause, advice: problem.advice))
            }
        }
        for (position, answer) in zip(unknown, answers) { found[position] = answer }
        return found
    }
}

/// A list that comes in order, read ahead of who asks.
private final class OrderedList {
    /// Objects that are read ahead: four pages of S3's.
    private static let ahead = 4096

    /// Objects that are handed over at a time: one by one costs a wake-up each.
    private static let batch = 256

    private let channel = Channel<[SourceItem]>(bound: ahead)
    private var batch: ArraySlice<SourceItem> = []
    private let failure = Locked<(any Failure)?>(nil)
    private var current: SourceItem?
    private var hasEnded = false

    /// Whether there is nothing in the list.
    var isEmpty: Bool { hasEnded && current == nil }
    private var lastAsked: String?

    init(_ source: any ObjectSource) {
        Worker("destination").run(in: DispatchGroup()) { [channel, failure] in
            var batch: [SourceItem] = []
            func flush() throws {
                let count = batch.count
                guard count == 0 || channel.send(batch, weight: count) else { throw Cancelled() }
                batch.removeAll(keepingCapacity: true)
            }
            do {
                try source.list { entry in
                    guard case .item(let item) = entry else { return }
                    batch.append(item)
                    if batch.count == OrderedList.batch { try flush() }
                }
                try flush()
            } catch {
                failure.withLock { $0 = SluiceCore.failure(from: error) }
            }
            channel.finish()
        }
    }

    deinit { channel.close() }

    enum Answer {
        case standing(SourceItem)
        case nothing
        /// The names asked for, or those of the list, are not in order: nothing can be said.
        case unordered
    }

    /// What stands under a name.
    func find(_ name: String) throws -> Answer {
        if let lastAsked, !OrderedList.precedes(lastAsked, name) { return .unordered }
        lastAsked = name
        while !hasEnded {
            if let current {
                if current.name.utf8.elementsEqual(name.utf8) { return .standing(current) }
                if OrderedList.precedes(name, current.name) { return .nothing }
            }
            guard let next = received() else {
                if let failure = failure.withLock({ $0 }) { throw failure }
                hasEnded = true
                break
            }
            if let current, !OrderedList.precedes(current.name, next.name) { return .unordered }
            current = next
        }
        return .nothing
    }

    private func received() -> SourceItem? {
        if batch.isEmpty { batch = channel.receive()?[...] ?? [] }
        return batch.popFirst()
    }

    /// The order of bytes, which is that of S3 and Azure; Swift's own is that of canonical characters.
    private static func precedes(_ name: String, _ other: String) -> Bool {
        name.utf8.lexicographicallyPrecedes(other.utf8)
    }
}
