internal import Glibc
package import SluiceCore

/// Local files. An object is written to a temporary file beside its place, flushed to the disk and renamed, so that
/// what stood there stands until the new object is whole.
package struct FileSink: ObjectSink {
    package let location: Location
    private let root: String
    private let run: String?
    private let pace: (any Pace)?
    let replacesLinks: Bool

    /// - Parameters:
    ///   - root: the directory that names are relative to; empty for the working directory.
    ///   - run: the run's identifier. Its temporary files get names that another attempt gives them as well, and so puts
    ///     its own in the place of those that a killed one has left; nil for random names.
    ///   - pace: the rate at which bytes are written at most.
    ///   - replacesLinks: whether a symbolic link below `root` is replaced by what gets its name, and refused where a
    ///     directory is needed; else it is followed.
    package init(root: String, run: String? = nil, pace: (any Pace)? = nil, replacesLinks: Bool = false) {
        self.root = root
        self.run = run
        self.pace = pace
        self.replacesLinks = replacesLinks
        location = .file(path: root.isEmpty ? "." : root, isDirectory: true)
    }

    package var traits: SinkTraits {
        var traits = SinkTraits(placement: .positioned, isRemote: false)
        traits.canTakeUp = true
        return traits
    }

    /// The path of an object's file.
    func path(of name: String) -> String { root.path(of: name) }

    package func validate(name: String) throws {
        func refuse(_ cause: String) -> StoreError {
            StoreError(.invalidName, "\"\(name)\" can't be a file below \"\(root.isEmpty ? "." : root)\"", cause: cause, advice: "Rename it, or copy it alone to a path of your choice")
        }
        for part in name.pathParts {
            switch part {
            case "": throw refuse("a part of its name is empty")
            case ".", "..": throw refuse("a part of its name is \"\(part)\"")
            default: break
            }
            guard part.utf8.count <= Int(NAME_MAX) else { throw refuse("a part of its name is longer than 255 bytes") }
            guard !part.utf8.contains(0) else { throw refuse("its name holds a NUL character") }
        }
    }

    package func prepare() throws {
        // The nearest directory that exists must let us in; what is missing is made with the first object.
        var path = root.isEmpty ? "." : root
        while true {
            if let status = try FileStatus.of(path) {
                guard status.kind == .directory else {
                    throw StoreError(.usage, "\"\(path)\" is a file, not a directory", advice: "Choose another place, or a single file as the sink")
                }
                guard unsafe access(path, W_OK | X_OK) == 0 else {
                    throw SystemCall.error(errno, "the directory \"\(path)\" can't be written to")
                }
                return
            }
            path = path.parentPath
        }
    }

    package func serve(_ feed: any StepFeed, slots: Int) {
        let worker = FileSinkWorker(root: root, run: run, pace: pace, replacesLinks: replacesLinks)
        while case .step(let step) = feed.next(waker: nil, held: 0) {
            var step = step
            do {
                let outcome = try worker.perform(&step, isCancelled: { feed.isCancelled })
                feed.finish(step, .confirmed(outcome))
            } catch {
                feed.finish(step, .failed(SluiceCore.failure(from: error)))
            }
        }
    }

    package func remove(name: String) throws -> Bool {
        let path = root.path(of: name)
        // What a killed attempt of the run had begun of it goes with it.
        if let run { _ = unsafe unlink(TemporaryName.of(path, in: FileSink.parent(of: path), run: run)) }
        guard unsafe unlink(path) != 0, errno != ENOENT, errno != ENOTDIR else { return true }
        throw SystemCall.error(errno, "\"\(path)\" can't be removed")
    }

    /// The directory that `path` is in; `.` for a bare name.
    package static func parent(of path: String) -> String { path.parentPath }
}

/// Performs the steps of one worker on local files.
final class FileSinkWorker {
    let root: String
    let run: String?
    /// The directory that was last seen to be there.
    private var knownDirectory: String?
    private let pace: (any Pace)?
    private let replacesLinks: Bool

    init(root: String, run: String? = nil, pace: (any Pace)? = nil, replacesLinks: Bool = false) {
        self.root = root
        self.run = run
        self.pace = pace
        self.replacesLinks = replacesLinks
    }

    /// - Parameter isCancelled: asked now and then while a body is read that comes from afar.
    func perform(_ step: inout SinkStep, isCancelled: () -> Bool) throws -> StepOutcome {
        let upload = step.upload
        switch step.action {
        case .whole:
            return try upload.isLink ? link(step) : whole(&step, isCancelled)
        case .begin:
            upload.session = try begin(upload)
            return StepOutcome()
        case .block(_, let offset):
            guard let file = upload.session as? TemporaryFile else { preconditionFailure("a block without a begin") }
            var outcome = StepOutcome(bytesSent: step.body.count)
            outcome.sentChecksum = try write(&step, to: file, at: offset, isCancelled)
            return outcome
        case .commit:
            guard let file = upload.session as? TemporaryFile else { preconditionFailure("a commit without a begin") }
            try upload.awaitMetadata()
            try file.commit(upload.condition, upload.metadata)
            upload.session = nil
            return StepOutcome()
        case .abort:
            // The temporary file is removed when nobody holds it any more.
            upload.session = nil
            return StepOutcome()
        case .stream:
            preconditionFailure("a file takes positioned blocks")
        }
    }

