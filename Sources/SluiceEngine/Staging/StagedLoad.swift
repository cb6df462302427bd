internal import Dispatch
internal import SluiceCore
internal import SluiceLedger
internal import SluiceODBC
internal import SluicePipeline
internal import SluiceStores
internal import SluiceTables

/// The second half of a staged copy whose sink is a table: several objects at a time, each in one transaction.
///
/// With an object's rows goes a mark that says that they are in, where the run can be gone on with: so each row is there
/// once, whenever the process, the line or the database goes away.
final class StagedLoad: Sendable {
    private let specification: CopySpecification
    private let source: any ObjectSource
    private let area: StagingArea
    private let limits: RunLimits
    private let ledger: RunLedger?
    private let tally: Tally
    private let meters: StageMeters
    private let cancellation: Cancellation
    private let recordItem: @Sendable (ItemRecord) -> Void
    private let journal: LoadJournal
    private let target: LoadTarget
    private let marks: RunMarks?
    let skipped: SkippedRows
    /// Rows that were read.
    let meter = RowMeter()
    private let items = Channel<SourceItem>(bound: 64)
    private let group = DispatchGroup()
    private let state = Locked(State())

    private struct State: Sendable {
        /// Whether rows have found their table.
        var hasBegun = false
        /// What ended the run, where that is no item's fault alone.
        var end: (any Failure)?
        /// The same before anything was copied.
        var start: (any Failure)?
    }

    init(
        _ run: CopyRun,
        _ source: any ObjectSource,
        _ area: StagingArea,
        _ factory: StoreFactory,
        _ ledger: RunLedger?,
        recordItem: @escaping @Sendable (ItemRecord) -> Void
    ) throws {
        specification = run.specification
        self.source = source
        self.area = area
        limits = factory.limits
        self.ledger = ledger
        tally = run.tally
        meters = run.meters
        cancellation = run.cancellation
        self.recordItem = recordItem
        journal = LoadJournal(ledger)
        target = try LoadTarget(specification, password: factory.credentials(.sink).odbcPassword()?.value)
        let database = target.database
        let marks = try ledger.map { try RunMarks(of: $0.identifier, database, goesOn: $0.hasEarlierItems) }
        self.marks = marks
        skipped = try SkippedRows(specification, ledger, isIn: marks.map { marks in { marks.has($0) } })
    }

    /// Copies; blocks until everything has ended.
    ///
    /// - Throws: a `Failure` when the run could not start.
    func run() throws -> CopyResult {
        let count = target.connections
        let bytes = max(64 << 10, min(4 << 20, specification.memory.rawValue / (4 * (count + 1))))
        let makeWriter = try target.makeWriter(limits)
        cancellation.onCancel { [items, area] in
            items.close()
            area.close()
        }
        for index in 0..<count {
            Worker("loader \(index)").run(in: group) { [self] in
                let store = RowStore(mostRows: target.mostRows, mostBytes: bytes)
                let writer = makeWriter()
                while let item = items.receive() { load(item, writer, store) }
            }
        }
        list()
        items.finish()
        group.wait()
        let ended = state.withLock { $0 }
        if let start = ended.start, !ended.hasBegun { throw start }
        if let end = ended.end, !tally.reading.isListed { tally.fail(end, on: source.location.description) }
        // Without marks the ledger alone knows what is in; and of what a killed attempt had brought in, only what was met
        // again since.
        ledger?.flush()
        let isWhole = tally.reading.isListed && tally.reading.filesFailed == 0 && !cancellation.isCancelled
        marks?.end(isWhole: isWhole)
        return CopyResult(
            counts: WriteStage.Counts(retries: limits.retries.count, peakActive: count),
            peakMemory: ByteCount(0),
            notes: marks?.notes ?? [],
            sourceConnections: count,
            rowFacts: RowFacts(read: meter.count),
            isCancelled: cancellation.isCancelled
        )
    }

