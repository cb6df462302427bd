internal import CScan

/// Writes single values as a `DelimitedFormat` wants them.
struct Quoting: Sendable {
    private let delimiter: [UInt8]
    private let rowEnd: [UInt8]
    private let null: [UInt8]
    let quote: UInt8?
    private let escape: UInt8?
    /// What is needed of all this for most cells.
    let quick: Quick
    private let quotesAll: Bool
    private let isSingleColumn: Bool

    /// Whether digits, letters, and the signs of numbers, dates, times and base64 need no care.
    let isPlainSafe: Bool

    /// What any value takes beside twice its bytes: quotes around it, or an escape before nothing.
    static let frame = 2

    init(_ format: DelimitedFormat, columns: Int) {
        delimiter = format.delimiter
        rowEnd = format.writtenRowDelimiter
        null = format.null
        quote = format.quote
        escape = format.escape ?? format.quote
        quotesAll = format.quotesAll
        isSingleColumn = columns == 1
        let first = delimiter[0]
        let special = [first, rowEnd[0]] + [quote, escape].compactMap { $0 }
        isPlainSafe = !quotesAll && null.isEmpty && !special.contains(where: Quoting.isPlain)
        // What is below 32 is found by the scan anyway. PostgreSQL takes `\.` alone on a line for the end of its input.
        quick = Quick(
            care: cscan_make_care(first, quote ?? escape ?? first, escape ?? quote ?? first),
            isNever: quotesAll || rowEnd[0] >= 32 || isSingleColumn,
            null: null.count,
            delimiter: delimiter.count == 1 ? first : nil,
            rowEnd: rowEnd.count == 1 ? rowEnd[0] : nil
        )
    }

    /// The bytes that are copied in passing. It is small, so that it can be held in registers.
    struct Quick: Sendable {
        private let care: cscan_care
        private let nullCount: Int
        private let isNever: Bool
        /// Whether the delimiters are one byte each.
        let isSingle: Bool
        let delimiter: UInt8
        let rowEnd: UInt8

        init(care: cscan_care, isNever: Bool, null: Int, delimiter: UInt8?, rowEnd: UInt8?) {
            self.care = care
            self.isNever = isNever
            nullCount = null
            isSingle = delimiter != nil && rowEnd != nil
            self.delimiter = delimiter ?? 0
            self.rowEnd = rowEnd ?? 0
        }

        /// Copies a value, and a few bytes behind it; false where it is to be looked at more closely.
        @unsafe @inline(__always)
        func copy(_ count: Int, from source: UnsafePointer<UInt8>, to place: UnsafeMutablePointer<UInt8>) -> Bool {
            unsafe !cscan_copy(source, place, count, care) && count != nullCount && !isNever
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"),
            UInt8(ascii: " "), UInt8(ascii: "/"), UInt8(ascii: "="):
            true
        default: false
        }
    }

    @unsafe func writeDelimiter(at place: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        unsafe Quoting.write(delimiter, at: place)
    }

    @unsafe func writeRowEnd(at place: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        unsafe Quoting.write(rowEnd, at: place)
    }

    @unsafe func writeNull(at place: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        unsafe Quoting.write(null, at: place)
    }

    @unsafe private static func write(
        _ bytes: [UInt8],
        at place: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        var next = unsafe place
        for byte in bytes {
            unsafe next[0] = byte
            unsafe next += 1
        }
        return unsafe next
    }

    /// Writes a text of `count` bytes; how many that became. `place` has room for twice as many and `frame`.
    @unsafe func write(
        _ count: Int,
        from source: UnsafePointer<UInt8>,
        to place: UnsafeMutablePointer<UInt8>
    ) throws(TableError) -> Int {
        if unsafe quick.copy(count, from: source, to: place) { return count }
        return unsafe try writeWithCare(count, from: source, to: place)
    }

    /// The same for what may need quotes, and for what does so by its place: `isForced`.
    @unsafe func writeWithCare(
        _ count: Int,
        from source: UnsafePointer<UInt8>,
        to place: UnsafeMutablePointer<UInt8>,
        isForced: Bool = false
    ) throws(TableError) -> Int {
        let bytes = unsafe UnsafeBufferPointer(start: source, count: count)
        let isNull = unsafe bytes.elementsEqual(null)
        let isEnd = unsafe isSingleColumn && bytes.elementsEqual(Quoting.endOfInput)
        let isWhole = isNull || isEnd || isForced
        let needsCare = unsafe isWhole || bytes.contains(where: isSpecial)
        guard let quote else { return unsafe try writeEscaped(bytes, isWhole: isWhole, needsCare, to: place) }
        guard needsCare || quotesAll else {
            unsafe place.update(from: source, count: count)
            return count
        }
        unsafe place[0] = quote
        let within = unsafe writeWithin(bytes, quote, to: place + 1)
        unsafe place[within + 1] = quote
        return within + 2
    }

    /// What stands between quotes; how many bytes.
    @unsafe func writeWithin(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ quote: UInt8,
        to place: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var next = unsafe place
        for index in bytes.indices {
            let byte = unsafe bytes[index]
            if byte == quote || byte == escape {
                unsafe next[0] = escape ?? quote
                unsafe next += 1
            }
            unsafe next[0] = byte
            unsafe next += 1
        }
        return unsafe next - place
    }

    private static let endOfInput = Array("\\.".utf8)

    @inline(__always) func isSpecial(_ byte: UInt8) -> Bool {
        byte == delimiter[0] || byte == quote || byte == escape || byte == 10 || byte == 13 || byte == rowEnd[0]
    }

    /// Escapes every special byte, and the first one of what would be taken for something else as a whole.
    @unsafe func writeEscaped(
        _ bytes: UnsafeBufferPointer<UInt8>,
        isWhole: Bool,
        _ needsCare: Bool,
        to place: UnsafeMutablePointer<UInt8>
    ) throws(TableError) -> Int {
        guard !isWhole || !bytes.isEmpty else {
            throw .delimited(
                "an empty text can't be told from NULL, because the format has no quote",
                "Name a quote, or another text for NULL"
            )
        }
        guard escape != nil || !needsCare else {
            throw unsafe .delimited(
                "the value \(BadRow.shown(bytes)) can't be written without a quote or an escape",
                "Choose other delimiters, or name a quote"
            )
        }
        var next = unsafe place
        for index in bytes.indices {
            let byte = unsafe bytes[index]
            if let escape, isSpecial(byte) || (isWhole && index == 0) {
                unsafe next[0] = escape
                unsafe next += 1
            }
            unsafe next[0] = byte
            unsafe next += 1
        }
        return unsafe next - place
    }
}
