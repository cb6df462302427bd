internal import Dispatch
internal import SluiceCore
internal import SluicePipeline

/// A text in a store that grows while something goes on, brought there by a thread of its own.
///
/// A directory's file is appended to. A store's object is put anew with what came to it, once the last put is confirmed; where
/// it has grown to `largest` the text goes on in another, `NAME-2.txt`, so that no line is sent more often than that bears.
/// Lines that come while a put is under way go with the next one together.
///
/// A reliable log answers `add` of a line that is waited for when the store has it. One that is not reliable is brought there
/// every few seconds, and at the end.
final class StoreLog: Sendable {
    /// One file's text.
    struct Segment: Sendable {
        var bytes: [UInt8]
        /// How many of them the store has.
        var kept = 0
    }

    struct State: Sendable {
        var segments: [Segment] = []
        /// The number of the first of them, from 1 on.
        var number = 1
        /// Bytes that came, and that the store has confirmed.
        var added = 0
        var kept = 0
        var isEnding = false
        var hasEnded = false
        var failure: (any Failure)?
        var onFailure: (@Sendable () -> Void)?
    }

    let place: LogPlace
    private let name: String
    private let head: [UInt8]
    private let isReliable: Bool
    private let state = Monitor(State())

    /// How large an object becomes: a line is sent again with each put until then.
    private static let largest = 1 << 20
    /// Lines that wait for a store that takes none, before whoever adds more waits.
    private static let mostWaiting = 4 << 20
    /// Between two puts of a log that is not reliable.
    private static let interval = Duration.seconds(5)

    /// - Parameters:
    ///   - name: the first file's.
    ///   - head: its first line, and that of each.
    init(_ place: LogPlace, name: String, head: String, isReliable: Bool) {
        self.place = place
        self.name = name
        self.head = Array((head + "\n").utf8)
        self.isReliable = isReliable
    }

    /// One of a new name, whose first line is in its place; blocks.
    static func begun(_ place: LogPlace, head: String, isReliable: Bool) throws -> StoreLog {
        let log = StoreLog(place, name: newName(), head: head, isReliable: isReliable)
        do {
            try log.start()
        } catch {
            throw LogFailure(log.location, SluiceCore.failure(from: error))
        }
        return log
    }

    /// The first file.
    var location: Location { place.file(name) }

    /// What keeps it from going on.
    var failure: (any Failure)? { state.withLock { $0.failure } }

    /// Puts the first line, which shows whether the place takes any, and begins to take others; blocks.
    func start() throws {
        try place.make()
        try put(head, from: 0, number: 1)
        state.withLock { state in
            state.segments = [Segment(bytes: head, kept: head.count)]
        }
        Worker("log").run(in: DispatchGroup()) { [self] in run() }
    }

    /// Calls `body` where the store takes no more.
    func onFailure(_ body: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            state.onFailure = body
            return state.failure != nil
        }
        if isLate { body() }
    }

    /// Adds lines, each with its end.
    ///
    /// - Parameter waits: whether this returns when the store has them, if the log is reliable.
    func add(_ lines: [UInt8], waits: Bool) {
        guard !lines.isEmpty else { return }
        let added: (end: Int, wakes: Bool)? = state.wait { state in
            if state.failure != nil || state.isEnding { return .some(nil) }
            guard state.added - state.kept < StoreLog.mostWaiting else { return nil }
            if !place.isDirectory, let last = state.segments.last, last.bytes.count >= StoreLog.largest {
                state.segments.append(Segment(bytes: head))
            }
            state.segments[state.segments.count - 1].bytes += lines
            state.added += lines.count
            return (state.added, isReliable || state.added - state.kept > StoreLog.largest)
        }
        guard let added else { return }
        if added.wakes { state.broadcast() }
        guard waits, isReliable else { return }
        _ = state.wait { $0.kept >= added.end || $0.failure != nil || $0.hasEnded ? true : nil }
    }

    /// Brings what is left to the store; blocks.
    func finish() {
        state.withLock { $0.isEnding = true }
        state.broadcast()
        _ = state.wait { $0.hasEnded ? true : nil }
    }

    // MARK: The thread

    private struct Task: Sendable {
        let bytes: [UInt8]
        let from: Int
        let number: Int
    }

    private func run() {
        while let task = next() {
            do {
                try put(task.bytes, from: task.from, number: task.number)
                state.withLock { state in
                    // The head of a file is no line that anybody waits for.
                    let heads = task.from == 0 && task.number > 1 ? head.count : 0
                    state.kept += task.bytes.count - task.from - heads
                    state.segments[0].kept = task.bytes.count
                    settle(&state)
                }
                state.broadcast()
            } catch {
                let body = state.withLock { state in
                    state.failure = LogFailure(location, SluiceCore.failure(from: error))
                    state.hasEnded = true
                    return state.onFailure
                }
                state.broadcast()
                body?()
                return
            }
        }
        state.withLock { $0.hasEnded = true }
        state.broadcast()
    }

    /// What is to be brought to the store next; nil at the end.
    private func next() -> Task? {
        while true {
            let due = ContinuousClock.now + StoreLog.interval
            let wanted: Task?? = state.wait(deadline: due) { state in
                if let task = task(state) {
                    let isFull = state.added - state.kept > StoreLog.largest
                    return isReliable || state.isEnding || isFull ? .some(task) : nil
                }
                return state.isEnding ? .some(nil) : nil
            }
            if let wanted { return wanted }
            // Its time has come.
            if let late = state.withLock({ task($0) }) { return late }
        }
    }

    private func task(_ state: State) -> Task? {
        guard let first = state.segments.first, first.kept < first.bytes.count else { return nil }
        return Task(bytes: first.bytes, from: first.kept, number: state.number)
    }

    /// Lets go of what is in the store and gets nothing more.
    private func settle(_ state: inout State) {
        if place.isDirectory, state.segments[0].kept > StoreLog.largest {
            let kept = state.segments[0].kept
            state.segments[0] = Segment(bytes: Array(state.segments[0].bytes.dropFirst(kept)))
        }
        while state.segments.count > 1, state.segments[0].kept == state.segments[0].bytes.count {
            state.segments.removeFirst()
            state.number += 1
        }
    }

    private func put(_ bytes: [UInt8], from: Int, number: Int) throws {
        guard !place.isDirectory else {
            return try place.append(Array(bytes.dropFirst(from)), to: name, isFlushed: isReliable)
        }
        try place.put(bytes, as: file(number))
    }

    private func file(_ number: Int) -> String {
        guard number > 1 else { return name }
        let dot = name.lastIndex(of: ".") ?? name.endIndex
        return "\(name[..<dot])-\(number)\(name[dot...])"
    }
}

/// A log that can't be kept.
struct LogFailure: Failure {
    let what: String
    let cause: String?
    let kind: FailureKind
    let advice: String?

    init(_ location: Location, _ failure: any Failure) {
        what = "the log \(location) can't be kept"
        cause = failure.cause.map { "\(failure.what): \($0)" } ?? failure.what
        kind = failure.kind
        advice = failure.advice
    }
}
