internal import CLinux
internal import Glibc
internal import SluiceCore
internal import SluicePipeline

/// A temporary file without a name: whatever happens, nothing of it stays.
final class DiskFile: Sendable {
    private let descriptor: Int32
    private let directory: String
    let size: Int
    /// Whether the file system has no disk below it (tmpfs).
    let isInMemory: Bool

    /// Large enough to keep a disk's queue filled for a while.
    static let largest = 256 << 20
    /// A disk that is almost full is left alone.
    private static let shareOfFree = 4

    /// Writes copies of `sample` for about `time` and flushes them to the disk.
    init(in directory: String, filledWith sample: [UInt8], for time: Duration) throws(BenchError) {
        self.directory = directory
        var system = statfs()
        guard unsafe statfs(directory, &system) == 0 else { throw DiskFile.error(directory) }
        let free = Int(system.f_bavail) * Int(system.f_bsize)
        let room = min(DiskFile.largest, free / DiskFile.shareOfFree) & ~0xF_FFFF
        guard room > 0 else {
            throw BenchError(.noSpace, "\"\(directory)\" is too full to be measured", advice: DiskFile.advice)
        }
        // TMPFS_MAGIC and RAMFS_MAGIC (statfs(2)).
        isInMemory = system.f_type == 0x0102_1994 || system.f_type == 0x8584_58F6
        var template = Array("\(directory)/sluice-bench-XXXXXX".utf8CString)
        descriptor = unsafe mkstemp(&template)
        guard descriptor >= 0 else { throw DiskFile.error(directory) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unsafe unlink(template)
        let deadline = ContinuousClock.now + time
        var written = 0
        while written < room, written == 0 || ContinuousClock.now < deadline {
            guard DiskFile.write(sample, to: descriptor, count: min(1 << 20, room - written)) else {
                let error = DiskFile.error(directory)
                close(descriptor)
                throw error
            }
            written += 1 << 20
        }
        size = written
        // A file system without fsync has nothing to flush.
        _ = fdatasync(descriptor)
    }

    deinit { close(descriptor) }

    private static let advice = "Set TMPDIR to a directory with some room on the disk that is to be measured"

    private static func error(_ directory: String) -> BenchError {
        let cause = unsafe String(cString: strerror(errno))
        return BenchError(.inputOutput, "no file could be made in \"\(directory)\"", cause: cause, advice: advice)
    }

    private static func write(_ sample: [UInt8], to descriptor: Int32, count: Int) -> Bool {
        var left = count
        while left > 0 {
            let done = unsafe sample.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, min(left, $0.count))
            }
            if done > 0 { left -= done } else if errno != EINTR { return false }
        }
        return true
    }

    /// A second descriptor for reads past the page cache; nil where the file system has none.
    func openDirect() -> Int32? {
        let direct = unsafe open("/proc/self/fd/\(descriptor)", O_RDONLY | O_CLOEXEC | sluice_direct_flag())
        return direct >= 0 ? direct : nil
    }

    /// Asks the kernel to forget the file's pages, which are clean.
    func dropPages() { posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) }

    /// Reads `buffer.count` bytes at `offset`, by `other` or by the file's own descriptor.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer, by other: Int32? = nil) throws(BenchError) {
        var filled = 0
        while filled < buffer.count {
            let count = unsafe pread(
                other ?? descriptor,
                buffer.baseAddress! + filled,
                buffer.count - filled,
                off_t(offset + filled)
            )
            if count > 0 { filled += count } else if count == 0 || errno != EINTR { throw DiskFile.error(directory) }
        }
    }
}
