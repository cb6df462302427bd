internal import SluiceCore
internal import SluiceEngine
internal import SluicePipeline

/// Hears how items end: tells of them, writes the manifest, and counts what the outcome hangs on.
final class ItemJournal: Sendable {
    struct Counts: Sendable {
        var copied = 0
        /// Bytes that the copied ones had in the source.
        var bytesReadOfCopied = 0
        /// Items that an earlier attempt has copied.
        var resumed = 0
        var skipped = 0
        /// Items that the sink had already.
        var unchanged = 0
        var failed = 0
        /// Failed items for which the command line is to blame.
        var misused = 0
        /// Failed items that differ from what was sent when they were read back.
        var different = 0
        /// Items that were copied, and of which the store confirmed every digest.
        var confirmedByDigest = 0
        /// Items that were copied and read back.
        var readBack = 0
    }

    private struct State: ~Copyable {
        var counts = Counts()
        var manifest: OutputFile?
        /// The errors that were told, each once: a wrong password fails every item in the same words.
        var told: Set<String> = []
        var untold = 0
    }

    private let log: Log
    private let verification: CopySpecification.Verification
    private let state: Locked<State>

    /// Errors that are told one by one; the manifest has them all.
    static let mostTold = 10

    init(manifest path: String?, log: Log, verification: CopySpecification.Verification) throws {
        self.log = log
        self.verification = verification
        state = Locked(State(manifest: try path.map { try OutputFile(path: $0) }))
    }

    var counts: Counts { state.withLock { $0.counts } }

    /// Errors that were not told.
    var untold: Int { state.withLock { $0.untold } }

    /// Takes a record; from several threads.
    func add(_ record: ItemRecord) {
        let mayTell = state.withLock { state in
            count(record, &state.counts)
            if let manifest = state.manifest {
                var json = JSONWriter()
                record.writeManifestLine(to: &json)
                manifest.append(json.bytes)
            }
            guard let failure = record.outcome.failure, failure.kind != .cancelled else { return true }
            if state.told.count < ItemJournal.mostTold, state.told.insert(failure.description).inserted { return true }
            state.untold += 1
            return false
        }
        tell(record, mayTell: mayTell)
    }

    private func count(_ record: ItemRecord, _ counts: inout Counts) {
        switch record.outcome {
        case .copied:
            counts.copied += 1
            counts.bytesReadOfCopied += record.bytesRead
            if record.isConfirmedByDigest, record.isVerified { counts.confirmedByDigest += 1 }
            if record.isReadBack, record.isVerified { counts.readBack += 1 }
        case .unchanged:
            counts.unchanged += 1
        case .resumed:
            counts.resumed += 1
        case .skipped:
            counts.skipped += 1
        // Cut off by a signal: no fault of the item's.
        case .failed(let failure) where failure.kind == .cancelled: break
        case .failed(let failure):
            counts.failed += 1
            if failure.kind == .usage { counts.misused += 1 }
            // Only a read-back finds that what the sink confirmed is not what was sent.
            if failure.kind == .integrity, verification == .readback { counts.different += 1 }
        }
    }

    private func tell(_ record: ItemRecord, mayTell: Bool) {
        switch record.outcome {
        case .copied:
            guard log.takes(.item) else { break }
            let text = "copied \(record.name) → \(record.sinkName), \(ByteCount(record.bytesWritten))"
            log.write(.init(level: .item, text: text, item: record.name))
        case .unchanged:
            guard log.takes(.item) else { break }
            log.write(.init(level: .item, text: "unchanged \(record.name)", item: record.name))
        case .resumed:
            guard log.takes(.item) else { break }
            log.write(.init(level: .item, text: "copied before: \(record.name) → \(record.sinkName)", item: record.name))
        case .skipped(let failure):
            log.write(
                .init(
                    level: .warning,
                    text: "skipped: \(failure.description)",
                    item: record.name,
                    code: failure.kind.rawValue
                ),
                onlyToFile: !mayTell
            )
        case .failed(let failure) where failure.kind == .cancelled: break
        case .failed(let failure):
            log.write(
                .init(level: .error, text: failure.description, item: record.name, code: failure.kind.rawValue),
                onlyToFile: !mayTell
            )
        }
    }

    /// Writes what is left of the manifest.
    func finish() throws { try state.withLock { try $0.manifest?.finish() } }
}
