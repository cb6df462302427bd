internal import Glibc
internal import SluiceCore

/// Symbolic links that are copied as links.
///
/// A link is an object whose bytes are its target, as the user wrote it: where it leads, whether there is anything, and
/// whether that is in the tree, is not looked at. A target that is not UTF-8 is refused, as such names are.
enum SymbolicLink {
    /// What `path` leads to.
    ///
    /// - Parameters:
    ///   - directory: an open directory that `path` is relative to.
    ///   - named: the whole path, for messages.
    static func target(of path: String, in directory: Int32 = AT_FDCWD, named: String? = nil) throws(StoreError)
        -> String
    {
        // Linux has no longer ones (PATH_MAX).
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe readlinkat(directory, path, bytes.baseAddress!, bytes.count)
        }
        let named = named ?? path
        guard count >= 0 else {
            switch errno {
            case EINVAL: throw StoreError(.sourceChanged, "\"\(named)\" is no symbolic link any more")
            case ENOENT, ENOTDIR: throw StoreError(.sourceVanished, "\"\(named)\" is gone")
            case let code: throw SystemCall.error(code, "the symbolic link \"\(named)\" can't be read")
            }
        }
        guard let target = String(validating: buffer[..<count], as: UTF8.self) else {
            throw StoreError(
                .invalidName,
                "the symbolic link \"\(named)\" leads to a name that is not UTF-8",
                advice: "Rename what it leads to, or exclude it"
            )
        }
        return target
    }

    /// Throws where a folder of `name` is a symbolic link: what is below it would be another tree's.
    ///
    /// - Parameter root: what `name` is relative to, which may be a link itself; empty for the working directory.
    static func refuse(above name: String, below root: String) throws(StoreError) {
        var path = root
        for part in name.pathParts.dropLast() {
            path = path.path(of: part)
            guard let status = try FileStatus.ofOptional(path, followingLinks: false) else { return }
            guard status.kind == .symbolicLink else { continue }
            throw StoreError(
                .usage,
                "\"\(path)\" is a symbolic link, and a directory is needed there",
                advice: "Remove it, or give --symlinks follow"
            )
        }
    }
}

extension SourceItem {
    /// A symbolic link that is copied as one.
    init(link target: String, name: String, modified: Timestamp) {
        self.init(name: name, size: target.utf8.count, modified: modified, link: target)
    }
}

/// A symbolic link to be copied as one.
final class LocalLink: ReadableObject {
    private let path: String
    private let target: String
    private let status: FileStatus

    /// - Throws: of kind `.sourceChanged` where it is not the link to `target` that was listed.
    init(path: String, target: String) throws(StoreError) {
        self.path = path
        self.target = target
        guard let status = try FileStatus.ofOptional(path, followingLinks: false) else {
            throw StoreError(.sourceVanished, "\"\(path)\" is gone", advice: "It was there when it was listed")
        }
        self.status = status
        try checkUnchanged()
    }

    var size: Int? { target.utf8.count }
    var modified: Timestamp? { status.modified }

    /// Without permissions: Linux has none for links.
    var metadata: ObjectMetadata {
        var metadata = ObjectMetadata()
        metadata.owner = status.owner
        metadata.modified = status.modified
        return metadata
    }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let bytes = Array(target.utf8.dropFirst(offset).prefix(buffer.count))
        unsafe buffer.copyBytes(from: bytes)
        return bytes.count
    }

    func checkUnchanged() throws(StoreError) {
        let now = try SymbolicLink.target(of: path)
        guard !now.hasSameBytes(as: target) else { return }
        throw StoreError(
            .sourceChanged,
            "the symbolic link \"\(path)\" leads to \"\(now)\" and not to \"\(target)\" any more",
            advice: "Copy it again when nobody writes to it"
        )
    }
}
