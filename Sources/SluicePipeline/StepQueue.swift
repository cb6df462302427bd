/// The order in which steps are given out, without threads or a clock of its own.
///
/// Control steps (begin, commit, abort) go before data, because each frees or finishes something; steps that wait
/// for another attempt come back when they are due.
package struct StepQueue<Element: ~Copyable & Sendable>: ~Copyable, Sendable {
    package enum Lane: Sendable {
        case control
        case data
    }

    // The element is taken once, under the lock that guards the queue.
    private final class Delayed: @unchecked Sendable {
        let due: ContinuousClock.Instant
        let lane: Lane
        var element: Element?

        init(_ element: consuming Element, due: ContinuousClock.Instant, lane: Lane) {
            self.due = due
            self.lane = lane
            self.element = consume element
        }
    }

    private var control = Ring<Element>()
    private var data = Ring<Element>()
    /// Sorted by when they are due, soonest last.
    private var delayed: [Delayed] = []

    package init() {}

    /// Steps in it, the delayed ones included.
    package var count: Int { control.count + data.count + delayed.count }

    /// Puts a step behind the others of its lane.
    package mutating func append(_ element: consuming Element, lane: Lane) {
        switch lane {
        case .control: control.append(element)
        case .data: data.append(element)
        }
    }

    /// Keeps a step back until `due`.
    package mutating func delay(_ element: consuming Element, lane: Lane, until due: ContinuousClock.Instant) {
        let entry = Delayed(element, due: due, lane: lane)
        var low = 0
        var high = delayed.count
        while low < high {
            let middle = (low + high) / 2
            if delayed[middle].due > due { low = middle + 1 } else { high = middle }
        }
        delayed.insert(entry, at: low)
    }

    /// Takes the next step that may go at `now`.
    package mutating func next(now: @autoclosure () -> ContinuousClock.Instant) -> Element? {
        if !delayed.isEmpty { admitDue(now()) }
        return control.popFirst() ?? data.popFirst()
    }

    /// Takes any step, due or not; nil when there is none.
    package mutating func drain() -> Element? {
        control.popFirst() ?? data.popFirst() ?? delayed.popLast().flatMap { $0.element.take() }
    }

    /// Whether a step may go at `now`.
    package func hasReady(now: ContinuousClock.Instant) -> Bool {
        !control.isEmpty || !data.isEmpty || (delayed.last.map { $0.due <= now } ?? false)
    }

    /// When the next delayed step is due.
    package var nextDue: ContinuousClock.Instant? { delayed.last?.due }

    private mutating func admitDue(_ now: ContinuousClock.Instant) {
        while let last = delayed.last, last.due <= now {
            delayed.removeLast()
            if let element = last.element.take() { append(element, lane: last.lane) }
        }
    }
}
