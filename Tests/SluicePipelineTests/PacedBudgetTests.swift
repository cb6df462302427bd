import SluiceCore
import SluicePipeline
import SluiceTestSupport
import Testing

/// Connections that send as much as a budget lets them, on a clock that the test turns.
private struct Line {
    var budget: PacedBudget
    var now: ContinuousClock.Instant
    /// How late each connection hears that its share is due.
    var lateness = Duration.milliseconds(1)
    var connections: [(share: PaceShare, wakes: ContinuousClock.Instant)] = []
    var sent: [Int]

    init(rate: Double?, connections count: Int) {
        now = .now
        budget = PacedBudget(rate: rate, leastShare: 1024, now: now)
        sent = Array(repeating: 0, count: count)
        for _ in 0..<count { connections.append((budget.reserve(upTo: 65536, now: now), now)) }
    }

    /// Lets time pass, millisecond by millisecond, and says what went.
    mutating func run(_ milliseconds: Int) -> Int {
        let before = sent.reduce(0, +)
        for _ in 0..<milliseconds {
            now += .milliseconds(1)
            for index in connections.indices where connections[index].wakes <= now {
                let share = connections[index].share
                if let due = budget.due(share, now: now) {
                    connections[index].wakes = min(due + lateness, now + .milliseconds(50))
                } else {
                    sent[index] += share.count
                    connections[index] = (budget.reserve(upTo: 65536, now: now), now)
                }
            }
        }
        return sent.reduce(0, +) - before
    }
}

@Suite struct PacedBudgetTests {
    @Test("ten seconds hold what the rate says within two hundredths", arguments: [200e3, 1e6, 20e6, 200e6], [1, 8, 64, 256])
    func rate(rate: Double, connections: Int) {
        var line = Line(rate: rate, connections: connections)
        for _ in 0..<3 {
            let sent = Double(line.run(10_000))
            #expect(sent <= rate * 10 * 1.02 + 1024)
            // Each connection takes at most a share of 64 KiB each two milliseconds.
            #expect(sent >= min(rate * 10, Double(connections) * 65536 * 5000) * 0.98)
        }
    }

    @Test("connections get the same", arguments: [2, 8, 100])
    func fairness(connections: Int) {
        var line = Line(rate: 2e6, connections: connections)
        _ = line.run(20_000)
        let (least, most) = (line.sent.min() ?? 0, line.sent.max() ?? 0)
        #expect(most - least <= 2 * 40_000)
    }

    @Test("a change moves all who wait: the ten seconds after it hold the new rate", arguments: [
        (20e6, 200e3), (200e3, 20e6), (1e6, 2e6), (2e6, 1e6),
    ], [1, 8, 256])
    func change(rates: (Double, Double), connections: Int) {
        var line = Line(rate: rates.0, connections: connections)
        _ = line.run(5000)
        line.budget.change(rate: rates.1, now: line.now)
        let sent = Double(line.run(10_000))
        // What is under way is due at most once more.
        #expect(sent <= rates.1 * 10 * 1.02 + 0.2 * rates.1)
        #expect(sent >= rates.1 * 10 * 0.98)
    }

    @Test("an end of the limit lets all go at once, and a new one starts without a debt or a credit", arguments: [1, 16])
    func limitless(connections: Int) {
        var line = Line(rate: 1e6, connections: connections)
        _ = line.run(1000)
        line.budget.change(rate: nil, now: line.now)
        let free = line.run(1000)
        #expect(free >= connections * 65536 * 900)
        line.budget.change(rate: 1e6, now: line.now)
        // One share each is out already.
        let sent = line.run(10_000) - connections * 65536
        #expect(abs(Double(sent) - 10e6) <= 0.3e6)
    }

    @Test("idle time is not saved up")
    func idleness() {
        let start = ContinuousClock.now
        var budget = PacedBudget(rate: 1e6, leastShare: 1024, now: start)
        let later = start + .seconds(3600)
        var sent = 0
        while budget.due(budget.reserve(upTo: 1000, now: later), now: later) == nil { sent += 1000 }
        #expect(sent <= 201_000)
    }

    @Test("what is given back goes to others")
    func givingBack() {
        let start = ContinuousClock.now
        var budget = PacedBudget(rate: 1e6, leastShare: 1024, now: start)
        let first = budget.reserve(upTo: 10_000, now: start)
        budget.giveBack(first.count)
        #expect(budget.reserve(upTo: 10_000, now: start).position == first.position)
    }

    @Test("requests start one by one", arguments: [1, 10, 500])
    func requests(rate: Int) throws {
        let start = ContinuousClock.now
        var now = start
        var budget = PacedBudget(rate: Double(rate), leastShare: 1, now: now)
        var count = 0
        while now - start < .seconds(10) {
            let share = budget.reserve(upTo: 1, now: now)
            if let due = budget.due(share, now: now) { now = due }
            #expect(share.count == 1 && budget.due(share, now: now + .microseconds(1)) == nil)
            count += 1
        }
        #expect(abs(count - rate * 10) <= max(2, rate / 10))
    }
}
