internal import Dispatch
internal import SluiceCore
internal import SluicePipeline

/// The threads of one run: made, joined and shut down here.
final class RunThreads {
    private let context: RunContext
    private let gate = AdmissionGate()
    private let entries = Channel<ListEntry>(bound: 1024)
    private let reads = Channel<ReadTask>(bound: 256)
    private let chunks: Channel<RawChunk>
    private let settlement: Settlement
    private let delivery: Delivery
    private let stage: WriteStage
    private let readBack: ReadBackStage?
    private let sources: SourceConnections
    private let readers: Int
    private let writers: Int
    private let mostConnections: Int

    init(context: RunContext, readBack source: (any ObjectSource)?) {
        self.context = context
        let cores = ProcessorCount.available
        let (governor, most) = RunThreads.governor(context, isRemote: context.sink.traits.isRemote || context.isReadBySink)
        mostConnections = most
        let (sourceGovernor, mostSources) = RunThreads.governor(context, isRemote: true)
        sources = SourceConnections(governor: sourceGovernor, policy: context.specification.retry.policy)
        let usual = context.source.requestSize == nil || context.isReadBySink ? min(16, max(2, cores)) : min(mostSources, RunThreads.mostBlocked)
        // What is open waits for its source, each object in a thread of its own.
        readers = max(usual, min(context.source.mostOpen ?? 0, RunThreads.mostBlocked))
        // A worker drives many connections; more workers than cores would only share them.
        // Local writers block in system calls, each on its own thread, of which Dispatch gives a limited number.
        writers = context.sink.traits.isRemote ? min(most, max(2, cores)) : min(most, context.isReadBySink ? RunThreads.mostBlocked : RunThreads.mostLocalWriters)
        chunks = Channel(bound: max(1, context.specification.memory.rawValue))
        let gate = gate
        let readBack = source.map { ReadBackStage(context: context, source: $0, gate: gate) }
        self.readBack = readBack
        settlement = Settlement(
            context: context,
            onChange: { gate.notify() },
            onEnd: { transfer, startOver in
                if let reservation = transfer.reservation { gate.release(reservation) }
                if startOver == nil {
                    let record = ItemRecord.of(transfer, context.specification)
                    if let readBack, case .copied = record.outcome {
                        // The item ends when it has been read back.
                        readBack.submit(record)
                        return
                    }
                    context.recordItem(record)
                }
                gate.itemEnded(startOver)
            }
        )
        delivery = Delivery(context: context, settlement: settlement)
        stage = WriteStage(
            governor: governor,
            workers: writers,
            policy: context.specification.retry.policy,
            meter: context.meters.writer,
            observer: settlement,
            requests: context.sink.traits.isRemote ? context.limits.requests : nil
        )
        settlement.attach(stage)
    }

    /// The most connections that `auto` climbs to: above it a line is full or a service throttles.
    private static let mostAutomatic = 256
    /// Connections a core that `auto` starts with: enough for small objects, and no harm to bulk on a short line (measured).
    private static let firstAutomatic = 4
    /// The same where each has a thread that writes to a local file: more take turns at one file's lock, which costs 6 %
    /// of the CPU of a large object (measured).
    private static let firstIntoFiles = 2
    /// Local files: enough to keep a disk's queue filled.
    private static let localWriters = 4
    /// More do not make a disk faster.
    private static let mostLocalWriters = 64

    /// Threads that wait for a distant source: their number is the operating system's to bear, and 64 ranges of 8 MiB
    /// fill any line.
    private static let mostBlocked = 64

    private static func governor(_ context: RunContext, isRemote: Bool) -> (ConnectionGovernor, Int) {
        switch context.specification.connections {
        case .fixed(let count):
            return (ConnectionGovernor(fixed: count), count)
        case .automatic where !isRemote:
            return (ConnectionGovernor(fixed: localWriters), localWriters)
        case .automatic:
            let first = context.isReadBySink ? firstIntoFiles : firstAutomatic
            return (ConnectionGovernor(startingAt: first * ProcessorCount.available, maximum: mostAutomatic), mostAutomatic)
        }
    }

    /// Runs to the end.
    func run(_ started: (WriteStage) -> Void) -> CopyResult {
        started(stage)
        onCancellation()
        let front = DispatchGroup()
        let readers = DispatchGroup()
        let compressors = DispatchGroup()
        let back = DispatchGroup()
        let ticker = Ticker(stage: stage, sources: sources, gate: gate)
        startWorkers(readers, compressors, back)
        ticker.start(in: back)
        startLister(in: front)
        readBack?.start()
        Admitter(context: context, settlement: settlement, delivery: delivery, entries: entries, output: reads, gate: gate).run()
        waitForItems()
        shutDown(front, readers, compressors)
        ticker.stop()
        stage.end()
        back.wait()
        readBack?.finish()
        return result()
    }

