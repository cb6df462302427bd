internal import SluiceCore

/// Another source's objects, with those told apart that need not be copied because the sink has them.
struct ChangedSource: ObjectSource {
    private let base: any ObjectSource
    private let decision: OverwriteDecision
    private let makeIndex: @Sendable () throws -> DestinationIndex

    init(
        _ base: any ObjectSource,
        _ decision: OverwriteDecision,
        index: @escaping @Sendable () throws -> DestinationIndex
    ) {
        self.base = base
        self.decision = decision
        makeIndex = index
    }

    var location: Location { base.location }
    var isRereadable: Bool { base.isRereadable }
    var isSingleObject: Bool { base.isSingleObject }
    var allowsReadThrough: Bool { base.allowsReadThrough }
    var requestSize: ClosedRange<Int>? { base.requestSize }
    var mostOpen: Int? { base.mostOpen }
    var rowFacts: RowFacts? { base.rowFacts }
    func mayStartOver(after failure: any Failure) -> Bool { base.mayStartOver(after: failure) }
    func finish() { base.finish() }

    func list(_ body: (ListEntry) throws -> Void) throws {
        let index = try makeIndex()
        var batch: [SourceItem] = []
        func flush() throws {
            let standing = try index.standing(batch)
            for (item, standing) in zip(batch, standing) { try body(entry(item, standing)) }
            batch.removeAll(keepingCapacity: true)
        }
        try base.list { entry in
            guard case .item(let item) = entry else { return try body(entry) }
            batch.append(item)
            if batch.count == index.batch { try flush() }
        }
        try flush()
    }

    private func entry(_ item: SourceItem, _ standing: Result<SourceItem?, CopyError>) -> ListEntry {
        switch standing {
        case .success(let standing): decision.isToCopy(item, over: standing) ? .item(item) : .unchanged(item)
        case .failure(let failure): .failure(name: item.name, failure)
        }
    }

    func open(_ item: SourceItem) throws -> any ReadableObject { try base.open(item) }
}
