internal import Glibc

/// The least and the greatest value of a column in a row group, and how many there are not.
///
/// They are kept where readers order values as their bytes or as numbers of 32 or 64 bits, and not for longer values.
struct ParquetStatistics {
    var nulls = 0
    private let order: Order
    private var least: [UInt8]?
    private var greatest: [UInt8]?
    private var isUseless = false

    private enum Order {
        case bytes, int32, int64, uint32, uint64, none
    }

    /// Longer values would make the footer longer than they are worth.
    private static let longest = 64

    init(_ type: ParquetType) {
        switch (type.physical, type.logical) {
        case (.bytes, _), (.fixed, .uuid): order = .bytes
        case (.int32, .integer(_, isSigned: false)): order = .uint32
        case (.int64, .integer(_, isSigned: false)): order = .uint64
        case (.int32, _): order = .int32
        case (.int64, _): order = .int64
        // Floats have NaN and two zeros, booleans nothing to find, long decimals an order of their own.
        case (.float, _), (.double, _), (.boolean, _), (.fixed, _): order = .none
        }
    }

    @unsafe mutating func add(_ value: UnsafeBufferPointer<UInt8>) {
        guard order != .none, !isUseless else { return }
        guard value.count <= ParquetStatistics.longest else {
            isUseless = true
            return
        }
        if least == nil {
            least = unsafe Array(value)
            greatest = least
            return
        }
        if unsafe isLess(value, least!) { least = unsafe Array(value) }
        if unsafe isGreater(value, greatest!) { greatest = unsafe Array(value) }
    }

    @unsafe private func isLess(_ value: UnsafeBufferPointer<UInt8>, _ other: [UInt8]) -> Bool {
        unsafe other.withUnsafeBufferPointer { unsafe compare(value, $0) < 0 }
    }

    @unsafe private func isGreater(_ value: UnsafeBufferPointer<UInt8>, _ other: [UInt8]) -> Bool {
        unsafe other.withUnsafeBufferPointer { unsafe compare(value, $0) > 0 }
    }

    @unsafe private func compare(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Int {
        switch order {
        case .int32: return unsafe ParquetStatistics.compare(left, right, Int32.self)
        case .int64: return unsafe ParquetStatistics.compare(left, right, Int64.self)
        case .uint32: return unsafe ParquetStatistics.compare(left, right, UInt32.self)
        case .uint64: return unsafe ParquetStatistics.compare(left, right, UInt64.self)
        case .bytes, .none:
            let count = min(left.count, right.count)
            let order = count == 0 ? 0 : unsafe Int(memcmp(left.baseAddress!, right.baseAddress!, count))
            return order != 0 ? order : left.count - right.count
        }
    }

    @unsafe private static func compare<Number: FixedWidthInteger & BitwiseCopyable>(
        _ left: UnsafeBufferPointer<UInt8>,
        _ right: UnsafeBufferPointer<UInt8>,
        _ type: Number.Type
    ) -> Int {
        let first = unsafe UnsafeRawBufferPointer(left).loadUnaligned(as: type)
        let second = unsafe UnsafeRawBufferPointer(right).loadUnaligned(as: type)
        return first < second ? -1 : first > second ? 1 : 0
    }

    func write(_ writer: inout ThriftWriter) {
        writer.field(3, Int64(nulls))
        guard !isUseless, let least, let greatest else { return }
        writer.field(5, greatest)
        writer.field(6, least)
    }
}
