import SluiceCore
import Testing

@testable import SluiceLedger

@Suite("Records that wait")
struct BacklogTests {
    private func append(_ count: Int, to backlog: inout Backlog) -> [Backlog.Demand] {
        let item = EndedItem(name: "a", version: SourceVersion(), outcome: .done)
        return (0..<count).map { _ in backlog.append(.ended(ItemIdentifier(number: 1), item, hasBegun: false)) }
    }

    @Test("A block is in the ledger before its connection takes another; small ones together")
    func blocks() {
        var backlog = Backlog(nextOrdinal: 1)
        func block(_ length: Int) -> LedgerEvent {
            let receipt = BlockReceipt(ordinal: 0, length: length / 3, checksum: nil, tag: "")
            return .block(ItemIdentifier(number: 1), BlockRecord(receipt: receipt, offset: 0, length: length))
        }
        #expect(append(1, to: &backlog) == [.later])
        #expect(backlog.append(block(Backlog.mostAtStake)) == .wait)
        #expect(backlog.take().count == 2)
        let quarter = block(Backlog.mostAtStake / 4)
        #expect((0..<5).map { _ in backlog.append(quarter) } == [.soon, .later, .nothing, .wait, .wait])
        _ = backlog.take()
        #expect(backlog.append(quarter) == .soon)
    }

    @Test("The first has all written within the interval, a full batch at once, a full backlog by whoever filled it")
    func demands() {
        var backlog = Backlog(nextOrdinal: 1)
        let demands = append(Backlog.limit + 1, to: &backlog)
        #expect(demands[0] == .later)
        #expect(demands[Backlog.batch - 1] == .soon)
        #expect(demands[Backlog.limit - 1] == .wait && demands[Backlog.limit] == .wait)
        #expect(demands.count { $0 == .later } == 1)
        #expect(demands.count { $0 == .soon } == 1)
        #expect(demands.count { $0 == .nothing } == Backlog.limit - 3)
    }

    @Test("Objects are written before a crash would have many of their bytes sent again")
    func atStake() {
        var backlog = Backlog(nextOrdinal: 1)
        func end(_ bytes: Int, hasBegun: Bool = false, _ outcome: EndedItem.Outcome = .done) -> Backlog.Demand {
            let item = EndedItem(name: "a", version: SourceVersion(size: bytes), outcome: outcome, bytesWritten: bytes)
            return backlog.append(.ended(ItemIdentifier(number: 1), item, hasBegun: hasBegun))
        }
        let half = Backlog.mostAtStake / 2
        #expect(end(half - 1) == .later)
        // Blocks are recorded each, and what failed is sent again in any case.
        #expect(end(1 << 40, hasBegun: true) == .nothing && end(1 << 40, .failed("no")) == .nothing)
        // Another thread begins before anybody has to wait.
        #expect(end(1) == .soon && end(half - 1) == .nothing)
        #expect(end(1) == .wait)
        #expect(end(Backlog.mostAtStake) == .wait)
        _ = backlog.take()
        #expect(end(1) == .later)
    }

    @Test("After they were taken it begins anew, in order and with nothing twice")
    func taking() {
        var backlog = Backlog(nextOrdinal: 1)
        for round in 0..<3 {
            #expect(append(10, to: &backlog).first == .later)
            let taken = backlog.take()
            #expect(taken.count == 10, "round \(round)")
            #expect(backlog.take().isEmpty)
            backlog.giveBack(taken)
            #expect(backlog.events.isEmpty)
        }
    }

    @Test("A closed one takes nothing more")
    func closing() {
        var backlog = Backlog(nextOrdinal: 1)
        _ = append(3, to: &backlog)
        backlog.close()
        #expect(append(3, to: &backlog) == [.nothing, .nothing, .nothing])
        #expect(backlog.take().isEmpty)
    }

    @Test("New items have ordinals of their own", arguments: [1, 7])
    func ordinals(first: Int) {
        var backlog = Backlog(nextOrdinal: first)
        #expect((0..<3).map { _ in backlog.takeOrdinal() } == [first, first + 1, first + 2])
    }
}
