import SluicePipeline
import SluiceTestSupport
import Testing

@Suite struct PoolLedgerTests {
    @Test("what is there is granted, and what was asked first comes first")
    func order() {
        var ledger = PoolLedger(capacity: 10)
        #expect(ledger.request(6) == .granted)
        let large = ledger.ticket(for: 8)
        // Two would fit now, but the large request is not starved by small ones.
        let small = ledger.ticket(for: 2)
        #expect(ledger.requestNow(1) == false)
        #expect(ledger.release(6) == [large, small])
        #expect(ledger.leased == 10)
        #expect(ledger.peak == 10)
    }

    @Test("a request that is taken back lets those behind it in")
    func withdrawal() throws {
        var ledger = PoolLedger(capacity: 10)
        #expect(ledger.request(6) == .granted)
        let large = ledger.ticket(for: 8)
        let small = ledger.ticket(for: 2)
        let ticket = try #require(large)
        #expect(ledger.withdraw(ticket) == [small])
        #expect(ledger.release(6) == [])
        #expect(ledger.leased == 2)
    }

    @Test("all of the capacity can be had at once")
    func whole() {
        var ledger = PoolLedger(capacity: 10)
        #expect(ledger.requestNow(10) == true)
        #expect(ledger.requestNow(1) == false)
        #expect(ledger.release(10) == [])
        #expect(ledger.request(10) == .granted)
    }

    @Test("the accounts are right after any sequence of requests", arguments: seeds(200))
    func model(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let capacity = Int.random(in: 1...20, using: &generator)
        var ledger = PoolLedger(capacity: capacity)
        var held: [Int] = []
        var waiting: [(ticket: PoolLedger.Ticket, bytes: Int)] = []
        func grant(_ tickets: [PoolLedger.Ticket]) {
            // Exactly the first ones in line.
            #expect(tickets == waiting.prefix(tickets.count).map(\.ticket), "seed \(seed)")
            held += waiting.prefix(tickets.count).map(\.bytes)
            waiting.removeFirst(tickets.count)
        }
        for _ in 0..<120 {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0 where !held.isEmpty:
                grant(ledger.release(held.remove(at: Int.random(in: held.indices, using: &generator))))
            case 1 where !waiting.isEmpty:
                let gone = waiting.remove(at: Int.random(in: waiting.indices, using: &generator))
                grant(ledger.withdraw(gone.ticket))
            case 2:
                let bytes = Int.random(in: 0...capacity, using: &generator)
                if ledger.requestNow(bytes) {
                    #expect(waiting.isEmpty, "seed \(seed): it overtook those who wait")
                    held.append(bytes)
                }
            default:
                let bytes = Int.random(in: 0...capacity, using: &generator)
                if let ticket = ledger.ticket(for: bytes) { waiting.append((ticket, bytes)) } else { held.append(bytes) }
            }
            #expect(ledger.leased == held.reduce(0, +), "seed \(seed)")
            #expect(ledger.leased <= capacity && ledger.peak <= capacity, "seed \(seed)")
            // Nobody waits for what is there.
            if let first = waiting.first { #expect(ledger.leased + first.bytes > capacity, "seed \(seed)") }
        }
    }
}

extension PoolLedger {
    /// The ticket of a request that has to wait; nil when it was granted.
    fileprivate mutating func ticket(for bytes: Int) -> Ticket? {
        guard case .wait(let ticket) = request(bytes) else { return nil }
        return ticket
    }
}
