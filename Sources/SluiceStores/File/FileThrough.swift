internal import Glibc
internal import SluiceCore
internal import SluiceDigests

/// A range of an object that is written to a file as it comes, in pieces that are in the cache when they are written.
@safe final class FileThrough {
    /// What is in the file, with what was there before.
    private(set) var progress: StepProgress
    /// Bytes that this attempt has brought.
    private(set) var bytesTaken = 0
    private let object: any ReadableObject
    private let start: Int
    private let count: Int
    private let file: TemporaryFile
    private let offset: Int
    private let pace: (any Pace)?
    private let algorithm: ChecksumAlgorithm?
    private var running: RunningChecksum?
    private let buffer: UnsafeMutableRawBufferPointer
    /// Bytes in the buffer.
    private var filled = 0

    /// Bytes that are written by one call: what TLS hands out at a time, 16 KiB, costs a call each.
    private static let piece = 128 << 10

    /// - Parameter step: one whose body is read through; it is gone on with where its progress says.
    init(_ step: borrowing SinkStep, to file: TemporaryFile, at offset: Int, _ pace: (any Pace)? = nil) throws {
        guard let through = step.body.through else { preconditionFailure("a body that is read while it is written") }
        object = through.object
        start = through.offset
        count = step.body.count
        self.file = file
        self.offset = offset
        self.pace = pace
        progress = step.progress
        // Of parts the digest of the whole is wanted later, of the kind that the source's service has.
        let isPart = !step.action.isWhole
        algorithm = try through.digest.map { isPart ? try through.object.storedChecksum?.algorithm ?? $0 : $0 }
        unsafe buffer = .allocate(byteCount: min(max(1, count), FileThrough.piece), alignment: 4096)
        running = nil
    }

    deinit { unsafe buffer.deallocate() }

    /// Reads and writes what is missing.
    func run(_ isCancelled: () -> Bool) throws {
        if let algorithm { running = try RunningChecksum(algorithm) }
        do {
            try unsafe object.read(at: start + progress.count, count: count - progress.count) { bytes in
                unsafe try take(bytes)
                // Just after a flush.
                if filled == 0, isCancelled() { throw Cancelled() }
            }
            try flush()
        } catch {
            if SluiceCore.failure(from: error).kind == .integrity {
                progress = StepProgress()
            } else {
                try flush()
                settle()
            }
            throw error
        }
        settle()
        guard progress.count == count else {
            throw StoreError(
                .sourceChanged,
                "the source ended at byte \(start + progress.count)",
                advice: "It shrank while it was read; run the copy again"
            )
        }
    }

    private func take(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
        unsafe running?.update(unsafe: bytes)
        var rest = unsafe bytes
        while unsafe !rest.isEmpty {
            let part = unsafe min(rest.count, buffer.count - filled)
            unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + part])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<part]))
            filled += part
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[part...])
            if unsafe filled == buffer.count { try flush() }
        }
    }

    private func flush() throws(StoreError) {
        guard filled > 0 else { return }
        let place = offset + progress.count + bytesTaken
        try unsafe file.write(UnsafeRawBufferPointer(rebasing: buffer[..<filled]), at: place, pace)
        bytesTaken += filled
        filled = 0
    }

    /// Adds what this attempt has brought.
    private func settle() {
        let found = running.take()?.finish()
        let before = progress
        progress.count += bytesTaken
        guard let found else { return }
        progress.checksum =
            before.count == 0
            ? found : before.checksum.flatMap { Checksum.combine($0, found, secondLength: bytesTaken) }
    }
}
