/// The values of a page that are there, in their order.
protocol PageValues {
    /// Describes up to `count` values from the front of `window` on, and sets its base; how many. Fewer only where they
    /// would take much memory.
    ///
    /// - Precondition: `count` is at most the window's capacity.
    mutating func next(_ count: Int, _ window: CellWindow) throws(ParquetDamage) -> Int

    /// Whether they are cells already.
    var areCells: Bool { get }
}

extension PageValues {
    var areCells: Bool { false }
}

/// What `PageValues` are read from: a range of a page's bytes, behind which `ByteOutput.slack` more may be read.
@unsafe struct PageBytes {
    let base: UnsafePointer<UInt8>
    let range: Range<Int>

    @inline(__always) func length(at position: Int) throws(ParquetDamage) -> Int {
        guard unsafe range.upperBound - position >= 4 else { throw .truncated }
        return unsafe Int(UnsafeRawPointer(base).loadUnaligned(fromByteOffset: position, as: UInt32.self))
    }
}

/// PLAIN values of one width.
@unsafe struct PlainFixed: @unsafe PageValues {
    private let bytes: PageBytes
    private let width: Int
    private var position: Int

    init(_ bytes: PageBytes, width: Int) {
        unsafe self.bytes = unsafe bytes
        unsafe self.width = width
        unsafe position = unsafe bytes.range.lowerBound
    }

    mutating func next(_ count: Int, _ window: CellWindow) throws(ParquetDamage) -> Int {
        guard unsafe count <= (bytes.range.upperBound - position) / width else { throw .truncated }
        unsafe window.base = unsafe bytes.base
        unsafe window.describe(count, from: position, width: width)
        unsafe position += count * width
        return count
    }
}

/// PLAIN values, each behind its length.
@unsafe struct PlainBytes: @unsafe PageValues {
    private let bytes: PageBytes
    private var position: Int

    init(_ bytes: PageBytes) {
        unsafe self.bytes = unsafe bytes
        unsafe position = unsafe bytes.range.lowerBound
    }

    mutating func next(_ count: Int, _ window: CellWindow) throws(ParquetDamage) -> Int {
        unsafe window.base = unsafe bytes.base
        for value in 0..<count {
            let length = try unsafe bytes.length(at: position)
            guard unsafe length <= bytes.range.upperBound - position - 4 else { throw .truncated }
            unsafe window.describe(value, at: position + 4, length)
            unsafe position += 4 + length
        }
        return count
    }
}

/// Booleans in bits, the lowest of each byte first, or as runs.
@unsafe struct PageBooleans: @unsafe PageValues {
    private let bytes: PageBytes
    private var bit: Int
    private var runs: RunReader?
    private var numbers: [UInt32] = []

    /// - Parameter areRuns: with their length in front.
    init(_ bytes: PageBytes, areRuns: Bool) throws(ParquetDamage) {
        unsafe self.bytes = unsafe bytes
        unsafe bit = unsafe bytes.range.lowerBound * 8
        guard areRuns else { return }
        let start = unsafe bytes.range.lowerBound
        let length = try unsafe bytes.length(at: start)
        guard unsafe length <= bytes.range.count - 4 else { throw .truncated }
        unsafe runs = unsafe RunReader(bytes.base, start + 4..<start + 4 + length, width: 1)
    }

    mutating func next(_ count: Int, _ window: CellWindow) throws(ParquetDamage) -> Int {
        window.scratch.reserve(count)
        let target = unsafe window.scratch.base
        if unsafe runs != nil {
            if unsafe numbers.count < window.capacity { unsafe numbers = Array(repeating: 0, count: window.capacity) }
            precondition(count <= window.capacity)
            unsafe try numbers.withUnsafeMutableBufferPointer { buffer throws(ParquetDamage) in
                guard let numbers = buffer.baseAddress else { return }
                try unsafe runs!.read(count, to: numbers)
                for value in 0..<count { unsafe target[value] = UInt8(truncatingIfNeeded: numbers[value]) }
            }
        } else {
            guard unsafe count <= bytes.range.upperBound * 8 - bit else { throw .truncated }
            for value in 0..<count {
                let at = unsafe bit + value
                unsafe target[value] = bytes.base[at >> 3] >> UInt8(at & 7) & 1
            }
            unsafe bit += count
        }
        unsafe window.base = UnsafePointer(target)
        window.describe(count, from: 0, width: 1)
        return count
    }
}

/// Integers of the encoding DELTA_BINARY_PACKED, of 4 or 8 bytes.
@unsafe struct DeltaIntegers: @unsafe PageValues {
    private var reader: DeltaReader
    private let width: Int
    private var numbers: [Int64] = []

    init(_ bytes: PageBytes, width: Int) throws(ParquetDamage) {
        unsafe reader = try DeltaReader(bytes.base, bytes.range)
        unsafe self.width = width
    }

    mutating func next(_ count: Int, _ window: CellWindow) throws(ParquetDamage) -> Int {
        if unsafe numbers.count < window.capacity { unsafe numbers = Array(repeating: 0, count: window.capacity) }
        precondition(count <= window.capacity)
        unsafe window.scratch.reserve(count * width)
        let target = unsafe UnsafeMutableRawPointer(window.scratch.base)
        let isWide = unsafe width == 8
        unsafe try numbers.withUnsafeMutableBufferPointer { buffer throws(ParquetDamage) in
            guard let numbers = buffer.baseAddress else { return }
            try unsafe reader.read(count, to: numbers)
            for value in 0..<count {
                if isWide {
                    unsafe target.storeBytes(of: numbers[value], toByteOffset: 8 * value, as: Int64.self)
                } else {
                    let number = unsafe Int32(truncatingIfNeeded: numbers[value])
                    unsafe target.storeBytes(of: number, toByteOffset: 4 * value, as: Int32.self)
                }
            }
        }
        unsafe window.base = UnsafePointer(window.scratch.base)
        unsafe window.describe(count, from: 0, width: width)
        return count
    }
}

/// Values whose first bytes stand together, and their second ones, and so on: BYTE_STREAM_SPLIT.
@unsafe struct SplitValues: @unsafe PageValues {
    private let bytes: PageBytes
    private let width: Int
    private let all: Int
    private var done = 0

    init(_ bytes: PageBytes, width: Int) throws(ParquetDamage) {
        guard unsafe bytes.range.count % width == 0 else { throw .malformed("its streams are not of one length") }
        unsafe self.bytes = unsafe bytes
        unsafe self.width = width
        unsafe all = unsafe bytes.range.count / width
    }

    mutating func next(_ count: Int, _ window: CellWindow) throws(ParquetDamage) -> Int {
        guard unsafe count <= all - done else { throw .truncated }
        // Long values are few at a time.
        let taken = unsafe max(1, min(count, PageLimits.scratch / width))
        guard count > 0 else { return 0 }
        unsafe window.scratch.reserve(taken * width)
        let target = unsafe window.scratch.base
        let (width, all) = unsafe (self.width, self.all)
        let source = unsafe bytes.base + bytes.range.lowerBound + done
        for stream in 0..<width {
            let from = unsafe source + stream * all
            for value in 0..<taken { unsafe target[value &* width &+ stream] = from[value] }
        }
        unsafe done += taken
        unsafe window.base = UnsafePointer(target)
        window.describe(taken, from: 0, width: width)
        return taken
    }
}

enum PageLimits {
    /// Bytes that values of a window may take where they are made from less.
    static let scratch = 1 << 20
}
