internal import Glibc
internal import SluiceCore

extension FileSinkWorker {
    /// Makes the symbolic link whose target is the step's body. As a file does, it gets its name when it is whole, and
    /// replaces the file or link that had it.
    func link(_ step: borrowing SinkStep) throws -> StepOutcome {
        let upload = step.upload
        guard let target = unsafe step.body.contents.map({ unsafe String(decoding: $0, as: UTF8.self) }) else {
            preconditionFailure("a link's target is held in memory")
        }
        let path = try path(of: upload)
        switch try FileStatus.of(path, followingLinks: false)?.kind {
        case nil, .regular?, .symbolicLink?: break
        case .directory?:
            throw StoreError(
                .usage,
                "\"\(path)\" is a directory, and a symbolic link is to be made there",
                advice: "Remove it, or exclude the link"
            )
        case .other?:
            throw StoreError(
                .usage,
                "\"\(path)\" is a device, a pipe or a socket, and a symbolic link is to be made there"
            )
        }
        let temporary = try FileSinkWorker.make(target, for: path, run)
        do {
            try FileSinkWorker.apply(upload.metadata, to: temporary, for: path)
            try TemporaryName.replace(temporary, by: path, upload.condition)
        } catch {
            _ = unsafe unlink(temporary)
            throw error
        }
        try FileSinkWorker.flush(path.parentPath)
        return StepOutcome(bytesSent: target.utf8.count)
    }

    /// Makes the link under a temporary name: that of the run, where one that a killed attempt has left is replaced.
    private static func make(_ target: String, for path: String, _ run: String?) throws(StoreError) -> String {
        let directory = path.parentPath
        let what = "the symbolic link \"\(path)\" can't be made"
        if let own = run.map({ TemporaryName.of(path, in: directory, run: $0) }) {
            if try FileStatus.of(own, followingLinks: false)?.kind == .symbolicLink { _ = unsafe unlink(own) }
            if unsafe symlink(target, own) == 0 { return own }
            guard errno == EEXIST else { throw SystemCall.error(errno, what) }
        }
        let random = TemporaryName.random(in: directory)
        _ = try SystemCall.retrying(what) { unsafe symlink(target, random) }
        return random
    }

    /// Flushes a directory, or all there is where it may be written but not read: a link can't be opened instead.
    private static func flush(_ directory: String) throws(StoreError) {
        guard unsafe access(directory, R_OK) == 0 else { return sync() }
        try DirectoryMaker.flush(directory, around: directory)
    }

    private static func apply(_ metadata: ObjectMetadata, to temporary: String, for path: String) throws(StoreError) {
        if let owner = metadata.owner {
            _ = try SystemCall.retrying("\"\(path)\" can't be given to user \(owner.user), group \(owner.group)") {
                unsafe lchown(temporary, owner.user, owner.group)
            }
        }
        guard let modified = metadata.modified else { return }
        let times = TemporaryFile.times(modified)
        _ = try SystemCall.retrying("\"\(path)\" can't get its time") {
            unsafe utimensat(AT_FDCWD, temporary, times, AT_SYMLINK_NOFOLLOW)
        }
    }
}
