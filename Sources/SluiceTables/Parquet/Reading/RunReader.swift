/// Reads Parquet's mixture of runs and packed bits, which `LevelRuns` writes.
///
/// Bytes up to `ByteOutput.slack` behind the end may be read, but mean nothing.
@unsafe struct RunReader {
    private let bytes: UnsafePointer<UInt8>
    private let end: Int
    private let width: Int
    private var position: Int
    /// Values of the run under way that are left, and whether they are packed.
    private var left = 0
    private var isPacked = false
    /// What is repeated, or the bit at which the next packed value begins.
    private var value: UInt32 = 0
    private var bit = 0

    static let widest = 32

    /// - Parameters:
    ///   - range: of `bytes`.
    ///   - width: bits of a value, `widest` at most.
    init(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>, width: Int) {
        unsafe precondition(0...RunReader.widest ~= width)
        unsafe self.bytes = unsafe bytes
        unsafe end = range.upperBound
        unsafe position = range.lowerBound
        unsafe self.width = width
    }

    /// Writes the next `count` values to `target`.
    mutating func read(_ count: Int, to target: UnsafeMutablePointer<UInt32>) throws(ParquetDamage) {
        var done = 0
        while done < count {
            while unsafe left == 0 { try unsafe nextRun() }
            let taken = unsafe min(left, count - done)
            if unsafe isPacked {
                unsafe unpack(taken, to: target + done)
            } else {
                unsafe (target + done).update(repeating: value, count: taken)
            }
            unsafe left -= taken
            done += taken
        }
    }

    /// Takes the next `count` values where they are surely all `wanted`, because one run has them; else none is taken.
    mutating func isRun(of wanted: UInt32, _ count: Int) throws(ParquetDamage) -> Bool {
        while unsafe left == 0 { try unsafe nextRun() }
        guard unsafe !isPacked, unsafe left >= count, unsafe value == wanted else { return false }
        unsafe left -= count
        return true
    }

    private mutating func nextRun() throws(ParquetDamage) {
        let head = try unsafe varint()
        if head & 1 == 0 {
            let size = unsafe (width + 7) / 8
            guard unsafe end - position >= size else { throw .truncated }
            var found: UInt32 = 0
            for index in 0..<size { found |= unsafe UInt32(bytes[position + index]) << UInt32(8 * index) }
            guard unsafe width == 32 || found < 1 << UInt32(width) else {
                throw .malformed("a run repeats a number of too many bits")
            }
            unsafe (value, isPacked) = (found, false)
            unsafe left = Int(clamping: head >> 1)
            unsafe position += size
            return
        }
        // Eight values in each group. Some writers leave away the last group's end.
        let groups = Int(clamping: head >> 1)
        let (size, overflow) = unsafe groups.multipliedReportingOverflow(by: width)
        let there = unsafe overflow ? end - position : min(size, end - position)
        unsafe (isPacked, bit) = (true, position * 8)
        if unsafe width == 0 {
            unsafe left = groups.multipliedReportingOverflow(by: 8).overflow ? Int.max : groups * 8
        } else {
            unsafe left = there * 8 / width
            guard unsafe left > 0 || groups == 0 else { throw .truncated }
        }
        unsafe position += there
    }

    private mutating func unpack(_ count: Int, to target: UnsafeMutablePointer<UInt32>) {
        let mask = unsafe width == 32 ? UInt32.max : (1 << UInt32(width)) - 1
        let raw = unsafe UnsafeRawPointer(bytes)
        var at = unsafe bit
        let step = unsafe width
        for index in 0..<count {
            let word = unsafe raw.loadUnaligned(fromByteOffset: at &>> 3, as: UInt64.self)
            unsafe target[index] = UInt32(truncatingIfNeeded: word &>> UInt64(at & 7)) & mask
            at &+= step
        }
        unsafe bit = at
    }

    private mutating func varint() throws(ParquetDamage) -> UInt64 {
        try unsafe Varint.read(bytes, &position, end)
    }
}

/// Numbers of seven bits a byte, the lowest first.
enum Varint {
    @unsafe static func read(
        _ bytes: UnsafePointer<UInt8>,
        _ position: inout Int,
        _ end: Int
    ) throws(ParquetDamage) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard position < end else { throw .truncated }
            let byte = unsafe bytes[position]
            position += 1
            guard shift < 63 || byte <= 1 else { throw .malformed("a number has more than 64 bits") }
            value |= UInt64(byte & 127) << shift
            if byte < 128 { return value }
            shift += 7
        }
    }

    @unsafe static func readSigned(
        _ bytes: UnsafePointer<UInt8>,
        _ position: inout Int,
        _ end: Int
    ) throws(ParquetDamage) -> Int64 {
        let value = try unsafe read(bytes, &position, end)
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }
}
