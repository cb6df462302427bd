internal import SluiceCore
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
        /// Bytes that are kept for objects under way.
        var reserved = 0
        var isAlarmed = false

        var mostActive: Int { limit * 4 + 256 }

        /// Whether what is waited for may be there.
        func mayAnswer(_ wanted: Wait) -> Bool {
            wanted != .room || active <= mostActive / 4 * 3 || !again.isEmpty || isAlarmed
        }
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

    /// All items that wait to be started over: nobody will.
    func takeAll() -> [StartOver] {
        monitor.withLock { state in
            defer { state.again = [] }
            return state.again.map(\.item)
        }
    }

    /// Something has changed that may let a chunk or an object in.
    func notify() {
        let mustWake = monitor.withLock { state in
            state.generation &+= 1
            return state.waits != .none && state.mayAnswer(state.waits)
        }
        if mustWake { monitor.signal() }
    }

    /// Wakes the admitter whatever it waits for.
    func alarm() {
        monitor.withLock { state in
            state.generation &+= 1
            state.isAlarmed = true
        }
        monitor.broadcast()
    }

    /// Waits until what is waited for has come since `generation`, an item is due, or `end` has come.
    ///
    /// - Returns: whether it has come, rather than that time has passed.
    @discardableResult
    func wait(for wanted: Wait, since generation: Int, until end: ContinuousClock.Instant? = nil) -> Bool {
        let due = monitor.withLock { state in
            state.waits = wanted
            return state.again.map(\.due).min()
        }
        defer { monitor.withLock { $0.waits = .none } }
        // Not longer than a second: items become due by the clock alone.
        let second = ContinuousClock.now + .seconds(1)
        let hasCome: Bool? = monitor.wait(deadline: min(due ?? second, end ?? second, second)) { state in
            guard state.generation != generation, state.mayAnswer(wanted) else { return nil }
            state.isAlarmed = false
            return true
        }
        return hasCome ?? false
    }

    // MARK: Memory

    /// Keeps memory for an object that starts; false when there is none now.
    func reserve(_ reservation: Reservation) -> Bool {
        monitor.withLock { state in
            guard state.reserved == 0 || state.reserved + reservation.bytes + reservation.spare <= reservation.capacity else { return false }
            state.reserved += reservation.bytes
            return true
        }
    }

    /// The object has ended.
    func release(_ reservation: Reservation) { monitor.withLock { $0.reserved -= reservation.bytes } }
}

/// Memory that an object must be sure of before it starts, because those who could free other memory wait for it.
struct Reservation: Sendable, Equatable {
    /// Bytes that the object keeps from others.
    let bytes: Int
    /// Bytes that must be left beside all such objects.
    let spare: Int
    /// Bytes that there are.
    let capacity: Int
}
