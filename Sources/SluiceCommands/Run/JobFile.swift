internal import Glibc
internal import SluiceCore
internal import SluiceEngine
internal import SluiceJobs

/// Documents as files of this machine.
enum JobFile {
    /// No document of people's is as large: a file that is has been named by mistake.
    private static let largest = 16 << 20

    /// Reads a whole file; nil where there is none.
    ///
    /// - Throws: a `CopyError` where it can't be read, is no file, or is larger than any document.
    static func read(_ path: String) throws -> DocumentFile? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure("open", path)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("fstat", path) }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw UsageError(
                "\"\(path)\" is a directory",
                advice: "Name a pipeline's document in it, such as \(path.path(of: "pipeline/NAME.json"))"
            )
        }
        let bytes = try contents(of: descriptor, path)
        let isReadableByOthers = status.st_mode & (S_IRGRP | S_IROTH) != 0
        return DocumentFile(path: path, bytes: bytes, isReadableByOthers: isReadableByOthers)
    }

    private static func contents(of descriptor: Int32, _ path: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &block, block.count)
            if count == 0 { return bytes }
            if count > 0 { bytes += block.prefix(count) } else if errno != EINTR { throw failure("read", path) }
            guard bytes.count <= largest else {
                throw UsageError("\"\(path)\" has more than 16 MiB", advice: "Name a job's document")
            }
        }
    }

    private static func failure(_ call: String, _ path: String) -> UsageError {
        UsageError("can't read \"\(path)\"", cause: "\(call): \(String(cString: strerror(errno)))")
    }
}
