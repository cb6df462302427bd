/// The accounts of a slab pool, without memory or threads: who may have how much, and who waits.
///
/// Requests are granted in the order in which they came, so that a large one is not starved by small ones.
package struct PoolLedger: Sendable {
    package struct Ticket: Hashable, Sendable {
        fileprivate let number: Int
    }

    package enum Answer: Sendable, Equatable {
        case granted
        case wait(Ticket)
    }

    /// Bytes that may be out at a time.
    package let capacity: Int
    /// Bytes that are out.
    package private(set) var leased = 0
    /// The most bytes that were out at a time.
    package private(set) var peak = 0
    private var waiting: [(ticket: Ticket, bytes: Int)] = []
    private var tickets = 0

    package init(capacity: Int) {
        precondition(capacity > 0, "a pool must hold something")
        self.capacity = capacity
    }

    /// Asks for `bytes`, which must not exceed the capacity.
    package mutating func request(_ bytes: Int) -> Answer {
        precondition(bytes <= capacity, "a lease larger than the pool would wait for ever")
        if waiting.isEmpty, leased + bytes <= capacity {
            grant(bytes)
            return .granted
        }
        tickets += 1
        let ticket = Ticket(number: tickets)
        waiting.append((ticket, bytes))
        return .wait(ticket)
    }

    /// Asks for `bytes` without waiting; false when they can't be had now or others wait.
    package mutating func requestNow(_ bytes: Int) -> Bool {
        guard waiting.isEmpty, leased + bytes <= capacity else { return false }
        grant(bytes)
        return true
    }

    /// Gives `bytes` back; the tickets that are granted by it.
    package mutating func release(_ bytes: Int) -> [Ticket] {
        leased -= bytes
        precondition(leased >= 0, "more was given back than was leased")
        return grantWaiting()
    }

    /// Takes a request back that was not granted yet; the tickets that are granted because it is gone.
    package mutating func withdraw(_ ticket: Ticket) -> [Ticket] {
        waiting.removeAll { $0.ticket == ticket }
        return grantWaiting()
    }

    private mutating func grantWaiting() -> [Ticket] {
        var granted: [Ticket] = []
        while let first = waiting.first, leased + first.bytes <= capacity {
            waiting.removeFirst()
            grant(first.bytes)
            granted.append(first.ticket)
        }
        return granted
    }

    private mutating func grant(_ bytes: Int) {
        leased += bytes
        peak = max(peak, leased)
    }
}
