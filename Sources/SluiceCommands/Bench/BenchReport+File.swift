internal import Glibc
internal import SluiceBench

extension BenchReport {
    /// A report has some tens of kilobytes.
    private static let mostBytes = 16 << 20

    /// Reads what `--json` wrote to `path`.
    init(file path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw BenchReport.unreadable(path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= BenchReport.mostBytes {
            let count = read(descriptor, &piece, piece.count)
            if count > 0 {
                bytes += piece[..<count]
            } else if count == 0 {
                break
            } else if errno != EINTR {
                throw BenchReport.unreadable(path)
            }
        }
        try self.init(json: bytes, name: path)
    }

    private static func unreadable(_ path: String) -> UsageError {
        UsageError("\"\(path)\" can't be read: \(String(cString: strerror(errno)))", advice: "Check the path")
    }
}
