internal import CLinux
internal import Glibc
internal import SluiceCore

/// What the kernel keeps of local files.
enum PageCache {
    /// Asks the kernel to forget the pages of these files; what it does not want to forget it keeps.
    static func drop(_ paths: [String]) {
        for path in paths {
            let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            guard descriptor >= 0 else { continue }
            posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
            close(descriptor)
        }
    }

    /// Whether `path` is on a file system without a disk below it.
    static func isInMemory(_ path: String) -> Bool {
        var system = statfs()
        guard unsafe statfs(path, &system) == 0 else { return false }
        // TMPFS_MAGIC and RAMFS_MAGIC (statfs(2)).
        return system.f_type == 0x0102_1994 || system.f_type == 0x8584_58F6
    }

    /// The path of `item` below `location`; nil where it is no file.
    static func path(of item: SourceItem, in location: Location, isSingle: Bool) -> String? {
        guard case .file(let path, _) = location else { return nil }
        return isSingle ? path : path.hasSuffix("/") ? path + item.name : "\(path)/\(item.name)"
    }
}
