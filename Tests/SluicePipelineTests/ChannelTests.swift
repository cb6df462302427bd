import Glibc
import SluiceCore
import SluicePipeline
import SluiceTestSupport
import Testing

/// An element that says when it is gone.
private struct Parcel: ~Copyable, Sendable {
    let number: Int
    let gone: Counter
    deinit { gone.add(1) }
}

@Suite(.timeLimit(.minutes(30))) struct ChannelTests {
    @Test("everything that many send arrives once, in the order of each sender", arguments: seeds(40))
    func transport(seed: UInt64) async {
        var generator = SeededGenerator(seed: seed)
        let (producers, consumers) = (Int.random(in: 1...4, using: &generator), Int.random(in: 1...4, using: &generator))
        let (bound, count) = (Int.random(in: 1...20, using: &generator), Int.random(in: 0...150, using: &generator))
        let channel = Channel<Int>(bound: bound)
        let received = Tracks(consumers)
        let hasFinished = await finishes {
            inParallel(producers + consumers + 1) { index in
                var generator = SeededGenerator(seed: seed &+ UInt64(index) << 32)
                if index < producers {
                    for number in 0..<count {
                        yieldSometimes(&generator)
                        channel.send(index << 20 | number, weight: .random(in: 0...30, using: &generator), wakes: .random(using: &generator))
                        if Bool.random(using: &generator) { channel.wakeConsumers() }
                    }
                    received.senderIsDone()
                    channel.wakeConsumers()
                } else if index < producers + consumers {
                    while let element = channel.receive() {
                        yieldSometimes(&generator)
                        received.append(element, to: index - producers)
                    }
                } else {
                    while received.sendersDone < producers { sched_yield() }
                    channel.finish()
                }
            }
        }
        #expect(hasFinished, "seed \(seed): it hangs")
        let all = received.all
        let elements = all.flatMap { $0 }.sorted()
        let expected = (0..<producers).flatMap { producer in (0..<count).map { producer << 20 | $0 } }
        #expect(elements == expected, "seed \(seed)")
        for track in all {
            for producer in 0..<producers { #expect(track.filter { $0 >> 20 == producer }.isSorted, "seed \(seed)") }
        }
        #expect(channel.count == 0)
    }

    @Test("closed at any moment, nobody hangs and nothing is lost from sight", arguments: seeds(60))
    func closing(seed: UInt64) async {
        var generator = SeededGenerator(seed: seed)
        let channel = Channel<Parcel>(bound: Int.random(in: 1...10, using: &generator))
        let (gone, sent, received) = (Counter(), Counter(), Counter())
        let moment = Int.random(in: 0...120, using: &generator)
        let hasFinished = await finishes {
            inParallel(5) { index in
                var generator = SeededGenerator(seed: seed &+ UInt64(index) << 32)
                var isOpen = true
                while isOpen {
                    yieldSometimes(&generator)
                    if index < 2 {
                        isOpen = channel.send(Parcel(number: sent.add(1), gone: gone), weight: 1 + index)
                    } else if index < 4 {
                        let parcel = channel.receive()
                        if case .some = parcel { received.add(1) } else { isOpen = false }
                    } else if received.value + sent.value >= moment {
                        channel.close()
                        isOpen = false
                    }
                }
            }
        }
        #expect(hasFinished, "seed \(seed): it hangs")
        #expect(gone.value == sent.value, "seed \(seed)")
        #expect(received.value <= sent.value, "seed \(seed)")
        #expect(channel.count == 0, "seed \(seed)")
    }

    @Test("what is in a channel when it goes goes too")
    func abandonment() {
        let gone = Counter()
        do {
            let channel = Channel<Parcel>(bound: 10)
            for number in 0..<3 { channel.send(Parcel(number: number, gone: gone)) }
            #expect(gone.value == 0)
        }
        #expect(gone.value == 3)
    }

    @Test("asking without waiting tells empty from ended")
    func attempts() {
        let channel = Channel<Int>(bound: 2)
        #expect(channel.attempt == "empty")
        channel.send(7)
        channel.finish()
        #expect(channel.send(8) == false)
        #expect(channel.attempt == "7")
        #expect(channel.attempt == "ended")
    }

    @Test("a producer that waits for room gets on when elements are taken without waiting")
    func roomByAttempts() async {
        let channel = Channel<Int>(bound: 1)
        let hasFinished = await finishes {
            inParallel(2) { index in
                if index == 0 {
                    for number in 0..<500 { channel.send(number) }
                } else {
                    var taken = 0
                    while taken < 500 { if channel.attempt != "empty" { taken += 1 } else { sched_yield() } }
                }
            }
        }
        #expect(hasFinished)
    }
}

extension Channel<Int> {
    fileprivate var attempt: String {
        switch tryReceive() {
        case .element(let element): "\(element)"
        case .empty: "empty"
        case .ended: "ended"
        }
    }
}

/// What each consumer got, in order.
private final class Tracks: Sendable {
    private let tracks: Monitor<(tracks: [[Int]], sendersDone: Int)>
    init(_ count: Int) { tracks = Monitor(([[Int]](repeating: [], count: count), 0)) }
    func append(_ element: Int, to index: Int) { tracks.withLock { $0.tracks[index].append(element) } }
    func senderIsDone() { tracks.withLock { $0.sendersDone += 1 } }
    var all: [[Int]] { tracks.withLock { $0.tracks } }
    var sendersDone: Int { tracks.withLock { $0.sendersDone } }
}

extension [Int] {
    fileprivate var isSorted: Bool { zip(self, dropFirst()).allSatisfy { $0 < $1 } }
}
