internal import Dispatch
internal import SluiceCore
internal import SluicePipeline
internal import Synchronization

/// Questions to a store, several at a time.
enum Lookup {
    /// Objects of a store on another machine that are asked for at a time: a request takes a round trip, and no core.
    static let remote = 32

    /// What `body` makes of each element, in order; blocks.
    /// - Parameter most: calls of `body` at a time, each on a thread of its own.
    static func concurrently<Element: Sendable, Result: Sendable>(
        _ elements: [Element],
        most: Int,
        _ body: @escaping @Sendable (Element) -> Result
    ) -> [Result] {
        guard most > 1, elements.count > 1 else { return elements.map(body) }
        let shared = Shared<Result>(count: elements.count)
        let group = DispatchGroup()
        for index in 0..<min(most, elements.count) {
            Worker("lookup \(index)").run(in: group) {
                while let index = shared.take() { shared.put(body(elements[index]), at: index) }
            }
        }
        group.wait()
        return shared.all
    }

    private final class Shared<Result: Sendable>: Sendable {
        private let next = Atomic<Int>(0)
        private let results: Locked<[Result?]>
        private let count: Int

        init(count: Int) {
            self.count = count
            results = Locked(Array(repeating: nil, count: count))
        }

        func take() -> Int? {
            let index = next.add(1, ordering: .relaxed).oldValue
            return index < count ? index : nil
        }

        func put(_ result: Result, at index: Int) { results.withLock { $0[index] = result } }

        var all: [Result] { results.withLock { $0.compactMap { $0 } } }
    }
}
