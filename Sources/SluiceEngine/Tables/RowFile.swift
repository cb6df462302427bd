internal import Glibc
internal import SluiceCore

/// A file that skipped rows are appended to, each before the next is looked at: what is skipped and not kept is lost.
struct RowFile: ~Copyable, Sendable {
    private let descriptor: Int32
    private let path: String

    /// Makes the file, or empties it.
    init(path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw RowFile.error(errno, path) }
        try append(SkippedRows.head)
    }

    deinit { close(descriptor) }

    func append(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 || errno == EINTR else { throw RowFile.error(errno, path) }
            rest = rest.dropFirst(max(0, count))
        }
    }

    /// Has the disk keep what was written.
    func finish() throws {
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw RowFile.error(errno, path) }
    }

    private static func error(_ code: Int32, _ path: String) -> CopyError {
        CopyError(
            code == ENOSPC ? .noSpace : .inputOutput,
            "skipped rows can't be kept in \"\(path)\"",
            cause: String(cString: strerror(code)),
            advice: "Name another place with --bad-rows"
        )
    }
}
