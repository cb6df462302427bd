import SluicePipeline
import SluiceTestSupport
import Synchronization
import Testing

/// Says when it is gone.
private struct Witness: ~Copyable {
    let number: Int
    let gone: Counter
    deinit { gone.add(1) }
}

@Suite struct RingTests {
    @Test("elements come out in the order in which they went in, however the ring has grown and turned", arguments: seeds(30))
    func order(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var ring = Ring<Int>()
        var model: [Int] = []
        for number in 0..<400 {
            if Bool.random(using: &generator) {
                ring.append(number)
                model.append(number)
            } else {
                let (element, expected) = (ring.popFirst(), model.isEmpty ? nil : model.removeFirst())
                #expect(element == expected, "seed \(seed)")
            }
            let (count, isEmpty) = (ring.count, ring.isEmpty)
            #expect(count == model.count, "seed \(seed)")
            #expect(isEmpty == model.isEmpty, "seed \(seed)")
        }
    }

    @Test("what is left in a ring goes with it, and nothing twice", arguments: [(0, 0), (1, 0), (8, 8), (9, 0), (20, 13), (40, 40)])
    func ownership(added: Int, taken: Int) {
        let gone = Counter()
        do {
            var ring = Ring<Witness>()
            for number in 0..<added { ring.append(Witness(number: number, gone: gone)) }
            for expected in 0..<taken {
                let number = take(&ring)
                #expect(number == expected)
            }
            #expect(gone.value == taken)
        }
        #expect(gone.value == added)
    }

    /// The number of the first element, which is dropped.
    private func take(_ ring: inout Ring<Witness>) -> Int? {
        guard let witness = ring.popFirst() else { return nil }
        return witness.number
    }
}
