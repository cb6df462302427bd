internal import SluiceCore
internal import SluicePipeline
internal import Synchronization

/// A range of an object that the sink's worker reads while it sends it: counts how far it has come, so that the
/// progress of one long request can be seen before it is confirmed.
///
/// It lives as long as its request; what it counted is taken back with it, and counted as confirmed if it was.
final class ObjectUnderWay: ReadableObject {
    private let object: any ReadableObject
    private let start: Int
    private let tally: Tally
    /// Told of the bytes read, where no one else counts them.
    private let meter: StageMeter?
    /// Bytes from `start` that were read; another attempt starts over.
    private let position = Atomic<Int>(0)

    init(_ object: any ReadableObject, from start: Int, tally: Tally, meter: StageMeter?) {
        self.object = object
        self.start = start
        self.tally = tally
        self.meter = meter
    }

    deinit { tally.addUnderWay(-position.load(ordering: .relaxed)) }

    var size: Int? { object.size }
    var modified: Timestamp? { object.modified }
    var metadata: ObjectMetadata { get throws { try object.metadata } }
    var storedChecksum: Checksum? { get throws { try object.storedChecksum } }
    func checkUnchanged() throws { try object.checkUnchanged() }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try object.read(at: offset, into: buffer)
        let reached = offset + count - start
        tally.addUnderWay(reached - position.exchange(reached, ordering: .relaxed))
        meter?.addBytes(in: count, out: count)
        return count
    }

    /// The time that bytes take to come is the source's; that in which they are taken is not.
    func read(at offset: Int, count: Int, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
        let clock = ContinuousClock()
        let started = clock.now
        var taking = Duration.zero
        var reached = offset - start
        defer {
            meter?.addBusy(started.duration(to: clock.now) - taking)
            meter?.addWaitingForOutput(taking)
            meter?.addBytes(in: reached - (offset - start), out: reached - (offset - start))
        }
        try object.read(at: offset, count: count) { bytes in
            let before = clock.now
            try take(bytes)
            taking += before.duration(to: clock.now)
            reached += bytes.count
            tally.addUnderWay(reached - position.exchange(reached, ordering: .relaxed))
        }
    }
}
