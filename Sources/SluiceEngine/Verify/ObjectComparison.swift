internal import Glibc
internal import SluiceCore
internal import SluiceDigests
internal import SluicePipeline

/// One of two objects that are compared.
struct ComparedObject {
    /// Bytes; nil where they are not known before it was read.
    var size: Int?
    var digest: Checksum?
    let isLocal: Bool
    /// Nil where there is nothing to be read.
    let object: (any ReadableObject)?

    init(size: Int?, digest: Checksum? = nil, isLocal: Bool, object: (any ReadableObject)?) {
        self.size = size
        self.digest = digest
        self.isLocal = isLocal
        self.object = object
    }

    /// An object of a store, or a file.
    init(_ object: any ReadableObject, isLocal: Bool, _ retry: Retries) throws {
        self.init(
            size: object.size,
            digest: try object.storedDigest,
            isLocal: isLocal,
            object: isLocal ? object : RetriedObject(object, retry)
        )
    }

    var side: ComparisonPlan.Side {
        let isComputable = digest.map { (try? RunningChecksum($0.algorithm)) != nil } ?? false
        return ComparisonPlan.Side(
            size: size,
            digest: isComputable ? digest?.algorithm : nil,
            isLocal: isLocal,
            isReadable: object != nil
        )
    }
}

/// Compares pairs of objects, one after another; one a thread.
final class ObjectComparison {
    private let mayRead: Bool
    private let cancellation: Cancellation
    private var buffers = [[UInt8]](repeating: [], count: 2)
    /// Bytes that were read since the last pair began.
    private(set) var bytesRead = 0

    init(mayRead: Bool, cancellation: Cancellation) {
        self.mayRead = mayRead
        self.cancellation = cancellation
    }

    /// Bytes of each object that are held at a time: a request to a store takes a round trip.
    static let piece = 4 << 20

    /// What was found, and the digest that both have where one was looked at.
    typealias Finding = (outcome: VerifyRecord.Outcome, checksum: Checksum?)

    /// To be called before each pair, and each attempt at it.
    func begin() { bytesRead = 0 }

    /// Compares; blocks.
    /// - Throws: a `Failure` where an object can't be read; of kind `.integrity` where what is read from the sink is
    ///   damaged is a difference and is not thrown.
    func compare(_ source: ComparedObject, _ sink: ComparedObject) throws -> Finding {
        if let first = source.size, let second = sink.size {
            if first != second { return (.different(.size(source: first, sink: second)), nil) }
            if first == 0 { return (.same(.reading), nil) }
        }
        switch ComparisonPlan(source: source.side, sink: sink.side, mayRead: mayRead) {
        case .digests: return ObjectComparison.compare(source.digest, sink.digest)
        case .readSource(let algorithm):
            return ObjectComparison.compare(try digest(of: source, algorithm), sink.digest)
        case .readSink(let algorithm):
            return try ofSink { ObjectComparison.compare(source.digest, try digest(of: sink, algorithm)) }
        case .readBoth: return try compareBytes(source, sink)
        case .sizeOnly: return (.same(.size), nil)
        case .nothing:
            throw SizeUnknown()
        }
    }

    /// Nothing is known that could be compared.
    struct SizeUnknown: Failure {
        var kind: FailureKind { .usage }
        var what: String { "its size is not known" }
        var cause: String? { nil }
        var advice: String? { "Give --read to compare its bytes" }
    }

    private static func compare(_ source: Checksum?, _ sink: Checksum?) -> Finding {
        guard let source, let sink else { preconditionFailure("the plan has seen both digests") }
        if source == sink { return (.same(.digest), source) }
        let detail = "its \(source.algorithm.rawValue) is \(source.base64) in the source and \(sink.base64) at the sink"
        return (.different(.content(detail)), nil)
    }

    /// What is damaged at the sink differs from the source.
    private func ofSink(_ body: () throws -> Finding) throws -> Finding {
        do {
            return try body()
        } catch {
            let failure = SluiceCore.failure(from: error)
            guard failure.kind == .integrity else { throw error }
            return (.different(.content(failure.cause ?? failure.what)), nil)
        }
    }

    private func digest(of compared: ComparedObject, _ algorithm: ChecksumAlgorithm) throws -> Checksum {
        guard let object = compared.object else { preconditionFailure("the plan reads only what can be read") }
        var running = try RunningChecksum(algorithm)
        var offset = 0
        while true {
            let count = try fill(0, object, offset, compared.size)
            buffers[0].withUnsafeBytes { running.update(unsafe: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            offset += count
            if count == 0 || offset == compared.size { break }
        }
        try object.checkUnchanged()
        return running.finish()
    }

    private func compareBytes(_ source: ComparedObject, _ sink: ComparedObject) throws -> Finding {
        guard let first = source.object, let second = sink.object else {
            preconditionFailure("the plan reads what can be read")
        }
        var offset = 0
        while true {
            let ofSource = try fill(0, first, offset, source.size)
            var ofSink = 0
            let damage = try self.ofSink {
                ofSink = try fill(1, second, offset, sink.size)
                return (.same(.reading), nil)
            }
            if case .different = damage.outcome { return damage }
            if let place = firstDifference(ofSource, ofSink) {
                try first.checkUnchanged()
                return (
                    .different(
                        .content(ObjectComparison.sentence(offset + place, isEnd: place == ofSource || place == ofSink))
                    ), nil
                )
            }
            if ofSource == 0 { break }
            offset += ofSource
        }
        try first.checkUnchanged()
        return (.same(.reading), nil)
    }

    private static func sentence(_ offset: Int, isEnd: Bool) -> String {
        isEnd ? "one of them ends at byte \(offset), the other one does not" : "they differ at byte \(offset)"
    }

    /// The first place where the buffers differ; nil where their first bytes are the same.
    private func firstDifference(_ ofSource: Int, _ ofSink: Int) -> Int? {
        let common = min(ofSource, ofSink)
        return buffers[0].withUnsafeBytes { first in
            buffers[1].withUnsafeBytes { second in
                if common > 0, memcmp(first.baseAddress!, second.baseAddress!, common) != 0 {
                    return (0..<common).first { first[$0] != second[$0] }
                }
                return ofSource == ofSink ? nil : common
            }
        }
    }

    /// Fills a buffer from `offset`, less only at the object's end.
    private func fill(_ index: Int, _ object: any ReadableObject, _ offset: Int, _ size: Int?) throws -> Int {
        if cancellation.isCancelled { throw Cancelled() }
        // Small objects need no more memory than they have.
        let wanted = min(ObjectComparison.piece, max(1, (size ?? .max) - offset))
        if buffers[index].count < wanted { buffers[index] = [UInt8](repeating: 0, count: wanted) }
        let count = try buffers[index].withUnsafeMutableBytes { buffer in
            try object.read(at: offset, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
        }
        bytesRead += count
        return count
    }
}

/// Another object, whose reads are tried again while their failures are passing ones.
final class RetriedObject: ReadableObject {
    private let object: any ReadableObject
    private let retry: Retries

    init(_ object: any ReadableObject, _ retry: Retries) {
        self.object = object
        self.retry = retry
    }

    var size: Int? { object.size }
    var modified: Timestamp? { object.modified }
    var metadata: ObjectMetadata { get throws { try object.metadata } }
    var storedChecksum: Checksum? { get throws { try object.storedChecksum } }
    var storedDigest: Checksum? { get throws { try object.storedDigest } }
    var hasUncheckedBytes: Bool { object.hasUncheckedBytes }
    func checkUnchanged() throws { try object.checkUnchanged() }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try retry { try object.read(at: offset, into: buffer) }
    }
}
