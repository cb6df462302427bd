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
    let number: Int32
    private let path: String
    let temporaryPath: String
    private let directory: String

    /// Makes the file in the destination's directory, which must be there.
    ///
    /// - Parameters:
    ///   - size: where it is known, the room for it is reserved, so that a full disk shows now.
    ///   - run: what its name is made of beside the destination's, so that another attempt of the run replaces the file
    ///     that a killed one has left; nil for a random name.
    init(for destination: Destination, size: Int?, run: String? = nil) throws(StoreError) {
        path = destination.path
        let directory = destination.path.parentPath
        self.directory = directory
        do {
            // Never more open than what stood there: whoever could open it before fchmod(2) could read it for ever.
            let mode = destination.permissions.map { mode_t($0) & 0o777 } ?? 0o666
            let own = run.map { TemporaryName.of(destination.path, in: directory, run: $0) }
            if let own, let claimed = try TemporaryName.claim(own, mode: mode) {
                temporaryPath = own
                number = claimed.number
                descriptor = Locked(claimed)
            } else {
                temporaryPath = TemporaryName.random(in: directory)
                let opened = try FileDescriptor.open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
                number = opened.number
                descriptor = Locked(opened)
            }
        } catch {
            throw StoreError(error.kind, "\"\(path)\" can't be written", cause: error.cause, advice: error.advice)
        }
        if let permissions = destination.permissions {
            _ = try SystemCall.retrying("\"\(path)\" can't get its permissions") { fchmod(number, mode_t(permissions)) }
        }
        if let size, size > TemporaryFile.reserveFrom { try reserve(size) }
    }

    /// Goes on with a file that an earlier process has left.
    ///
    /// - Returns: nil where it is gone, or is not the one that was left.
    init?(goingOnWith ticket: TemporaryFileTicket, for destination: Destination) throws(StoreError) {
        guard let status = try FileStatus.ofOptional(ticket.path, followingLinks: false), status.kind == .regular,
            status.inode == ticket.inode
        else { return nil }
        path = destination.path
        directory = FileSink.parent(of: destination.path)
        temporaryPath = ticket.path
        let opened = try FileDescriptor.open(temporaryPath, O_RDWR | O_NOFOLLOW)
        // Another file of this run with the same destination keeps off it then.
        _ = flock(opened.number, LOCK_EX | LOCK_NB)
        number = opened.number
        descriptor = Locked(opened)
    }

    /// Closes the file and leaves it under its temporary name, for another process to go on with.
    func leave() { descriptor.withLock { $0 = nil } }

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
    func commit(_ condition: WriteCondition, _ metadata: ObjectMetadata = ObjectMetadata()) throws(StoreError) {
        try apply(metadata)
        _ = try SystemCall.retrying("\"\(path)\" can't be flushed to the disk") { fsync(number) }
        try TemporaryName.replace(temporaryPath, by: path, condition)
        if let opened = descriptor.withLock({ $0.take() }) { try opened.close(path) }
        try DirectoryMaker.flush(directory, around: path)
    }
}

extension TemporaryFile {
    /// `UTIME_OMIT` of utimensat(2), a macro that Swift can't import: the time stays as it is.
    private static let omitted = (1 << 30) - 2

    /// The time of last change for utimensat(2), that of last access staying as it is.
    static func times(_ modified: Timestamp) -> [timespec] {
        let seconds = modified.seconds
        let fraction = Int(modified.nanoseconds &- seconds &* 1_000_000_000)
        return [timespec(tv_sec: 0, tv_nsec: omitted), timespec(tv_sec: Int(seconds), tv_nsec: fraction)]
    }

    /// Gives the file what it is to keep. Owner before mode, because chown(2) clears set-user-ID; time last, because
    /// writing sets it.
    private func apply(_ metadata: ObjectMetadata) throws(StoreError) {
        if let owner = metadata.owner {
            do {
                _ = try SystemCall.retrying("\"\(path)\" can't be given to user \(owner.user), group \(owner.group)") {
                    fchown(number, owner.user, owner.group)
                }
            } catch {
                guard error.kind == .forbidden else { throw error }
                throw StoreError(error.kind, error.what, cause: error.cause, advice: "Run as root, or leave owner out of --preserve")
            }
        }
        if let permissions = metadata.permissions {
            _ = try SystemCall.retrying("\"\(path)\" can't get its permissions") { fchmod(number, mode_t(permissions)) }
        }
        if let modified = metadata.modified {
            let times = TemporaryFile.times(modified)
            _ = try SystemCall.retrying("\"\(path)\" can't get its time") { unsafe futimens(number, times) }
        }
    }
}

/// Makes and flushes directories.
enum DirectoryMaker {
    /// Makes `path` and what is missing above it, and flushes the entries of what it made.
    static func make(_ path: String) throws(StoreError) {
        var missing: [String] = []
        var next = path
        // A loop: a path can have two thousand parts, and workers have small stacks.
        while try !makeLast(next) {
            missing.append(next)
            next = next.parentPath
        }
        while let path = missing.popLast() {
            guard try makeLast(path) else { throw SystemCall.error(ENOENT, "the directory \"\(path)\" can't be made") }
        }
    }

    /// False where the directory above is missing.
    private static func makeLast(_ path: String) throws(StoreError) -> Bool {
        if unsafe mkdir(path, 0o777) == 0 {
            try flush(path.parentPath, around: path)
            return true
        }
        switch errno {
        case ENOENT: return false
        case EEXIST:
            guard let status = try FileStatus.of(path) else {
                throw StoreError(.notFound, "the symbolic link \"\(path)\" leads nowhere, and a directory is needed there")
            }
            guard status.kind == .directory else {
                throw StoreError(.usage, "\"\(path)\" is a file, and a directory is needed there")
            }
            return true
        case let code: throw SystemCall.error(code, "the directory \"\(path)\" can't be made")
        }
    }

    /// Flushes a directory's entries to the disk; where it may be written but not read, the file system that it and
    /// `neighbour` are on.
    static func flush(_ path: String, around neighbour: String) throws(StoreError) {
        let canRead = unsafe access(path, R_OK) == 0
        let opened = try FileDescriptor.open(canRead ? path : neighbour, O_RDONLY | (canRead ? O_DIRECTORY : 0))
        // Some file systems offer no fsync on directories (EINVAL); their renames are as safe as they can be.
        guard (canRead ? fsync(opened.number) : sluice_sync_file_system(opened.number)) != 0, errno != EINVAL else { return }
        throw SystemCall.error(errno, "the directory \"\(path)\" can't be flushed to the disk")
    }
}
