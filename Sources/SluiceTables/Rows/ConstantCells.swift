/// The cells of a column that have one value in every row, in memory of its own.
@safe package final class ConstantCells: @unchecked Sendable {
    // Nothing changes after it was made.
    private let bytes: UnsafeMutablePointer<UInt8>
    private let length: UnsafeMutablePointer<Int>

    package init(_ text: String) {
        let utf8 = Array(text.utf8)
        let room = utf8.count + ByteOutput.slack
        unsafe bytes = .allocate(capacity: room)
        unsafe bytes.initialize(repeating: 0, count: room)
        for (index, byte) in utf8.enumerated() { unsafe bytes[index] = byte }
        unsafe length = .allocate(capacity: 1)
        unsafe length.initialize(to: utf8.count)
    }

    deinit {
        unsafe bytes.deallocate()
        unsafe length.deallocate()
    }

    /// The same for every row.
    @unsafe package var values: ColumnValues {
        unsafe ColumnValues(base: UnsafePointer(bytes), stride: 0, lengths: UnsafePointer(length), step: 0)
    }
}
