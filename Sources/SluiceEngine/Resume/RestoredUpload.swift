internal import SluiceCore
internal import SluiceLedger

/// What an earlier attempt has left of an object at the sink, in the terms of the object's plan.
struct RestoredUpload: Sendable, Equatable {
    /// The blocks that the committer need not wait for.
    var receipts: [BlockReceipt] = []
    /// Chunks that need not be read again, where they may lie anywhere.
    var chunks: Set<Int> = []
    /// The first chunk to read, where blocks follow one another: all before it are with the sink.
    var firstChunk = 0
    /// The ordinal of the next block or part.
    var nextBlock = 0
    /// Parts behind `firstChunk` that are with the sink, in order; what is between them is to fill just their gaps.
    var keptParts: [KeptPart] = []
    /// Bytes of the blocks in the sink.
    var placed = 0
    /// Bytes of the source that need not be read again.
    var sourceBytes = 0

    /// - Parameters:
    ///   - plan: how the object is cut, now as in the earlier attempt.
    ///   - size: bytes of the object.
    ///   - blocks: those that were recorded and that the sink has, in any order.
    init(_ plan: TransferPlan, size: Int, blocks: [BlockRecord]) {
        let sorted = blocks.sorted { $0.receipt.ordinal < $1.receipt.ordinal }
        if plan.isCompressed {
            takeFront(plan, size, sorted)
            if plan.partSize != nil { takeBehind(plan, size, sorted) }
        } else {
            takeAll(plan, size, sorted)
        }
    }

    /// Blocks that are chunks can be anywhere: what is between them is sent.
    private mutating func takeAll(_ plan: TransferPlan, _ size: Int, _ blocks: [BlockRecord]) {
        for block in blocks {
            let ordinal = block.receipt.ordinal
            guard 0..<(plan.chunkCount ?? 0) ~= ordinal, block.offset == ordinal * plan.chunkSize,
                block.length == plan.length(ofChunk: ordinal, size: size), block.receipt.length == block.length,
                chunks.insert(ordinal).inserted
            else { continue }
            take(block)
        }
    }

    /// Where a codec decides how long blocks are, the place of one in the object is known only behind all that come before
    /// it: blocks are taken as far as they follow one another from the first.
    private mutating func takeFront(_ plan: TransferPlan, _ size: Int, _ blocks: [BlockRecord]) {
        for block in blocks {
            let end = block.offset + block.length
            let endsAtChunk = end == size || end.isMultiple(of: plan.chunkSize)
            guard block.receipt.ordinal == nextBlock, block.offset == sourceBytes, block.length > 0, end <= size,
                endsAtChunk
            else { return }
            take(block)
            nextBlock += 1
            firstChunk = (end + plan.chunkSize - 1) / plan.chunkSize
        }
    }

    /// Numbered parts have no place but their number. A codec makes the same frames of the same chunks, so those of a gap
    /// fill it with as many parts as are missing; whoever sends them looks whether they do.
    private mutating func takeBehind(_ plan: TransferPlan, _ size: Int, _ blocks: [BlockRecord]) {
        var next = (ordinal: nextBlock, offset: sourceBytes)
        for block in blocks where block.receipt.ordinal >= nextBlock {
            let missing = block.receipt.ordinal - next.ordinal
            let gap = block.offset - next.offset
            guard let part = KeptPart(block, plan, size: size), missing >= 0,
                missing == 0 ? gap == 0 : gap >= missing * plan.chunkSize
            else { continue }
            take(block)
            keptParts.append(part)
            next = (block.receipt.ordinal + 1, block.offset + block.length)
        }
    }

    private mutating func take(_ block: BlockRecord) {
        receipts.append(block.receipt)
        placed += block.receipt.length
        sourceBytes += block.length
    }
}

/// A part of gathered frames that an earlier attempt has put, with the chunks that it is made of.
struct KeptPart: Sendable, Equatable {
    let ordinal: Int
    let chunks: Range<Int>
    /// Its bytes in the sink.
    let length: Int

    /// Nil for one that is no row of whole chunks.
    init?(_ block: BlockRecord, _ plan: TransferPlan, size: Int) {
        let end = block.offset + block.length
        guard block.offset >= 0, block.length > 0, end <= size, block.offset.isMultiple(of: plan.chunkSize),
            end == size || end.isMultiple(of: plan.chunkSize)
        else { return nil }
        ordinal = block.receipt.ordinal
        chunks = block.offset / plan.chunkSize..<(end + plan.chunkSize - 1) / plan.chunkSize
        length = block.receipt.length
    }
}

extension TransferPlan {
    /// Whether an interrupted upload by this plan can be gone on with: its cuts are known beforehand.
    var isResumable: Bool {
        guard chunkCount != nil, chunkCount != 1 else { return false }
        return switch route {
        case .blocks: true
        case .undecided: isCompressed
        case .whole, .stream: false
        }
    }

    /// The plan as the ledger keeps it. Two attempts cut an object alike if this is the same.
    ///
    /// - Parameter codec: the codec's name; its level is part of what makes two runs the same.
    func signature(codec: String) -> String { "chunk \(chunkSize) part \(partSize ?? 0) codec \(codec)" }

    /// The chunk size in a signature; nil where it is none.
    static func chunkSize(inSignature text: String) -> Int? {
        let words = text.split(separator: " ")
        return words.count > 1 && words[0] == "chunk" ? Int(words[1]) : nil
    }
}

extension TransferPlanner {
    /// The planner for an object that an earlier attempt has begun: it cuts it as it was cut then, where it can.
    func planner(for earlier: RunJournal.Earlier) -> TransferPlanner {
        guard !isCompressed, case .begun(_, let begun) = earlier,
            let chunk = TransferPlan.chunkSize(inSignature: begun.plan), chunk > 0
        else { return self }
        var planner = self
        planner.blockSize = chunk
        return planner
    }
}
