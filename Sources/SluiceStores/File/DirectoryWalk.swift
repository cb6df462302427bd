internal import Glibc
internal import SluiceCore

/// Lists the files below a directory, depth first, holding one open directory a level and no list.
struct DirectoryWalk {
    let root: String
    let options: WalkOptions

    func run(_ body: (ListEntry) throws -> Void) throws {
        guard let status = try FileStatus.of(root) else {
            throw StoreError(.notFound, "there is no \"\(root)\"", advice: "Check the path")
        }
        var above = [status.identity]
        try walk(prefix: "", above: &above, body)
    }

    /// - Parameter above: the directories that lead here, so that a link back to one of them is seen.
    private func walk(prefix: String, above: inout [FileStatus.Identity], _ body: (ListEntry) throws -> Void) throws {
        let folder = path(of: prefix)
        guard let stream = unsafe opendir(folder) else {
            throw SystemCall.error(errno, "the directory \"\(folder)\" can't be read")
        }
        defer { unsafe closedir(stream) }
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                guard errno == 0 else { throw SystemCall.error(errno, "the directory \"\(folder)\" can't be read") }
                return
            }
            let bytes = unsafe entry.nameBytes
            if bytes.elementsEqual(".".utf8) || bytes.elementsEqual("..".utf8) { continue }
            guard let name = String(validating: bytes, as: UTF8.self) else {
                try body(.failure(name: prefix + String(decoding: bytes, as: UTF8.self), DirectoryWalk.notUTF8))
                continue
            }
            // Relative to the open directory: the kernel need not walk the path again.
            try visit(prefix + name, last: name, in: unsafe dirfd(stream), above: &above, body)
        }
    }

    private func visit(
        _ name: String,
        last: String,
        in directory: Int32,
        above: inout [FileStatus.Identity],
        _ body: (ListEntry) throws -> Void
    ) throws {
        let status: FileStatus
        do {
            guard let found = try FileStatus.of(last, in: directory, followingLinks: options.links == .follow) else {
                try report(missing: name, body)
                return
            }
            status = found
        } catch let error as StoreError {
            try body(.failure(name: name, error))
            return
        }
        switch status.kind {
        case .regular:
            try body(.item(SourceItem(name: name, size: status.size, modified: status.modified)))
        case .directory:
            guard options.recursive, options.mayContain(name) else { return }
            guard !above.contains(status.identity) else {
                try body(.failure(name: name, StoreError(.inputOutput, "\"\(path(of: name))\" leads back to a directory above it", advice: "Remove the link or exclude it")))
                return
            }
            above.append(status.identity)
            defer { above.removeLast() }
            do {
                try walk(prefix: name + "/", above: &above, body)
            } catch let error as StoreError {
                // A directory that can't be read is one failure; its siblings are still listed.
                try body(.failure(name: name + "/", error))
            }
        case .symbolicLink: return
        case .other:
            try body(.failure(name: name, StoreError(.inputOutput, "\"\(path(of: name))\" is neither a file nor a directory", advice: "Devices, pipes and sockets are not copied")))
        }
    }

    /// A name that readdir gave and stat does not find: a link that leads nowhere, or a file that has just gone.
    private func report(missing name: String, _ body: (ListEntry) throws -> Void) throws {
        let isLink = (try? FileStatus.of(path(of: name), followingLinks: false))??.kind == .symbolicLink
        let failure =
            isLink
            ? StoreError(.notFound, "the symbolic link \"\(path(of: name))\" leads nowhere")
            : StoreError(.sourceVanished, "\"\(path(of: name))\" is gone", advice: "It was deleted while the directory was listed")
        try body(.failure(name: name, failure))
    }

    private func path(of name: String) -> String {
        if name.isEmpty { return root }
        return root.hasSuffix("/") ? root + name : root + "/" + name
    }

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

extension UnsafeMutablePointer<dirent> {
    /// The entry's name without its NUL.
    fileprivate var nameBytes: [UInt8] {
        unsafe withUnsafeBytes(of: &pointee.d_name) { bytes in unsafe Array(bytes.prefix { $0 != 0 }) }
    }
}
