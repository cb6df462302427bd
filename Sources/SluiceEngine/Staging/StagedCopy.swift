internal import Dispatch
internal import SluiceCore
internal import SluiceLedger
internal import SluicePipeline

/// A copy by way of a staging store: two copies that overlap, and what tidies up behind them.
///
/// What is staged whole is taken on at once. It is removed when the sink has it and the ledger knows that; whatever is
/// left of the run in the store goes at the end, however the run ends.
final class StagedCopy: Sendable {
    private let outer: CopyRun
    private let staging: StagingOptions
    private let ledgers: Ledgers
    private let recordItem: @Sendable (ItemRecord) -> Void
    private let limits: RunLimits
    private let area: StagingArea
    private let unload: Unload
    private let load = Locked<CopyRun?>(nil)
    private let removals = Channel<String>(bound: 65_536)
    private let removers = DispatchGroup()
    private let left = Locked((count: 0, failure: (any Failure)?.none))

    /// Where the two halves are recorded.
    struct Ledgers: Sendable {
        let unload: RunLedger?
        let load: RunLedger?
    }

    /// Objects that are removed at a time: a request takes a round trip, and no core.
    private static let removals = 8

    /// - Parameters:
    ///   - outer: the whole copy, whose sums and cancellation the second half has.
    ///   - recordItem: hears how each item ended, by its name in the source.
    init(
        _ outer: CopyRun,
        _ staging: StagingOptions,
        _ ledgers: Ledgers,
        recordItem: @escaping @Sendable (ItemRecord) -> Void
    ) throws {
        let specification = outer.specification
        self.outer = outer
        self.staging = staging
        self.ledgers = ledgers
        self.recordItem = recordItem
        limits = RunLimits(specification)
        let half = specification.unload(staging, to: staging.folder)
        var store = half
        store.sink = staging.folder
        let factory = StoreFactory(store, run: ledgers.unload?.identifier, limits: limits)
        let place = try StagingStore(staging.folder, factory, isAddressed: staging.statement != nil)
        // What no address can be made of is told before anything is staged.
        _ = try staging.statement?.filled(
            place.address(of: "object", isThere: false),
            table: specification.tableSink.table ?? "",
            name: "object"
        )
        area = StagingArea(place, limit: staging.limit)
        unload = Unload(specification, half: half, area, ledger: ledgers.unload, loads: ledgers.load, limits: limits)
    }

    /// What is under way of the second half; nil before it has begun.
    var counts: WriteStage.Counts? { load.withLock { $0 }?.counts }
    var rowFacts: RowFacts? { unload.rowFacts }
    var hasOpenedSource: Bool { unload.hasOpenedSource }

    func cancel() {
        unload.cancel()
        area.close()
    }

    /// Copies; blocks until everything has ended and nothing is left in the staging store.
    func run() throws -> CopyResult {
        for index in 0..<StagedCopy.removals {
            Worker("staging \(index)").run(in: removers) { [self] in removeLoaded() }
        }
        unload.begin()
        var result: CopyResult
        do {
            let load = try secondHalf(isSingleObject: unload.waitForStart())
            self.load.withLock { $0 = load }
            result = try load.execute()
        } catch {
            end()
            throw error
        }
        end()
        result.counts.retries += unload.retries
        result.notes += (unload.result?.notes ?? []) + notes
        result.staging = facts
        return result
    }

    private func secondHalf(isSingleObject: Bool) throws -> CopyRun {
        let specification = outer.specification
        let staged = StagedSource(location: specification.source, isSingleObject: isSingleObject, area: area) {
            [outer, recordItem, ledgers] record in
            outer.tally.listed(record.version ?? SourceItem(name: record.name, size: nil))
            outer.tally.add(record)
            if let item = EndedItem(record) { ledgers.load?.end(item) }
            outer.specification.observer?.ended(record)
            recordItem(record)
        }
        let half = specification.load(staging, from: staging.folder)
        return CopyRun(
            half,
            source: staging.codec == nil ? staged : DecodedSource(staged),
            ledger: ledgers.load,
            sharing: outer,
            limits: limits,
            area: area,
            told: { [area, removals] in StagedCopy.told($0, area, removals) },
            recordItem: recordItem
        )
    }

    /// How a staged object ended, as the item of the source that it was made of.
    private static func told(_ record: ItemRecord, _ area: StagingArea, _ removals: Channel<String>) -> ItemRecord {
        var told = record
        if let object = area.object(record.name) {
            told.name = object.sourceName
            told.bytesRead = object.sourceBytes
            if told.rows == nil, case .copied = record.outcome { told.rows = object.rows }
        }
        _ = removals.send(record.name)
        return told
    }

    // MARK: What is left in the staging store

    /// Removes objects that have come to their end: those at the sink once the ledger has them.
    private func removeLoaded() {
        while true {
            let names = removals.receive(most: StagedCopy.removedTogether)
            if names.isEmpty { return }
            guard !staging.keeps else { continue }
            ledgers.load?.flush()
            for name in names { remove(name) }
        }
    }

    /// Objects that wait for one writing of the ledger.
    private static let removedTogether = 16

    private func remove(_ name: String) {
        do {
            try area.remove(name)
        } catch {
            let failure = SluiceCore.failure(from: error)
            left.withLock { $0 = ($0.count + 1, $0.failure ?? failure) }
        }
    }

    /// Ends the first half where it goes on, and removes what is left of the run.
    private func end() {
        unload.cancel()
        area.close()
        unload.wait()
        removals.finish()
        removers.wait()
        guard !staging.keeps else { return }
        left.withLock { $0 = (0, nil) }
        _ = Lookup.concurrently(area.leftovers, most: StagedCopy.removals) { [self] in remove($0) }
        area.store.removeFolder()
    }

    private var notes: [String] {
        let (count, failure) = left.withLock { $0 }
        guard count > 0, let failure else { return [] }
        let objects = count == 1 ? "1 object" : "\(count) objects"
        return ["\(objects) of the run could not be removed from \(area.store.folder): \(failure.description)"]
    }

    private var facts: StagingFacts {
        var facts = unload.facts
        facts.left = left.withLock { $0.count }
        return facts
    }
}
