internal import Glibc
internal import SluiceCore
internal import SluiceEngine

/// A list of files that lies in a store, brought to a file of this machine, which goes with this.
final class FileList: Sendable {
    let path: String

    /// Fetches it as the source of `specification` is reached; blocks. Nil where there is none, or it is here already.
    init?(_ list: Location?, _ specification: CopySpecification) throws {
        guard let list else { return nil }
        if case .file = list { return nil }
        let folder = specification.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var template = Array(folder.path(of: "sluice-list-XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else {
            throw CopyError(
                .inputOutput,
                "no file for the list \(list) can be made in \"\(folder)\"",
                cause: String(cString: strerror(errno)),
                advice: "Set TMPDIR"
            )
        }
        close(descriptor)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var copy = CopySpecification(source: list, sink: .file(path: path, isDirectory: false))
        copy.sourceConnection = specification.sourceConnection
        copy.environment = specification.environment
        copy.memory = .mebibytes(16)
        let records = Locked<[ItemRecord]>([])
        do {
            let run = CopyRun(copy) { record in records.withLock { $0.append(record) } }
            _ = try run.execute()
            if let error = run.tally.reading.errors.first { throw error.failure }
            guard case .copied? = records.withLock({ $0.first })?.outcome else {
                throw CopyError(.notFound, "there is no list \(list)")
            }
        } catch {
            unlink(path)
            let failure = SluiceCore.failure(from: error)
            throw CopyError(
                failure.kind,
                "the list of files \(list) can't be read",
                cause: failure.cause.map { "\(failure.what): \($0)" } ?? failure.what,
                advice: failure.advice ?? "Check \"fileListPath\""
            )
        }
    }

    deinit { unlink(path) }
}