    private func list() {
        do {
            try source.list { entry in
                guard case .item(let item) = entry else { return }
                tally.listed(item)
                guard items.send(item) else { throw Cancelled() }
            }
            tally.listingEnded()
        } catch {
            let failure = SluiceCore.failure(from: error)
            guard failure.kind != .cancelled, state.withLock({ $0.end == nil && $0.start == nil }) else { return }
            tally.fail(failure, on: source.location.description)
        }
    }

    /// Ends the run: what comes now would meet the same.
    private func end(_ failure: any Failure, isStart: Bool = false) {
        state.withLock { state in
            if isStart { state.start = state.start ?? failure } else { state.end = state.end ?? failure }
        }
        items.close()
        area.close()
    }

    // MARK: One object

    private func load(_ item: SourceItem, _ writer: RowWriter, _ store: RowStore) {
        switch journal.earlier(item) {
        case .done(let ended): return recordItem(.resumed(item, sinkName: target.name, ended))
        case .outdated where specification.tableSink.keys.isEmpty:
            return recordItem(.of(item, sinkName: target.name, failure: outdated(item), specification))
        case .nothing, .outdated, .begun: break
        }
        let load = ItemLoad(item, skipped)
        do {
            try limits.retries {
                do {
                    try attempt(load, writer, store)
                } catch {
                    writer.abandon()
                    meter.add(-load.counts.copied)
                    load.restart()
                    throw error
                }
            }
        } catch {
            load.fail(SluiceCore.failure(from: error))
        }
        finish(load)
    }

    private func outdated(_ item: SourceItem) -> CopyError {
        CopyError(
            .precondition,
            "rows of \"\(item.name)\" are in table \(target.name) since an earlier attempt, and the source gives others now",
            advice: "Remove the run's rows and copy the table anew, or give --upsert with the columns of a unique key"
        )
    }

    private func attempt(_ load: ItemLoad, _ writer: RowWriter, _ store: RowStore) throws {
        if let statement = specification.tableSink.loadStatement { return try attempt(load, writer, by: statement) }
        let clock = ContinuousClock.now
        let item = load.item
        let isDistant = source.requestSize != nil
        let opened = try source.open(item)
        let object = MeteredObject(isDistant && item.encoding == nil ? RetriedObject(opened, limits.retries) : opened) {
            [meters, tally] count in
            load.received(count)
            meters.reader.addBytes(in: count)
            tally.addConfirmed(count)
        }
        let decoder = RowDecoder(files: specification.tableSink.files, memory: specification.memory.rawValue / 8)
        let badRows = BadRows(limit: nil) { row in
            load.read(1)
            try load.skipOnce(SkippedRow(row, of: load.name))
        }
        var rows = try decoder.rows(of: object, named: item.bareName, isDistant: isDistant, badRows)
        rows.made = area.columns
        let plan = try plan(for: rows, of: item)
        meters.reader.addBusy(clock.duration(to: .now))
        let mark = RunMarks.mark(of: item.name)
        if let counts = try writer.begin(mark, marks?.table, plan) { return load.finish(counts, bytes: 0) }
        let bytes = try write(rows.reader, plan, load, writer, store)
        try object.checkUnchanged()
        let counts = load.counts
        let count = RowCount(read: counts.read, copied: counts.copied, skipped: counts.skipped)
        if let staged = area.object(item.name)?.rows, staged.copied != counts.read {
            throw CopyError(
                .integrity,
                "\"\(item.name)\" was staged with \(staged.copied) rows, and \(counts.read) came back",
                advice: "Copy it again; if that happens twice, stage in another store"
            )
        }
        try writer.commit(mark, marks?.table, count)
        load.finish(count, bytes: bytes)
    }

