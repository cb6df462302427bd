import SluicePipeline
import SluiceTestSupport
import Testing

@Suite struct StepQueueTests {
    private let start = ContinuousClock.now

    @Test("control goes before data, each in its order")
    func lanes() {
        var queue = StepQueue<Int>()
        queue.append(1, lane: .data)
        queue.append(2, lane: .data)
        queue.append(10, lane: .control)
        queue.append(11, lane: .control)
        let order = (0..<4).map { _ in queue.next(now: start) }
        #expect(order == [10, 11, 1, 2])
        let left = queue.next(now: start)
        #expect(left == nil)
    }

    @Test("a delayed step comes when it is due, in its lane")
    func delay() {
        var queue = StepQueue<Int>()
        queue.delay(1, lane: .data, until: start + .seconds(5))
        queue.delay(2, lane: .control, until: start + .seconds(7))
        queue.append(3, lane: .data)
        let before = (count: queue.count, due: queue.nextDue, isReady: queue.hasReady(now: start))
        #expect(before == (3, start + .seconds(5), true))
        let order = [0, 0, 4, 7, 7, 7].map { second in queue.next(now: start + .seconds(second)) }
        #expect(order == [3, nil, nil, 2, 1, nil])
        let after = (count: queue.count, due: queue.nextDue)
        #expect(after == (0, nil))
    }

    @Test("a step is ready from the moment that it is due")
    func readiness() {
        var queue = StepQueue<Int>()
        queue.delay(1, lane: .data, until: start + .seconds(5))
        let ready = [4, 5, 6].map { second in queue.hasReady(now: start + .seconds(second)) }
        #expect(ready == [false, true, true])
    }

    @Test("draining takes what is not due too")
    func drain() {
        var queue = StepQueue<Int>()
        queue.append(1, lane: .data)
        queue.delay(2, lane: .data, until: start + .seconds(3600))
        queue.append(3, lane: .control)
        var drained: [Int] = []
        while let step = queue.drain() { drained.append(step) }
        #expect(drained == [3, 1, 2])
    }

    @Test("steps that are delayed in any order come out by when they are due, and never early", arguments: seeds(60))
    func dueOrder(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var queue = StepQueue<Int>()
        var left = (0..<40).map { _ in Int.random(in: 0...30, using: &generator) }
        for due in left { queue.delay(due, lane: .data, until: start + .seconds(due)) }
        var now = 0
        while !left.isEmpty {
            now += Int.random(in: 0...3, using: &generator)
            while let due = queue.next(now: start + .seconds(now)) {
                #expect(due <= now, "seed \(seed): too early")
                #expect(due == left.min(), "seed \(seed): out of order")
                left.remove(at: left.firstIndex(of: due) ?? 0)
            }
            #expect(left.allSatisfy { $0 > now }, "seed \(seed): kept back")
            let count = queue.count
            #expect(count == left.count, "seed \(seed)")
        }
    }
}
