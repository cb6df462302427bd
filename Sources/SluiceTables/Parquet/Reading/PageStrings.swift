/// Values behind all of their lengths: DELTA_LENGTH_BYTE_ARRAY.
@unsafe struct DeltaLengths: @unsafe PageValues {
    private let bytes: PageBytes
    private var lengths: DeltaReader
    private var position: Int
    private var numbers: [Int64] = []

    init(_ bytes: PageBytes) throws(ParquetDamage) {
        unsafe self.bytes = unsafe bytes
        unsafe lengths = try DeltaReader(bytes.base, bytes.range)
        var all = unsafe lengths
        unsafe position = try all.skipAll()
    }

    mutating func next(_ count: Int, _ window: CellWindow) throws(ParquetDamage) -> Int {
        if unsafe numbers.count < window.capacity { unsafe numbers = Array(repeating: 0, count: window.capacity) }
        precondition(count <= window.capacity)
        unsafe window.base = unsafe bytes.base
        unsafe try numbers.withUnsafeMutableBufferPointer { buffer throws(ParquetDamage) in
            guard let numbers = buffer.baseAddress else { return }
            try unsafe lengths.read(count, to: numbers)
            for value in 0..<count {
                let length = unsafe Int(truncatingIfNeeded: numbers[value])
                guard length >= 0 else { throw .malformed("a value has a negative length") }
                guard unsafe length <= bytes.range.upperBound - position else { throw .truncated }
                unsafe window.describe(value, at: position, length)
                unsafe position += length
            }
        }
        return count
    }
}

/// Values that begin as the one before does: DELTA_BYTE_ARRAY, of variable length or of `width` bytes.
@unsafe struct DeltaStrings: @unsafe PageValues {
    private let bytes: PageBytes
    private let width: Int
    private var prefixes: DeltaReader
    private var suffixes: DeltaReader
    private var position: Int
    /// The value that was read last.
    private var last: [UInt8] = []

    init(_ bytes: PageBytes, width: Int) throws(ParquetDamage) {
        unsafe self.bytes = unsafe bytes
        unsafe self.width = width
        unsafe prefixes = try DeltaReader(bytes.base, bytes.range)
        var all = unsafe prefixes
        let rest = unsafe try all.skipAll()
        unsafe suffixes = try DeltaReader(bytes.base, rest..<bytes.range.upperBound)
        unsafe all = unsafe suffixes
        unsafe position = try all.skipAll()
    }

    mutating func next(_ count: Int, _ window: CellWindow) throws(ParquetDamage) -> Int {
        var used = 0
        var value = 0
        // A short prefix length and no suffix repeat a long value, so that little makes much.
        while value < count, value == 0 || used < PageLimits.scratch {
            var lengths: (Int64, Int64) = (0, 0)
            try unsafe prefixes.read(1, to: &lengths.0)
            try unsafe suffixes.read(1, to: &lengths.1)
            let (prefix, suffix) = (Int(lengths.0), Int(lengths.1))
            guard prefix >= 0, suffix >= 0 else { throw .malformed("a value has a negative length") }
            guard unsafe prefix <= last.count else {
                throw .malformed("a value begins with more than the one before has")
            }
            guard unsafe suffix <= bytes.range.upperBound - position else { throw .truncated }
            unsafe last.removeLast(last.count - prefix)
            unsafe last += UnsafeBufferPointer(start: bytes.base + position, count: suffix)
            unsafe position += suffix
            guard unsafe width == 0 || last.count == width else {
                throw .malformed("a value has another length than its type")
            }
            let length = unsafe last.count
            window.scratch.reserve(used + length, keeping: 0..<used)
            unsafe last.withUnsafeBufferPointer { last in
                guard let start = last.baseAddress else { return }
                unsafe (window.scratch.base + used).update(from: start, count: length)
            }
            window.describe(value, at: used, length)
            used += length
            value += 1
        }
        unsafe window.base = UnsafePointer(window.scratch.base)
        return value
    }
}
