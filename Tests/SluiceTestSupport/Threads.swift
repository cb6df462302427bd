import SluiceCore
import Dispatch

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
/// Few bodies run at a time, because Dispatch gives a process no more than 256 threads that block.
package func finishes(within limit: Duration = .seconds(60), _ body: @escaping @Sendable () -> Void) async -> Bool {
    await turns.take()
    let answer = Answer()
    DispatchQueue(label: "test").async {
        body()
        answer.give(true)
    }
    let watchdog = DispatchQueue(label: "watchdog")
    watchdog.asyncAfter(deadline: .now() + .seconds(Int(limit.components.seconds))) { answer.give(false) }
    let hasFinished = await withCheckedContinuation { answer.wait($0) }
    turns.giveBack()
    return hasFinished
}

/// Runs `body`, which may block, on a thread of its own; false when `progress` has not moved for `limit`, in which case
/// its threads are left behind.
///
/// On a busy machine a run may take long and yet go on: only one that stands still hangs.
package func finishes(
    unlessStuckFor limit: Duration,
    progress: @escaping @Sendable () -> Int,
    _ body: @escaping @Sendable () -> Void
) async -> Bool {
    await turns.take()
    let answer = Answer()
    DispatchQueue(label: "test").async {
        body()
        answer.give(true)
    }
    watch(answer, limit, last: progress(), progress)
    let hasFinished = await withCheckedContinuation { answer.wait($0) }
    turns.giveBack()
    return hasFinished
}

private func watch(_ answer: Answer, _ limit: Duration, last: Int, _ progress: @escaping @Sendable () -> Int) {
    DispatchQueue(label: "watchdog").asyncAfter(deadline: .now() + .seconds(Int(limit.components.seconds))) {
        guard !answer.isGiven else { return }
        let now = progress()
        if now == last { answer.give(false) } else { watch(answer, limit, last: now, progress) }
    }
}

private let turns = Turns(4)

/// Lets a number of tasks through at a time; the others wait in line without a thread.
private final class Turns: Sendable {
    private struct State {
        var free: Int
        var line: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Locked<State>

    init(_ count: Int) { state = Locked(State(free: count)) }

    func take() async {
        await withCheckedContinuation { continuation in
            let mayGo = state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                state.line.append(continuation)
                return false
            }
            if mayGo { continuation.resume() }
        }
    }

    func giveBack() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.line.isEmpty else { return state.line.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume()
    }
}

/// The first answer that was given.
private final class Answer: Sendable {
    private struct State {
        var value: Bool?
        var waiting: CheckedContinuation<Bool, Never>?
    }

    private let state = Locked(State())

    var isGiven: Bool { state.withLock { $0.value != nil } }

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
