internal import Dispatch
internal import SluiceCore

/// The threads that ask for a `RangedList`'s pages.
///
/// Each asks for one page at a time, and they come with the length of the list. Who reads the list and goes away waits
/// for none of them: a request under way ends by itself, and its page is dropped.
final class ParallelList: Sendable {
    fileprivate struct State: Sendable {
        var list: RangedList
        var threads = 0
        var failure: (any Error)?
        var isOver = false
    }

    private let monitor: Monitor<State>
    private let fetch: @Sendable (RangedList.Place) throws -> ListPage

    /// - Parameter fetch: brings a page; blocks; called from several threads.
    init(_ list: RangedList, fetch: @escaping @Sendable (RangedList.Place) throws -> ListPage) {
        monitor = Monitor(State(list: list))
        self.fetch = fetch
    }

    private enum News {
        case items([SourceItem])
        case failed(any Error)
        case end
    }

    /// Hands the names on in order, on the calling thread; blocks until the end of the list.
    func run(_ body: ([SourceItem]) throws -> Void) throws {
        defer {
            monitor.withLock { $0.isOver = true }
            monitor.broadcast()
        }
        hire()
        while true {
            let news: News = monitor.wait { state in
                let items = state.list.told()
                if !items.isEmpty { return .items(items) }
                if let failure = state.failure { return .failed(failure) }
                return state.list.isEmpty ? .end : nil
            }
            switch news {
            case .items(let items):
                // There is room for others.
                monitor.broadcast()
                try body(items)
            case .failed(let failure): throw failure
            case .end: return
            }
        }
    }

    /// Starts threads for as many pages as may be asked for.
    private func hire() {
        let hired = monitor.withLock { state in
            let hired = max(0, state.list.mostAsked - state.threads)
            state.threads += hired
            return hired
        }
        for _ in 0..<hired { DispatchQueue(label: "sluice list").async { self.work() } }
    }

    private func work() {
        while let request = nextRequest() {
            do {
                let page = try fetch(request.place)
                monitor.withLock { $0.list.take(page, for: request) }
            } catch {
                monitor.withLock { $0.fail(error, request) }
            }
            monitor.broadcast()
            hire()
        }
    }

    private func nextRequest() -> RangedList.Request? {
        monitor.wait { state -> RangedList.Request?? in
            if state.isOver || state.failure != nil { return .some(nil) }
            return state.list.next().map { .some($0) }
        }
    }
}

extension ParallelList.State {
    /// A place that was guessed may be refused; what goes wrong elsewhere, too, will be seen there.
    fileprivate mutating func fail(_ error: any Error, _ request: RangedList.Request) {
        if case .behind = request.place { return list.refuse(request) }
        if failure == nil { failure = error }
    }
}
