/// The decisions of a channel between two stages, without threads: what may go in, and who has to be woken.
///
/// Bounded by the weight of what is in it (bytes, or 1 an element). An element heavier than the bound goes in when
/// the channel is empty, so that nothing is too large to pass. Producers that found it full are woken only when it
/// has drained to half, so that a slow consumer does not cost a wake-up an element.
package struct ChannelState: Sendable {
    package enum Offer: Sendable, Equatable {
        /// It is in; wake a consumer if `wakesConsumer`.
        case accepted(wakesConsumer: Bool)
        case full
        /// Nobody takes elements any more.
        case closed
    }

    package enum Take: Sendable, Equatable {
        /// One is out.
        case taken
        case empty
        /// Nothing is in it and nothing will be.
        case ended
    }

    private let bound: Int
    package private(set) var weight = 0
    package private(set) var count = 0
    private var consumersWaiting = 0
    private var producersWaiting = 0
    private var isFinished = false
    private var isClosed = false

    package init(bound: Int) {
        precondition(bound > 0, "a channel must hold something")
        self.bound = bound
    }

    /// Asks to put an element of `weight` in. `isWaiting` says that this producer was counted as waiting before.
    package mutating func offer(weight added: Int, isWaiting: Bool) -> Offer {
        if isClosed || isFinished {
            if isWaiting { producersWaiting -= 1 }
            return .closed
        }
        guard count == 0 || weight + added <= bound else {
            if !isWaiting { producersWaiting += 1 }
            return .full
        }
        if isWaiting { producersWaiting -= 1 }
        weight += added
        count += 1
        return .accepted(wakesConsumer: consumersWaiting > 0)
    }

    /// Asks whether an element can be taken; the caller then says how heavy it was by `took`.
    package mutating func take(isWaiting: Bool) -> Take {
        if count > 0 {
            if isWaiting { consumersWaiting -= 1 }
            count -= 1
            return .taken
        }
        if isFinished || isClosed {
            if isWaiting { consumersWaiting -= 1 }
            return .ended
        }
        if !isWaiting { consumersWaiting += 1 }
        return .empty
    }

    /// As `take`, for a consumer that does not wait.
    package mutating func takeIfAny() -> Take {
        guard count > 0 else { return isFinished || isClosed ? .ended : .empty }
        count -= 1
        return .taken
    }

    /// Accounts for an element that was taken; true when waiting producers are to be woken.
    package mutating func took(weight removed: Int) -> Bool {
        weight -= removed
        return producersWaiting > 0 && (count == 0 || weight <= bound / 2)
    }

    /// No more elements will be offered; what is in it can still be taken.
    package mutating func finish() { isFinished = true }

    /// Nobody will take elements any more.
    package mutating func close() { isClosed = true }
}
