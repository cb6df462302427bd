internal import Dispatch
internal import SluiceCore
internal import SluiceDigests
internal import SluicePipeline

/// Reads finished objects back from the sink and compares their digests.
final class ReadBackStage: Sendable {
    private let context: RunContext
    private let source: any ObjectSource
    private let gate: AdmissionGate
    private let input = Channel<ItemRecord>(bound: 4096)
    private let group = DispatchGroup()

    /// - Parameter source: the sink's store, with names as the sink has them.
    init(context: RunContext, source: any ObjectSource, gate: AdmissionGate) {
        self.context = context
        self.source = source
        self.gate = gate
    }

    /// Objects that are read back at a time.
    private static let workers = 4
    private static let piece = 256 << 10

    func start() {
        for index in 0..<ReadBackStage.workers { Worker("read-back \(index)").run(in: group) { [self] in run() } }
    }

    /// Puts an object in line.
    func submit(_ record: ItemRecord) {
        if !input.send(record) { end(record.failed(Cancelled())) }
    }

    /// Waits until everything in line has been read.
    func finish() {
        input.finish()
        group.wait()
    }

    private func run() {
        var buffer = [UInt8](repeating: 0, count: ReadBackStage.piece)
        while let record = input.receive() {
            do {
                try compare(record, &buffer)
                end(record.readBack())
            } catch {
                end(differing(record, SluiceCore.failure(from: error)))
            }
        }
    }

    /// What becomes of an item that is not what was sent: where such are skipped, it is taken away again.
    private func differing(_ record: ItemRecord, _ failure: any Failure) -> ItemRecord {
        guard failure.kind == .integrity, context.specification.skipsInconsistent else { return record.failed(failure) }
        do {
            try requireOwn(record)
            _ = try context.sink.remove(name: record.sinkName)
        } catch {
            let problem = SluiceCore.failure(from: error)
            return record.failed(
                CopyError(
                    .integrity,
                    failure.what,
                    cause: "it can't be taken away again: \(problem.description)",
                    advice: "Remove it, and copy it again"
                )
            )
        }
        var skipped = record.failed(failure)
        skipped.outcome = .skipped(failure)
        return skipped
    }

    /// Throws where what stands there is another's.
    private func requireOwn(_ record: ItemRecord) throws {
        guard let tag = record.entityTag, let found = try (source as? any LookupSource)?.find(record.sinkName) else {
            return
        }
        func bare(_ tag: String?) -> String? { tag?.filter { $0 != "\"" } }
        guard bare(found.entityTag) == bare(tag) else {
            throw CopyError(.precondition, "another object stands at \"\(record.sinkName)\" by now")
        }
    }

    private func end(_ record: ItemRecord) {
        context.recordItem(record)
        gate.itemEnded(nil)
    }

    private func compare(_ record: ItemRecord, _ buffer: inout [UInt8]) throws {
        guard let expected = record.checksum else {
            throw CopyError(.integrity, "\"\(record.sinkName)\" can't be compared", cause: "no digest of it is known")
        }
        let object = try source.open(SourceItem(name: record.sinkName, size: record.bytesWritten, link: record.link))
        var running = try RunningChecksum(expected.algorithm)
        var offset = 0
        while true {
            if context.cancellation.isCancelled { throw Cancelled() }
            let start = offset
            let count = try buffer.withUnsafeMutableBytes { bytes in
                let count = try object.read(at: start, into: bytes)
                running.update(unsafe: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
                return count
            }
            if count == 0 { break }
            offset += count
        }
        guard offset == record.bytesWritten else {
            throw CopyError(.integrity, "\"\(record.sinkName)\" read back has \(offset) bytes instead of \(record.bytesWritten)")
        }
        guard running.finish() == expected else {
            throw CopyError(.integrity, "\"\(record.sinkName)\" read back differs from what was sent", cause: "its digest is not \(expected.hex)")
        }
    }
}

extension ItemRecord {
    /// The same, failed after all.
    func failed(_ failure: any Failure) -> ItemRecord {
        var record = self
        record.outcome = .failed(failure)
        record.isConfirmedByDigest = false
        return record
    }

    /// The same, read back and found equal.
    func readBack() -> ItemRecord {
        var record = self
        record.isReadBack = true
        return record
    }
}
