internal import SluiceCore
internal import SluiceEngine

/// Hears what came of each comparison: a line for each difference to standard output, one for each object to the
/// manifest.
final class VerifyJournal: Sendable {
    private struct State: ~Copyable {
        var manifest: OutputFile?
        var differences: OutputFile
        var errors: [(name: String, failure: any Failure)] = []
        var failed = 0
    }

    private let log: Log
    private let state: Locked<State>

    /// Errors that are kept and told one by one; the manifest has them all.
    private static let mostTold = 100

    init(manifest path: String?, log: Log) throws {
        self.log = log
        state = Locked(
            State(manifest: try path.map { try OutputFile(path: $0) }, differences: try OutputFile(path: "-"))
        )
    }

    /// The first errors.
    var errors: [(name: String, failure: any Failure)] { state.withLock { $0.errors } }
    /// Errors that were not told.
    var untold: Int { state.withLock { $0.failed - $0.errors.count } }

    /// Takes a record; from several threads.
    func add(_ record: VerifyRecord) {
        let isTold = state.withLock { state in
            if let manifest = state.manifest {
                var json = JSONWriter()
                record.writeManifestLine(to: &json)
                manifest.append(json.bytes)
            }
            switch record.outcome {
            case .same: return false
            case .different(let difference):
                state.differences.append(VerifyJournal.line(record, difference).utf8)
                return false
            case .failed(let failure):
                state.failed += 1
                guard state.errors.count < VerifyJournal.mostTold else { return false }
                state.errors.append((record.name, failure))
                return true
            }
        }
        switch record.outcome {
        case .failed(let failure):
            log.write(
                .init(level: .error, text: failure.description, item: record.name, code: failure.kind.rawValue),
                onlyToFile: !isTold
            )
        case .same(let basis):
            guard log.takes(.item) else { break }
            log.write(.init(level: .item, text: "the same by \(basis.rawValue): \(record.name)", item: record.name))
        case .different: break
        }
    }

    /// A difference as a line: its kind, the object's name, and what differs.
    static func line(_ record: VerifyRecord, _ difference: VerifyRecord.Difference) -> String {
        let name = record.name.printable
        switch difference {
        case .missing: return "missing  \(name)\n"
        case .size(let source, let sink):
            return "size     \(name): \(source) bytes in the source, \(sink) at the sink\n"
        case .content(let detail): return "content  \(name): \(detail.printable)\n"
        case .extra: return "extra    \(name)\n"
        }
    }

    /// Writes what is left.
    func finish() throws {
        try state.withLock { state in
            try state.differences.finish()
            try state.manifest?.finish()
        }
    }
}
