import SluicePipeline
import SluiceTestSupport
import Testing

@Suite struct ChannelStateTests {
    @Test("what fits goes in, what does not waits")
    func bound() {
        var state = ChannelState(bound: 10)
        #expect(state.offer(weight: 6, isWaiting: false) == .accepted(wakesConsumer: false))
        #expect(state.offer(weight: 5, isWaiting: false) == .full)
        #expect(state.offer(weight: 4, isWaiting: false) == .accepted(wakesConsumer: false))
        #expect(state.weight == 10)
        #expect(state.count == 2)
    }

    @Test("an element heavier than the bound passes alone")
    func heavy() {
        var state = ChannelState(bound: 10)
        #expect(state.offer(weight: 100, isWaiting: false) == .accepted(wakesConsumer: false))
        #expect(state.offer(weight: 0, isWaiting: false) == .full)
        #expect(state.take(isWaiting: false) == .taken)
        #expect(state.took(weight: 100) == true)
        #expect(state.offer(weight: 0, isWaiting: true) == .accepted(wakesConsumer: false))
    }

    @Test("a consumer that waits is woken, one that does not isn't")
    func consumers() {
        var state = ChannelState(bound: 10)
        #expect(state.take(isWaiting: false) == .empty)
        #expect(state.offer(weight: 1, isWaiting: false) == .accepted(wakesConsumer: true))
        #expect(state.take(isWaiting: true) == .taken)
        #expect(state.offer(weight: 1, isWaiting: false) == .accepted(wakesConsumer: false))
        #expect(state.takeIfAny() == .taken)
        #expect(state.takeIfAny() == .empty)
        #expect(state.offer(weight: 1, isWaiting: false) == .accepted(wakesConsumer: false))
    }

    @Test("producers that wait are woken when half is free, and only if there are some")
    func producers() {
        var state = ChannelState(bound: 10)
        for _ in 0..<10 { _ = state.offer(weight: 1, isWaiting: false) }
        #expect(state.takeIfAny() == .taken)
        #expect(state.took(weight: 1) == false)
        _ = state.offer(weight: 1, isWaiting: false)
        #expect(state.offer(weight: 1, isWaiting: false) == .full)
        let wakes = (0..<10).map { _ in
            _ = state.takeIfAny()
            return state.took(weight: 1)
        }
        #expect(wakes == [false, false, false, false, true, true, true, true, true, true])
    }

    @Test("after the end what is in it comes out, and then the end")
    func finishing() {
        var state = ChannelState(bound: 10)
        _ = state.offer(weight: 1, isWaiting: false)
        state.finish()
        #expect(state.offer(weight: 1, isWaiting: false) == .closed)
        #expect(state.take(isWaiting: false) == .taken)
        #expect(state.take(isWaiting: false) == .ended)
        #expect(state.takeIfAny() == .ended)
    }

    @Test("a producer that waits when it closes is told so")
    func closing() {
        var state = ChannelState(bound: 1)
        _ = state.offer(weight: 1, isWaiting: false)
        #expect(state.offer(weight: 1, isWaiting: false) == .full)
        state.close()
        #expect(state.offer(weight: 1, isWaiting: true) == .closed)
        _ = state.takeIfAny()
        #expect(state.took(weight: 1) == false)
    }

    /// Nobody may sleep when there is something to do: each producer and consumer is a state, and a step is chosen at
    /// random among those that are awake. If none is, all must have finished.
    @Test("nobody sleeps for ever, in any order of steps", arguments: seeds(300))
    func liveness(seed: UInt64) {
        var model = ChannelModel(seed: seed)
        while model.step() {}
        #expect(model.problem == nil, "seed \(seed)")
        #expect(model.taken == model.sent, "seed \(seed)")
        #expect(model.state.count == 0 && model.state.weight == 0, "seed \(seed)")
    }
}

/// Producers and consumers around a `ChannelState` that sleep and wake as threads would.
private struct ChannelModel {
    var state: ChannelState
    private(set) var sent = 0
    private(set) var taken = 0
    private(set) var problem: String?
    private let bound: Int
    private var generator: SeededGenerator
    /// What each producer still has to send; waiting says that it was told "full".
    private var producers: [(left: [Int], isWaiting: Bool, isAsleep: Bool)]
    private var consumers: [(isWaiting: Bool, isAsleep: Bool, hasEnded: Bool)]
    private var queue: [Int] = []
    private var isFinished = false

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        bound = Int.random(in: 1...12, using: &random)
        state = ChannelState(bound: bound)
        producers = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            ((0..<Int.random(in: 0...12, using: &random)).map { _ in Int.random(in: 0...15, using: &random) }, false, false)
        }
        consumers = (0..<Int.random(in: 1...4, using: &random)).map { _ in (false, false, false) }
        generator = random
    }

    /// One step of someone who is awake; false when nobody is.
    mutating func step() -> Bool {
        let awakeProducers = producers.indices.filter { !producers[$0].left.isEmpty && !producers[$0].isAsleep }
        let awakeConsumers = consumers.indices.filter { !consumers[$0].hasEnded && !consumers[$0].isAsleep }
        if producers.allSatisfy({ $0.left.isEmpty }), !isFinished {
            isFinished = true
            state.finish()
            for index in consumers.indices { consumers[index].isAsleep = false }
            return true
        }
        guard let choice = (awakeProducers.map { ($0, true) } + awakeConsumers.map { ($0, false) }).randomElement(using: &generator) else {
            if !consumers.allSatisfy(\.hasEnded) { problem = "all sleep: \(producers), \(consumers)" }
            return false
        }
        if choice.1 { offer(choice.0) } else { take(choice.0) }
        if queue.count > 1, state.weight > bound { problem = "it holds more than its bound" }
        return problem == nil
    }

    private mutating func offer(_ index: Int) {
        let weight = producers[index].left[0]
        switch state.offer(weight: weight, isWaiting: producers[index].isWaiting) {
        case .accepted(let wakesConsumer):
            producers[index].left.removeFirst()
            producers[index].isWaiting = false
            queue.append(weight)
            sent += 1
            // As a signal does: one of those that sleep.
            let asleep = consumers.indices.filter { consumers[$0].isAsleep }
            if wakesConsumer, let woken = asleep.randomElement(using: &generator) { consumers[woken].isAsleep = false }
        case .full:
            producers[index].isWaiting = true
            producers[index].isAsleep = true
        case .closed:
            problem = "closed without a reason"
        }
    }

    private mutating func take(_ index: Int) {
        switch state.take(isWaiting: consumers[index].isWaiting) {
        case .taken:
            consumers[index].isWaiting = false
            taken += 1
            if state.took(weight: queue.removeFirst()) { for index in producers.indices { producers[index].isAsleep = false } }
        case .empty:
            consumers[index].isWaiting = true
            consumers[index].isAsleep = true
        case .ended:
            consumers[index].hasEnded = true
        }
    }
}
