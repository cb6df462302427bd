internal import CODBC
internal import SluiceTables

/// Memory that a driver writes rows to: one behind the other, each with its columns' indicators in front and their
/// values behind. Columns without a width have an indicator and the offset of a value that is kept elsewhere.
@safe final class RowBuffer {
    let bindings: [CellBinding]
    /// Rows that have room.
    let capacity: Int
    /// Bytes from one row to the next.
    let stride: Int
    /// Where each column's value stands in a row.
    let places: [Int]
    let memory: UnsafeMutableRawPointer

    /// - Parameter bytes: what it may take; one row has room in any case.
    init(_ bindings: [CellBinding], bytes: Int, mostRows: Int) {
        self.bindings = bindings
        // Indicator, and the offset of what is kept elsewhere.
        var next = bindings.count * 16
        var places: [Int] = []
        for binding in bindings {
            places.append(next)
            next += ((binding.width ?? 0) + binding.terminator + 7) / 8 * 8
        }
        self.places = places
        stride = next
        capacity = max(1, min(mostRows, bytes / next))
        unsafe memory = .allocate(byteCount: stride * capacity + ByteOutput.slack, alignment: 64)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: stride * capacity + ByteOutput.slack)
    }

    deinit { unsafe memory.deallocate() }

    /// Where a row's indicator of a column is.
    @unsafe func indicator(_ row: Int, _ column: Int) -> UnsafeMutablePointer<Int> {
        unsafe (memory + row * stride + column * 16).assumingMemoryBound(to: Int.self)
    }

    /// Where a row's value of a column is.
    @unsafe func cell(_ row: Int, _ column: Int) -> UnsafeMutablePointer<UInt8> {
        unsafe (memory + row * stride + places[column]).assumingMemoryBound(to: UInt8.self)
    }
}
