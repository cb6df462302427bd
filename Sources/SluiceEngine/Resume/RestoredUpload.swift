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

    /// Where a codec decides how long blocks are, the place of one is known only behind all that come before it: blocks
    /// are taken as far as they follow one another from the first.
    private mutating func takeFront(_ plan: TransferPlan, _ size: Int, _ blocks: [BlockRecord]) {
        for block in blocks {
            let end = block.offset + block.length
            let endsAtChunk = end == size || end.isMultiple(of: plan.chunkSize)
            guard block.receipt.ordinal == nextBlock, block.offset == sourceBytes, block.length > 0, end <= size, endsAtChunk
            else { return }
            take(block)
            nextBlock += 1
            firstChunk = (end + plan.chunkSize - 1) / plan.chunkSize
        }
    }

    private mutating func take(_ block: BlockRecord) {
        receipts.append(block.receipt)
        placed += block.receipt.length
        sourceBytes += block.length
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
