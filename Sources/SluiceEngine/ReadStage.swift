internal import SluiceCore
internal import SluiceDigests
internal import SluicePipeline

/// A chunk that is to be read, with the slabs for it and for what it is compressed to.
struct ReadTask: ~Copyable, Sendable {
    let transfer: ItemTransfer
    let ordinal: Int
    let offset: Int
    let count: Int
    var raw: Slab?
    var encoded: Slab?
}

/// A chunk that was read and is to be compressed.
struct RawChunk: ~Copyable, Sendable {
    let transfer: ItemTransfer
    let ordinal: Int
    let offset: Int
    var raw: Slab
    var encoded: Slab
}

/// Reads chunks from the source and computes their digests while they are in the cache.
final class ReadStage: Sendable {
    private let context: RunContext
    private let settlement: Settlement
    private let delivery: Delivery
    private let sources: SourceConnections
    private let input: Channel<ReadTask>
    private let output: Channel<RawChunk>
    /// Told after each chunk of a serial source.
    private let onChange: @Sendable () -> Void

    init(
        context: RunContext,
        settlement: Settlement,
        delivery: Delivery,
        sources: SourceConnections,
        input: Channel<ReadTask>,
        output: Channel<RawChunk>,
        onChange: @escaping @Sendable () -> Void
    ) {
        self.context = context
        self.settlement = settlement
        self.delivery = delivery
        self.sources = sources
        self.input = input
        self.output = output
        self.onChange = onChange
    }

    /// Pieces that a read is cut in, so that the digest finds them in the second-level cache.
    private static let piece = 256 << 10

    /// Works until the input ends.
    func run() {
        var scratch: [UInt8] = []
        let clock = ContinuousClock()
        var last = clock.now
        var hasRead = false
        while let task = input.receive() {
            let started = clock.now
            hasRead = true
            context.meters.reader.addWaitingForInput(started - last)
            let transfer = task.transfer
            let isSerial = transfer.isSerial
            do {
                try read(task, &scratch)
            } catch {
                settle(transfer, SluiceCore.failure(from: error))
            }
            if isSerial {
                transfer.withState { $0.isReading = false }
                onChange()
            }
            last = clock.now
            context.meters.reader.addBusy(last - started)
        }
        // Waiting for the end is waiting, too: else whoever reads everything at once would count as always busy. One that
        // never read took no part.
        if hasRead { context.meters.reader.addWaitingForInput(clock.now - last) }
    }

    private func settle(_ transfer: ItemTransfer, _ failure: any Failure) {
        if let changed = failure as? ChangedSinceListed {
            settlement.startOver(transfer, as: changed.item, because: failure)
        } else {
            settlement.drop(transfer, failure: failure)
        }
    }

    /// Reads the task's chunk and hands it on. On an error the task's slabs are given back and nothing was handed on.
    private func read(_ task: consuming ReadTask, _ scratch: inout [UInt8]) throws {
        let transfer = task.transfer
        guard !transfer.hasFailed else {
            settlement.drop(transfer)
            return
        }
        let object = try opened(transfer)
        if transfer.plan.reading == .byService {
            try handOver(object, task.ordinal, task.offset, task.count, of: transfer)
            return
        }
        guard let raw = task.raw.take() else {
            let checksum = try digest(object, task.offset, task.count, &scratch)
            transfer.withState { $0.bytesRead += task.count }
            delivery.deliverThrough(ordinal: task.ordinal, offset: task.offset, count: task.count, checksum: checksum, of: transfer)
            return
        }
        var slab = raw
        let needsDigest = !transfer.plan.isCompressed
        let algorithm = needsDigest ? context.checksumAlgorithm : nil
        let checksum =
            context.source.requestSize == nil || transfer.item.encoding != nil
            ? try fill(&slab, object, task.offset, task.count, digest: algorithm)
            : try fetch(&slab, of: transfer, object, task.ordinal, task.offset, task.count, digest: algorithm)
        let count = slab.count
        transfer.withState { $0.bytesRead += count }
        context.meters.reader.addBytes(in: count, out: count)
        if transfer.isSerial {
            guard endSerial(transfer, task.ordinal, count, wanted: task.count) else { return }
        } else {
            try checkWhole(transfer, object, count, wanted: task.count)
        }
        if let preservation = context.preservation, transfer.plan.isReadAtOnce {
            transfer.upload.metadata = try preservation.kept(of: transfer.item) { try object.metadata }
        }
        if let encoded = task.encoded.take() {
            let chunk = RawChunk(transfer: transfer, ordinal: task.ordinal, offset: task.offset, raw: slab, encoded: encoded)
            if !output.send(chunk, weight: count) { settlement.drop(transfer, failure: Cancelled()) }
        } else {
            delivery.deliver(Frame(ordinal: task.ordinal, offset: task.offset, rawLength: count, slab: slab, checksum: checksum), of: transfer)
        }
    }

