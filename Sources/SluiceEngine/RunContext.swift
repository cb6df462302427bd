internal import SluiceCore
internal import SluicePipeline

/// What all stages of one run share.
final class RunContext: Sendable {
    let specification: CopySpecification
    let source: any ObjectSource
    let sink: any ObjectSink
    let naming: SinkNaming
    let planner: TransferPlanner
    /// Slabs of chunks and frames, and those of the parts that frames are gathered in. Parts have a share of their
    /// own, so that chunks can't take the memory that a part needs to be finished.
    let chunkPool: SlabPool
    let partPool: SlabPool
    let meters: StageMeters
    let tally: Tally
    let cancellation: Cancellation
    let limits: RunLimits
    let checksumAlgorithm: ChecksumAlgorithm?
    /// What objects keep beside their bytes; nil for nothing.
    let preservation: Preservation?
    /// Copies that the sink's service makes by itself; nil where it can't.
    let serverSide: ServerSideCopies?
    /// What the run tells its ledger; nil where it has none.
    let journal: RunJournal?
    /// Whether an item that failed may be read again alone.
    let startsItemsOver: Bool
    /// Hears how each item ended.
    let recordItem: @Sendable (ItemRecord) -> Void

    init(
        specification: CopySpecification,
        endpoints: CopyEndpoints,
        meters: StageMeters,
        tally: Tally,
        cancellation: Cancellation,
        limits: RunLimits? = nil,
        journal: RunJournal? = nil,
        startsItemsOver: Bool = true,
        recordItem: @escaping @Sendable (ItemRecord) -> Void
    ) {
        self.specification = specification
        source = endpoints.source
        sink = endpoints.sink
        naming = endpoints.naming
        self.meters = meters
        self.tally = tally
        self.cancellation = cancellation
        self.limits = limits ?? RunLimits(specification)
        self.journal = journal
        self.startsItemsOver = startsItemsOver
        self.recordItem = recordItem
        let shares = MemoryShares(specification, endpoints.sink.traits)
        chunkPool = SlabPool(capacity: shares.chunks)
        partPool = SlabPool(capacity: shares.parts)
        checksumAlgorithm = specification.blockChecksum(endpoints.sink)
        planner = TransferPlanner(specification, endpoints.sink.traits, endpoints.source)
        serverSide = endpoints.copiesByService ? ServerSideCopies(sink: endpoints.sink.location) : nil
        preservation = Preservation(specification)
    }
}

extension CopySpecification {
    /// The digest that blocks are put with; nil for none.
    func blockChecksum(_ sink: any ObjectSink) -> ChecksumAlgorithm? {
        verification == .none ? nil : sink.traits.blockChecksum ?? .crc64nvme
    }
}

extension RunContext {
    /// Whether the sink's workers ask a distant source for bytes themselves, and write them as they come.
    var isReadBySink: Bool {
        source.requestSize != nil && specification.codec == nil && sink.traits.placement == .positioned
    }
}

/// How `--memory` is divided.
struct MemoryShares: Sendable, Equatable {
    let chunks: ByteCount
    let parts: ByteCount

    init(_ specification: CopySpecification, _ traits: SinkTraits) {
        let memory = specification.memory
        guard specification.codec != nil, traits.placement == .numbered else {
            chunks = memory
            // A pool must hold something; nothing is ever leased from it.
            parts = ByteCount(4096)
            return
        }
        // Raw chunk and frame are short-lived; parts wait for the network.
        parts = ByteCount(memory.rawValue / 8 * 5)
        chunks = ByteCount(memory.rawValue - parts.rawValue)
    }
}
