internal import Glibc
internal import SluiceCore

/// Folders in which nothing is.
enum EmptyFolders {
    /// Removes a directory and those below it that hold nothing but such directories; what can't be removed stays. Links are
    /// not followed.
    ///
    /// - Returns: the paths of those that are gone, the deepest first.
    static func remove(_ path: String) -> [String] {
        var removed: [String] = []
        _ = remove(path.withoutTrailingSlashes, &removed)
        return removed
    }

    /// Whether the directory is gone.
    private static func remove(_ path: String, _ removed: inout [String]) -> Bool {
        guard let names = names(in: path) else { return false }
        var isEmpty = true
        for name in names where !remove(path.path(of: name), &removed) { isEmpty = false }
        // Somebody may have put something there meanwhile; rmdir takes nothing but what is empty.
        guard isEmpty, rmdir(path) == 0 else { return false }
        removed.append(path)
        return true
    }

    /// What is in a directory; nil for what is none, or can't be read.
    private static func names(in path: String) -> [String]? {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        guard let directory = fdopendir(descriptor) else {
            close(descriptor)
            return nil
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
