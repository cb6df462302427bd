internal import SluiceCore
internal import SluiceDigests

/// The bytes that a request sends, as libcurl asks for them.
protocol UploadBody: AnyObject {
    /// Bytes in all; nil when it is not known: the request is sent chunked.
    var count: Int? { get }
    /// The whole body where it lies in memory for as long as the request lasts.
    @unsafe var memory: UnsafeRawBufferPointer? { get }
    /// Copies the next bytes.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> StreamRead
    /// What broke the body.
    var failure: StoreError? { get }
    /// Whether it waits for bytes that have come now.
    var canResume: Bool { get }
    /// When it will have bytes, where it knows.
    var resumption: ContinuousClock.Instant? { get }
}

extension UploadBody {
    var failure: StoreError? { nil }
    var canResume: Bool { false }
    var resumption: ContinuousClock.Instant? { nil }
    @unsafe var memory: UnsafeRawBufferPointer? { nil }
}

/// Takes the bytes of an answer as they arrive.
protocol DownloadBody: AnyObject {
    /// Called before the first bytes with the answer's status and headers. False breaks the transfer off.
    func begin(_ response: HTTPResponse) -> Bool
    /// False breaks the transfer off.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool
}

/// The bytes of a slab. The step that owns the slab outlives the request.
@safe final class SlabBody: UploadBody {
    @unsafe let memory: UnsafeRawBufferPointer?
    let count: Int?
    private var sent = 0

    @unsafe init(_ bytes: UnsafeRawBufferPointer) {
        unsafe memory = bytes
        count = bytes.count
    }

    // The transport sends `memory` itself; only a body that is held back asks.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> StreamRead {
        guard let memory = unsafe memory, sent < memory.count else { return .end }
        let piece = unsafe UnsafeRawBufferPointer(rebasing: memory[sent..<min(memory.count, sent + buffer.count)])
        unsafe buffer.copyMemory(from: piece)
        sent += piece.count
        return .bytes(piece.count)
    }
}

/// A range of an object, read straight into the transport's buffer.
final class ReadThroughBody: UploadBody {
    let count: Int?
    private(set) var failure: StoreError?
    private let object: any ReadableObject
    private var offset: Int
    private let end: Int
    private let isWhole: Bool
    private var digest: RunningChecksum?

    /// - Parameters:
    ///   - isWhole: whether the range is the object: then it must still be what it was when its last byte is sent.
    ///   - digest: what to compute of the bytes on the way.
    init(
        _ object: any ReadableObject,
        offset: Int,
        count: Int,
        isWhole: Bool,
        digest: ChecksumAlgorithm?
    ) throws(DigestError) {
        self.object = object
        self.offset = offset
        self.end = offset + count
        self.count = count
        self.isWhole = isWhole
        self.digest = nil
        if let digest { self.digest = try RunningChecksum(digest) }
    }

    /// The digest of what was sent.
    func takeDigest() -> Checksum? { digest.take()?.finish() }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> StreamRead {
        guard offset < end else { return .end }
        do {
            let piece = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, end - offset)])
            let count = unsafe try object.read(at: offset, into: piece)
            guard count > 0 else { throw sourceEnded }
            unsafe digest?.update(unsafe: UnsafeRawBufferPointer(rebasing: piece[..<count]))
            offset += count
            // Before the last bytes leave: a server that never gets them keeps what it had.
            if isWhole, offset == end { try object.checkUnchanged() }
            return .bytes(count)
        } catch {
            let problem = SluiceCore.failure(from: error)
            failure = StoreError(problem.kind, problem.what, cause: problem.cause, advice: problem.advice)
            return .broken
        }
    }

    private var sourceEnded: StoreError {
        StoreError(.sourceChanged, "the source ended at byte \(offset), before byte \(end)", advice: "It shrank while it was read; run the copy again")
    }
}

/// Chunks as the pipeline delivers them.
// @unchecked: only `wake` is called from other threads, and it touches the lock alone.
final class StreamBody: UploadBody, StepWaker, @unchecked Sendable {
    let count: Int?
    private let stream: any ChunkStream
    private let worker: any StepWaker
    /// Bytes that were handed to the transport.
    private(set) var sent = 0
    // Set by whoever delivers a chunk, taken by the worker.
    private let hasNews = Locked(false)

    init(_ stream: any ChunkStream, length: Int?, worker: any StepWaker) {
        self.stream = stream
        self.count = length
        self.worker = worker
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> StreamRead {
        let result = unsafe stream.read(into: buffer, waker: self)
        if case .bytes(let count) = result { sent += count }
        return result
    }

    func wake() {
        hasNews.withLock { $0 = true }
        worker.wake()
    }

    var canResume: Bool {
        hasNews.withLock { news in
            defer { news = false }
            return news
        }
    }
}