    /// Writes an object's rows within a transaction; bytes of their values.
    private func write(
        _ reader: any RowReader,
        _ plan: InsertPlan,
        _ load: ItemLoad,
        _ writer: RowWriter,
        _ store: RowStore
    ) throws -> Int {
        var bytes = 0
        var last = ContinuousClock.now
        func flush() throws {
            let start = ContinuousClock.now
            meters.reader.addBusy(last.duration(to: start))
            let before = load.counts.skipped
            try writer.append(store, keepsOthers: load.maySkip) { refusal in
                try load.skipOnce(SkippedRow(refusal, in: store, of: load.name))
            }
            guard !cancellation.isCancelled else { throw Cancelled() }
            let written = store.count - (load.counts.skipped - before)
            load.committed(written, bytes: store.bytes)
            bytes += store.bytes
            meter.add(written)
            last = ContinuousClock.now
            meters.writer.addBusy(start.duration(to: last))
            meters.writer.addBytes(in: store.bytes, out: store.bytes)
            store.begin(plan)
        }
        store.begin(plan)
        try reader.forEach { batch in
            load.read(batch.count)
            var row = 0
            while row < batch.count {
                row = try store.add(batch, from: row) { row, refusal in
                    try load.skipOnce(SkippedRow(batch, row, refusal, plan, of: load.name))
                }
                if store.isFull { try flush() }
            }
        }
        if store.count > 0 { try flush() }
        return bytes
    }

    /// Has the database fetch an object.
    private func attempt(_ load: ItemLoad, _ writer: RowWriter, by statement: LoadStatement) throws {
        let start = ContinuousClock.now
        let name = load.item.name
        try begins { begin in try target.prepare(columns: area.columns ?? [], runsBefore: !journal.goesOn, ready: begin)
        }
        let mark = RunMarks.mark(of: name)
        if let counts = try writer.begin(mark, marks?.table, into: target.name) { return load.finish(counts, bytes: 0) }
        let staged = area.object(name)
        let address = try area.store.address(of: name)
        let sql = try statement.filled(address, table: target.name, name: name)
        let told: Int?
        do {
            told = try writer.load(by: sql)
        } catch {
            // Statements are told with what went wrong in them.
            let failure = SluiceCore.failure(from: error)
            if failure.isRetryable { throw failure }
            throw CopyError(
                failure.kind,
                address.withoutSecrets(failure.what),
                cause: failure.cause.map { address.withoutSecrets($0) },
                advice: failure.advice
            )
        }
        if let told, let rows = staged?.rows, told != rows.copied {
            throw CopyError(
                .integrity,
                "\"\(name)\" was staged with \(rows.copied) rows, and the database has loaded \(told)",
                advice: "Check --load-statement: header, quotes and NULL are as in RFC 4180"
            )
        }
        let copied = told ?? staged?.rows?.copied ?? 0
        let count = RowCount(read: copied, copied: copied)
        try writer.commit(mark, marks?.table, count)
        meter.add(copied)
        meters.writer.addBusy(start.duration(to: .now))
        meters.writer.addBytes(in: staged?.bytes ?? 0, out: staged?.bytes ?? 0)
        load.finish(count, bytes: staged?.bytes ?? 0)
    }

    /// What becomes of the rows.
    private func plan(for rows: DecodedRows, of item: SourceItem) throws -> InsertPlan {
        try begins { begin in
            try target.plan(for: rows, of: item.bareName, runsBefore: !journal.goesOn, ready: begin)
        }
    }

    /// Finds the table. The first object shows whether there is one for it; a later one fails by itself.
    private func begins<Found>(_ body: ((TargetTable) throws -> Void) throws -> Found) throws -> Found {
        do {
            let found = try body { table in try marks?.make(beside: table) }
            state.withLock { $0.hasBegun = true }
            return found
        } catch {
            let failure = SluiceCore.failure(from: error)
            if !failure.isRetryable, state.withLock({ !$0.hasBegun }) { end(failure, isStart: true) }
            throw error
        }
    }

    private func finish(_ load: ItemLoad) {
        let counts = load.counts
        if let failure = counts.failure, !(failure is Cancelled), !failure.isItemsOwn { end(failure) }
        var record = ItemRecord.loaded(
            load.item,
            into: target.name,
            counts,
            bytesRead: counts.bytesRead,
            specification
        )
        record.version = load.item
        if counts.failure != nil { record.rows = nil }
        record = record.keeping(skipped)
        journal.end(load.item, record, nil, hasRows: false)
        recordItem(record)
    }
}
