internal import Glibc
internal import SluiceCore
internal import SluiceEngine
internal import SluiceStores

/// Where the files of a log go: a folder of this machine, or of a store, reached by itself whatever the copy's ends are.
struct LogPlace: Sendable {
    /// The folder, with a slash at its end.
    let folder: Location
    let connection: ConnectionOptions
    /// The process environment with the credentials of this place.
    let environment: [String: String]

    /// A file in it.
    func file(_ name: String) -> Location { folder.object(name) }

    /// Whether a file can be appended to.
    var isDirectory: Bool { if case .file = folder { true } else { false } }

    /// Makes the folder and those above it, where it is one of this machine.
    func make() throws {
        guard case .file(let path, _) = folder else { return }
        var made = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            made += made.isEmpty && !path.hasPrefix("/") ? part : "/" + part
            guard !part.isEmpty, mkdir(made, 0o777) != 0, errno != EEXIST else { continue }
            throw LogPlace.failure("the folder \"\(made)\" of a log can't be made", errno)
        }
    }

    /// Puts a whole file; returns when the store has confirmed it. Blocks.
    func put(_ bytes: [UInt8], as name: String) throws {
        var copy = CopySpecification(source: .standardStream, sink: file(name))
        copy.sinkConnection = connection
        copy.environment = environment
        copy.memory = .mebibytes(16)
        copy.connections = .fixed(1)
        let failure = Locked<(any Failure)?>(nil)
        _ = try CopyRun(copy, source: TextSource(bytes)) { record in
            if case .failed(let why) = record.outcome { failure.withLock { $0 = why } }
        }.execute()
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    /// Appends to a file of the directory, which is made with the first bytes.
    ///
    /// - Parameter isFlushed: whether the disk has them when this returns.
    func append(_ bytes: [UInt8], to name: String, isFlushed: Bool) throws {
        guard case .file(let path, _) = file(name) else { preconditionFailure("only files are appended to") }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw LogPlace.failure("the log \"\(path)\" can't be written", errno) }
        defer { close(descriptor) }
        let code = Descriptor.write(bytes, to: descriptor)
        guard code == 0, !isFlushed || fdatasync(descriptor) == 0 else {
            throw LogPlace.failure("the log \"\(path)\" can't be written", code == 0 ? errno : code)
        }
    }

    private static func failure(_ what: String, _ code: Int32) -> CopyError {
        CopyError(
            code == ENOSPC ? .noSpace : .inputOutput,
            what,
            cause: String(cString: strerror(code)),
            advice: "Check the path of the log's settings"
        )
    }
}
