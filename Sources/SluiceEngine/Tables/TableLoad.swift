internal import SluiceCore
internal import SluiceLedger
internal import SluiceODBC
internal import SluicePipeline
internal import SluiceStores
internal import SluiceTables

/// A copy whose sink is a table of a database: rows of files, or of another table.
///
/// One thread reads and decodes, others write. Nothing is touched before the source has shown its first row's columns.
final class TableLoad {
    private let specification: CopySpecification
    private let factory: StoreFactory
    private let tally: Tally
    private let meters: StageMeters
    private let cancellation: Cancellation
    private let limits: RunLimits
    private let recordItem: (ItemRecord) -> Void
    private let skipped: SkippedRows
    /// Rows that were read.
    let meter = RowMeter()
    private let journal: LoadJournal
    private let target: LoadTarget
    private var writers: TableWriters?
    /// What ended the run, where that is no item's fault alone.
    private var end: (any Failure)?

    init(
        _ run: CopyRun,
        _ factory: StoreFactory,
        _ limits: RunLimits,
        _ ledger: RunLedger?,
        _ skipped: SkippedRows,
        recordItem: @escaping (ItemRecord) -> Void
    ) throws {
        journal = LoadJournal(ledger)
        specification = run.specification
        self.factory = factory
        tally = run.tally
        meters = run.meters
        cancellation = run.cancellation
        self.limits = limits
        self.recordItem = recordItem
        target = try LoadTarget(specification, password: factory.credentials(.sink).odbcPassword()?.value)
        self.skipped = skipped
    }

    /// Copies; blocks until everything has ended.
    ///
    /// - Parameter opened: called when the source was found.
    /// - Throws: a `Failure` when the run could not start.
    func run(opened: () -> Void) throws -> CopyResult {
        if case .odbc = specification.source {
            try loadTable(opened)
        } else {
            try loadFiles(opened)
        }
        if cancellation.isCancelled { writers?.close() }
        writers?.finish()
        let counts = WriteStage.Counts(retries: limits.retries.count, peakActive: writers?.count ?? 0)
        return CopyResult(
            counts: counts,
            peakMemory: ByteCount(0),
            notes: [],
            sourceConnections: 1,
            rowFacts: RowFacts(read: meter.count),
            isCancelled: cancellation.isCancelled
        )
    }

    // MARK: What is read

    /// For what is decoded: a quarter is that of batches on their way.
    private var rowMemory: Int { specification.memory.rawValue / 8 }

    private func loadFiles(_ opened: () -> Void) throws {
        let source = try factory.source()
        opened()
        do {
            try source.list { entry in
                guard !cancellation.isCancelled, end == nil else { throw Cancelled() }
                switch entry {
                case .item(let item):
                    tally.listed(item)
                    try load(item, of: source)
                case .failure(let name, let failure):
                    let item = SourceItem(name: name, size: nil)
                    recordItem(.of(item, sinkName: target.name, failure: failure, specification))
                case .unchanged(let item):
                    recordItem(.unchanged(item, sinkName: target.name))
                }
            }
            // Where the run was ended it has failed, whichever file that was.
            if end == nil { tally.listingEnded() }
        } catch {
            if let start = error as? CouldNotStart { throw start.failure }
            let failure = SluiceCore.failure(from: error)
            if failure.kind != .cancelled { tally.fail(failure, on: source.location.description) }
        }
    }

    private func load(_ item: SourceItem, of source: any ObjectSource) throws {
        guard let load = try begin(item) else { return }
        do {
            let isDistant = source.requestSize != nil
            let opened = try source.open(item)
            let object = MeteredObject(
                isDistant && item.encoding == nil ? RetriedObject(opened, limits.retries) : opened
            ) { [meters, tally] count in
                load.received(count)
                meters.reader.addBytes(in: count)
                tally.addConfirmed(count)
            }
            let decoder = RowDecoder(files: specification.tableSink.files, memory: rowMemory)
            let rows = try decoder.rows(of: object, named: item.bareName, isDistant: isDistant, badRows(of: load))
            try pass(rows, as: item.bareName, load)
            try object.checkUnchanged()
        } catch let start as CouldNotStart {
            throw start
        } catch {
            load.fail(SluiceCore.failure(from: error))
        }
        finish(load, item, load.counts.bytesRead)
    }

    private func loadTable(_ opened: () -> Void) throws {
        let source = try SourceTable(specification, password: factory.credentials(.source).odbcPassword()?.value)
        opened()
        let item = SourceItem(name: source.name, size: nil)
        tally.listed(item)
        tally.listingEnded()
        guard let load = try begin(item) else { return }
        do {
            let rows = try source.rows(bytes: min(4 << 20, rowMemory))
            try pass(rows, as: item.name, load)
        } catch let start as CouldNotStart {
            throw start.failure
        } catch {
            load.fail(SluiceCore.failure(from: error))
        }
        finish(load, item, load.counts.bytes)
    }

