/// Reads integers of the encoding DELTA_BINARY_PACKED: blocks of differences, packed with as few bits as each of their
/// parts takes.
///
/// Bytes up to `ByteOutput.slack` behind the end may be read, but mean nothing. Sums wrap, as the format has it.
@unsafe struct DeltaReader {
    private let bytes: UnsafePointer<UInt8>
    private let end: Int
    private var position: Int
    /// Parts of a block, and values of a part.
    private let parts: Int
    private let partValues: Int
    /// Values that were not read.
    private(set) var left: Int
    private var isFirst = true
    private var value: Int64
    private var least: Int64 = 0
    /// Where the bits that each part takes are told, and the part that comes next.
    private var widths = 0
    private var part: Int
    /// Of the part under way.
    private var partLeft = 0
    private var width = 0
    private var bit = 0

    /// Values of a block at most: writers take 128 or 256.
    private static let longestBlock = 1 << 16

    init(_ bytes: UnsafePointer<UInt8>, _ range: Range<Int>) throws(ParquetDamage) {
        var position = range.lowerBound
        let end = range.upperBound
        let block = try unsafe Varint.read(bytes, &position, end)
        let parts = try unsafe Varint.read(bytes, &position, end)
        let count = try unsafe Varint.read(bytes, &position, end)
        let first = try unsafe Varint.readSigned(bytes, &position, end)
        guard unsafe 1...UInt64(DeltaReader.longestBlock) ~= block, 1...block ~= parts, block % (parts * 32) == 0,
            count <= UInt64(Int32.max)
        else { throw .malformed("\(count) differences are in blocks of \(block), and those in \(parts) parts") }
        unsafe self.bytes = unsafe bytes
        unsafe self.end = end
        unsafe self.position = position
        unsafe self.parts = Int(parts)
        unsafe partValues = Int(block / parts)
        unsafe left = Int(count)
        unsafe value = first
        unsafe part = Int(parts)
    }

    /// Writes the next `count` values to `target`.
    mutating func read(_ count: Int, to target: UnsafeMutablePointer<Int64>) throws(ParquetDamage) {
        guard unsafe count <= left else { throw .malformed("it has fewer values than its header tells") }
        var done = 0
        if count > 0, unsafe isFirst {
            unsafe target[0] = value
            unsafe isFirst = false
            done = 1
        }
        while done < count {
            if unsafe partLeft == 0 { try unsafe nextPart() }
            let taken = unsafe min(partLeft, count - done)
            unsafe unpack(taken, to: target + done)
            done += taken
        }
        unsafe left -= count
    }

    /// Passes over all values; where the bytes behind them begin.
    mutating func skipAll() throws(ParquetDamage) -> Int {
        var rest = unsafe left - (isFirst ? 1 : partLeft)
        while rest > 0 {
            try unsafe nextPart()
            rest -= unsafe partValues
        }
        unsafe left = 0
        return unsafe position
    }

    private mutating func nextPart() throws(ParquetDamage) {
        if unsafe part == parts {
            unsafe least = try Varint.readSigned(bytes, &position, end)
            guard unsafe end - position >= parts else { throw .truncated }
            unsafe (widths, part) = (position, 0)
            unsafe position += parts
        }
        unsafe width = Int(bytes[widths + part])
        unsafe part += 1
        let size = unsafe partValues / 8 * width
        guard unsafe width <= 64 else { throw .malformed("differences have \(unsafe width) bits") }
        guard unsafe end - position >= size else { throw .truncated }
        unsafe bit = position * 8
        unsafe position += size
        unsafe partLeft = partValues
    }

    private mutating func unpack(_ count: Int, to target: UnsafeMutablePointer<Int64>) {
        let raw = unsafe UnsafeRawPointer(bytes)
        let mask = unsafe width == 64 ? UInt64.max : (1 << UInt64(width)) - 1
        var (at, sum) = unsafe (bit, value)
        let (step, base) = unsafe (width, least)
        for index in 0..<count {
            let shift = UInt64(at & 7)
            var word = unsafe raw.loadUnaligned(fromByteOffset: at &>> 3, as: UInt64.self) &>> shift
            // More than 57 bits may end in a ninth byte.
            if step > 57, shift > 0 { word |= unsafe UInt64(bytes[at &>> 3 &+ 8]) &<< (64 &- shift) }
            sum &+= base &+ Int64(bitPattern: word & mask)
            unsafe target[index] = sum
            at &+= step
        }
        unsafe (bit, value) = (at, sum)
        unsafe partLeft -= count
    }
}
