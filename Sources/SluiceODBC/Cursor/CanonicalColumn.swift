internal import SluiceTables

/// The canonical texts of a column's texts, for one batch at a time.
@safe final class CanonicalColumn {
    private let cell: CanonicalCell
    private var memory: UnsafeMutablePointer<UInt8>
    /// An offset and a length for each row.
    private var places: UnsafeMutablePointer<Int>
    private var rows = 0

    /// What a rewritten text takes, and what may be read behind it.
    private static let stride = 64

    init(_ cell: CanonicalCell) {
        self.cell = cell
        unsafe memory = .allocate(capacity: 0)
        unsafe places = .allocate(capacity: 0)
    }

    deinit {
        unsafe memory.deallocate()
        unsafe places.deallocate()
    }

    /// The same values, or what they are rewritten to, which holds until the next call.
    @unsafe func values(_ texts: ColumnValues, _ count: Int) -> ColumnValues {
        let isCanonical = (0..<count).allSatisfy { row in
            guard let text = unsafe texts.bytes(row) else { return true }
            return unsafe cell.isCanonical(text)
        }
        if isCanonical { return unsafe texts }
        reserve(count)
        for row in 0..<count {
            let text = unsafe texts.bytes(row)
            let start = row * CanonicalColumn.stride
            unsafe places[2 * row] = start
            unsafe places[2 * row + 1] = text.map { unsafe rewrite($0, memory + start) } ?? ColumnValues.null
        }
        return unsafe ColumnValues(base: memory, offsets: places, lengths: places + 1, step: 2)
    }

    /// Longer texts are none of these types, and stay as they are as far as they have room.
    @unsafe private func rewrite(_ text: UnsafeBufferPointer<UInt8>, _ place: UnsafeMutablePointer<UInt8>) -> Int {
        let count = min(text.count, CanonicalColumn.stride - 2)
        if let start = text.baseAddress { unsafe place.update(from: start, count: count) }
        return unsafe cell.rewrite(place, count)
    }

    private func reserve(_ count: Int) {
        guard count > rows else { return }
        unsafe memory.deallocate()
        unsafe places.deallocate()
        let bytes = (count + 1) * CanonicalColumn.stride
        unsafe memory = .allocate(capacity: bytes)
        unsafe memory.initialize(repeating: 0, count: bytes)
        unsafe places = .allocate(capacity: 2 * count)
        rows = count
    }
}

extension CanonicalCell {
    /// Whether a text that a database gives is surely as it should be.
    @unsafe func isCanonical(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        switch self {
        case .boolean, .instant, .uuid, .time: false
        case .date: text.count == 10
        case .timestamp: unsafe text.count == 19 && text[4] == UInt8(ascii: "-")
        }
    }
}
