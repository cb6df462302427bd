internal import Dispatch
internal import SluiceCore
internal import SluiceLedger
internal import SluicePipeline

/// The first half of a staged copy: a copy from the source to the staging store, which says of each object that it is
/// there once the ledger has it.
final class Unload: Sendable {
    private struct State: Sendable {
        /// Known once the source is listed: then both its ends have been found.
        var isSingleObject: Bool?
        var result: CopyResult?
        var failure: (any Failure)?
        var hasEnded = false
    }

    let area: StagingArea
    private let copy: CopyRun
    private let ledger: RunLedger?
    private let state = Monitor(State())
    private let ended = Channel<ItemRecord>(bound: 4096)
    private let group = DispatchGroup()
    private let start = ContinuousClock.now
    private let duration = Locked(Duration.zero)

    /// - Parameters:
    ///   - specification: the whole copy's.
    ///   - half: the first half's.
    ///   - ledger: where this half is recorded.
    ///   - loads: the ledger of the second half.
    init(
        _ specification: CopySpecification,
        half: CopySpecification,
        _ area: StagingArea,
        ledger: RunLedger?,
        loads: RunLedger?,
        limits: RunLimits
    ) {
        self.area = area
        self.ledger = ledger
        let (ended, state) = (ended, state)
        var half = half
        if case .odbc = specification.sink, specification.tableSink.keys.isEmpty {
            half.table.holdsPartitions = loads?.hasEarlierItems == true
        }
        copy = CopyRun(half, ledger: ledger, limits: limits, leavesUploads: false) { endpoints in
            var ends = endpoints
            let source = try Unload.unchanged(endpoints.source, specification)
            ends.source = AdmittedSource(source, area) { isSingle in
                state.withLock { $0.isSingleObject = isSingle }
                state.broadcast()
            }
            ends.sink = StagingSink(endpoints.sink, area.store, loads)
            return ends
        } recordItem: { record in
            _ = ended.send(record)
        }
    }

    /// The source without what the sink has already, where that is asked for.
    private static func unchanged(_ source: any ObjectSource, _ specification: CopySpecification) throws
        -> any ObjectSource
    {
        guard specification.skipsUnchanged else { return source }
        let target = try StoreTarget(specification.sink)
        let naming = specification.naming(in: target, isSingle: source.isSingleObject)
        return try StoreFactory(specification).changed(source, target, naming)
    }

    /// Begins on threads of its own.
    func begin() {
        Worker("unload").run(in: group) { [self] in
            do {
                let result = try copy.execute()
                state.withLock { $0.result = result }
            } catch {
                let failure = SluiceCore.failure(from: error)
                state.withLock { $0.failure = failure }
            }
            duration.withLock { $0 = start.duration(to: .now) }
            ended.finish()
        }
        Worker("announcer").run(in: group) { [self] in
            announce()
            let failure = state.withLock { $0.failure } ?? listingFailure
            area.finish(failure)
            state.withLock { $0.hasEnded = true }
            state.broadcast()
        }
    }

    /// Why the list broke off: the engine tells that under the source's own name.
    private var listingFailure: (any Failure)? {
        let sums = copy.tally.reading
        guard !sums.isListed, !copy.cancellation.isCancelled else { return nil }
        let name = copy.specification.source.description
        return sums.errors.last { $0.name == name }?.failure
    }

    /// Whether the source is one object; blocks until that is known.
    /// - Throws: what keeps this half from its start.
    func waitForStart() throws -> Bool {
        let found: Result<Bool, any Error> = state.wait { state in
            if let isSingle = state.isSingleObject { return .success(isSingle) }
            if let failure = state.failure { return .failure(failure) }
            return state.hasEnded ? .failure(Cancelled()) : nil
        }
        return try found.get()
    }

    /// Whether the source was found.
    var hasOpenedSource: Bool { copy.hasOpenedSource }

    /// Says what is there: the ledger is written once for all that came meanwhile.
    private func announce() {
        while true {
            let records = ended.receive(most: Unload.announcedTogether)
            if records.isEmpty { return }
            ledger?.flush()
            for record in records {
                switch record.outcome {
                case .copied, .resumed:
                    let object = StagedObject(
                        name: area.store.name(inSink: record.sinkName),
                        bytes: record.bytesWritten,
                        checksum: record.checksum,
                        entityTag: record.entityTag,
                        sourceName: record.name,
                        sourceBytes: record.bytesRead,
                        rows: record.rows
                    )
                    area.stage(object, of: record.name)
                case .unchanged, .skipped, .failed: area.end(record)
                }
            }
        }
    }

    /// Items that wait for one writing of the ledger.
    private static let announcedTogether = 1024

    /// Ends it as soon as possible, where it has not ended.
    func cancel() { if !state.withLock({ $0.hasEnded }) { copy.cancel() } }

    /// Blocks until it has ended.
    func wait() { group.wait() }

    /// What came of it; to be asked once it has ended.
    var result: CopyResult? { state.withLock { $0.result } }

    /// What it has to say of the staging, with what `area` knows.
    var facts: StagingFacts {
        var facts = area.facts
        facts.location = area.store.folder.description
        facts.storeType = area.store.folder.storeType
        facts.codec = copy.specification.codec?.name ?? "none"
        facts.bytesRead = copy.tally.reading.bytesRead
        facts.unloadDuration = duration.withLock { $0 }
        facts.stages = RunReport.Stages(copy.meters)
        facts.counts = copy.counts
        return facts
    }

    /// What is known of the source's rows.
    var rowFacts: RowFacts? { copy.rowFacts }
    var retries: Int { result?.counts.retries ?? 0 }
}
