/// How a column's values become text.
enum CellKind {
    /// As they are.
    case text
    case signed, unsigned, float, double, boolean, days, nanoseconds, timestamp, instant, uuid
    /// By the format's own rule.
    case binary

    init(_ column: Column) {
        self =
            switch column.form {
            case .signed: .signed
            case .unsigned: .unsigned
            case .float: .float
            case .double: .double
            case .boolean: .boolean
            case .days: .days
            case .nanoseconds: .nanoseconds
            case .moment: if case .instant = column.type { .instant } else { .timestamp }
            case .uuid: .uuid
            case .binary: .binary
            case .text: .text
            }
    }

    /// Writes the canonical text of a value of fixed width, which takes `CanonicalText.most` bytes at most.
    @unsafe @inline(__always)
    func write(_ cell: ColumnValues, _ row: Int, at place: UnsafeMutablePointer<UInt8>) -> Int {
        switch self {
        case .signed: unsafe CanonicalText.write(cell.load(row, as: Int64.self), at: place)
        case .unsigned: unsafe CanonicalText.write(cell.load(row, as: UInt64.self), at: place)
        case .float: unsafe CanonicalText.write(cell.load(row, as: Float.self), at: place)
        case .double: unsafe CanonicalText.write(cell.load(row, as: Double.self), at: place)
        case .boolean: unsafe CanonicalText.write(cell.load(row, as: UInt8.self) != 0, at: place)
        case .days: unsafe CanonicalText.write(days: Int64(cell.load(row, as: Int32.self)), at: place)
        case .nanoseconds: unsafe CanonicalText.write(nanoseconds: cell.load(row, as: Int64.self), at: place)
        case .timestamp: unsafe CanonicalText.write(cell.load(row, as: Moment.self), isInstant: false, at: place)
        case .instant: unsafe CanonicalText.write(cell.load(row, as: Moment.self), isInstant: true, at: place)
        case .uuid: unsafe CanonicalText.write(uuid: cell.start(row), at: place)
        case .text, .binary: preconditionFailure("a value of variable length")
        }
    }
}

/// Writes into a `ByteOutput`, which hears of it only when the pen is lifted.
@unsafe struct Pen {
    var next: UnsafeMutablePointer<UInt8>
    private var start: UnsafeMutablePointer<UInt8>
    private var limit: UnsafeMutablePointer<UInt8>
    private let output: ByteOutput

    /// - Parameter room: bytes that can be written at once.
    init(_ output: ByteOutput, room: Int) {
        unsafe self.output = output
        let buffer = unsafe output.reserve(room)
        unsafe start = buffer.baseAddress!
        unsafe next = unsafe start
        unsafe limit = unsafe start + buffer.count
    }

    @inline(__always) mutating func put(_ byte: UInt8) {
        unsafe next[0] = byte
        unsafe next += 1
    }

    @inline(__always) mutating func put(_ text: StaticString) {
        let count = text.utf8CodeUnitCount
        unsafe next.update(from: text.utf8Start, count: count)
        unsafe next += count
    }

    mutating func put(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBufferPointer { unsafe put($0) }
    }

    mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress else { return }
        unsafe next.update(from: start, count: bytes.count)
        unsafe next += bytes.count
    }

    /// Makes sure of room for `count` bytes.
    @inline(__always) mutating func need(_ count: Int) {
        if unsafe limit - next < count { unsafe turnPage(count) }
    }

    private mutating func turnPage(_ count: Int) {
        unsafe lift()
        unsafe self = unsafe Pen(output, room: count)
    }

    /// Says how much was written. Nothing is to be written afterwards.
    func lift() { unsafe output.advance(next - start) }
}
