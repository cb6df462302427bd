import Dispatch
import Synchronization

/// Runs `body` on `count` threads at once, numbered from 0, and blocks until all have returned.
package func inParallel(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let group = DispatchGroup()
    for index in 0..<count { DispatchQueue(label: "test \(index)").async(group: group) { body(index) } }
    group.wait()
}

/// Runs `body`, which may block, on a thread of its own; false when it has not returned after `limit`, in which case
/// its threads are left behind.
///
/// The caller's own thread stays free: a test that blocks one of the few that tests run on could block its own limit.
package func finishes(within limit: Duration = .seconds(60), _ body: @escaping @Sendable () -> Void) async -> Bool {
    let answer = Answer()
    DispatchQueue(label: "test").async {
        body()
        answer.give(true)
    }
    let watchdog = DispatchQueue(label: "watchdog")
    watchdog.asyncAfter(deadline: .now() + .seconds(Int(limit.components.seconds))) { answer.give(false) }
    return await withCheckedContinuation { answer.wait($0) }
}

/// The first answer that was given.
private final class Answer: Sendable {
    private struct State {
        var value: Bool?
        var waiting: CheckedContinuation<Bool, Never>?
    }

    private let state = Mutex(State())

    func give(_ value: Bool) {
        let waiting = state.withLock { state in
            guard state.value == nil else { return CheckedContinuation<Bool, Never>?.none }
            state.value = value
            return state.waiting
        }
        waiting?.resume(returning: value)
    }

    func wait(_ continuation: CheckedContinuation<Bool, Never>) {
        let value = state.withLock { state in
            if state.value == nil { state.waiting = continuation }
            return state.value
        }
        if let value { continuation.resume(returning: value) }
    }
}
