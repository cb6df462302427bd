/// Finds the cells of rows in delimited text.
///
/// A quote means something at a value's start only, and within a value that begins with one; elsewhere it is a byte
/// like others, as in `5" disk`. What is scanned are rows one behind the other, up to one that can't be taken.
@unsafe struct RowScanner {
    /// Why a row can't be taken; columns from 0.
    enum Problem: Equatable {
        case textBehindQuote(column: Int)
        case openQuote(column: Int)
        case openEscape(column: Int)
        /// Another number of values than columns.
        case width(Int)
        /// Bytes that are no UTF-8.
        case text(column: Int)
    }

    /// Why scanning stopped.
    enum Stop: Equatable {
        /// There is no room for another row.
        case full
        /// The next row's end is not here.
        case incomplete
        /// All rows were read.
        case end
        /// The next row can't be taken; it ends before `next` and has so many lines.
        case bad(Problem, next: Int, lines: Int)
    }

    /// The text, of which `start..<end` is to be scanned.
    @unsafe struct Text {
        let bytes: UnsafeMutablePointer<UInt8>
        let marks: UnsafePointer<UInt64>
        let end: Int
        /// Whether nothing comes behind the end.
        let isFinal: Bool
        let isASCII: Bool

        init(_ window: InputWindow) {
            unsafe bytes = window.text
            unsafe marks = window.marks
            unsafe end = window.end
            unsafe isFinal = window.isFinal
            unsafe isASCII = window.isASCII
        }

        init(
            _ bytes: UnsafeMutablePointer<UInt8>,
            marks: UnsafePointer<UInt64>,
            end: Int,
            isFinal: Bool,
            isASCII: Bool
        ) {
            unsafe self.bytes = unsafe bytes
            unsafe self.marks = unsafe marks
            unsafe self.end = end
            unsafe self.isFinal = isFinal
            unsafe self.isASCII = isASCII
        }
    }

    private let syntax: RowSyntax
    private let text: Text
    private let cells: CellTable
    private let width: Int

    private var cursor: MarkCursor
    /// Marks before this are no marks.
    private var plainUpTo = 0
    /// Where the next row begins.
    private(set) var position: Int
    /// The line that it begins on.
    private(set) var line: Int
    /// Rows that were described.
    private(set) var count = 0
    /// Cells of theirs that hold escapes.
    private(set) var escaped = 0

    // Of the row under way.
    private var column = 0
    private var innerLines = 0
    private var problem: Problem?

    /// - Parameter width: columns; nil to take the first row as it is.
    init(_ syntax: RowSyntax, _ text: Text, _ cells: CellTable, width: Int?, from position: Int, line: Int) {
        unsafe self.syntax = syntax
        unsafe self.text = unsafe text
        unsafe self.cells = unsafe cells
        unsafe self.width = width ?? RowScanner.anyWidth
        unsafe self.position = position
        unsafe self.line = line
        unsafe cursor = MarkCursor(text.marks, at: position, end: text.end)
    }

    private static let anyWidth = -1

    /// Columns of the row that was scanned last.
    var scannedColumns: Int { unsafe column }

    /// Describes rows until there is a reason to stop.
    @inline(__always) mutating func scan() -> Stop {
        while unsafe count < cells.rows {
            guard unsafe position < text.end else { return unsafe text.isFinal ? .end : .incomplete }
            let before = unsafe escaped
            guard let next = unsafe scanRow() else {
                unsafe escaped = before
                return unsafe text.isFinal
                    ? .bad(.openQuote(column: column), next: text.end, lines: 1 + innerLines) : .incomplete
            }
            if unsafe problem != nil || column != width || !text.isASCII {
                guard unsafe isSound(next) else {
                    unsafe escaped = before
                    if unsafe problem == nil { continue }
                    return unsafe .bad(problem!, next: next, lines: 1 + innerLines)
                }
            }
            unsafe cells.lines[count] = line
            unsafe count &+= 1
            unsafe line &+= 1 &+ innerLines
            unsafe position = next
        }
        return .full
    }

