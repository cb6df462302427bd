import Glibc
import SluiceCore
import SluiceDigests
import SluicePipeline
import SluiceTestSupport
import Testing

@testable import SluiceEngine

/// A stream with frames of one byte value each, and what it has told.
private final class Subject: Sendable {
    let chunks: OrderedChunks
    let pool = SlabPool(capacity: .mebibytes(1))
    private let told = Monitor((gone: 0, asked: 0, confirmed: 0))
    private let isUnchanged: Bool

    init(count: Int?, isUnchanged: Bool = true) {
        chunks = OrderedChunks(chunkCount: count)
        self.isUnchanged = isUnchanged
        chunks.observe(
            askedFor: { [told] in told.withLock { $0.asked += 1 } },
            frameGone: { [told] count in told.withLock { $0.gone += count } },
            confirmEnd: { [told] in
                told.withLock { $0.confirmed += 1 }
                return isUnchanged
            }
        )
    }

    var gone: Int { told.withLock { $0.gone } }
    var asked: Int { told.withLock { $0.asked } }
    var confirmed: Int { told.withLock { $0.confirmed } }

    func append(_ ordinal: Int, count: Int = 100) {
        guard var slab = pool.lease(max(1, count)) else { return }
        slab.storage.initializeMemory(as: UInt8.self, repeating: UInt8(ordinal & 255))
        slab.count = count
        let checksum = try? slab.withBytes { try Checksum(.crc64nvme, of: $0) }
        chunks.append(Frame(ordinal: ordinal, offset: 0, rawLength: count, slab: slab, checksum: checksum))
    }

    func read(_ count: Int, waker: (any StepWaker)? = Sleeper()) -> (StreamRead, [UInt8]) {
        var buffer = [UInt8](repeating: 0, count: count)
        let answer = buffer.withUnsafeMutableBytes { chunks.read(into: $0, waker: waker) }
        if case .bytes(let count) = answer { return (answer, Array(buffer.prefix(count))) }
        return (answer, [])
    }
}

private final class Sleeper: StepWaker {
    private let count = Monitor(0)
    var wakes: Int { count.withLock { $0 } }
    func wake() { count.withLock { $0 += 1 } }
}

