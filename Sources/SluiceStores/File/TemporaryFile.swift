internal import CLinux
internal import Glibc
internal import SluiceCore

/// A path that a file is to get.
struct Destination: Sendable {
    let path: String
    /// The permission bits of what stands there, which a new version keeps; nil where nothing does.
    let permissions: UInt32?
}

/// A file under a temporary name, on its way to its own. Removed at the end of its life unless it was committed.
final class TemporaryFile: Sendable {
    private let descriptor: Locked<FileDescriptor?>
    private let number: Int32
    private let path: String
    private let temporaryPath: String
    private let directory: String

    /// Makes the file in the destination's directory, which must be there.
    ///
    /// - Parameter size: where it is known, the room for it is reserved, so that a full disk shows now.
    init(for destination: Destination, size: Int?) throws(StoreError) {
        path = destination.path
        directory = FileSink.parent(of: destination.path)
        let nonce = Hex.encode((0..<8).map { _ in UInt8.random(in: 0...255) })
        temporaryPath = (directory.hasSuffix("/") ? directory : directory + "/") + ".sluice-\(nonce).tmp"
        do {
            let opened = try FileDescriptor.open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL, mode: 0o666)
            number = opened.number
            descriptor = Locked(opened)
        } catch {
            throw StoreError(error.kind, "\"\(path)\" can't be written", cause: error.cause, advice: error.advice)
        }
        if let permissions = destination.permissions {
            _ = try SystemCall.retrying("\"\(path)\" can't get its permissions") { fchmod(number, mode_t(permissions)) }
        }
        if let size, size > TemporaryFile.reserveFrom { try reserve(size) }
    }

    deinit {
        if descriptor.withLock({ $0 != nil }) { _ = unsafe unlink(temporaryPath) }
    }

    /// Below this a reservation costs more than it saves.
    private static let reserveFrom = 1 << 20

    private func reserve(_ size: Int) throws(StoreError) {
        // Not posix_fallocate: where the file system has no reservation it writes a byte to every block.
        guard sluice_fallocate(number, off_t(size)) != 0 else { return }
        switch errno {
        case EOPNOTSUPP, ENOSYS, EINVAL: return
        default: throw SystemCall.error(errno, "\"\(path)\" of \(ByteCount(size)) can't be written")
        }
    }

    /// Writes all of `bytes` at `offset`; may be called from several threads.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(StoreError) {
        var done = 0
        while done < bytes.count {
            done += try SystemCall.retrying("\"\(path)\" can't be written at byte \(offset + done)") {
                unsafe pwrite(number, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
            }
        }
    }

    /// Flushes the file, gives it its name and flushes the directory: after that it survives a power loss.
    func commit(_ condition: WriteCondition) throws(StoreError) {
        _ = try SystemCall.retrying("\"\(path)\" can't be flushed to the disk") { fsync(number) }
        if condition == .absent {
            // link(2) refuses to replace, which rename(2) does not.
            _ = try SystemCall.retrying("\"\(path)\" can't be put in place") { unsafe link(temporaryPath, path) }
            _ = unsafe unlink(temporaryPath)
        } else {
            _ = try SystemCall.retrying("\"\(path)\" can't be put in place") { unsafe rename(temporaryPath, path) }
        }
        if let opened = descriptor.withLock({ $0.take() }) { try opened.close(path) }
        try DirectoryMaker.flush(directory)
    }
}

/// Makes and flushes directories.
enum DirectoryMaker {
    /// Makes `path` and what is missing above it.
    static func make(_ path: String) throws(StoreError) {
        if unsafe mkdir(path, 0o777) == 0 { return }
        switch errno {
        case EEXIST:
            guard try FileStatus.of(path)?.kind == .directory else {
                throw StoreError(.usage, "\"\(path)\" is a file, and a directory is needed there")
            }
        case ENOENT:
            try make(FileSink.parent(of: path))
            guard unsafe mkdir(path, 0o777) != 0, errno != EEXIST else { return }
            throw SystemCall.error(errno, "the directory \"\(path)\" can't be made")
        default:
            throw SystemCall.error(errno, "the directory \"\(path)\" can't be made")
        }
    }

    /// Flushes a directory's entries to the disk.
    static func flush(_ path: String) throws(StoreError) {
        let descriptor = try FileDescriptor.open(path, O_RDONLY | O_DIRECTORY)
        // Some file systems offer no fsync on directories (EINVAL); their renames are as safe as they can be.
        guard fsync(descriptor.number) != 0, errno != EINVAL else { return }
        throw SystemCall.error(errno, "the directory \"\(path)\" can't be flushed to the disk")
    }
}
