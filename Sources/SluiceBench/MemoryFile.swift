internal import CLinux
internal import Glibc
internal import SluiceCore

/// A file that is nowhere but in memory, and is gone when it is released or the process dies.
final class MemoryFile: Sendable {
    private let descriptor: Int32

    init(_ bytes: [UInt8]) throws(BenchError) {
        descriptor = unsafe sluice_memory_file("sluice-bench")
        var done = 0
        while descriptor >= 0, done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe write(descriptor, $0.baseAddress! + done, $0.count - done)
            }
            if count >= 0 { done += count } else if errno != EINTR { break }
        }
        guard descriptor >= 0, done == bytes.count else {
            throw BenchError(
                .noSpace,
                "no file could be made in memory",
                cause: unsafe String(cString: strerror(errno))
            )
        }
    }

    deinit { close(descriptor) }

    /// Opens the file in this process, from its start.
    var path: String { "/proc/self/fd/\(descriptor)" }
}
