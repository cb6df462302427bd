internal import Glibc
internal import SluiceCore

/// Lists the files below a directory, depth first, holding one open directory a level and no list.
struct DirectoryWalk {
    let root: String
    let options: WalkOptions

    /// - Throws: a `StoreError` when the root itself can't be listed, and whatever `body` throws. A directory below that
    ///   can't be read, a name that is not UTF-8, a link that leads nowhere, in a circle or into the sink, a pipe, a
    ///   socket and a device are one failed entry each.
    func run(_ body: (ListEntry) throws -> Void) throws {
        guard let status = try FileStatus.of(root) else {
            throw StoreError(.notFound, "there is no \"\(root)\"", advice: "Check the path")
        }
        // A loop, not a recursion: a path can have two thousand parts, and workers have small stacks.
        var levels = [try OpenDirectory(root, prefix: "", identity: status.identity, options)]
        while let level = levels.last {
            let next: [UInt8]?
            do throws(StoreError) {
                next = try level.nextName()
            } catch {
                guard levels.count > 1 else { throw error }
                try body(.failure(name: level.prefix, error))
                levels.removeLast()
                continue
            }
            guard let next else {
                levels.removeLast()
                continue
            }
            guard let name = String(validating: next, as: UTF8.self) else {
                try body(.failure(name: level.prefix + String(decoding: next, as: UTF8.self), DirectoryWalk.notUTF8))
                continue
            }
            switch entry(name, in: levels) {
            case .told(let entry): try body(entry)
            case .directory(let below): levels.append(below)
            case nil: break
            }
        }
    }

    /// What a name in a directory is.
    private enum Entry {
        case told(ListEntry)
        /// To be listed before its siblings.
        case directory(OpenDirectory)
    }

    /// What `last`, a name in the last of `levels`, is; nil for what is left out.
    private func entry(_ last: String, in levels: [OpenDirectory]) -> Entry? {
        guard let level = levels.last else { return nil }
        let name = level.prefix + last
        do throws(StoreError) {
            // Relative to the open directory: the kernel need not walk the path again.
            guard let status = try FileStatus.of(last, in: level.descriptor, followingLinks: options.links == .follow) else { throw missing(name) }
            switch status.kind {
            case .regular:
                return .told(.item(SourceItem(name: name, size: status.size, modified: status.modified)))
            case .directory:
                guard options.recursive, options.mayContain(name) else { return nil }
                try refuseTrap(name, status.identity, levels)
            case .symbolicLink:
                guard options.links == .copy else { return nil }
                let target = try SymbolicLink.target(of: last, in: level.descriptor, named: path(of: name))
                return .told(.item(SourceItem(link: target, name: name, modified: status.modified)))
            case .other:
                throw StoreError(.inputOutput, "\"\(path(of: name))\" is neither a file nor a directory", advice: "Devices, pipes and sockets are not copied")
            }
            do throws(StoreError) {
                return .directory(try OpenDirectory(path(of: name), prefix: name + "/", identity: status.identity, options))
            } catch {
                // A directory that can't be read is one failure; its siblings are still listed.
                return .told(.failure(name: name + "/", error))
            }
        } catch {
            return .told(.failure(name: name, error))
        }
    }

    /// Of a name that readdir gave and stat does not find: a link that leads nowhere, or a file that has just gone.
    private func missing(_ name: String) -> StoreError {
        let path = path(of: name)
        let isLink = (try? FileStatus.of(path, followingLinks: false))??.kind == .symbolicLink
        return isLink
            ? StoreError(.notFound, "the symbolic link \"\(path)\" leads nowhere")
            : StoreError(.sourceVanished, "\"\(path)\" is gone", advice: "It was deleted while the directory was listed")
    }

    /// Throws where a directory must not be entered, because the listing would not end.
    private func refuseTrap(
        _ name: String,
        _ identity: FileStatus.Identity,
        _ levels: [OpenDirectory]
    ) throws(StoreError) {
        if levels.contains(where: { $0.identity == identity }) {
            throw StoreError(.inputOutput, "\"\(path(of: name))\" leads back to a directory above it", advice: "Remove the link or exclude it")
        }
        guard let sink = options.sink, leads(name, identity, into: sink) else { return }
        throw StoreError(.inputOutput, "\"\(path(of: name))\" leads into \"\(sink)\", which is written to", advice: "Remove the link, exclude it, or choose another place for the copy")
    }

    /// Whether a directory is the sink, or a link to one below it that is no part of the source.
    private func leads(_ name: String, _ identity: FileStatus.Identity, into sink: String) -> Bool {
        // Asked each time: the sink's directory is made with its first file.
        if let found = try? FileStatus.of(sink), found.identity == identity { return true }
        let path = path(of: name)
        guard let own = try? FileStatus.of(path, followingLinks: false), own.kind == .symbolicLink else { return false }
        guard let target = resolved(path), let base = resolved(sink), let source = resolved(root) else { return false }
        return target.remainder(after: base + "/") != nil && target.remainder(after: source + "/") == nil
    }

    /// The absolute path without links.
    private func resolved(_ path: String) -> String? {
        guard let found = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(found) }
        return unsafe String(cString: found)
    }

    private func path(of name: String) -> String { name.isEmpty ? root : root.path(of: name) }

    private static let notUTF8 = StoreError(
        .invalidName,
        "a file's name is not UTF-8",
        advice: "Rename it: object stores and manifests name objects in UTF-8"
    )
}

extension FileStatus {
    struct Identity: Hashable, Sendable {
        let device: UInt
        let inode: UInt
    }

    var identity: Identity { Identity(device: device, inode: inode) }
}

/// A directory whose names are read one by one. It is closed when it is released.
@safe private final class OpenDirectory {
    /// In front of the names below it: empty, or the path from the root with a slash at its end.
    let prefix: String
    let identity: FileStatus.Identity
    private let path: String
    private let stream: OpaquePointer
    /// Nil where names come as the directory has them.
    private var ordered: OrderedEntries?

    init(_ path: String, prefix: String, identity: FileStatus.Identity, _ options: WalkOptions) throws(StoreError) {
        guard let stream = unsafe opendir(path) else {
            throw SystemCall.error(errno, "the directory \"\(path)\" can't be read")
        }
        unsafe self.stream = stream
        self.path = path
        self.prefix = prefix
        self.identity = identity
        ordered = unsafe options.isOrdered ? OrderedEntries(stream, path: path, followsLinks: options.links == .follow) : nil
    }

    deinit { unsafe closedir(stream) }

    var descriptor: Int32 { unsafe dirfd(stream) }

    /// The bytes of the next name but `.` and `..`; nil at the end.
    func nextName() throws(StoreError) -> [UInt8]? {
        if ordered != nil { return try ordered?.next() }
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                guard errno == 0 else { throw SystemCall.error(errno, "the directory \"\(path)\" can't be read") }
                return nil
            }
            let name = unsafe entry.nameBytes
            if name != [.dot], name != [.dot, .dot] { return name }
        }
    }
}

extension UnsafeMutablePointer<dirent> {
    /// The entry's name without its NUL. Some file systems have names longer than `d_name` is declared.
    var nameBytes: [UInt8] {
        let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
        let start = unsafe UnsafeRawPointer(self) + offset
        let count = unsafe strlen(start.assumingMemoryBound(to: CChar.self))
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
    }
}

extension UInt8 {
    fileprivate static let dot = UInt8(ascii: ".")
}
