/// Values of one column for some rows: where each stands, and how long it is.
///
/// What is described first are the values that are there, one behind the other; `spread` gives each its row.
@safe final class CellWindow {
    /// Rows that have room.
    let capacity: Int
    /// Values that stand nowhere else.
    let scratch = PageMemory()
    /// What all offsets count from. It is the page's, the dictionary's or `scratch`'s.
    @unsafe var base: UnsafePointer<UInt8>
    private let offsets: UnsafeMutablePointer<Int>
    private let lengths: UnsafeMutablePointer<Int>
    /// The rows that were not handed over.
    private(set) var rows: Range<Int> = 0..<0

    init(capacity: Int) {
        self.capacity = capacity
        unsafe base = UnsafePointer(scratch.base)
        unsafe offsets = .allocate(capacity: capacity)
        unsafe lengths = .allocate(capacity: capacity)
        unsafe offsets.initialize(repeating: 0, count: capacity)
        unsafe lengths.initialize(repeating: 0, count: capacity)
    }

    deinit {
        unsafe offsets.deallocate()
        unsafe lengths.deallocate()
    }

    @inline(__always) func describe(_ value: Int, at offset: Int, _ length: Int) {
        precondition(value >= 0 && value < capacity)
        unsafe offsets[value] = offset
        unsafe lengths[value] = length
    }

    /// Values of `width` bytes, one behind the other from `offset` on.
    func describe(_ count: Int, from offset: Int, width: Int) {
        precondition(count >= 0 && count <= capacity)
        for value in 0..<count {
            unsafe offsets[value] = offset &+ value &* width
            unsafe lengths[value] = width
        }
    }

    /// A value's bytes.
    @unsafe @inline(__always) func bytes(_ value: Int) -> UnsafeBufferPointer<UInt8> {
        precondition(value >= 0 && value < capacity)
        return unsafe UnsafeBufferPointer(start: base + offsets[value], count: lengths[value])
    }

    /// Gives the first `values` values to the rows that have one, by the levels of `rows` rows, which are 1 there.
    func spread(_ values: Int, over rows: Int, _ levels: UnsafePointer<UInt32>) {
        precondition(values <= rows && rows <= capacity)
        var value = values
        if values < rows {
            for row in stride(from: rows - 1, through: 0, by: -1) {
                if unsafe levels[row] == 0 {
                    unsafe offsets[row] = 0
                    unsafe lengths[row] = ColumnValues.null
                } else {
                    value -= 1
                    unsafe offsets[row] = offsets[value]
                    unsafe lengths[row] = lengths[value]
                }
            }
            precondition(value == 0, "levels and values differ in number")
        }
        self.rows = 0..<rows
    }

    /// The next rows, `take` of which are about to be handed over.
    @unsafe var values: ColumnValues {
        unsafe ColumnValues(base: base, offsets: offsets + rows.lowerBound, lengths: lengths + rows.lowerBound)
    }

    func take(_ count: Int) {
        precondition(count <= rows.count)
        rows = rows.lowerBound + count..<rows.upperBound
    }

    func removeAll() { rows = 0..<0 }
}
