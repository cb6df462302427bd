internal import Glibc
internal import SluiceCore
internal import SluiceStores

/// A file that is written from front to back, through a buffer.
final class OutputFile {
    private let descriptor: Int32
    private let path: String
    private let isOwned: Bool
    private var buffer: [UInt8] = []
    /// The errno of the first write that failed; nothing is written after it.
    private var code: Int32 = 0

    /// A write for each line would cost more than the line; a person who follows the file waits no longer for this.
    private static let bound = 64 << 10

    /// Makes `path`, or empties it; `-` is standard output.
    init(path: String) throws {
        self.path = path
        isOwned = path != "-"
        descriptor = isOwned ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666) : STDOUT_FILENO
        guard descriptor >= 0 else { throw UsageError(path: path, code: errno) }
    }

    deinit { if isOwned { Glibc.close(descriptor) } }

    /// Whether a write has failed; what is appended is lost then.
    var hasFailed: Bool { code != 0 }

    /// Whether the other end of the pipe was closed: whoever read has seen enough.
    var isReaderGone: Bool { code == EPIPE }

    func append(_ bytes: some Sequence<UInt8>) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= OutputFile.bound { flush() }
    }

    func flush() {
        if code == 0, !buffer.isEmpty { code = Descriptor.write(buffer, to: descriptor) }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Writes what is left.
    /// - Throws: what went wrong, now or before.
    func finish() throws {
        flush()
        if code != 0 { throw OutputFile.error(code, path) }
    }

    static func error(_ code: Int32, _ path: String) -> StoreError {
        let place = path == "-" ? "standard output" : "\"\(path)\""
        return StoreError(.inputOutput, "\(place) can't be written", cause: String(cString: strerror(code)))
    }
}

extension UsageError {
    /// A file that was asked for and can't be made.
    init(path: String, code: Int32) {
        self.init(
            "\"\(path)\" can't be written",
            cause: String(cString: strerror(code)),
            advice: "Choose another place"
        )
    }
}

/// A file that is there whole or not at all.
enum WholeFile {
    /// Writes `bytes` to a temporary file beside `path` and renames it; `-` is standard output.
    static func write(_ bytes: [UInt8], to path: String) throws {
        let isFile = path != "-"
        // Devices and pipes (/dev/stderr, /dev/fd/3) can't be renamed over.
        guard isFile, isReplaceable(path) else {
            let file = try OutputFile(path: path)
            file.append(bytes)
            return try file.finish()
        }
        let temporary = "\(path).\(getpid()).tmp"
        do {
            let file = try OutputFile(path: temporary)
            file.append(bytes)
            try file.finish()
        } catch {
            unlink(temporary)
            throw StoreError(.inputOutput, "\"\(path)\" can't be written", cause: SluiceCore.failure(from: error).cause)
        }
        guard rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw OutputFile.error(code, path)
        }
    }

    /// Whether the file's directory lets us make one, found out before a long run rather than after it.
    static func check(_ path: String) throws {
        guard path != "-", isReplaceable(path) else { return }
        let parent = FileSink.parent(of: path)
        guard access(parent, W_OK | X_OK) == 0 else { throw UsageError(path: path, code: errno) }
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { throw UsageError(path: path, code: EISDIR) }
    }

    private static func isReplaceable(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return true }
        return [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
    }
}
