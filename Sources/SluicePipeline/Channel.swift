internal import SluiceCore

/// A bounded queue from one stage to the next. Sending waits while it is full: that is the backpressure.
package final class Channel<Element: ~Copyable & Sendable>: Sendable {
    private struct Entry: ~Copyable, Sendable {
        let element: Element
        let weight: Int

        consuming func take() -> Element { element }
    }

    private struct Contents: ~Copyable, Sendable {
        var state: ChannelState
        var ring = Ring<Entry>()
    }

    private final class Box {
        var contents: Contents
        init(_ state: ChannelState) { contents = Contents(state: state) }
    }

    // Consumers and producers wait on monitors of their own, so that a wake-up reaches who it is meant for.
    private let monitor: Monitor<Box>
    private let space: Monitor<Int>

    /// - Parameter bound: the weight that it holds at most.
    package init(bound: Int) {
        monitor = Monitor(Box(ChannelState(bound: bound)))
        space = Monitor(0)
    }

    /// Puts `element` in, waiting for room.
    ///
    /// - Parameter wakes: whether a waiting consumer is woken now; if not, `wakeConsumers` must follow.
    /// - Returns: false when the channel was closed; the element is dropped.
    @discardableResult
    package func send(_ element: consuming Element, weight: Int = 1, wakes: Bool = true) -> Bool {
        var held: Element? = consume element
        var isWaiting = false
        while true {
            let seen = space.withLock { $0 }
            let offer = monitor.withLock { box in
                let offer = box.contents.state.offer(weight: weight, isWaiting: isWaiting)
                if case .accepted = offer {
                    box.contents.ring.append(Entry(element: held.take()!, weight: weight))
                }
                return offer
            }
            switch offer {
            case .accepted(let wakesConsumer):
                if wakesConsumer, wakes { monitor.signal() }
                return true
            case .closed:
                return false
            case .full:
                isWaiting = true
                wakeConsumers()
                _ = space.wait { $0 != seen ? true : nil }
            }
        }
    }

    /// Wakes the consumers for what was sent without a wake-up.
    package func wakeConsumers() { monitor.broadcast() }

    /// Takes the element that waited longest, waiting for one; nil when the channel has ended.
    package func receive() -> Element? {
        var isWaiting = false
        var result: Element?
        var wakesProducers = false
        _ = monitor.wait { box -> Bool? in
            switch box.contents.state.take(isWaiting: isWaiting) {
            case .taken:
                let entry = box.contents.ring.popFirst()!
                wakesProducers = box.contents.state.took(weight: entry.weight)
                result = entry.take()
                return true
            case .ended:
                return true
            case .empty:
                isWaiting = true
                return nil
            }
        }
        if wakesProducers { releaseProducers() }
        return result
    }

    /// What `tryReceive` answers.
    package enum Attempt: ~Copyable {
        case element(Element)
        case empty
        case ended
    }

    /// Takes an element if one is there.
    package func tryReceive() -> Attempt {
        var wakesProducers = false
        let attempt: Attempt = monitor.withLock { box in
            switch box.contents.state.takeIfAny() {
            case .taken:
                let entry = box.contents.ring.popFirst()!
                wakesProducers = box.contents.state.took(weight: entry.weight)
                return .element(entry.take())
            case .ended: return .ended
            case .empty: return .empty
            }
        }
        if wakesProducers { releaseProducers() }
        return attempt
    }

    /// Says that nothing more will be sent.
    package func finish() {
        monitor.withLock { $0.contents.state.finish() }
        monitor.broadcast()
        releaseProducers()
    }

    /// Gives up: what is in it is dropped, senders and receivers return at once.
    package func close() {
        monitor.withLock { box in
            box.contents.state.close()
            while let entry = box.contents.ring.popFirst() {
                _ = box.contents.state.take(isWaiting: false)
                _ = box.contents.state.took(weight: entry.weight)
            }
        }
        monitor.broadcast()
        releaseProducers()
    }

    /// How many elements wait in it.
    package var count: Int { monitor.withLock { $0.contents.state.count } }

    private func releaseProducers() {
        space.withLock { $0 &+= 1 }
        space.broadcast()
    }
}

extension Channel where Element: Copyable {
    /// Takes what is there, up to `most` elements, waiting for the first; none when the channel has ended.
    package func receive(most: Int) -> [Element] {
        guard let first = receive() else { return [] }
        var elements = [first]
        while elements.count < most {
            switch tryReceive() {
            case .element(let next): elements.append(next)
            case .empty: return elements
            case .ended: return elements
            }
        }
        return elements
    }
}
