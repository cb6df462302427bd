import SluiceCore
import SluiceLedger
import SluiceTestSupport
import Testing

@testable import SluiceEngine

/// What an earlier attempt has left, in the terms of a plan.
@Suite struct RestoredUploadTests {
    private static func plan(chunk: Int, size: Int, part: Int? = nil, isCompressed: Bool = false) -> TransferPlan {
        TransferPlan(
            route: isCompressed && part != nil ? .undecided(partSize: part) : .blocks(partSize: nil),
            reading: .slab,
            chunkSize: chunk,
            chunkCount: max(1, (size + chunk - 1) / chunk),
            isCompressed: isCompressed
        )
    }

    private static func block(_ ordinal: Int, _ range: Range<Int>, stored: Int? = nil) -> BlockRecord {
        let receipt = BlockReceipt(ordinal: ordinal, length: stored ?? range.count, checksum: nil, tag: "\(ordinal)")
        return BlockRecord(receipt: receipt, offset: range.lowerBound, length: range.count)
    }

    @Test func `blocks that are chunks are kept wherever they lie, and each once`() {
        let plan = Self.plan(chunk: 10, size: 35)
        let blocks = [Self.block(3, 30..<35), Self.block(0, 0..<10), Self.block(3, 30..<35)]
        let restored = RestoredUpload(plan, size: 35, blocks: blocks)
        #expect(restored.chunks == [0, 3] && restored.receipts.map(\.ordinal) == [0, 3])
        #expect(restored.placed == 15 && restored.sourceBytes == 15)
        // Where blocks can be anywhere, none is passed over by its place.
        #expect(restored.firstChunk == 0 && restored.nextBlock == 0)
    }

    /// Blocks that don't fit a plan of chunks of ten bytes for thirty-five.
    static let strange = [
        block(1, 0..<10), block(0, 0..<9), block(0, 0..<11), block(3, 30..<40), block(4, 40..<50), block(-1, -10..<0),
        block(0, 0..<10, stored: 9), block(2, 21..<31),
    ]

