import SluiceCore
import SluicePipeline
import SluiceTestSupport
import Testing

@Suite struct CommitterModelTests {
    @Test("in any order of events an item ends once, whole or as if it had never been", arguments: seeds(20))
    func interleavings(seed: UInt64) {
        // Cheap enough to try a hundred items a seed.
        for item in 0..<100 {
            var model = CommitterModel(seed: seed &* 1_000_003 &+ UInt64(item))
            while model.step() {}
            #expect(model.problem == nil, "seed \(seed), item \(item): \(model.history.joined(separator: ", "))")
        }
    }
}

/// A committer with a source, stages and a sink that do what they may do in any order.
private struct CommitterModel {
    private(set) var problem: String?
    private(set) var history: [String] = []
    private var committer = Committer()
    private var generator: SeededGenerator
    private let blocks: Int
    private let isWhole: Bool
    /// How likely a step fails, in percent.
    private let failureRate: Int
    private let cancelRate: Int
    private var admitted = 0
    private var isEndKnown = false
    /// Chunks on their way to the sink, by ordinal; steps held back; steps that the sink has.
    private var chunks: [Int] = []
    private var held: [Int] = []
    private var sent: [Int] = []
    private var confirmed: Set<Int> = []
    private var control: Committer.Action?
    private var hasBegun = false
    private var hasCommitted = false
    private var aborts = 0
    private var ends = 0

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        blocks = Int.random(in: 1...6, using: &generator)
        isWhole = blocks == 1 && Bool.random(using: &generator)
        failureRate = [0, 0, 5, 30].randomElement(using: &generator) ?? 0
        cancelRate = [0, 0, 0, 5].randomElement(using: &generator) ?? 0
    }

    /// One event of those that can happen; false when none can or something is wrong.
    mutating func step() -> Bool {
        guard ends == 0, problem == nil else {
            if ends == 1 { checkEnd() }
            return false
        }
        var events: [(inout CommitterModel) -> Void] = []
        if admitted < blocks, committer.failure == nil { events.append { $0.admit() } }
        if !isWhole, !isEndKnown, admitted == blocks || committer.failure == nil { events.append { $0.knowEnd() } }
        if !chunks.isEmpty { events += [{ $0.moveChunk() }, { $0.moveChunk() }] }
        if !sent.isEmpty { events += [{ $0.answer() }, { $0.answer() }] }
        if control != nil { events.append { $0.answerControl() } }
        if chance(cancelRate) { events = [{ $0.cancel() }] }
        guard let event = events.randomElement(using: &generator) else {
            problem = "nothing can happen, and the item has not ended"
            return false
        }
        event(&self)
        return true
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }

    private mutating func note(_ text: String, _ action: Committer.Action = .none) {
        history.append(text)
        perform(action)
        // What can't be sent any more is dropped, as the engine does.
        while committer.failure != nil, !held.isEmpty {
            held.removeFirst()
            perform(committer.remove())
        }
    }

    // MARK: Events

    private mutating func admit() {
        if !committer.admit() { problem = "a living item takes no chunk" }
        chunks.append(admitted)
        admitted += 1
        note("admit")
    }

    private mutating func knowEnd() {
        isEndKnown = true
        note("end known", committer.sourceEnded(blocks: blocks))
    }

    private mutating func moveChunk() {
        let ordinal = chunks.remove(at: Int.random(in: chunks.indices, using: &generator))
        if committer.failure != nil { return note("drop \(ordinal)", committer.remove()) }
        if chance(failureRate) { return note("chunk \(ordinal) fails", committer.failed(Broken(.sourceChanged))) }
        if isWhole {
            committer.goesWhole()
            sent.append(ordinal)
            return note("whole")
        }
        if committer.isReleased {
            committer.blockSent()
            sent.append(ordinal)
            return note("send \(ordinal)")
        }
        held.append(ordinal)
        note("hold \(ordinal)", committer.blockReady())
    }

    private mutating func answer() {
        let ordinal = sent.remove(at: Int.random(in: sent.indices, using: &generator))
        if chance(failureRate) {
            let action = isWhole ? committer.failed(Broken(.transient)) : committer.blockFailed(Broken(.transient))
            return note("block \(ordinal) fails", action)
        }
        confirmed.insert(ordinal)
        if isWhole {
            hasCommitted = true
            return note("whole confirmed", committer.wholeConfirmed())
        }
        note("block \(ordinal) confirmed", committer.confirmed(BlockReceipt(ordinal: ordinal, length: 1, checksum: nil, tag: "")))
    }

    private mutating func answerControl() {
        guard let action = control else { return }
        control = nil
        let fails = chance(failureRate)
        switch action {
        case .begin where fails: note("begin fails", committer.beginFailed(Broken(.forbidden)))
        case .begin:
            hasBegun = true
            note("begun", committer.begun())
        case .commit where fails: note("commit fails", committer.commitFailed(Broken(.transient)))
        case .commit:
            hasCommitted = true
            note("committed", committer.committed())
        default: note("aborted", committer.aborted())
        }
    }

    private mutating func cancel() { note("cancel", committer.fail(Cancelled())) }

    // MARK: What the committer decides

    private mutating func perform(_ action: Committer.Action) {
        switch action {
        case .none: return
        case .begin, .commit, .abort:
            if control != nil { problem = "\(action) while another control step is under way" }
            if action == .begin, hasBegun { problem = "begun twice" }
            control = action
            history.append("→ \(action)")
            checkControl(action)
        case .release:
            guard committer.isReleased else { return }
            for ordinal in held {
                committer.blockSent()
                sent.append(ordinal)
            }
            held = []
        case .end:
            history.append("→ end")
            ends += 1
        }
        if ends > 1 || (ends == 1 && action != .end) { problem = "something after the end" }
    }

    private mutating func checkControl(_ action: Committer.Action) {
        switch action {
        case .commit(let receipts):
            if receipts.map(\.ordinal) != Array(0..<blocks) { problem = "a commit of \(receipts.map(\.ordinal))" }
            if confirmed.count != blocks { problem = "a commit before all is confirmed" }
            if committer.failure != nil { problem = "a commit after a failure" }
        case .abort:
            aborts += 1
            if !hasBegun || hasCommitted { problem = "an abort of nothing" }
            if !sent.isEmpty { problem = "an abort while blocks are under way" }
            if committer.failure == nil { problem = "an abort without a failure" }
        default: break
        }
    }

    private mutating func checkEnd() {
        if !chunks.isEmpty || !held.isEmpty || !sent.isEmpty || control != nil { problem = "the end before all is gone" }
        if committer.pending != 0 { problem = "\(committer.pending) pieces are left" }
        if hasCommitted != (committer.failure == nil), committer.failure?.kind != .cancelled { problem = "committed, and failed" }
        if aborts != (hasBegun && !hasCommitted ? 1 : 0) { problem = "\(aborts) aborts" }
    }
}
