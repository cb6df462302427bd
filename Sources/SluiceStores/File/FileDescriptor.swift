internal import Glibc
internal import SluiceCore

/// An open file descriptor; closed at the end of its life.
struct FileDescriptor: ~Copyable, Sendable {
    let number: Int32

    /// Opens `path` relative to the working directory.
    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0) throws(StoreError) -> FileDescriptor {
        let number = try SystemCall.retrying("\"\(path)\" can't be opened") {
            unsafe Glibc.open(path, flags | O_CLOEXEC, mode)
        }
        return FileDescriptor(number: number)
    }

    private init(number: Int32) { self.number = number }

    /// Closes it and says whether that failed, which for a written file means lost data.
    consuming func close(_ path: String) throws(StoreError) {
        let number = number
        discard self
        // After EINTR Linux has closed the descriptor all the same (close(2)).
        guard Glibc.close(number) != 0, errno != EINTR else { return }
        throw SystemCall.error(errno, "\"\(path)\" can't be closed")
    }

    deinit { _ = Glibc.close(number) }

    func status(_ path: String) throws(StoreError) -> FileStatus {
        var status = stat()
        _ = try SystemCall.retrying("\"\(path)\" can't be examined") { unsafe fstat(number, &status) }
        return FileStatus(status)
    }
}

/// What stat(2) says, as far as a copy needs it.
struct FileStatus: Sendable, Equatable {
    enum Kind: Sendable {
        case regular
        case directory
        case symbolicLink
        case other
    }

    let kind: Kind
    let size: Int
    let modified: Timestamp
    let changed: Timestamp
    let device: UInt
    let inode: UInt
    let links: UInt
    let permissions: UInt32
    let owner: FileOwner

    init(_ status: stat) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .regular
        case S_IFDIR: kind = .directory
        case S_IFLNK: kind = .symbolicLink
        default: kind = .other
        }
        size = Int(status.st_size)
        modified = Timestamp(seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int64(status.st_mtim.tv_nsec))
        changed = Timestamp(seconds: Int64(status.st_ctim.tv_sec), nanoseconds: Int64(status.st_ctim.tv_nsec))
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        links = UInt(status.st_nlink)
        permissions = UInt32(status.st_mode & 0o7777)
        owner = FileOwner(user: status.st_uid, group: status.st_gid)
    }

    /// What `path` is, links followed or not; nil where nothing is.
    ///
    /// - Parameter directory: an open directory that `path` is relative to.
    static func of(
        _ path: String,
        in directory: Int32 = AT_FDCWD,
        followingLinks: Bool = true
    ) throws(StoreError) -> FileStatus? {
        var status = stat()
        let code = unsafe fstatat(directory, path, &status, followingLinks ? 0 : AT_SYMLINK_NOFOLLOW)
        if code == 0 { return FileStatus(status) }
        if errno == ENOENT { return nil }
        throw SystemCall.error(errno, "\"\(path)\" can't be examined")
    }

    /// The same, where a file above it on the path means that nothing is there, too.
    static func ofOptional(_ path: String, followingLinks: Bool = true) throws(StoreError) -> FileStatus? {
        do {
            return try of(path, followingLinks: followingLinks)
        } catch where error.kind == .notFound {
            return nil
        }
    }
}
