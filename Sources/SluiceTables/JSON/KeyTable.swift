internal import Glibc

/// The names of columns, found by the bytes of a key.
@safe final class KeyTable {
    private let bytes: UnsafeMutablePointer<UInt8>
    private let ends: [Int]

    init(_ names: [String]) {
        let all = names.flatMap { Array($0.utf8) }
        var end = 0
        ends = names.map { name in
            end += name.utf8.count
            return end
        }
        unsafe bytes = .allocate(capacity: max(1, all.count))
        unsafe bytes.initialize(repeating: 0, count: max(1, all.count))
        unsafe bytes.update(from: all, count: all.count)
    }

    deinit { unsafe bytes.deallocate() }

    /// The column of a key; it is mostly the `expected` one.
    @unsafe @inline(__always)
    func column(_ key: UnsafePointer<UInt8>, _ count: Int, expected: Int) -> Int? {
        if unsafe expected < ends.count && isSame(expected, key, count) { return expected }
        return ends.indices.first { unsafe isSame($0, key, count) }
    }

    @unsafe private func isSame(_ column: Int, _ key: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let start = column == 0 ? 0 : ends[column - 1]
        return unsafe ends[column] - start == count && memcmp(bytes + start, key, count) == 0
    }
}
