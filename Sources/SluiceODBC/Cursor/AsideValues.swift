internal import SluiceTables

/// Values that have no room in their rows, one behind the other in memory that grows with them.
@safe final class AsideValues {
    /// Where a row's value of a column begins.
    struct Place {
        let row: Int
        let column: Int
        let start: Int
    }

    private(set) var places: [Place] = []
    private(set) var count = 0
    private var memory: UnsafeMutableRawPointer
    private var capacity = 1 << 16

    init() { unsafe memory = .allocate(byteCount: 1 << 16, alignment: 64) }

    deinit { unsafe memory.deallocate() }

    /// The first value; until more is added.
    @unsafe var base: UnsafeMutablePointer<UInt8> { unsafe memory.assumingMemoryBound(to: UInt8.self) }

    func removeAll() {
        places.removeAll(keepingCapacity: true)
        count = 0
    }

    /// Begins a value.
    func begin(row: Int, column: Int) { places.append(Place(row: row, column: column, start: count)) }

    @unsafe func append(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count)
        if let start = bytes.baseAddress { unsafe (memory + count).copyMemory(from: start, byteCount: bytes.count) }
        count += bytes.count
    }

    /// Changes the last value in its place.
    @unsafe func rewriteLast(_ body: (UnsafeMutablePointer<UInt8>, Int) -> Int) {
        guard let last = places.last else { return }
        reserve(64)
        count = unsafe last.start + body(base + last.start, count - last.start)
    }

    /// Room for `more` bytes, and for what may be read behind the last value.
    private func reserve(_ more: Int) {
        let wanted = count + more + ByteOutput.slack
        guard wanted > capacity else { return }
        let larger = max(wanted, capacity * 2)
        let fresh = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 64)
        unsafe fresh.copyMemory(from: memory, byteCount: count)
        unsafe memory.deallocate()
        unsafe memory = unsafe fresh
        capacity = larger
    }
}
