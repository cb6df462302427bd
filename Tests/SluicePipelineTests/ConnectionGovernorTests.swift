import SluicePipeline
import SluiceTestSupport
import Testing

/// A service whose throughput grows with its connections up to a knee, and which refuses above a bound.
private struct Service {
    /// Connections up to which each adds its share.
    var knee: Int
    /// Connections above which it answers 503.
    var bound = Int.max

    func rate(_ connections: Int) -> Double { Double(min(connections, knee)) * 1_000_000 }

    /// One interval of `governor` against it; true when it throttled.
    @discardableResult func serve(_ governor: inout ConnectionGovernor) -> Bool {
        let limit = governor.limit
        if limit > bound { for _ in 0..<limit - bound { governor.throttle() } }
        governor.interval(rate: rate(min(limit, bound)), wasFull: true)
        return limit > bound
    }
}

@Suite struct ConnectionGovernorTests {
    @Test("it climbs to the knee and not far beyond", arguments: [1, 2, 3, 8, 20, 32, 100, 200], [1, 2, 8])
    func knee(knee: Int, start: Int) {
        var governor = ConnectionGovernor(startingAt: start, maximum: 256)
        let service = Service(knee: knee)
        var limits: [Int] = []
        for _ in 0..<400 {
            service.serve(&governor)
            limits.append(governor.limit)
        }
        let settled = limits.suffix(100)
        #expect((settled.min() ?? 0) * 10 >= min(knee, 256) * 8)
        // A doubling that gained something may be kept; a try of one eighth comes on top.
        #expect((settled.max() ?? 0) <= max(start, knee * 2) * 9 / 8 + 1)
    }

    @Test("it climbs fast: a hundred connections in ten intervals")
    func speed() {
        var governor = ConnectionGovernor(startingAt: 2, maximum: 256)
        for _ in 0..<10 { Service(knee: 1000).serve(&governor) }
        #expect(governor.limit >= 100)
    }

    @Test("where more connections gain nothing, it stays where it was", arguments: [1, 4, 16])
    func flat(start: Int) {
        var governor = ConnectionGovernor(startingAt: start, maximum: 256)
        var atStart = 0
        for _ in 0..<400 {
            Service(knee: 1).serve(&governor)
            #expect(governor.limit <= start * 2)
            if governor.limit == start { atStart += 1 }
        }
        #expect(atStart > 350)
    }

    @Test("it does not climb while the connections that there are have nothing to do")
    func idle() {
        var governor = ConnectionGovernor(startingAt: 4, maximum: 256)
        for _ in 0..<100 { governor.interval(rate: 1_000_000, wasFull: false) }
        #expect(governor.limit == 4)
        for _ in 0..<100 { governor.interval(rate: 0, wasFull: true) }
        #expect(governor.limit == 4)
    }

    @Test("a service that throttles is used near its bound and seldom asked for more", arguments: [2, 5, 16, 60])
    func throttling(bound: Int) {
        var governor = ConnectionGovernor(startingAt: 4, maximum: 256)
        let service = Service(knee: 1000, bound: bound)
        var refused = 0
        var sum = 0
        for _ in 0..<1000 {
            if service.serve(&governor) { refused += 1 }
            sum += governor.limit
        }
        #expect(refused < 100)
        #expect(sum / 1000 * 2 >= bound)
        #expect(governor.throttled >= refused)
    }

    @Test("it comes back after a bad time")
    func recovery() {
        var governor = ConnectionGovernor(startingAt: 64, maximum: 256)
        for _ in 0..<20 { Service(knee: 1000, bound: 0).serve(&governor) }
        #expect(governor.limit == 1)
        for _ in 0..<100 { Service(knee: 64).serve(&governor) }
        #expect(governor.limit >= 60)
    }

    @Test("a burst of refusals is one message")
    func burst() {
        var governor = ConnectionGovernor(startingAt: 64, maximum: 256)
        for _ in 0..<50 { governor.throttle() }
        #expect(governor.limit == 32)
        #expect(governor.throttled == 50)
        governor.interval(rate: 1, wasFull: true)
        #expect(governor.limit == 32)
        governor.throttle()
        #expect(governor.limit == 16)
    }

    @Test("a fixed number is kept, gives way to throttling and comes back", arguments: [1, 2, 8, 100])
    func fixedLimit(count: Int) {
        var governor = ConnectionGovernor(fixed: count)
        for _ in 0..<50 { Service(knee: 1000).serve(&governor) }
        #expect(governor.limit == count)
        governor.throttle()
        #expect(governor.limit == max(1, count / 2))
        governor.interval(rate: 1, wasFull: true)
        for _ in 0..<count { governor.interval(rate: 1, wasFull: true) }
        #expect(governor.limit == count)
    }

    @Test("it stays between one and the maximum, whatever happens", arguments: seeds(200))
    func bounds(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let maximum = Int.random(in: -1...300, using: &generator)
        let isFixed = Bool.random(using: &generator)
        let start = Int.random(in: -1...400, using: &generator)
        var governor = isFixed ? ConnectionGovernor(fixed: start) : ConnectionGovernor(startingAt: start, maximum: maximum)
        let most = max(1, isFixed ? start : maximum)
        for _ in 0..<300 {
            if Int.random(in: 0..<8, using: &generator) == 0 { governor.throttle() }
            if Bool.random(using: &generator) {
                governor.interval(rate: .random(in: 0...1e9, using: &generator), wasFull: .random(using: &generator))
            }
            #expect(1...most ~= governor.limit, "seed \(seed)")
        }
    }

    @Test("a rest that the service asks for is kept, up to ten seconds", arguments: [(1, 1), (10, 10), (3600, 10)])
    func rest(asked: Int, seconds: Int) {
        var governor = ConnectionGovernor(startingAt: 64, maximum: 256)
        #expect(governor.throttle(retryAfter: .seconds(asked)) == .seconds(seconds))
        #expect(governor.throttle() == .zero)
    }

    @Test("one connection that is refused rests longer and longer, until something is confirmed")
    func lastConnection() {
        var governor = ConnectionGovernor(fixed: 1)
        var rests = (0..<9).map { _ in governor.throttle() }
        #expect(rests == [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000].map { .milliseconds($0) })
        governor.confirm()
        rests = [governor.throttle(), governor.throttle(retryAfter: .seconds(5))]
        #expect(rests == [.milliseconds(100), .seconds(5)])
    }
}