    /// Looks closely at a row that is not an ordinary one. One without anything is passed over: false, and no problem.
    private mutating func isSound(_ next: Int) -> Bool {
        guard unsafe problem == nil else { return false }
        if unsafe column != width && width != RowScanner.anyWidth {
            if unsafe column == 1 && syntax.isRowEnd(text.bytes, position..<next) {
                unsafe line &+= 1
                unsafe position = next
            } else {
                unsafe problem = .width(column)
            }
            return false
        }
        if unsafe !text.isASCII && !RowSyntax.isUTF8(text.bytes, position..<next) {
            unsafe problem = .text(column: firstInvalidColumn)
        }
        return unsafe problem == nil
    }

    private var firstInvalidColumn: Int {
        let places = unsafe cells.places + count * cells.columns * 2
        return unsafe (0..<min(column, cells.columns)).first { column in
            let (start, length) = unsafe (places[2 * column], places[2 * column + 1])
            return unsafe length > 0 && !RowSyntax.isUTF8(text.bytes, start..<start + length)
        } ?? 0
    }

    /// Describes the row at `position`; where the next one begins, or nil where its end is not here.
    @inline(__always) private mutating func scanRow() -> Int? {
        unsafe (column, innerLines) = (0, 0)
        if unsafe problem != nil { unsafe problem = nil }
        var start = unsafe position
        var place = unsafe count &* cells.columns &* 2
        while true {
            var close = unsafe MarkCursor.none
            var isEscaped = false
            if unsafe syntax.hasQuote && start < text.end && text.bytes[start] == syntax.quote {
                unsafe (close, isEscaped) = scanQuoted(start)
                if unsafe close == MarkCursor.none { return nil }
            }
            guard let (end, next, isRow) = unsafe findEnd(close, &isEscaped) else { return nil }
            if unsafe column < cells.columns {
                unsafe describe(start, close, end, isEscaped, place)
                place &+= 2
            }
            unsafe column &+= 1
            start = next
            if isRow { return next }
        }
    }

    @inline(__always)
    private mutating func describe(_ start: Int, _ close: Int, _ end: Int, _ isEscaped: Bool, _ place: Int) {
        if unsafe close != MarkCursor.none {
            unsafe cells.places[place] = start &+ 1
            unsafe cells.places[place &+ 1] = close &- start &- 1
        } else {
            unsafe cells.places[place] = start
            let length = end &- start
            let isNull = unsafe length == syntax.nullCount && syntax.isNull(text.bytes + start)
            unsafe cells.places[place &+ 1] = isNull ? ColumnValues.null : length
            if isNull { return }
        }
        if isEscaped {
            unsafe cells.escaped[escaped] = close == MarkCursor.none ? place : place | CellTable.isQuoted
            unsafe escaped &+= 1
        }
    }

    /// Finds the quote that closes the value at `start`; `none` where it is not here.
    @inline(__always) private mutating func scanQuoted(_ start: Int) -> (close: Int, isEscaped: Bool) {
        var isEscaped = false
        unsafe plainUpTo = start &+ 1
        while true {
            let found = unsafe cursor.next()
            guard unsafe found < text.end else { return unsafe (MarkCursor.none, isEscaped) }
            if unsafe found < plainUpTo { continue }
            let byte = unsafe text.bytes[found]
            if unsafe byte == syntax.quote {
                guard unsafe found &+ 1 < text.end else {
                    return unsafe (text.isFinal ? found : MarkCursor.none, isEscaped)
                }
                guard unsafe text.bytes[found &+ 1] == byte else { return (found, isEscaped) }
            } else if unsafe !syntax.hasEscape || byte != syntax.escape {
                if byte == DelimitedFormat.lineFeed { unsafe innerLines &+= 1 }
                continue
            }
            // A quote that is doubled, or an escape and what it makes plain.
            isEscaped = true
            unsafe plainUpTo = found &+ 2
        }
    }

