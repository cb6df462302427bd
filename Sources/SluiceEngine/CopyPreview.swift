package import SluiceCore
internal import SluiceODBC
internal import SluicePipeline

/// What a copy would see and do, without doing it.
package struct CopyPreview: Sendable {
    private let specification: CopySpecification

    package init(_ specification: CopySpecification) { self.specification = specification }

    /// An item as it would be copied.
    package struct PlannedItem: Sendable {
        package let item: SourceItem
        package let sinkName: String
        /// Blocks that it would be put in, 1 for an object that goes whole; nil where only its end or a codec decides.
        package let blocks: Int?
        /// What would keep it from being copied, as far as its name and size tell.
        package let failure: (any Failure)?
        /// Whether it would not be copied because the sink has it.
        package var isUnchanged = false
    }

    /// Calls `body` for each object of the source; blocks. The sink is not looked at.
    /// - Throws: a `Failure` when the source can't be listed, and whatever `body` throws.
    package func list(_ body: (ListEntry) throws -> Void) throws {
        try StoreFactory(specification).source().list(body)
    }

    /// Calls `body` for each item with what would become of it; blocks. No object is opened and none is written; the sink
    /// is looked at only where the specification asks what it has already.
    /// - Throws: a `Failure` when the source can't be listed, and whatever `body` throws.
    package func plan(_ body: (PlannedItem) throws -> Void) throws {
        if case .odbc = specification.sink { return try planRows(body) }
        let endpoints = try StoreFactory(specification).endpoints()
        var planner = TransferPlanner(specification, endpoints.sink.traits, endpoints.source)
        planner.copiesByService = endpoints.copiesByService
        planner.hasCondition = specification.overwrite == .never
        try endpoints.source.list { entry in
            switch entry {
            case .item(let item):
                try body(planned(item, endpoints, planner))
            case .unchanged(let item):
                let name = endpoints.naming.name(for: item)
                try body(PlannedItem(item: item, sinkName: name, blocks: nil, failure: nil, isUnchanged: true))
            case .failure(let name, let failure):
                let item = SourceItem(name: name, size: nil)
                try body(
                    PlannedItem(item: item, sinkName: endpoints.naming.name(for: item), blocks: nil, failure: failure)
                )
            }
        }
    }

    /// Files whose rows would go into a table.
    private func planRows(_ body: (PlannedItem) throws -> Void) throws {
        let table = specification.tableSink.table ?? ""
        if case .odbc = specification.source {
            return try body(
                PlannedItem(item: SourceItem(name: specification.table.query?.fileName ?? "", size: nil), sinkName: table, blocks: nil, failure: nil)
            )
        }
        try StoreFactory(specification).source().list { entry in
            switch entry {
            case .item(let item): try body(PlannedItem(item: item, sinkName: table, blocks: nil, failure: nil))
            case .unchanged(let item):
                try body(PlannedItem(item: item, sinkName: table, blocks: nil, failure: nil, isUnchanged: true))
            case .failure(let name, let failure):
                try body(PlannedItem(item: SourceItem(name: name, size: nil), sinkName: table, blocks: nil, failure: failure))
            }
        }
    }

    private func planned(_ item: SourceItem, _ endpoints: CopyEndpoints, _ planner: TransferPlanner) -> PlannedItem {
        let name = endpoints.naming.name(for: item)
        do {
            try endpoints.sink.validate(name: name)
            let allowsReadThrough = endpoints.source.allowsReadThrough
            let plan = try planner.plan(name: item.name, size: item.size, allowsReadThrough: allowsReadThrough)
            return PlannedItem(item: item, sinkName: name, blocks: plan.blockCount, failure: nil)
        } catch {
            return PlannedItem(item: item, sinkName: name, blocks: nil, failure: SluiceCore.failure(from: error))
        }
    }
}

extension TransferPlan {
    /// Blocks in the sink, where they are known beforehand.
    fileprivate var blockCount: Int? {
        switch route {
        case .whole, .stream: 1
        case .blocks: chunkCount
        case .undecided: nil
        }
    }
}

extension TransferPlanner {
    /// The planner of a specification's copies into a sink of these traits.
    init(_ specification: CopySpecification, _ traits: SinkTraits, _ source: (any ObjectSource)? = nil) {
        let shares = MemoryShares(specification, traits)
        let codec = specification.codec
        self.init(
            traits: traits,
            isCompressed: codec != nil,
            wantsChecksum: specification.verification != .none,
            blockSize: specification.blockSize?.rawValue,
            requestSize: source?.requestSize,
            chunkShare: shares.chunks.rawValue,
            partShare: shares.parts.rawValue,
            encodedBound: { codec?.bound(for: $0) ?? $0 }
        )
    }
}
