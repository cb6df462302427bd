internal import SluiceCore
internal import SluicePipeline

/// How one object is cut, read and put. Decided before its first byte, from values alone.
struct TransferPlan: Sendable, Equatable {
    /// What the sink is asked for.
    enum Route: Sendable, Equatable {
        /// One request with the whole object.
        case whole
        /// One request with a stream of chunks.
        case stream
        /// Blocks and a commit. `partSize` is the capacity of the parts that compressed frames are gathered in; nil
        /// where a chunk is a block.
        case blocks(partSize: Int?)
        /// What becomes of an object of unknown size is seen at its end: whole if it fits one chunk, else blocks.
        case undecided(partSize: Int?)
    }

    /// How the bytes come from the source to the sink's worker.
    enum Reading: Sendable, Equatable {
        /// Into a slab.
        case slab
        /// By the sink's worker, while it sends.
        case through
        /// Once for the digest, and again by the sink's worker while it sends: the second read comes from the page
        /// cache, and nothing is held in memory in between.
        case digestThenThrough
        /// Not by us: the sink's service copies it by itself.
        case byService
    }

    var route: Route
    var reading: Reading
    /// Bytes of a chunk, before compression.
    var chunkSize: Int
    /// How many chunks there are; nil where the size is not known.
    var chunkCount: Int?
    var isCompressed: Bool

    /// The capacity of the parts that compressed frames are gathered in; nil where a chunk is a block of its own.
    var partSize: Int? {
        switch route {
        case .blocks(let size), .undecided(let size): size
        case .whole, .stream: nil
        }
    }

    /// Whether the object is put in blocks of one chunk each.
    var blocksAreChunks: Bool {
        switch route {
        case .blocks(nil), .undecided(nil): true
        case .blocks, .undecided, .whole, .stream: false
        }
    }

    /// Whether a reader opens the object, reads all of it and hands it on to be put by one step: what the source keeps
    /// beside the bytes then comes with them, and need not be asked for.
    var isReadAtOnce: Bool { chunkCount == 1 && reading == .slab && route == .whole }

    /// Bytes of chunk `ordinal`.
    func length(ofChunk ordinal: Int, size: Int?) -> Int {
        if let size { return min(chunkSize, size - ordinal * chunkSize) }
        guard let growth else { return chunkSize }
        return min(growth.largest, chunkSize * (1 + ordinal / growth.step))
    }

    /// How blocks of an object of unknown size grow, so that the number that the store takes holds more than any
    /// stream is likely to bring.
    struct Growth: Sendable, Equatable {
        /// Blocks after which they grow by the first one's size.
        var step: Int
        /// The largest that the memory allows.
        var largest: Int
    }

    var growth: Growth?
    /// How the parts of an object of unknown size grow, for the same reason.
    var partGrowth: Growth?

    /// The capacity of part `ordinal`; nil where there are none.
    func capacity(ofPart ordinal: Int) -> Int? {
        guard let size = partSize, let partGrowth else { return partSize }
        return min(partGrowth.largest, size * (1 + ordinal / partGrowth.step))
    }

    /// The capacity of the largest part.
    var largestPart: Int? { partSize.map { max($0, partGrowth?.largest ?? 0) } }
}

/// What plans are made from: the sink, the options and the memory shares.
struct TransferPlanner: Sendable {
    let traits: SinkTraits
    let isCompressed: Bool
    /// Whether blocks carry a digest.
    let wantsChecksum: Bool
    /// The user's block size, if any.
    var blockSize: Int?
    /// The least and the most bytes that a request to the source is to ask for; nil where reading is no request.
    var requestSize: ClosedRange<Int>?
    /// Whether the sink's service copies objects by itself, and whether that is to have a condition.
    var copiesByService = false
    var hasCondition = false
    /// Bytes that all slabs of chunks, and those of parts, may take.
    let chunkShare: Int
    let partShare: Int
    /// The most that a chunk of so many bytes becomes when it is compressed.
    let encodedBound: @Sendable (Int) -> Int