    private func onCancellation() {
        let (context, entries, settlement, stage, gate, sources) = (context, entries, settlement, stage, gate, sources)
        context.cancellation.onCancel {
            context.chunkPool.close()
            context.partPool.close()
            entries.close()
            sources.cancel()
            settlement.cancelAll()
            stage.cancel()
            gate.alarm()
        }
    }

    private func startWorkers(_ readers: DispatchGroup, _ compressors: DispatchGroup, _ back: DispatchGroup) {
        let cores = ProcessorCount.available
        let reading = ReadStage(
            context: context,
            settlement: settlement,
            delivery: delivery,
            sources: sources,
            input: reads,
            output: chunks,
            onChange: { [gate] in gate.notify() }
        )
        for index in 0..<self.readers { Worker("reader \(index)").run(in: readers) { reading.run() } }
        if let codec = context.specification.codec {
            let compressing = CompressStage(context: context, settlement: settlement, delivery: delivery, input: chunks, codec: codec)
            for index in 0..<cores { Worker("compressor \(index)").run(in: compressors) { compressing.run() } }
        }
        let slots = (mostConnections + writers - 1) / writers
        for index in 0..<writers {
            Worker("writer \(index)").run(in: back) { [context, stage] in context.sink.serve(stage, slots: slots) }
        }
    }

    private func startLister(in group: DispatchGroup) {
        Worker("lister").run(in: group) { [context, entries, gate] in
            let start = ContinuousClock.now
            var waited = Duration.zero
            defer {
                context.meters.lister.addBusy(start.duration(to: .now) - waited)
                context.meters.lister.addWaitingForOutput(waited)
            }
            do {
                try context.source.list { entry in
                    if case .item(let item) = entry { context.tally.listed(item) }
                    let sending = ContinuousClock.now
                    guard entries.send(entry) else { throw Cancelled() }
                    waited += sending.duration(to: .now)
                    gate.notify()
                }
                context.tally.listingEnded()
            } catch {
                let failure = SluiceCore.failure(from: error)
                if failure.kind != .cancelled { context.tally.fail(failure, on: context.source.location.description) }
            }
            entries.finish()
            gate.alarm()
        }
    }

    /// Where the run stands, for whoever wants to know why it does not go on.
    var situation: @Sendable () -> String {
        { [stage, reads, chunks, entries, gate, settlement] in
            "\(stage.counts), waiting: \(entries.count) entries, \(reads.count) chunks to read, \(chunks.count) to compress; "
                + "\(gate.isIdle ? "idle" : "busy"), \(gate.hasRoom ? "room" : "no room"); \(settlement.situation)"
        }
    }

    /// After a cancellation items are still ending: their uploads are aborted.
    private func waitForItems() {
        let deadline = ContinuousClock.now + RunThreads.patience
        while !gate.isIdle, ContinuousClock.now < deadline {
            let seen = gate.generation
            settlement.cancelAll()
            if gate.isIdle { break }
            gate.wait(for: .anything, since: seen, until: deadline)
        }
        settlement.abandonAll()
    }

    /// How long a cancelled run waits for its aborts.
    private static let patience = Duration.milliseconds(900)

    private func shutDown(_ front: DispatchGroup, _ readers: DispatchGroup, _ compressors: DispatchGroup) {
        entries.close()
        if context.cancellation.isCancelled { reads.close() } else { reads.finish() }
        if !context.cancellation.isCancelled {
            front.wait()
            readers.wait()
        }
        if context.cancellation.isCancelled { chunks.close() } else { chunks.finish() }
        if !context.cancellation.isCancelled { compressors.wait() }
    }

    private func result() -> CopyResult {
        var counts = stage.counts
        counts.retries += sources.retries + context.limits.retries.count + settlement.rereadCount
        counts.throttled += sources.throttled
        return CopyResult(
            counts: counts,
            peakMemory: ByteCount(context.chunkPool.peak.rawValue + context.partPool.peak.rawValue),
            notes: context.sink.notes + (context.serverSide?.notes ?? []) + (context.source.rowFacts?.notes ?? []),
            sourceConnections: context.isReadBySink ? counts.peakActive : context.source.requestSize == nil ? readers : sources.peak,
            rowFacts: context.source.rowFacts,
            isCancelled: context.cancellation.isCancelled
        )
    }
}