    /// Leaves a range to the sink's service, with what it needs to copy it by itself.
    private func handOver(_ object: any ReadableObject, _ ordinal: Int, _ offset: Int, _ count: Int, of transfer: ItemTransfer) throws {
        var found: (source: (any CopySource)?, digest: Checksum?) = (nil, nil)
        try sources.read { _ in found = (try object.copySource, try object.storedDigest) }
        let (source, digest) = found
        guard let source else {
            return settlement.goThroughUs(transfer, because: CopyError(.unexpectedAnswer, "\"\(transfer.item.name)\" has no version to ask for", cause: "its service tells no entity tag"))
        }
        // What is read back later is held against this digest.
        guard digest != nil || context.specification.verification != .readback else {
            return settlement.goThroughUs(transfer, because: CopyError(.unexpectedAnswer, "\"\(transfer.item.name)\" has nothing to be compared with", cause: "its service keeps no digest"))
        }
        transfer.withState { state in
            state.bytesRead += count
            state.storedInSource = digest
        }
        delivery.deliverCopy(CopyRange(source: source, offset: offset, digest: digest), ordinal: ordinal, count: count, of: transfer)
    }

    /// The item's object; opened now if it is one that is read at once.
    private func opened(_ transfer: ItemTransfer) throws -> any ReadableObject {
        if let object = transfer.source { return object }
        let object = try context.source.open(transfer.item)
        // A file may have grown since it was listed: then it is planned anew, with the size that it has now.
        if let listed = transfer.item.size, let size = object.size, size != listed {
            let item = SourceItem(name: transfer.item.name, size: size, modified: object.modified, entityTag: transfer.item.entityTag)
            throw ChangedSinceListed(item: item)
        }
        if transfer.item.size == 0 { try requireEmpty(object, transfer.item) }
        transfer.source = object
        return object
    }

    /// Files of the kernel (/proc, /sys) say that they are empty and are not: they are read as a stream to their end.
    private func requireEmpty(_ object: any ReadableObject, _ item: SourceItem) throws {
        var byte: UInt8 = 0
        let count = try withUnsafeMutableBytes(of: &byte) { try object.read(at: 0, into: $0) }
        guard count > 0 else { return }
        throw ChangedSinceListed(item: SourceItem(name: item.name, size: nil, modified: item.modified, entityTag: item.entityTag))
    }

    private func checkWhole(_ transfer: ItemTransfer, _ object: any ReadableObject, _ count: Int, wanted: Int) throws {
        guard count == wanted else {
            try object.checkUnchanged()
            throw CopyError(.sourceChanged, "\"\(transfer.item.name)\" ended before its size of \(transfer.item.size ?? 0) bytes", advice: "It shrank while it was read; run the copy again")
        }
        // An object of one chunk is looked at now, before it is put; others before their commit. What one call has
        // read whole can't have changed in between.
        if transfer.plan.chunkCount == 1, count > ReadStage.piece { try object.checkUnchanged() }
    }

    /// Sees the end of a source of unknown size; false when the chunk is empty and is not to be handed on.
    private func endSerial(_ transfer: ItemTransfer, _ ordinal: Int, _ count: Int, wanted: Int) -> Bool {
        guard count < wanted else { return true }
        // Nothing behind full chunks; an empty object is one empty chunk.
        let isEmpty = count == 0 && ordinal > 0
        let chunks = isEmpty ? ordinal : ordinal + 1
        settlement.settle(transfer) { state in
            state.chunkCount = chunks
            // One short chunk, uncompressed, goes whole.
            guard transfer.plan.blocksAreChunks, transfer.plan.isCompressed || ordinal > 0 else { return .none }
            return state.committer.sourceEnded(blocks: chunks)
        }
        transfer.stream?.finish(count: chunks)
        if isEmpty {
            delivery.sourceEnded(transfer)
            settlement.drop(transfer)
        }
        return !isEmpty
    }