    /// Finds the delimiter behind a value; nil where it is not here.
    @inline(__always)
    private mutating func findEnd(_ close: Int, _ isEscaped: inout Bool) -> (end: Int, next: Int, isRow: Bool)? {
        while true {
            let found = unsafe cursor.next()
            guard unsafe found < text.end else {
                guard unsafe text.isFinal else { return nil }
                unsafe noteEnd(text.end, close)
                return unsafe (text.end, text.end, true)
            }
            if unsafe found < plainUpTo { continue }
            let byte = unsafe text.bytes[found]
            var length = 1
            var isRow = true
            if unsafe byte == syntax.firstOfDelimiter {
                isRow = false
                if unsafe !syntax.isSimple { unsafe length = syntax.delimiterLength(text, found) }
            } else if byte == DelimitedFormat.lineFeed, unsafe syntax.isSimple {
                length = 1
            } else {
                length = unsafe rareLength(byte, found, &isEscaped)
            }
            if length < 0 { return nil }
            if length == 0 { continue }
            if length > 1 { unsafe plainUpTo = found &+ length }
            unsafe noteEnd(found, close)
            return (found, found &+ length, isRow)
        }
    }

    /// Text behind a quote is noticed where the value ends.
    @inline(__always) private mutating func noteEnd(_ end: Int, _ close: Int) {
        if unsafe close != MarkCursor.none && close &+ 1 != end && problem == nil {
            unsafe problem = .textBehindQuote(column: column)
        }
    }

    /// Bytes of the row's end that begins with `byte`, which is neither the delimiter nor a plain line feed; 0 where
    /// there is none, -1 where that is not known yet.
    @inline(never) private mutating func rareLength(_ byte: UInt8, _ found: Int, _ isEscaped: inout Bool) -> Int {
        if unsafe syntax.hasEscape && byte == syntax.escape {
            if unsafe found &+ 1 == text.end {
                guard unsafe text.isFinal else { return -1 }
                unsafe problem = problem ?? .openEscape(column: column)
            }
            isEscaped = true
            unsafe plainUpTo = found &+ 2
            return 0
        }
        let length = unsafe syntax.rowEndLength(text, found)
        if length == 0 && byte == DelimitedFormat.lineFeed { unsafe innerLines &+= 1 }
        return length
    }
}

/// Where the cells of a batch are described.
@unsafe struct CellTable {
    /// An offset and a length for each cell, row by row.
    let places: UnsafeMutablePointer<Int>
    /// The line of each row.
    let lines: UnsafeMutablePointer<Int>
    /// The cells that hold escapes, by their index in `places`, which is even, and `isQuoted`.
    let escaped: UnsafeMutablePointer<Int>
    let rows: Int
    let columns: Int

    /// Marks an escaped cell within quotes.
    static let isQuoted = 1

    init(rows: Int, columns: Int) {
        unsafe self.rows = rows
        unsafe self.columns = columns
        unsafe places = .allocate(capacity: rows * columns * 2)
        unsafe lines = .allocate(capacity: rows)
        unsafe escaped = .allocate(capacity: rows * columns)
    }

    /// Takes the escapes out of the first `count` cells that hold some.
    func removeEscapes(_ count: Int, _ syntax: RowSyntax, _ text: UnsafeMutablePointer<UInt8>) {
        for index in 0..<count {
            let place = unsafe escaped[index] & ~CellTable.isQuoted
            let isQuoted = unsafe place != escaped[index]
            let value = unsafe text + places[place]
            unsafe places[place + 1] = syntax.removeEscapes(value, places[place + 1], isQuoted: isQuoted)
        }
    }

    /// The first `count` rows, whose cells stand in `text`.
    func batch(
        _ count: Int,
        of table: [Column],
        in text: UnsafePointer<UInt8>,
        rowsBefore: Int,
        linesBefore: Int = 0
    ) -> RowBatch {
        let values = unsafe (0..<columns).map { column in
            let offsets = unsafe places + 2 * column
            return unsafe ColumnValues(base: text, offsets: offsets, lengths: offsets + 1, step: 2 * columns)
        }
        return unsafe RowBatch(
            columns: table,
            count: count,
            values: values,
            rowsBefore: rowsBefore,
            lines: lines,
            linesBefore: linesBefore
        )
    }

    func deallocate() {
        unsafe places.deallocate()
        unsafe lines.deallocate()
        unsafe escaped.deallocate()
    }
}
