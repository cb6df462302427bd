internal import Glibc
internal import SluiceCore
internal import SluiceStores

extension CopySpecification {
    /// Refuses what can't go well between two places of this machine, before anything is touched.
    ///
    /// - Throws: a `CopyError` of kind `.usage`: a directory onto a file, a file onto itself, a tree into itself.
    package func check() throws(CopyError) {
        guard case .file(let from, _) = source, case .file(let to, let isFolder) = sink else { return }
        let sinkKind = LocalPlace.kind(to)
        if links == .copy, LocalPlace.isLink(from) {
            let place = isFolder || sinkKind == .directory ? to.path(of: from.lastPathPart ?? "") : to
            guard LocalPlace.isSame(place, as: from) || LocalPlace.isSame(place, asTargetOf: from) else { return }
            throw CopyError(.usage, "\"\(place)\" is the link \"\(from)\", or what it leads to", advice: "Choose another place for the copy")
        }
        let sourceKind = LocalPlace.kind(from)
        if sourceKind == .directory, sinkKind == .file, layout != .merge {
            throw CopyError(
                .usage,
                "the directory \"\(from)\" can't be copied onto the file \"\(to)\"",
                advice: "Choose a directory, or one that is not there yet"
            )
        }
        switch sourceKind {
        case .directory:
            guard selection.recursive, filesFrom == nil, LocalPlace.resolved(to, isBelow: LocalPlace.resolved(from)) else { return }
            throw CopyError(
                .usage,
                "\"\(to)\" is inside \"\(from)\": the copy would copy what it has just written",
                advice: "Choose a directory outside, or give --no-recursive"
            )
        case .file:
            let file = isFolder || sinkKind == .directory ? to.path(of: from.lastPathPart ?? "") : to
            guard codec == nil, LocalPlace.resolved(from).hasSameBytes(as: LocalPlace.resolved(file)) else { return }
            throw CopyError(.usage, "\"\(from)\" is both source and sink", advice: "Choose another place for the copy")
        case nil: return
        }
    }
}

extension CopySpecification {
    /// Refuses a file that the run is to write beside the copy where it would meet what is copied.
    ///
    /// - Parameter option: the option that names it, for the message.
    package func check(output path: String, of option: String) throws(CopyError) {
        for (location, end) in [(source, "source"), (sink, "sink")] {
            guard case .file(let place, _) = location else { continue }
            // Beside the objects of a tree in the sink it does no harm; in the source it would be copied half-written.
            let isTree = LocalPlace.kind(place) == .directory
            let meets =
                isTree
                ? end == "source" && LocalPlace.resolved(path, isBelow: LocalPlace.resolved(place))
                : LocalPlace.resolved(path).hasSameBytes(as: LocalPlace.resolved(place)) || LocalPlace.areSame(path, place)
            guard !meets else {
                throw CopyError(.usage, "\(option) \"\(path)\" is the copy's \(end), or inside it", advice: "Choose another place for it")
            }
        }
    }
}

/// Paths of this machine, as far as they exist.
enum LocalPlace {
    enum Kind { case file, directory }

    /// Nil for what is not there or is neither.
    static func kind(_ path: String) -> Kind? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .directory
        case S_IFREG: return .file
        default: return nil
        }
    }

    /// The absolute path without links; what does not exist yet is taken as it is written.
    static func resolved(_ path: String) -> String {
        if let found = realpath(path, nil) {
            defer { free(found) }
            return String(cString: found)
        }
        let trimmed = path.withoutTrailingSlashes
        guard trimmed != "/", trimmed != ".", let name = trimmed.lastPathPart else { return trimmed }
        return resolved(trimmed.parentPath).path(of: name)
    }

    /// Whether both paths lead to one file, by hard links too.
    static func areSame(_ first: String, _ second: String) -> Bool {
        var one = stat()
        var other = stat()
        guard stat(first, &one) == 0, stat(second, &other) == 0 else { return false }
        return one.st_dev == other.st_dev && one.st_ino == other.st_ino
    }

    /// Whether `path`, with no slash at its end, is a symbolic link.
    static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    /// Whether both are one entry of a directory, by hard links too.
    static func isSame(_ path: String, as link: String) -> Bool {
        var one = stat()
        var other = stat()
        guard lstat(path, &one) == 0, lstat(link, &other) == 0 else { return false }
        return one.st_dev == other.st_dev && one.st_ino == other.st_ino
    }

    /// Whether `path` is not a link itself, but what `link` leads to.
    static func isSame(_ path: String, asTargetOf link: String) -> Bool { !isLink(path) && areSame(path, link) }

    /// Whether `path` is `directory`, which is resolved, or lies below it.
    static func resolved(_ path: String, isBelow directory: String) -> Bool {
        let place = resolved(path)
        return place.hasSameBytes(as: directory) || place.remainder(after: directory.path(of: "")) != nil
    }
}