    /// A block of 8 MiB: above Azure's threshold for the high-throughput path (4 MiB), above S3's least part, small
    /// enough that a lost one costs little.
    static let defaultBlock = 8 << 20
    /// Chunks for compression: the source and its frame stay in the second-level cache's reach, and a gzip window of
    /// 32 KiB loses less than half a percent to the cut.
    static let compressionChunk = 1 << 20
    /// From this size on reading while sending saves more than the extra calls cost.
    static let readThroughFrom = 512 << 10
    /// Local blocks: large enough to amortise the hand-over, small enough for the cache.
    static let localBlock = 1 << 20

    func plan(name: String, size: Int?, allowsReadThrough: Bool) throws(CopyError) -> TransferPlan {
        if let size, size > traits.maximumObject {
            throw tooLarge(name, size, "the store holds at most \(ByteCount(traits.maximumObject))")
        }
        if copiesByService, let size, size > 0 { return try copied(name, size) }
        let plan = if isCompressed { try compressed(name, size) } else if let size { try known(name, size, allowsReadThrough) } else { try unknown(name) }
        try requireMemory(for: plan, name, size)
        return plan
    }

    /// A chunk must fit the share at once: a lease of more would wait for ever. Where objects go as streams, room for
    /// a stream's chunk must be left beside it.
    private func requireMemory(for plan: TransferPlan, _ name: String, _ size: Int?) throws(CopyError) {
        guard plan.reading == .slab else { return }
        let chunk = max(plan.length(ofChunk: 0, size: size), plan.growth?.largest ?? 0)
        guard lease(ofChunk: chunk) + (traits.placement == .sequential ? streamLease : 0) <= chunkShare else {
            throw CopyError(.tooLarge, "\"\(name)\" can't be read in chunks of \(ByteCount(chunk))", cause: "they do not fit --memory", advice: "Give more --memory or a smaller --block-size")
        }
    }

    /// The memory that a chunk of `count` bytes takes until it is confirmed, with that of its frame.
    func lease(ofChunk count: Int) -> Int {
        SlabPool.size(for: max(1, count)) + (isCompressed ? SlabPool.size(for: encodedBound(count)) : 0)
    }

    /// The most memory that a chunk of a stream takes.
    var streamLease: Int { lease(ofChunk: isCompressed ? compressedChunk : fitting(blockSize ?? localBlock)) }

    /// Bytes of a chunk that is compressed.
    private var compressedChunk: Int { fitting(min(blockSize ?? .max, TransferPlanner.compressionChunk)) }

    private func known(_ name: String, _ size: Int, _ allowsReadThrough: Bool) throws(CopyError) -> TransferPlan {
        switch traits.placement {
        case .sequential:
            if allowsReadThrough, traits.isRemote, size >= TransferPlanner.readThroughFrom {
                return TransferPlan(route: .whole, reading: .through, chunkSize: size, chunkCount: 1, isCompressed: false)
            }
            let chunk = min(max(1, size), fitting(blockSize ?? localBlock))
            let count = max(1, pieces(size, of: chunk))
            return TransferPlan(route: count == 1 ? .whole : .stream, reading: .slab, chunkSize: chunk, chunkCount: count, isCompressed: false)
        case .positioned:
            guard let requestSize else { return cut(size, into: fitting(blockSize ?? localBlock), reading: .slab) }
            // Written as it comes: nothing is held.
            var plan = cut(size, into: blockSize ?? request(size, within: requestSize), reading: .through)
            plan.reading = .through
            return plan
        case .numbered:
            let block = try numberedBlock(name, size)
            let wanted = reading(block, allowsReadThrough)
            if wanted == .slab, block > chunkShare {
                throw tooLarge(name, size, "its blocks of \(ByteCount(block)) do not fit --memory")
            }
            return cut(size, into: block, reading: wanted)
        }
    }

