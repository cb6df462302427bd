/// A column's bytes in a row group, piece by piece from front to back.
///
/// `ByteOutput.slack` bytes behind those that it gives may be read, whatever is there.
@safe final class PartWindow {
    private let input: any RangeInput
    /// Bytes that are asked for at a time.
    private let piece: Int
    private var storage = PageMemory()
    /// Where the first byte that was not taken stands in the memory, and behind the last that is there.
    private var start = 0
    private var end = 0
    /// The bytes of the file that were not read yet.
    private var ahead: Range<Int>

    init(_ input: any RangeInput, _ range: Range<Int>, piece: Int) {
        self.input = input
        self.piece = piece
        ahead = range
    }

    /// Bytes that were not taken.
    var left: Int { end - start + ahead.count }

    /// The first bytes that were not taken, as many as are asked for and there; they hold until the next call.
    @unsafe func peek(_ count: Int) throws -> UnsafeBufferPointer<UInt8> {
        if end - start < min(count, left) { try fill(min(count, left)) }
        return unsafe UnsafeBufferPointer(start: storage.base + start, count: min(count, end - start))
    }

    func take(_ count: Int) {
        precondition(count <= end - start, "what was not seen can't be taken")
        start += count
    }

    /// Passes over bytes, which need not be read.
    func skip(_ count: Int) {
        precondition(count <= left, "there is not so much")
        let here = min(count, end - start)
        start += here
        ahead = ahead.lowerBound + (count - here)..<ahead.upperBound
    }

    private func fill(_ wanted: Int) throws {
        let held = end - start
        let more = min(ahead.count, max(wanted - held, piece))
        storage.reserve(held + more, keeping: start..<end)
        (start, end) = (0, held)
        let room = unsafe UnsafeMutableRawBufferPointer(start: storage.base + held, count: more)
        try unsafe input.read(at: ahead.lowerBound, into: room)
        ahead = ahead.lowerBound + more..<ahead.upperBound
        end += more
    }
}

/// Memory that grows to the most that was asked for, with `ByteOutput.slack` behind it, and is used again.
@safe final class PageMemory {
    private(set) var capacity = 0
    private var memory: UnsafeMutablePointer<UInt8>

    init() {
        unsafe memory = .allocate(capacity: ByteOutput.slack)
        unsafe memory.initialize(repeating: 0, count: ByteOutput.slack)
    }

    deinit { unsafe memory.deallocate() }

    /// The first byte; until more is reserved.
    @unsafe var base: UnsafeMutablePointer<UInt8> { unsafe memory }

    /// Room for `count` bytes, at whose front those in `kept` stand.
    func reserve(_ count: Int, keeping kept: Range<Int> = 0..<0) {
        precondition(kept.upperBound <= capacity && kept.count <= count)
        guard count > capacity else {
            if kept.lowerBound > 0, !kept.isEmpty {
                unsafe memory.update(from: memory + kept.lowerBound, count: kept.count)
            }
            return
        }
        // What grows byte by byte is not to be copied each time; what is large is not to be doubled.
        let larger = max(count, min(capacity * 2, capacity + (1 << 20)))
        let fresh = UnsafeMutablePointer<UInt8>.allocate(capacity: larger + ByteOutput.slack)
        unsafe fresh.update(from: memory + kept.lowerBound, count: kept.count)
        unsafe (fresh + kept.count).initialize(repeating: 0, count: larger + ByteOutput.slack - kept.count)
        unsafe memory.deallocate()
        unsafe memory = unsafe fresh
        capacity = larger
    }
}
