/// The floating-point numbers that the texts of a column stand for, for one batch at a time.
@safe package final class RealColumn {
    private let bits: Int
    private let memory = PageMemory()
    private var kept: UnsafeMutablePointer<Int>
    private var capacity = 0
    /// The first row whose text is no number.
    package private(set) var firstBad: Int?

    /// - Parameter bits: 32 or 64.
    package init(bits: Int) {
        self.bits = bits
        unsafe kept = .allocate(capacity: 0)
    }

    deinit { unsafe kept.deallocate() }

    /// The values of a column of texts, as `Float` or `Double`; they hold until the next call.
    @unsafe package func decode(_ texts: ColumnValues, _ rows: Int) -> ColumnValues {
        if capacity < rows {
            unsafe kept.deallocate()
            unsafe kept = .allocate(capacity: rows)
            capacity = rows
        }
        let width = bits / 8
        memory.reserve(rows * width)
        firstBad = nil
        for row in 0..<rows {
            unsafe kept[row] = ColumnValues.null
            guard let text = unsafe texts.bytes(row) else { continue }
            let place = unsafe UnsafeMutableRawPointer(memory.base + row * width)
            let isNumber =
                unsafe bits == 32
                ? ValueText.float(text.span).map { unsafe place.storeBytes(of: $0, as: Float.self) } != nil
                : ValueText.double(text.span).map { unsafe place.storeBytes(of: $0, as: Double.self) } != nil
            if isNumber { unsafe kept[row] = width } else { firstBad = firstBad ?? row }
        }
        return unsafe ColumnValues(base: memory.base, stride: width, lengths: kept)
    }
}
