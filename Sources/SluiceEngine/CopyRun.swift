internal import Dispatch
package import SluiceCore
package import SluiceLedger
package import SluicePipeline

/// One copy from its specification to its end.
///
/// The stages are threads that meet in bounded channels; `execute` starts them, waits, and shuts them down from the
/// front to the back: lister, admitter, readers, compressors, writers.
package final class CopyRun: Sendable {
    package let specification: CopySpecification
    package let meters: StageMeters
    package let tally: Tally
    package let cancellation: Cancellation
    private let source: (any ObjectSource)?
    private let sink: (any ObjectSink)?
    private let ledger: RunLedger?
    private let unloadLedger: RunLedger?
    private let limits: RunLimits
    private let leavesUploads: Bool
    private let area: StagingArea?
    private let adapts: @Sendable (CopyEndpoints) throws -> CopyEndpoints
    private let told: @Sendable (ItemRecord) -> ItemRecord
    private let staged = Locked<StagedCopy?>(nil)
    private let recordItem: @Sendable (ItemRecord) -> Void
    private let stage = Locked<WriteStage?>(nil)
    private let isOpened = Locked(false)
    private let facts = Locked<(@Sendable () -> RowFacts?)?>(nil)

    /// - Parameters:
    ///   - source: read instead of the specification's source, for generated data and for faults.
    ///   - sink: written to instead of the specification's sink, whose location still decides names.
    ///   - ledger: where the run is recorded, and where it goes on from; nil for a run that can't be gone on with.
    ///   - unloadLedger: where the first half of a staged copy is recorded.
    ///   - recordItem: hears how each item ended, from several threads, before `execute` returns.
    package convenience init(
        _ specification: CopySpecification,
        source: (any ObjectSource)? = nil,
        sink: (any ObjectSink)? = nil,
        ledger: RunLedger? = nil,
        unloadLedger: RunLedger? = nil,
        recordItem: @escaping @Sendable (ItemRecord) -> Void = { _ in }
    ) {
        self.init(
            specification,
            source: source,
            sink: sink,
            ledger: ledger,
            unloadLedger: unloadLedger,
            limits: RunLimits(specification),
            recordItem: recordItem
        )
    }

    /// - Parameters:
    ///   - outer: the copy of which this is a part, whose sums, meters and cancellation it has.
    ///   - limits: the rates that it keeps to, with others.
    ///   - leavesUploads: whether uploads that break off are left for another attempt.
    ///   - area: where `source` lies, where that is a staging store.
    ///   - adapts: puts something in front of the ends.
    ///   - told: an item's record as it is told, once the ledger has it.
    init(
        _ specification: CopySpecification,
        source: (any ObjectSource)? = nil,
        sink: (any ObjectSink)? = nil,
        ledger: RunLedger?,
        unloadLedger: RunLedger? = nil,
        sharing outer: CopyRun? = nil,
        limits: RunLimits,
        leavesUploads: Bool = true,
        area: StagingArea? = nil,
        adapts: @escaping @Sendable (CopyEndpoints) throws -> CopyEndpoints = { $0 },
        told: @escaping @Sendable (ItemRecord) -> ItemRecord = { $0 },
        recordItem: @escaping @Sendable (ItemRecord) -> Void
    ) {
        self.specification = specification
        self.source = source
        self.sink = sink
        self.ledger = ledger
        self.unloadLedger = unloadLedger
        self.limits = limits
        self.leavesUploads = leavesUploads
        self.area = area
        self.adapts = adapts
        self.told = told
        self.recordItem = recordItem
        meters = outer?.meters ?? StageMeters()
        tally = outer?.tally ?? Tally()
        cancellation = outer?.cancellation ?? Cancellation()
    }

    /// Ends the run as soon as possible: what was not committed is taken back. From any thread, but not from a
    /// signal handler.
    package func cancel() { cancellation.cancel() }

    /// Steps under way, retries and the like; nil before the sink was reached.
    package var counts: WriteStage.Counts? { staged.withLock { $0 }?.counts ?? stage.withLock { $0 }?.counts }

    /// What is known of the source's rows by now; nil where there are none.
    package var rowFacts: RowFacts? { staged.withLock { $0 }?.rowFacts ?? facts.withLock { $0 }?() }

    /// Whether the source was found: a run that could not start after that failed at the sink.
    package var hasOpenedSource: Bool { staged.withLock { $0 }?.hasOpenedSource ?? isOpened.withLock { $0 } }

    /// Copies; blocks until everything has ended.
    ///
    /// - Throws: a `Failure` when the run could not start: nothing was touched then.
    package func execute() throws -> CopyResult {
        cancellation.onCancel { [limits] in limits.close() }
        if let staging = specification.staging { return try stage(by: staging) }
        let isLoad = if case .odbc = specification.sink { sink == nil } else { false }
        if isLoad, let source, let area { return try load(source, of: area) }
        let skipped = isLoad || specification.table.conversion != nil ? try SkippedRows(specification, ledger) : nil
        let plan = ledger.map { KeptPlan($0) }
        let cut = isLoad ? nil : specification.cut(plan)
        let factory = StoreFactory(
            specification, run: ledger?.identifier, limits: limits, plan: plan, skipped: skipped, cut: cut
        )
        var result = if isLoad, let skipped { try load(factory, limits, skipped) } else { try copy(factory, limits, skipped, cut) }
        if let skipped { result.notes += try skipped.finish(isCancelled: result.isCancelled, mayGoOn: mayGoOn) }
        return result
    }

    /// Copies by way of a staging store.
    private func stage(by wanted: StagingOptions) throws -> CopyResult {
        var staging = wanted
        if specification.stagesParquet { staging.codec = nil }
        let ledgers = StagedCopy.Ledgers(unload: unloadLedger, load: ledger)
        let copy = try StagedCopy(self, staging, ledgers, recordItem: recordItem)
        staged.withLock { $0 = copy }
        cancellation.onCancel { copy.cancel() }
        return try copy.run()
    }

    /// Whether another attempt can follow.
    private var mayGoOn: Bool {
        let sums = tally.reading
        return ledger != nil && (cancellation.isCancelled || sums.filesFailed > 0 || !sums.isListed)
    }

    /// Copies objects.
    private func copy(_ factory: StoreFactory, _ limits: RunLimits, _ skipped: SkippedRows?, _ cut: CutTable.Cut?) throws
        -> CopyResult
    {
        let endpoints = try adapts(factory.endpoints(source: source, sink: sink))
        if let cut {
            cut.sink.withLock { $0 = CutSink(sink: endpoints.sink, naming: endpoints.naming) }
            cancellation.onCancel { cut.files.cancel() }
        }
        facts.withLock { $0 = { endpoints.source.rowFacts } }
        defer { endpoints.source.finish() }
        isOpened.withLock { $0 = true }
        try endpoints.sink.prepare()
        guard !cancellation.isCancelled else { throw Cancelled() }
        let journal = RunJournal(
            ledger,
            source: endpoints.source,
            sink: endpoints.sink,
            codec: specification.codec,
            checksum: specification.blockChecksum(endpoints.sink),
            leavesUploads: leavesUploads
        )
        let record: @Sendable (ItemRecord) -> Void = { [tally, told, recordItem, specification] record in
            let record = skipped.map { record.keeping($0) } ?? record
            journal?.ended(record)
            let told = told(record)
            tally.add(told)
            specification.observer?.ended(told)
            recordItem(told)
        }
        let removal = endpoints.removable.map { SourceRemoval($0, workers: CopyRun.removals, recordItem: record) }
        defer { removal?.finish() }
        let context = RunContext(
            specification: specification,
            endpoints: endpoints,
            meters: meters,
            tally: tally,
            cancellation: cancellation,
            limits: limits,
            journal: journal,
            startsItemsOver: cut == nil,
            recordItem: { [tally] item in
                guard let cut else {
                    if let removal, case .copied = item.outcome { removal.submit(item) } else { record(item) }
                    return
                }
                let end = cut.end(item, endpoints.sink.traits)
                tally.withdrawn(end.withdrawn)
                end.records.forEach(record)
            }
        )
        var result = RunThreads(context: context, readBack: endpoints.readBack).run { stage in
            self.stage.withLock { $0 = stage }
        }
        result.counts.retries += cut?.files.restarts ?? 0
        // What is left of objects that are no longer in the source; a list that broke off has not told all of them.
        if !result.isCancelled, tally.reading.isListed { journal?.sweep() }
        return result
    }

    /// Copies staged rows into a table.
    private func load(_ source: any ObjectSource, of area: StagingArea) throws -> CopyResult {
        let load = try StagedLoad(self, source, area, StoreFactory(specification, limits: limits), ledger) {
            [tally, told, recordItem, specification] record in
            let told = told(record)
            tally.add(told)
            specification.observer?.ended(told)
            recordItem(told)
        }
        facts.withLock { $0 = { [meter = load.meter] in RowFacts(read: meter.count) } }
        var result = try load.run()
        result.notes += try load.skipped.finish(isCancelled: result.isCancelled, mayGoOn: mayGoOn)
        return result
    }

    /// Copies rows into a table.
    private func load(_ factory: StoreFactory, _ limits: RunLimits, _ skipped: SkippedRows) throws -> CopyResult {
        let load = try TableLoad(self, factory, limits, ledger, skipped) { [tally, recordItem, specification] record in
            tally.add(record)
            specification.observer?.ended(record)
            recordItem(record)
        }
        facts.withLock { $0 = { [meter = load.meter] in RowFacts(read: meter.count) } }
        return try load.run { isOpened.withLock { $0 = true } }
    }
}

extension CopyRun {
    /// Objects of the source that are removed at a time: a request takes a round trip, and no core.
    private static let removals = 16
}

/// What came of a run.
package struct CopyResult: Sendable {
    package var counts: WriteStage.Counts
    package let peakMemory: ByteCount
    package var notes: [String]
    package let sourceConnections: Int
    package let rowFacts: RowFacts?
    package let isCancelled: Bool
    /// What a staged copy says of its staging; nil for a direct one.
    package var staging: StagingFacts?
}
