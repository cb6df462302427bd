internal import SluicePipeline

/// What the admitter waits for: pieces that have gone, new entries, items that are due again.
final class AdmissionGate: Sendable {
    private struct State {
        var generation = 0
        var waits = Wait.none
        /// Items that have started and not ended.
        var active = 0
        var again: [(due: ContinuousClock.Instant, item: StartOver)] = []
        var limit = 4

        var mostActive: Int { limit * 4 + 256 }
    }

    /// What the admitter waits for.
    enum Wait {
        case none
        /// Anything that may have changed.
        case anything
        /// Room for a good number of objects: one wake-up then admits them all, where one an object would cost two
        /// switches of threads each.
        case room
    }

    private let monitor = Monitor(State())

    init() {}

    var generation: Int { monitor.withLock { $0.generation } }

    /// Whether nothing is under way or due.
    var isIdle: Bool { monitor.withLock { $0.active == 0 && $0.again.isEmpty } }

    /// Chunks that one object may have under way, so that all connections are busy and the next chunks are ready.
    var shareOfOne: Int { monitor.withLock { $0.limit * 2 + 16 } }

    /// Whether another object may be started.
    var hasRoom: Bool { monitor.withLock { $0.active < $0.mostActive } }

    /// The connections that may be used now.
    func setLimit(_ limit: Int) {
        monitor.withLock { $0.limit = limit }
        notify()
    }

    func itemStarted() { monitor.withLock { $0.active += 1 } }

    /// An item has ended, and is perhaps to be started over.
    func itemEnded(_ startOver: StartOver?) {
        monitor.withLock { state in
            state.active -= 1
            if let startOver { state.again.append((.now + startOver.after, startOver)) }
        }
        notify()
    }

    /// An item that is due to be started over.
    func takeDue() -> StartOver? {
        monitor.withLock { state in
            guard !state.again.isEmpty, let index = state.again.firstIndex(where: { $0.due <= .now }) else { return nil }
            return state.again.remove(at: index).item
        }
    }

    /// Something has changed that may let a chunk or an object in.
    func notify() {
        let mustWake = monitor.withLock { state in
            state.generation &+= 1
            switch state.waits {
            case .none: return false
            case .anything: return true
            case .room: return state.active <= state.mostActive / 4 * 3 || !state.again.isEmpty
            }
        }
        if mustWake { monitor.signal() }
    }

    /// Wakes the admitter whatever it waits for.
    func alarm() {
        monitor.withLock { $0.generation &+= 1 }
        monitor.broadcast()
    }

    /// Waits until what is waited for has come since `generation`, or an item is due.
    func wait(for wanted: Wait, since generation: Int) {
        let due = monitor.withLock { state in
            state.waits = wanted
            return state.again.map(\.due).min()
        }
        defer { monitor.withLock { $0.waits = .none } }
        // Not longer than a second: items become due by the clock alone.
        let deadline = min(due ?? .now + .seconds(1), .now + .seconds(1))
        _ = monitor.wait(deadline: deadline) { state -> Bool? in
            guard state.generation != generation else { return nil }
            return wanted != .room || state.active <= state.mostActive / 4 * 3 ? true : nil
        }
    }
}
