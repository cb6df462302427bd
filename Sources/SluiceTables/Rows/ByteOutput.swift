/// Bytes that are appended at one end and taken from the other.
///
/// Its memory grows to the most that stood in it at a time, and is used again.
@safe package final class ByteOutput {
    /// What may be read behind a value, and written behind its copy: cells are copied by whole words.
    package static let slack = 64

    private var storage: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var start = 0
    private var end = 0

    package init(capacity: Int = 1 << 16) {
        self.capacity = max(64, capacity)
        unsafe storage = .allocate(capacity: self.capacity)
    }

    deinit { unsafe storage.deallocate() }

    /// Bytes that wait to be taken.
    package var count: Int { end - start }

    /// Lends the bytes that wait.
    package func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        try unsafe body(UnsafeBufferPointer(start: storage + start, count: count))
    }

    /// Moves up to `buffer.count` bytes out; how many.
    package func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let taken = min(count, buffer.count)
        guard taken > 0 else { return 0 }
        unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(start: storage + start, count: taken))
        start += taken
        if start == end { (start, end) = (0, 0) }
        return taken
    }

    /// Drops what waits behind the first `count` bytes.
    func truncate(to count: Int) {
        precondition(count >= 0 && count <= self.count, "more is to be kept than there is")
        end = start + count
    }

    /// Drops what waits.
    package func removeAll() { (start, end) = (0, 0) }

    /// Appends bytes.
    func append(_ bytes: some Collection<UInt8>) {
        let count = bytes.count
        let place = unsafe UnsafeMutableBufferPointer(rebasing: reserve(count)[..<count])
        _ = unsafe place.initialize(fromContentsOf: bytes)
        advance(count)
    }

    /// Appends a text, and a byte behind it if there is one.
    @unsafe package func append(_ text: UnsafeBufferPointer<UInt8>, then last: UInt8?) {
        let place = unsafe reserve(text.count + 1).baseAddress!
        if let start = text.baseAddress { unsafe place.update(from: start, count: text.count) }
        if let last { unsafe place[text.count] = last }
        advance(text.count + (last == nil ? 0 : 1))
    }

    /// Room behind the end: `wanted` bytes, those of `slack`, and whatever more there is. `advance` then says
    /// how many of them are kept.
    @unsafe @inline(__always) func reserve(_ wanted: Int) -> UnsafeMutableBufferPointer<UInt8> {
        if capacity - end < wanted + ByteOutput.slack { grow(wanted + ByteOutput.slack) }
        return unsafe UnsafeMutableBufferPointer(start: storage + end, count: capacity - end)
    }

    /// Says how many bytes were written behind `reserve`.
    @inline(__always) func advance(_ written: Int) {
        precondition(written >= 0 && written <= capacity - end, "more was written than there was room for")
        end += written
    }

    private func grow(_ wanted: Int) {
        let held = count
        if start >= held, capacity - held >= wanted {
            unsafe storage.update(from: storage + start, count: held)
        } else {
            let larger = max(capacity * 2, held + wanted)
            let fresh = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
            unsafe fresh.update(from: storage + start, count: held)
            unsafe storage.deallocate()
            unsafe storage = unsafe fresh
            capacity = larger
        }
        (start, end) = (0, held)
    }
}