    /// An item's count; nil where an earlier attempt has copied it, or begun to.
    private func begin(_ item: SourceItem) throws -> ItemLoad? {
        switch journal.earlier(item) {
        case .nothing, .outdated: return ItemLoad(item, skipped)
        case .begun(let id) where !specification.tableSink.keys.isEmpty: return ItemLoad(item, skipped, replaces: id)
        case .done(let ended):
            recordItem(.resumed(item, sinkName: target.name, ended))
        case .begun:
            let failure = CopyError(
                .precondition,
                "rows of \"\(item.name)\" may be in table \(target.name) since an earlier attempt",
                advice: "Remove them and copy it anew, or give --upsert with the columns of a unique key"
            )
            recordItem(.of(item, sinkName: target.name, failure: failure, specification))
        }
        return nil
    }

    private func badRows(of load: ItemLoad) -> BadRows {
        BadRows(limit: nil) { [meter] row in
            load.read(1)
            meter.add(1)
            try load.skip(SkippedRow(row, of: load.name))
        }
    }
}

extension TableLoad {
    /// Hands all rows to the writers.
    private func pass(_ rows: DecodedRows, as name: String, _ load: ItemLoad) throws {
        let plan: InsertPlan
        do {
            plan = try prepare(rows, name)
        } catch {
            // The first item shows whether there is a table for it; a later one fails by itself.
            guard writers == nil else { throw error }
            throw CouldNotStart(failure: SluiceCore.failure(from: error))
        }
        guard let writers else { preconditionFailure("there are writers once there is a plan") }
        var taken = writers.take()
        defer { if let taken { writers.giveBack(taken) } }
        taken?.begin(plan)
        let clock = ContinuousClock()
        var last = clock.now
        defer { meters.reader.addBusy(clock.now - last) }
        try rows.reader.forEach { batch in
            load.read(batch.count)
            meter.add(batch.count)
            var row = 0
            while row < batch.count {
                guard let store = taken else { throw Cancelled() }
                row = try store.add(batch, from: row) { row, refusal in
                    try load.skip(SkippedRow(batch, row, refusal, plan, of: load.name))
                }
                guard store.isFull else { continue }
                let now = clock.now
                meters.reader.addBusy(now - last)
                taken = nil
                submit(store, load)
                guard !load.hasFailed else { throw Cancelled() }
                taken = writers.take()
                taken?.begin(plan)
                last = clock.now
                meters.reader.addWaitingForOutput(last - now)
            }
        }
        if let store = taken, store.count > 0 {
            taken = nil
            submit(store, load)
        }
    }

    private func submit(_ store: RowStore, _ load: ItemLoad) {
        if !load.hasBegun {
            load.hasBegun = true
            load.ledgerItem = journal.begin(load.item, into: target.name, replacing: load.replaces)
        }
        writers?.submit(store, of: load)
    }

    /// What becomes of the rows; the first time, the database is made ready for them.
    private func prepare(_ rows: DecodedRows, _ name: String) throws -> InsertPlan {
        let plan = try target.plan(for: rows, of: name, runsBefore: !journal.goesOn)
        if writers == nil { try start() }
        return plan
    }

    private func start() throws {
        let count = target.connections
        // A batch stands in memory twice while it is sent: as values, and as the driver's arrays.
        let bytes = max(64 << 10, min(4 << 20, specification.memory.rawValue / (4 * (count + 2))))
        let makeWriter = try target.makeWriter(limits)
        let writers = TableWriters(count: count, mostRows: target.mostRows, bytes: bytes, meter: meters.writer, makeWriter: makeWriter)
        cancellation.onCancel { writers.close() }
        self.writers = writers
    }

    private func finish(_ load: ItemLoad, _ item: SourceItem, _ bytesRead: Int) {
        let waiting = ContinuousClock.now
        load.waitForWriters()
        meters.reader.addWaitingForOutput(waiting.duration(to: .now))
        let counts = load.counts
        if let failure = counts.failure, !(failure is Cancelled), !failure.isItemsOwn { end = failure }
        var record = ItemRecord.loaded(item, into: target.name, counts, bytesRead: bytesRead, specification)
        if cancellation.isCancelled, counts.failure == nil { record.outcome = .failed(Cancelled()) }
        if record.outcome.failure == nil, let rows = record.rows, !rows.isComplete {
            let failure = CopyError(
                .integrity,
                "of \(rows.read) rows of \"\(item.name)\" \(rows.copied) were copied and \(rows.skipped) skipped",
                advice: "This is a mistake of ours: tell us of it"
            )
            record.outcome = .failed(failure)
        }
        record = record.keeping(skipped)
        journal.end(item, record, load.ledgerItem, hasRows: counts.copied > 0)
        recordItem(record)
    }
}

/// What keeps a run from its start: nothing was copied then.
private struct CouldNotStart: Error {
    let failure: any Failure
}