    private func cut(_ size: Int, into block: Int, reading: TransferPlan.Reading) -> TransferPlan {
        if size <= block {
            let kept: TransferPlan.Reading = size >= TransferPlanner.readThroughFrom ? reading : .slab
            return TransferPlan(route: .whole, reading: kept, chunkSize: max(1, size), chunkCount: 1, isCompressed: false)
        }
        return TransferPlan(route: .blocks(partSize: nil), reading: reading, chunkSize: block, chunkCount: pieces(size, of: block), isCompressed: false)
    }

    /// Blocks for a service that copies by itself: none costs us memory, and each takes the service a second or so.
    private static let copiedBlock = 64 << 20

    /// A plan by which the sink's service copies. Its blocks can go through us as well, should an interrupted run have to go
    /// on that way.
    private func copied(_ name: String, _ size: Int) throws(CopyError) -> TransferPlan {
        var planner = self
        planner.blockSize = blockSize ?? bounded(min(TransferPlanner.copiedBlock, chunkShare / 4))
        if blockSize == nil { planner.blockSize = max(planner.blockSize ?? 0, roundedUp(pieces(size, of: traits.maximumBlocks))) }
        var plan = planner.cut(size, into: try planner.numberedBlock(name, size), reading: .byService)
        plan.reading = .byService
        if plan.route == .whole, hasCondition, !traits.copiesConditionally { plan.route = .blocks(partSize: nil) }
        return plan
    }

    private func reading(_ block: Int, _ allowsReadThrough: Bool) -> TransferPlan.Reading {
        guard allowsReadThrough, block >= TransferPlanner.readThroughFrom else { return .slab }
        return wantsChecksum && traits.blockChecksum != nil ? .digestThenThrough : .through
    }

    /// Bytes of a request for an object that is written as it comes: so many that a killed run loses no more of it than
    /// a few of thirty-two.
    private func request(_ size: Int, within bounds: ClosedRange<Int>) -> Int {
        min(max(roundedUp(pieces(size, of: 32)), bounds.lowerBound), bounds.upperBound)
    }

    /// A block size that the store takes and with which the object does not need too many blocks.
    private func numberedBlock(_ name: String, _ size: Int) throws(CopyError) -> Int {
        let needed = pieces(size, of: traits.maximumBlocks)
        guard needed <= traits.maximumBlock else {
            throw tooLarge(name, size, "\(traits.maximumBlocks) blocks of \(ByteCount(traits.maximumBlock)) do not hold it")
        }
        guard let wanted = blockSize.map({ bounded($0) }) else {
            return bounded(max(TransferPlanner.defaultBlock, roundedUp(needed)))
        }
        guard needed <= wanted else {
            throw tooLarge(name, size, "\(traits.maximumBlocks) blocks of \(ByteCount(wanted)) do not hold it: give a --block-size of at least \(ByteCount(roundedUp(needed)))")
        }
        return wanted
    }

    /// Bytes of a chunk for a sink that takes any.
    private var localBlock: Int { requestSize?.lowerBound ?? TransferPlanner.localBlock }

    /// The nearest size of a block that the store takes.
    private func bounded(_ block: Int) -> Int { min(max(block, traits.minimumBlock), traits.maximumBlock) }

    /// To whole mebibytes.
    private func roundedUp(_ bytes: Int) -> Int { pieces(bytes, of: 1 << 20) << 20 }

    /// How many pieces of `length` hold `size` bytes, whatever the size that a server tells.
    private func pieces(_ size: Int, of length: Int) -> Int {
        let (whole, rest) = size.quotientAndRemainder(dividingBy: length)
        return whole + (rest > 0 ? 1 : 0)
    }

    /// The largest chunk up to `wanted` of which four, with their frames, fit the share.
    private func fitting(_ wanted: Int) -> Int { max(4096, min(wanted, chunkShare / (isCompressed ? 8 : 4))) }

