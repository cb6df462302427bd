internal import CLinux
internal import Glibc
internal import SluiceCore
internal import SluiceDigests

/// The names of temporary files: `.sluice-` and 16 hexadecimal digits and `.tmp`.
enum TemporaryName {
    static func random(in directory: String) -> String {
        name((0..<8).map { _ in UInt8.random(in: 0...255) }, in: directory)
    }

    /// The name that every attempt of a run gives to the file that is to become `path`.
    static func of(_ path: String, in directory: String, run: String) -> String {
        name(Array(SHA256.hash("\(run)\0\(path)").prefix(8)), in: directory)
    }

    private static func name(_ nonce: [UInt8], in directory: String) -> String {
        directory.path(of: ".sluice-\(Hex.encode(nonce)).tmp")
    }

    /// Gives what has a temporary name its own; where nothing may stand there, unless something does.
    static func replace(_ temporary: String, by path: String, _ condition: WriteCondition) throws(StoreError) {
        let what = "\"\(path)\" can't be put in place"
        guard condition == .absent else {
            _ = try SystemCall.retrying(what) { unsafe rename(temporary, path) }
            return
        }
        // rename(2) would replace what has the name.
        if unsafe sluice_rename_new(temporary, path) == 0 { return }
        guard errno == EINVAL || errno == ENOSYS else { throw SystemCall.error(errno, what) }
        // File systems without such a rename have links, which refuse to replace as well.
        _ = try SystemCall.retrying(what) { unsafe link(temporary, path) }
        _ = unsafe unlink(temporary)
    }

    /// A new file under `path`, in the place of one that a process has left that is no more. Nil where somebody is at it:
    /// two objects of a run may have one destination.
    ///
    /// Who is at a file has a lock on it (flock(2)), which ends with the process.
    static func claim(_ path: String, mode: mode_t) throws(StoreError) -> FileDescriptor? {
        if let made = try make(path, mode) { return made }
        return try removeAbandoned(path) ? try make(path, mode) : nil
    }

    /// Nil where there is one of the name, or somebody was faster to lock it.
    private static func make(_ path: String, _ mode: mode_t) throws(StoreError) -> FileDescriptor? {
        do {
            let made = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
            // Some file systems have no such locks: there the name alone must do.
            guard flock(made.number, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK else { return made }
            return nil
        } catch {
            guard try FileStatus.of(path, followingLinks: false) != nil else { throw error }
            return nil
        }
    }

    /// Removes the file at `path` if nobody has it locked.
    private static func removeAbandoned(_ path: String) throws(StoreError) -> Bool {
        guard let there = try FileStatus.of(path, followingLinks: false), there.kind == .regular else { return false }
        let file: FileDescriptor
        do { file = try FileDescriptor.open(path, O_WRONLY | O_NOFOLLOW) } catch { return false }
        // Whoever had it may have given it its own name in between: it is another file's destination then.
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0, let now = try FileStatus.of(path, followingLinks: false),
            case let held = try file.status(path)
        else { return false }
        guard now.inode == held.inode, now.device == held.device else { return false }
        return unsafe unlink(path) == 0
    }
}