    @Test(arguments: strange) func `a block that is no chunk of the plan is not kept`(_ block: BlockRecord) {
        #expect(
            RestoredUpload(Self.plan(chunk: 10, size: 35), size: 35, blocks: [block])
                == RestoredUpload(Self.plan(chunk: 10, size: 35), size: 35, blocks: [])
        )
    }

    @Test func `parts of compressed frames are kept whatever is missing before them`() {
        let plan = Self.plan(chunk: 10, size: 95, part: 100, isCompressed: true)
        let parts = [
            Self.block(0, 0..<30, stored: 7), Self.block(1, 30..<50, stored: 8), Self.block(3, 60..<95, stored: 9),
        ]
        let restored = RestoredUpload(plan, size: 95, blocks: parts.shuffled())
        #expect(restored.receipts.map(\.ordinal) == [0, 1, 3])
        #expect(restored.keptParts.map(\.ordinal) == [3] && restored.keptParts.map(\.chunks) == [6..<10])
        #expect(
            restored.nextBlock == 2 && restored.firstChunk == 5 && restored.placed == 24 && restored.sourceBytes == 85
        )
        let whole = RestoredUpload(plan, size: 95, blocks: parts + [Self.block(2, 50..<60, stored: 1)])
        #expect(whole.firstChunk == 10 && whole.sourceBytes == 95 && whole.nextBlock == 4)
    }

    @Test func `frames that go to a file are kept up to the first gap`() {
        let plan = Self.plan(chunk: 10, size: 95, isCompressed: true)
        let frames = [0, 1, 3].map { Self.block($0, $0 * 10..<$0 * 10 + 10, stored: 7) }
        let restored = RestoredUpload(plan, size: 95, blocks: frames.shuffled())
        #expect(restored.receipts.map(\.ordinal) == [0, 1] && restored.keptParts.isEmpty)
        #expect(restored.firstChunk == 2 && restored.placed == 14 && restored.sourceBytes == 20)
    }

    /// Parts behind a first one of three chunks that leave no room for those that are missing, or overlap.
    static let cramped = [
        block(2, 30..<40), block(3, 40..<50), block(1, 40..<50), block(1, 20..<40), block(2, 20..<40), block(2, 45..<50),
    ]

    @Test(arguments: cramped) func `a part that is no row with those before it is not kept`(_ part: BlockRecord) {
        let plan = Self.plan(chunk: 10, size: 95, part: 100, isCompressed: true)
        let first = Self.block(0, 0..<30, stored: 7)
        #expect(RestoredUpload(plan, size: 95, blocks: [first, part]) == RestoredUpload(plan, size: 95, blocks: [first]))
    }

    /// Parts that can't be taken: not where they should be, of nothing, ending within a chunk, behind the end.
    static let odd = [block(0, 10..<20), block(1, 0..<10), block(0, 0..<0), block(0, 0..<15), block(0, 0..<100)]

    @Test(arguments: odd) func `a part that does not end where a chunk does is not kept`(_ part: BlockRecord) {
        let plan = Self.plan(chunk: 10, size: 95, part: 100, isCompressed: true)
        #expect(RestoredUpload(plan, size: 95, blocks: [part]).receipts.isEmpty)
    }

    @Test(
        "whatever is recorded, what is kept and what is read make the object, and nothing is both",
        arguments: seeds(300)
    )
    func property(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let chunk = Int.random(in: 1...40, using: &random)
        let size = Int.random(in: chunk + 1...chunk * 30, using: &random)
        let isCompressed = Bool.random(using: &random)
        let isGathered = isCompressed && Bool.random(using: &random)
        let plan = Self.plan(chunk: chunk, size: size, part: isGathered ? 64 : nil, isCompressed: isCompressed)
        // Blocks as an attempt records them: of a chunk each, or of several where frames are gathered.
        var blocks: [BlockRecord] = []
        var start = 0
        while start < size {
            let chunks = isGathered ? Int.random(in: 1...4, using: &random) : 1
            let end = min(size, start + chunks * chunk)
            blocks.append(
                Self.block(
                    blocks.count,
                    start..<end,
                    stored: isCompressed ? Int.random(in: 1...90, using: &random) : nil
                )
            )
            start = end
        }
        let recorded = blocks.filter { _ in Int.random(in: 0..<10, using: &random) > 1 }.shuffled(using: &random)
        let restored = RestoredUpload(plan, size: size, blocks: recorded)
        #expect(Set(restored.receipts).isSubset(of: Set(recorded.map(\.receipt))))
        let kept = blocks.filter { restored.receipts.contains($0.receipt) }
        #expect(restored.sourceBytes == kept.reduce(0) { $0 + $1.length })
        #expect(restored.placed == kept.reduce(0) { $0 + $1.receipt.length })
        // The chunks that the admitter still reads.
        let read = (restored.firstChunk..<(plan.chunkCount ?? 0)).filter { chunk in
            !restored.chunks.contains(chunk) && !restored.keptParts.contains { $0.chunks.contains(chunk) }
        }
        let bytes = read.reduce(0) { $0 + plan.length(ofChunk: $1, size: size) }
        #expect(bytes + restored.sourceBytes == size)
        if isCompressed {
            let gap = (0..<blocks.count).first { !recorded.contains(blocks[$0]) } ?? blocks.count
            #expect(restored.nextBlock == gap)
        }
        let isFrontOnly = isCompressed && !isGathered
        #expect(restored.receipts.count == (isFrontOnly ? restored.nextBlock : recorded.count))
    }

    static let routes: [(TransferPlan.Route, Bool, Int?, Bool)] = [
        (.whole, false, 1, false), (.blocks(partSize: nil), false, 4, true), (.blocks(partSize: nil), true, 4, true),
        (.undecided(partSize: 9), true, 4, true), (.undecided(partSize: nil), false, nil, false),
        (.stream, true, 4, false),
        (.undecided(partSize: 9), true, nil, false),
    ]

    @Test(arguments: routes)
    func `only what is cut alike by every attempt can be gone on with`(
        _ route: TransferPlan.Route,
        _ isCompressed: Bool,
        _ chunks: Int?,
        _ isResumable: Bool
    ) {
        let plan = TransferPlan(
            route: route,
            reading: .slab,
            chunkSize: 10,
            chunkCount: chunks,
            isCompressed: isCompressed
        )
        #expect(plan.isResumable == isResumable)
    }

    @Test func `a signature tells the chunk size, and what is none tells nothing`() {
        let plan = Self.plan(chunk: 12_345, size: 99_999)
        #expect(TransferPlan.chunkSize(inSignature: plan.signature(codec: "none")) == 12_345)
        for text in ["", "chunk", "chunk x", "part 5", "blocks=5"] {
            #expect(TransferPlan.chunkSize(inSignature: text) == nil)
        }
    }
}
