internal import Glibc
package import SluiceCore

/// Local files: one file, or a directory tree.
package struct FileSource: LookupSource, RemovableSource {
    package let location: Location
    private let path: String
    private let options: WalkOptions
    /// Whether the path was a directory when the source was made: items are then relative to it.
    private let isTree: Bool

    /// - Parameter isDirectory: whether the path is meant as a directory, so that a link there is followed in any case.
    package init(path: String, isDirectory: Bool, options: WalkOptions = WalkOptions()) {
        location = .file(path: path, isDirectory: isDirectory)
        self.path = path
        self.options = options
        let status = try? FileStatus.of(path, followingLinks: isDirectory || options.links != .copy)
        isTree = status?.kind == .directory
    }

    /// A directory that need not exist yet: items are relative to it.
    package init(directory path: String, links: WalkOptions.Links = .follow) {
        location = .file(path: path, isDirectory: true)
        self.path = path
        var options = WalkOptions()
        options.links = links
        self.options = options
        isTree = true
    }

    package var isRereadable: Bool { true }
    package var isSingleObject: Bool { !isTree }
    package var allowsReadThrough: Bool { true }

    package func list(_ body: (ListEntry) throws -> Void) throws {
        let bare = path.withoutTrailingSlashes
        // A slash at its end means what a link leads to.
        let followsLink = options.links != .copy || path.endsWithSlash
        guard let status = try FileStatus.of(bare, followingLinks: followsLink) else {
            throw StoreError(.notFound, "there is no \"\(path)\"", advice: "Check the path")
        }
        switch status.kind {
        case .directory:
            try DirectoryWalk(root: path, options: options).run(body)
        case .regular:
            guard !path.endsWithSlash else {
                throw StoreError(.usage, "\"\(path)\" is a file, not a directory", advice: "Leave the slash at its end out")
            }
            let name = path.lastPathPart ?? ""
            try body(.item(SourceItem(name: name, size: status.size, modified: status.modified)))
        case .symbolicLink:
            let target = try SymbolicLink.target(of: path)
            try body(.item(SourceItem(link: target, name: path.lastPathPart ?? "", modified: status.modified)))
        case .other:
            throw StoreError(.usage, "\"\(path)\" is neither a file nor a directory", advice: "Devices, pipes and sockets are read through standard input: sluice copy - SINK < \(path)")
        }
    }

    /// A link is what it leads to, if links are followed, and itself if they are copied; else it is refused here, where
    /// it was asked for by name.
    package func find(_ name: String) throws -> SourceItem? {
        let place = fullPath(name)
        if options.links == .copy { try SymbolicLink.refuse(above: name, below: path) }
        guard let status = try FileStatus.ofOptional(place, followingLinks: options.links == .follow) else { return nil }
        switch status.kind {
        case .regular: return SourceItem(name: name, size: status.size, modified: status.modified)
        case .directory: throw StoreError(.usage, "\"\(place)\" is a directory", advice: "Name the files in it")
        case .symbolicLink:
            guard options.links == .copy else {
                throw StoreError(.usage, "\"\(place)\" is a symbolic link, and links are skipped")
            }
            let target = try SymbolicLink.target(of: place)
            return SourceItem(link: target, name: name, modified: status.modified)
        case .other: throw StoreError(.usage, "\"\(place)\" is neither a file nor a directory")
        }
    }

    package func open(_ item: SourceItem) throws -> any ReadableObject {
        let place = fullPath(item.name)
        if let target = item.link { return try LocalLink(path: place, target: target) }
        return try LocalFile(path: place, followsLinks: options.links == .follow || !isTree)
    }

    /// Between the look at the file and its removal somebody could still replace it: Linux has no call that does both.
    package func remove(_ item: SourceItem) throws {
        let place = fullPath(item.name)
        guard let status = try FileStatus.ofOptional(place, followingLinks: item.link == nil) else { return }
        let kind = item.link == nil ? FileStatus.Kind.regular : .symbolicLink
        guard status.kind == kind, status.size == item.storedSize, status.modified == item.modified else {
            throw StoreError(.sourceChanged, "\"\(place)\" is not the file that was copied", advice: "Copy it again")
        }
        guard unsafe unlink(place) != 0, errno != ENOENT else { return }
        throw SystemCall.error(errno, "\"\(place)\" can't be removed")
    }

    /// A single file's item carries the file's own last part; one below a directory is relative to it.
    private func fullPath(_ name: String) -> String {
        guard isTree else { return path }
        return path.path(of: name)
    }
}

/// An open local file.
package final class LocalFile: ReadableObject {
    private let descriptor: FileDescriptor
    private let path: String
    private let status: FileStatus

    init(path: String, followsLinks: Bool = true) throws(StoreError) {
        do {
            descriptor = try LocalFile.descriptor(of: path, followsLinks ? 0 : O_NOFOLLOW)
        } catch {
            if !followsLinks, try FileStatus.ofOptional(path, followingLinks: false)?.kind == .symbolicLink {
                throw StoreError(.sourceChanged, "\"\(path)\" has become a symbolic link since it was listed")
            }
            guard error.kind == .notFound else { throw error }
            throw StoreError(.sourceVanished, "\"\(path)\" is gone", cause: error.cause, advice: "It was there when it was listed")
        }
        self.path = path
        status = try descriptor.status(path)
        guard status.kind == .regular else {
            throw StoreError(.usage, "\"\(path)\" is not a regular file")
        }
    }

    /// Opens without waiting: a pipe that has taken the place of a file would keep us until it has a writer.
    private static func descriptor(of path: String, _ flags: Int32) throws(StoreError) -> FileDescriptor {
        do {
            return try FileDescriptor.open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | flags)
        } catch {
            // A file server's lease is given back only to those who wait (fcntl(2)); pipes have none.
            guard error.kind == .transient else { throw error }
            return try FileDescriptor.open(path, O_RDONLY | O_NOCTTY | flags)
        }
    }

    package var size: Int? { status.size }
    package var modified: Timestamp? { status.modified }
    package var metadata: ObjectMetadata {
        var metadata = ObjectMetadata()
        metadata.permissions = status.permissions
        metadata.owner = status.owner
        metadata.modified = status.modified
        return metadata
    }

    /// Tells the kernel that the file will be read from front to back, so that it reads ahead further.
    package func adviseSequential() { posix_fadvise(descriptor.number, 0, 0, POSIX_FADV_SEQUENTIAL) }

    package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = try SystemCall.retrying("\"\(path)\" can't be read at byte \(offset + filled)") {
                unsafe pread(descriptor.number, buffer.baseAddress! + filled, buffer.count - filled, off_t(offset + filled))
            }
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    package func checkUnchanged() throws {
        let now = try descriptor.status(path)
        // One that had no name from the start (/proc/self/fd) can't lose it.
        if now.links == 0, status.links > 0 {
            if try FileStatus.of(path) != nil {
                throw StoreError(.sourceChanged, "\"\(path)\" was replaced while it was read", advice: "Copy it again when nobody writes to it")
            }
            throw StoreError(.sourceVanished, "\"\(path)\" was deleted while it was read")
        }
        guard now.size == status.size, now.modified == status.modified else {
            let change =
                now.size < status.size
                ? "it shrank from \(status.size) to \(now.size) bytes"
                : now.size > status.size ? "it grew from \(status.size) to \(now.size) bytes" : "it was rewritten"
            throw StoreError(.sourceChanged, "\"\(path)\" changed while it was read", cause: change, advice: "Copy it again when nobody writes to it")
        }
    }
}
