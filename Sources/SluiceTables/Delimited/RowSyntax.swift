/// What a format's bytes mean to a `RowScanner`.
struct RowSyntax: Sendable {
    private let delimiter: [UInt8]
    private let rowDelimiter: [UInt8]?
    private let null: [UInt8]

    let hasQuote: Bool
    let hasEscape: Bool
    /// The bytes that mean something; where there is no quote or no escape, any other one again.
    let quote: UInt8
    let escape: UInt8
    let firstOfDelimiter: UInt8
    let nullCount: Int
    /// Whether the delimiter is one byte, and rows end as lines do.
    let isSimple: Bool

    init(_ format: DelimitedFormat) {
        delimiter = format.delimiter
        rowDelimiter = format.rowDelimiter
        null = format.null
        nullCount = null.count
        firstOfDelimiter = delimiter[0]
        hasQuote = format.quote != nil
        hasEscape = format.ownEscape != nil
        isSimple = delimiter.count == 1 && rowDelimiter == nil
        quote = format.quote ?? format.ownEscape ?? delimiter[0]
        escape = format.ownEscape ?? quote
    }

    /// What a window is to look for. Line feeds within values are counted.
    var marks: [UInt8] {
        [firstOfDelimiter, DelimitedFormat.lineFeed, rowDelimiter?[0] ?? DelimitedFormat.carriageReturn, quote, escape]
    }

    @unsafe func isNull(_ value: UnsafePointer<UInt8>) -> Bool {
        for index in null.indices where unsafe value[index] != null[index] { return false }
        return true
    }

    /// Bytes of the delimiter where it begins; 0 where it does not go on, -1 where that is not known yet.
    @unsafe func delimiterLength(_ text: RowScanner.Text, _ position: Int) -> Int {
        unsafe RowSyntax.length(delimiter, text, position)
    }

    /// The same of what ends a row.
    @unsafe func rowEndLength(_ text: RowScanner.Text, _ position: Int) -> Int {
        if let rowDelimiter {
            return unsafe text.bytes[position] == rowDelimiter[0] ? RowSyntax.length(rowDelimiter, text, position) : 0
        }
        let byte = unsafe text.bytes[position]
        if byte == DelimitedFormat.lineFeed { return 1 }
        // Else it is a quote in the middle of a value.
        guard byte == DelimitedFormat.carriageReturn else { return 0 }
        guard unsafe position + 1 < text.end else { return unsafe text.isFinal ? 1 : -1 }
        return unsafe text.bytes[position + 1] == DelimitedFormat.lineFeed ? 2 : 1
    }

    private static func length(_ bytes: [UInt8], _ text: RowScanner.Text, _ position: Int) -> Int {
        for index in bytes.indices {
            guard unsafe position + index < text.end else { return unsafe text.isFinal ? 0 : -1 }
            guard unsafe text.bytes[position + index] == bytes[index] else { return 0 }
        }
        return bytes.count
    }

    /// Whether a row is nothing but its end.
    @unsafe func isRowEnd(_ text: UnsafePointer<UInt8>, _ row: Range<Int>) -> Bool {
        let bytes = unsafe UnsafeBufferPointer(start: text + row.lowerBound, count: row.count)
        if let rowDelimiter { return unsafe bytes.elementsEqual(rowDelimiter) }
        return unsafe bytes.allSatisfy { $0 == DelimitedFormat.lineFeed || $0 == DelimitedFormat.carriageReturn }
    }

    @unsafe static func isUTF8(_ text: UnsafePointer<UInt8>, _ range: Range<Int>) -> Bool {
        let bytes = unsafe Span(_unsafeStart: text + range.lowerBound, count: range.count)
        return (try? UTF8Span(validating: bytes)) != nil
    }

    /// A row without what ends it.
    func withoutEnd(_ row: [UInt8]) -> [UInt8] {
        if let rowDelimiter {
            return row.suffix(rowDelimiter.count) == rowDelimiter[...] ? row.dropLast(rowDelimiter.count) : row
        }
        var row = row
        if row.last == DelimitedFormat.lineFeed { row.removeLast() }
        if row.last == DelimitedFormat.carriageReturn { row.removeLast() }
        return row
    }

    /// Takes the escapes out of a value of `count` bytes in place; how many are left.
    ///
    /// An escape makes the byte behind it a plain one; a quote within quotes is a doubled one, of which one is taken.
    @unsafe func removeEscapes(_ value: UnsafeMutablePointer<UInt8>, _ count: Int, isQuoted: Bool) -> Int {
        var kept = 0
        var index = 0
        while index < count {
            let byte = unsafe value[index]
            let isLast = index + 1 == count
            let isDoubled = unsafe isQuoted && byte == quote && !isLast && value[index + 1] == byte
            if isDoubled || (hasEscape && byte == escape && !isLast) { index += 1 }
            unsafe value[kept] = value[index]
            kept += 1
            index += 1
        }
        return kept
    }
}
