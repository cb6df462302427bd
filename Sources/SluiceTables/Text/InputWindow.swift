internal import CScan

/// The piece of an input that is being read: whole rows are taken from its front, and more is read behind its end.
///
/// `ByteOutput.slack` bytes behind the end may be read, whatever is there.
@safe final class InputWindow {
    private let input: any ByteInput
    private let limit: Int
    private var storage: UnsafeMutablePointer<UInt8>
    private var words: UnsafeMutablePointer<UInt64>
    private var capacity: Int
    private let sought: cscan_marks
    /// Where the first byte that was not taken stands.
    private(set) var start = 0
    /// Behind the last byte that was read.
    private(set) var end = 0
    /// Whether the input has no more.
    private(set) var isFinal = false
    /// Whether all bytes are ASCII.
    private(set) var isASCII = true

    /// - Parameters:
    ///   - marks: up to five bytes that are looked for.
    ///   - size: bytes to begin with.
    ///   - limit: the most that may have to stand here at a time.
    init(_ input: any ByteInput, marks: [UInt8], size: Int, limit: Int) {
        precondition((1...5).contains(marks.count))
        let five = marks + repeatElement(marks[0], count: 5 - marks.count)
        sought = cscan_marks(bytes: (five[0], five[1], five[2], five[3], five[4]))
        self.input = input
        self.limit = max(size, limit)
        capacity = max(64, size)
        unsafe storage = InputWindow.allocate(capacity)
        unsafe words = .allocate(capacity: capacity / 64 + 1)
    }

    deinit {
        unsafe storage.deallocate()
        unsafe words.deallocate()
    }

    private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<UInt8> {
        let storage = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + ByteOutput.slack)
        unsafe storage.initialize(repeating: 0, count: capacity + ByteOutput.slack)
        return unsafe storage
    }

    /// The bytes; positions count from here, and hold until `fill`.
    @unsafe var text: UnsafeMutablePointer<UInt8> { unsafe storage }

    /// A bit for each byte, from the lowest of the first word on, that is set where it is one of the marks.
    @unsafe var marks: UnsafePointer<UInt64> { unsafe UnsafePointer(words) }

    /// Everything up to `position` is done with.
    func take(upTo position: Int) {
        precondition(position >= start && position <= end)
        start = position
    }

    /// Bytes that were not taken, in a range.
    func bytes(_ range: Range<Int>) -> [UInt8] {
        precondition(range.lowerBound >= 0 && range.upperBound <= end)
        return unsafe Array(UnsafeBufferPointer(start: storage + range.lowerBound, count: range.count))
    }

    /// Reads more behind what was not taken, which moves to the front, until there is no room or no more; false when
    /// what was not taken is too much for the limit.
    func fill() throws -> Bool {
        guard !isFinal else { return true }
        let held = end - start
        if held == capacity {
            guard capacity < limit else { return false }
            grow(to: min(limit, capacity * 2))
        } else if start > 0 {
            unsafe storage.update(from: storage + start, count: held)
        }
        (start, end) = (0, held)
        while end < capacity {
            let room = unsafe UnsafeMutableRawBufferPointer(start: storage + end, count: capacity - end)
            let count = try unsafe input.read(into: room)
            precondition(count <= room.count, "an input gave more than it was asked for")
            end += count
            guard count > 0 else {
                isFinal = true
                break
            }
        }
        isASCII = unsafe !cscan_find(storage, end, sought, words)
        return true
    }

    private func grow(to larger: Int) {
        let fresh = unsafe InputWindow.allocate(larger)
        unsafe fresh.update(from: storage + start, count: end - start)
        unsafe storage.deallocate()
        unsafe storage = unsafe fresh
        unsafe words.deallocate()
        unsafe words = .allocate(capacity: larger / 64 + 1)
        capacity = larger
    }
}