    private func fill(
        _ slab: inout Slab,
        _ object: any ReadableObject,
        _ offset: Int,
        _ count: Int,
        digest algorithm: ChecksumAlgorithm?
    ) throws -> Checksum? {
        var running: RunningChecksum?
        if let algorithm { running = try RunningChecksum(algorithm) }
        var filled = 0
        while filled < count {
            let wanted = min(ReadStage.piece, count - filled)
            let buffer = UnsafeMutableRawBufferPointer(rebasing: slab.storage[filled..<filled + wanted])
            let read = try object.read(at: offset + filled, into: buffer)
            running?.update(unsafe: UnsafeRawBufferPointer(rebasing: buffer[..<read]))
            filled += read
            if read < wanted { break }
        }
        slab.count = filled
        return running.take()?.finish()
    }

    /// Fills a slab by requests to a distant source: one, and after a failure another for what is missing. The digest is
    /// computed piece by piece as they come.
    private func fetch(
        _ slab: inout Slab,
        of transfer: ItemTransfer,
        _ object: any ReadableObject,
        _ ordinal: Int,
        _ offset: Int,
        _ count: Int,
        digest algorithm: ChecksumAlgorithm?
    ) throws -> Checksum? {
        let memory = slab.storage
        var sent: RunningChecksum?
        var read: RunningChecksum?
        var other: ChecksumAlgorithm?
        try sources.read { progress in
            if progress == 0 {
                // What one request has read whole is held against the service's digest by whoever has asked for it.
                let stored = transfer.plan.chunkCount == 1 || context.checksumAlgorithm == nil ? nil : try object.storedChecksum?.algorithm
                other = stored == algorithm ? nil : stored
                sent = try algorithm.map { try RunningChecksum($0) }
                read = try other.map { try RunningChecksum($0) }
            }
            do {
                try object.read(at: offset + progress, count: count - progress) { bytes in
                    UnsafeMutableRawBufferPointer(rebasing: memory[progress..<progress + bytes.count]).copyMemory(from: bytes)
                    sent?.update(unsafe: bytes)
                    read?.update(unsafe: bytes)
                    progress += bytes.count
                }
            } catch {
                if SluiceCore.failure(from: error).kind == .integrity { progress = 0 }
                throw error
            }
            slab.count = progress
        }
        let checksum = sent.take()?.finish()
        if let found = read.take()?.finish() ?? (other == nil ? checksum : nil) {
            let length = slab.count
            transfer.withState { $0.sourceDigest.add(found, length: length, ordinal: ordinal) }
        }
        return checksum
    }

    /// The digest of a range that will be read again while it is sent.
    private func digest(_ object: any ReadableObject, _ offset: Int, _ count: Int, _ scratch: inout [UInt8]) throws -> Checksum? {
        guard let algorithm = context.checksumAlgorithm else { return nil }
        if scratch.isEmpty { scratch = [UInt8](repeating: 0, count: ReadStage.piece) }
        var running = try RunningChecksum(algorithm)
        var done = 0
        while done < count {
            let wanted = min(scratch.count, count - done)
            let read = try scratch.withUnsafeMutableBytes { buffer in
                let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
                let read = try object.read(at: offset + done, into: piece)
                running.update(unsafe: UnsafeRawBufferPointer(rebasing: piece[..<read]))
                return read
            }
            guard read > 0 else {
                try object.checkUnchanged()
                throw CopyError(.sourceChanged, "the source ended at byte \(offset + done)", advice: "It shrank while it was read; run the copy again")
            }
            done += read
        }
        context.meters.reader.addBytes(in: count, out: count)
        return running.finish()
    }
}

/// A file whose size is no longer what the listing said.
struct ChangedSinceListed: Failure {
    let item: SourceItem
    var kind: FailureKind { .sourceChanged }
    var what: String { "\"\(item.name)\" keeps changing its size" }
    var cause: String? { nil }
    var advice: String? { "Copy it again when nobody writes to it" }
}