@Suite(.timeLimit(.minutes(30))) struct OrderedChunksTests {
    @Test("frames come out as one body in their order, in pieces of any size", arguments: [1, 33, 100, 101, 1000])
    func order(piece: Int) {
        let subject = Subject(count: 4)
        for ordinal in [2, 0, 3, 1] { subject.append(ordinal) }
        var body: [UInt8] = []
        while case (.bytes, let bytes) = subject.read(piece) { body += bytes }
        #expect(body == (0..<4).flatMap { [UInt8](repeating: $0, count: 100) })
        #expect(subject.read(piece).0 == .end)
        #expect(subject.gone == 4)
        #expect(subject.asked == 1)
        #expect(subject.pool.leased == ByteCount(0))
        #expect(subject.chunks.length == 400)
        #expect(subject.chunks.digest == (try? Checksum(.crc64nvme, of: body.span.bytes)))
    }

    @Test("the source is looked at before the last byte leaves")
    func confirmation() {
        let subject = Subject(count: 2, isUnchanged: false)
        subject.append(0)
        subject.append(1)
        #expect(subject.read(100).0 == .bytes(100))
        #expect(subject.read(99).0 == .bytes(99))
        #expect(subject.confirmed == 0)
        #expect(subject.read(99).0 == .broken)
        #expect(subject.confirmed == 1)
    }

    @Test("who finds nothing is woken by a frame, the end and a break", arguments: ["frame", "end", "break"])
    func waking(news: String) {
        let subject = Subject(count: nil)
        let sleeper = Sleeper()
        #expect(subject.read(10, waker: sleeper).0 == .wait)
        switch news {
        case "frame": subject.append(0)
        case "end": subject.chunks.finish(count: 0)
        default: subject.chunks.breakOff()
        }
        #expect(sleeper.wakes == 1)
        let answers: [String: StreamRead] = ["frame": .bytes(10), "end": .end, "break": .broken]
        #expect(subject.read(10, waker: sleeper).0 == answers[news])
    }

    @Test("a frame out of its turn wakes and gives nothing")
    func outOfTurn() {
        let subject = Subject(count: 2)
        subject.append(1)
        #expect(subject.read(10).0 == .wait)
        subject.append(0)
        #expect(subject.read(10).0 == .bytes(10))
    }

    @Test("what comes after the request has died is dropped and told")
    func afterClosing() {
        let subject = Subject(count: 4)
        subject.append(0)
        subject.append(2)
        _ = subject.read(10)
        subject.chunks.close()
        #expect(subject.gone == 2)
        subject.append(1)
        subject.append(3)
        #expect(subject.gone == 4)
        subject.chunks.close()
        #expect(subject.gone == 4)
        #expect(subject.pool.leased == ByteCount(0))
        #expect(!subject.chunks.wasReadToEnd)
    }

    @Test("only a request that took all bytes read to the end", arguments: [(99, false), (100, false), (199, false), (200, true)])
    func completeness(taken: Int, isWhole: Bool) {
        let subject = Subject(count: 2)
        subject.append(0)
        subject.append(1)
        var left = taken
        while left > 0, case (.bytes(let count), _) = subject.read(left) { left -= count }
        subject.chunks.close()
        #expect(subject.chunks.wasReadToEnd == isWhole)
    }

    @Test("a reader that blocks gets everything from many that append", arguments: seeds(30))
    func threads(seed: UInt64) async {
        let subject = Subject(count: 60)
        let body = Monitor([UInt8]())
        let hasFinished = await finishes {
            inParallel(4) { index in
                var random = SeededGenerator(seed: seed &+ UInt64(index) << 32)
                if index == 3 {
                    while case (.bytes, let bytes) = subject.read(.random(in: 1...300, using: &random), waker: nil) {
                        body.withLock { $0 += bytes }
                    }
                } else {
                    for ordinal in (0..<20).map({ $0 * 3 + index }).shuffled(using: &random) { subject.append(ordinal) }
                }
            }
        }
        #expect(hasFinished, "seed \(seed): it hangs")
        #expect(body.withLock { $0 } == (0..<60).flatMap { [UInt8](repeating: $0, count: 100) }, "seed \(seed)")
        #expect(subject.gone == 60, "seed \(seed)")
        #expect(subject.pool.leased == ByteCount(0), "seed \(seed)")
    }
}

@Suite struct ObjectDigestTests {
    @Test("pieces in order give the digest of the whole", arguments: [ChecksumAlgorithm.crc32c, .crc64nvme])
    func combination(algorithm: ChecksumAlgorithm) throws {
        var random = SeededGenerator(seed: 7)
        let pieces = [0, 1, 100, 4096, 0, 17].map { random.bytes($0) }
        var digest = ObjectDigest()
        for piece in pieces { digest.append(try Checksum(algorithm, of: piece.span.bytes), length: piece.count) }
        let whole = pieces.flatMap { $0 }
        #expect(digest.checksum == (try Checksum(algorithm, of: whole.span.bytes)))
        #expect(digest.length == whole.count)
    }

    @Test("a piece without a digest, or of a kind that can't be combined, leaves none")
    func unknown() throws {
        let crc = try Checksum(.crc64nvme, of: [1, 2, 3].span.bytes)
        let md5 = try Checksum(.md5, of: [1, 2, 3].span.bytes)
        for pieces in [[crc, nil, crc], [nil], [md5, md5], [crc, md5]] as [[Checksum?]] {
            var digest = ObjectDigest()
            for piece in pieces { digest.append(piece, length: 3) }
            #expect(digest.checksum == nil)
        }
        var single = ObjectDigest()
        single.append(md5, length: 3)
        #expect(single.checksum == md5)
    }
}