    private func unknown(_ name: String) throws(CopyError) -> TransferPlan {
        switch traits.placement {
        case .sequential:
            return TransferPlan(route: .stream, reading: .slab, chunkSize: fitting(blockSize ?? localBlock), isCompressed: false)
        case .positioned:
            return TransferPlan(route: .undecided(partSize: nil), reading: .slab, chunkSize: fitting(blockSize ?? localBlock), isCompressed: false)
        case .numbered:
            let block = bounded(blockSize ?? TransferPlanner.defaultBlock)
            guard SlabPool.size(for: block) * 2 <= chunkShare else {
                throw CopyError(.tooLarge, "\"\(name)\" can't be sent in blocks of \(ByteCount(block))", cause: "two of them do not fit --memory", advice: "Give more --memory or a smaller --block-size")
            }
            var plan = TransferPlan(route: .undecided(partSize: nil), reading: .slab, chunkSize: block, isCompressed: false)
            plan.growth = growth(from: block, upTo: chunkShare / 4)
            return plan
        }
    }

    /// S3: 10,000 parts from 8 MiB, a tenth of them of one size, hold 406 GiB where the memory allows 64 MiB.
    private func growth(from block: Int, upTo most: Int) -> TransferPlan.Growth? {
        guard traits.maximumBlocks < .max else { return nil }
        // A power of two is a slab without waste.
        let largest = 1 << (Int.bitWidth - 1 - max(1, most).leadingZeroBitCount)
        return .init(step: max(1, traits.maximumBlocks / 10), largest: bounded(max(block, largest)))
    }

    private func compressed(_ name: String, _ size: Int?) throws(CopyError) -> TransferPlan {
        let chunk = compressedChunk
        let count = size.map { max(1, pieces($0, of: chunk)) }
        let part = traits.placement == .numbered && count != 1 ? try partSize(name, count, chunk) : nil
        let route: TransferPlan.Route
        switch (traits.placement, count) {
        case (_, 1?): route = .whole
        case (.sequential, _): route = .stream
        case (_, nil): route = .undecided(partSize: part)
        case (.positioned, _): route = .blocks(partSize: nil)
        // Compressed to less than one part, it goes whole after all.
        case (.numbered, _): route = .undecided(partSize: part)
        }
        var plan = TransferPlan(route: route, reading: .slab, chunkSize: chunk, chunkCount: count, isCompressed: true)
        if let part, count == nil { plan.partGrowth = growth(from: part, upTo: partShare / 2) }
        return plan
    }

    /// The capacity of a part: whole frames are gathered until the next may not fit, and all but the last part must
    /// reach the store's minimum.
    private func partSize(_ name: String, _ chunks: Int?, _ chunk: Int) throws(CopyError) -> Int {
        let bound = encodedBound(chunk)
        // So many whole frames, each as large as it can be, that the store's parts hold them all. Without a size the
        // default must do.
        let frames = chunks.map { pieces($0, of: traits.maximumBlocks) } ?? 1
        let (needed, overflow) = frames.multipliedReportingOverflow(by: bound)
        // No larger than that two fit, unless the store wants it.
        let preferred = blockSize ?? min(TransferPlanner.defaultBlock, partShare / 2)
        guard !overflow, needed <= traits.maximumBlock else {
            throw CopyError(.tooLarge, "\"\(name)\" can't be put", cause: "\(traits.maximumBlocks) parts of \(ByteCount(traits.maximumBlock)) do not hold it")
        }
        let wanted = max(preferred, bound, traits.minimumBlock + bound, needed)
        let part = SlabPool.size(for: wanted)
        guard part <= traits.maximumBlock else {
            throw CopyError(.tooLarge, "\"\(name)\" can't be put", cause: "parts of \(ByteCount(part)) would be larger than the store takes")
        }
        guard part <= partShare else {
            throw CopyError(.tooLarge, "\"\(name)\" can't be compressed into parts of \(ByteCount(part))", cause: "--memory is too small for one", advice: "Give more --memory or a smaller --block-size")
        }
        return part
    }

    private func tooLarge(_ name: String, _ size: Int, _ cause: String) -> CopyError {
        CopyError(.tooLarge, "\"\(name)\" of \(ByteCount(size)) can't be put", cause: cause)
    }
}
