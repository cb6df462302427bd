internal import Dispatch
internal import SluiceCore
internal import SluiceODBC
internal import SluicePipeline
internal import SluiceTables

/// The threads that write rows: each with a connection of its own, and batches that go around between them and the reader.
final class TableWriters: Sendable {
    private struct Batch: Sendable {
        let store: RowStore
        let item: ItemLoad
    }

    private let free: Channel<RowStore>
    private let full: Channel<Batch>
    private let group = DispatchGroup()
    private let meter: StageMeter
    let count: Int

    /// - Parameters:
    ///   - count: of connections.
    ///   - bytes: for the values of a batch.
    ///   - makeWriter: makes each thread's own.
    init(count: Int, mostRows: Int, bytes: Int, meter: StageMeter, makeWriter: @escaping @Sendable () -> RowWriter) {
        self.count = count
        self.meter = meter
        // One that is filled beside those that are written, and one that waits.
        let stores = count + 2
        free = Channel(bound: stores)
        full = Channel(bound: stores)
        for _ in 0..<stores { free.send(RowStore(mostRows: mostRows, mostBytes: bytes)) }
        for index in 0..<count { Worker("table writer \(index)").run(in: group) { [self] in work(makeWriter()) } }
    }

    /// A store to be filled; nil when the run is given up. Blocks until one is free.
    func take() -> RowStore? { free.receive() }

    func giveBack(_ store: RowStore) { free.send(store) }

    /// Has a filled store written.
    func submit(_ store: RowStore, of item: ItemLoad) {
        item.begin()
        if !full.send(Batch(store: store, item: item)) { item.end() }
    }

    /// Ends the threads once everything that was submitted is written; blocks.
    func finish() {
        full.finish()
        group.wait()
    }

    /// Gives up what was not begun; threads end by themselves.
    func close() {
        free.close()
        full.close()
    }

    private func work(_ writer: RowWriter) {
        let clock = ContinuousClock()
        var last = clock.now
        while let batch = full.receive() {
            let started = clock.now
            meter.addWaitingForInput(started - last)
            write(batch, writer)
            free.send(batch.store)
            batch.item.end()
            last = clock.now
            meter.addBusy(last - started)
        }
        meter.addWaitingForInput(clock.now - last)
    }

    private func write(_ batch: Batch, _ writer: RowWriter) {
        guard !batch.item.hasFailed else { return }
        let (store, item) = (batch.store, batch.item)
        do {
            try writer.write(store, keepsOthers: item.maySkip) { rows in
                let bytes = store.bytes(in: rows)
                meter.addBytes(in: bytes, out: bytes)
                item.committed(rows.count, bytes: bytes)
            } refuse: { refusal in
                try item.skip(SkippedRow(refusal, in: store, of: item.name))
            }
        } catch {
            item.fail(SluiceCore.failure(from: error))
        }
    }
}