    private func whole(_ step: inout SinkStep, _ isCancelled: () -> Bool) throws -> StepOutcome {
        let upload = step.upload
        // What an earlier attempt has brought is gone on with.
        let file = try upload.session as? TemporaryFile ?? begin(upload)
        if step.body.through != nil { upload.session = file }
        var outcome = StepOutcome(bytesSent: step.body.count)
        outcome.sentChecksum = try write(&step, to: file, at: 0, isCancelled)
        if let through = step.body.through, through.digest != nil, let stored = try through.object.storedChecksum,
            let found = outcome.sentChecksum, found.algorithm == stored.algorithm, found != stored
        {
            step.progress = StepProgress()
            throw StoreError(
                .integrity,
                "\"\(upload.name)\" is not what its source has",
                cause: "its digest is \(found.hex), and the source's service says \(stored.hex)",
                advice: "It changes on the way or has changed in the store: look at it with another client"
            )
        }
        try upload.awaitMetadata()
        try file.commit(upload.condition, upload.metadata)
        upload.session = nil
        return outcome
    }

    private func begin(_ upload: Upload) throws(StoreError) -> TemporaryFile {
        let path = try path(of: upload)
        let place = try FileSinkWorker.place(path, replacesLinks: replacesLinks)
        return try TemporaryFile(for: place, size: upload.size, run: run)
    }

    /// The object's path, in a directory that is there.
    func path(of upload: Upload) throws(StoreError) -> String {
        let path = root.path(of: upload.name)
        let directory = path.parentPath
        if knownDirectory?.hasSameBytes(as: directory) != true {
            if replacesLinks { try SymbolicLink.refuse(above: upload.name, below: root) }
            try DirectoryMaker.make(directory)
            knownDirectory = directory
        }
        return path
    }

    /// Where the object is put in the end: behind a link, what the link leads to, unless links are replaced.
    ///
    /// - Throws: when something stands there that a file must not replace.
    static func place(_ path: String, replacesLinks: Bool = false) throws(StoreError) -> Destination {
        guard let found = try FileStatus.of(path, followingLinks: false) else { return Destination(path: path, permissions: nil) }
        switch found.kind {
        case .regular:
            return Destination(path: path, permissions: found.permissions)
        case .symbolicLink where replacesLinks:
            return Destination(path: path, permissions: nil)
        case .symbolicLink:
            guard let real = unsafe realpath(path, nil) else {
                throw SystemCall.error(errno, "the symbolic link \"\(path)\" can't be followed")
            }
            defer { unsafe free(real) }
            return try place(unsafe String(cString: real))
        case .directory:
            throw StoreError(.usage, "\"\(path)\" is a directory, and a file is to be written there")
        case .other:
            throw StoreError(.usage, "\"\(path)\" is a device, a pipe or a socket", advice: "Write to standard output instead: sluice copy SOURCE - > \(path)")
        }
    }

    /// Writes a step's body.
    ///
    /// - Returns: the digest of what was read while it was written, where the step asks for one.
    private func write(
        _ step: inout SinkStep,
        to file: TemporaryFile,
        at offset: Int,
        _ isCancelled: () -> Bool
    ) throws -> Checksum? {
        if let bytes = unsafe step.body.contents {
            try unsafe file.write(bytes, at: offset, pace)
        } else if step.body.through != nil {
            let copy = try FileThrough(step, to: file, at: offset, pace)
            let before = step.progress.count
            defer {
                step.progress = copy.progress
                step.bytesOnWire = copy.bytesTaken
                // An attempt that has brought something is no vain one; what was damaged it has not brought.
                if copy.progress.count - before >= FileSinkWorker.worthwhile { (step.attempt, step.outage) = (0, Outage()) }
            }
            try copy.run(isCancelled)
            return copy.progress.checksum
        }
        return nil
    }

    /// Bytes that make an attempt a success of its own: less would let a server dole an object out for ever.
    private static let worthwhile = 256 << 10
}

extension TemporaryFile {
    /// Writes bytes as fast as the pace lets them go.
    @unsafe func write(_ bytes: UnsafeRawBufferPointer, at offset: Int, _ pace: (any Pace)?) throws(StoreError) {
        guard let pace else { return try unsafe write(bytes, at: offset) }
        var done = 0
        while done < bytes.count {
            let end = done + pace.take(upTo: bytes.count - done)
            try unsafe write(UnsafeRawBufferPointer(rebasing: bytes[done..<end]), at: offset + done)
            done = end
        }
    }
}
