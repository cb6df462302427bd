import SluicePipeline
import SluiceTestSupport
import Testing

@Suite struct SequencerTests {
    @Test("pieces come out in order, whatever order they came in", arguments: seeds(30))
    func order(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var sequencer = Sequencer<Int>()
        var out: [Int] = []
        var inside: Set<Int> = []
        for ordinal in (0..<60).shuffled(using: &generator) {
            sequencer.insert(ordinal * 10, ordinal: ordinal)
            inside.insert(ordinal)
            while let piece = sequencer.popNext() {
                #expect(inside.remove(piece / 10) != nil, "seed \(seed)")
                out.append(piece)
            }
            let next = sequencer.next
            #expect(next == out.count, "seed \(seed)")
            #expect(!inside.contains(next), "seed \(seed): a piece is kept back")
        }
        #expect(out == (0..<60).map { $0 * 10 }, "seed \(seed)")
    }

    @Test("dropping says how many pieces waited and keeps the place")
    func dropping() {
        var sequencer = Sequencer<Int>()
        sequencer.insert(0, ordinal: 0)
        let first = sequencer.popNext()
        sequencer.insert(3, ordinal: 3)
        sequencer.insert(2, ordinal: 2)
        let missing = sequencer.popNext()
        #expect([first, missing] == [0, nil])
        let dropped = [sequencer.removeAll(), sequencer.removeAll(), sequencer.next]
        #expect(dropped == [2, 0, 1])
        sequencer.insert(1, ordinal: 1)
        let rest = [sequencer.popNext(), sequencer.popNext()]
        #expect(rest == [1, nil])
    }
}
