internal import Glibc

/// The least and the greatest value of a column in a row group, and how many there are not.
///
/// They are kept where readers order values as their bytes or as numbers of 32 or 64 bits, and not for longer values. NaN
/// has no order, and is left out; a least zero is written as -0 and a greatest as +0, so that neither zero is passed over.
struct ParquetStatistics {
    var nulls = 0
    private let order: Order
    private var least: [UInt8]?
    private var greatest: [UInt8]?
    private var isUseless = false

    private enum Order {
        case bytes, int32, int64, uint32, uint64, float, double, none
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
        case (.float, _): order = .float
        case (.double, _): order = .double
        // Booleans have nothing to find, long decimals an order of their own.
        case (.boolean, _), (.fixed, _), (.int96, _): order = .none
        }
    }

    @unsafe mutating func add(_ value: UnsafeBufferPointer<UInt8>) {
        guard order != .none, !isUseless else { return }
        guard value.count <= ParquetStatistics.longest else {
            isUseless = true
            return
        }
        guard unsafe !isNaN(value) else { return }
        if least == nil {
            least = unsafe Array(value)
            greatest = least
            return
        }
        if unsafe isLess(value, least!) { least = unsafe Array(value) }
        if unsafe isGreater(value, greatest!) { greatest = unsafe Array(value) }
    }

    @unsafe private func isNaN(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
        let raw = UnsafeRawBufferPointer(value)
        return switch order {
        case .float: unsafe raw.loadUnaligned(as: Float.self).isNaN
        case .double: unsafe raw.loadUnaligned(as: Double.self).isNaN
        case .bytes, .int32, .int64, .uint32, .uint64, .none: false
        }
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
        case .float: return unsafe ParquetStatistics.compare(left, right, Float.self)
        case .double: return unsafe ParquetStatistics.compare(left, right, Double.self)
        case .bytes, .none:
            let count = min(left.count, right.count)
            let order = count == 0 ? 0 : unsafe Int(memcmp(left.baseAddress!, right.baseAddress!, count))
            return order != 0 ? order : left.count - right.count
        }
    }

    @unsafe private static func compare<Number: Comparable & BitwiseCopyable>(
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
        writer.field(5, signed(greatest, isNegative: false))
        writer.field(6, signed(least, isNegative: true))
    }

    /// A floating-point zero with the sign that keeps both in range; all else as it is.
    private func signed(_ value: [UInt8], isNegative: Bool) -> [UInt8] {
        guard order == .float || order == .double, value.dropLast().allSatisfy({ $0 == 0 }), value.last! & 127 == 0
        else {
            return value
        }
        return value.dropLast() + [isNegative ? 128 : 0]
    }
}
