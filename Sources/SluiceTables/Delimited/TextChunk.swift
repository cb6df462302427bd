internal import CScan

/// A piece of a text whose rows are described by one thread while others describe other pieces'.
///
/// It is filled, parsed and handed on by one thread at a time.
// @unchecked: whoever has it hands it over through a queue or a semaphore, and does not touch it until it comes back.
@safe final class TextChunk: @unchecked Sendable {
    /// What became of the text, in its order.
    @unsafe enum Part {
        /// So many rows, the first `escaped` cells of which that hold escapes still do.
        case rows(CellTable, count: Int, escaped: Int)
        /// A row that can't be taken, on a line of the chunk.
        case bad(RowScanner.Problem, Range<Int>, line: Int)
    }

    private let memory = PageMemory()
    private var words: UnsafeMutablePointer<UInt64>
    private var wordCount = 0
    private let syntax: RowSyntax
    private let sought: cscan_marks
    /// Tables that were made before, to be used again.
    @unsafe private var tables: [CellTable] = unsafe []
    private var usedTables = 0
    private let rowsOfTable: Int
    private let columns: Int

    /// Bytes of text.
    private(set) var count = 0
    /// Whether nothing comes behind it.
    private(set) var isFinal = false
    @unsafe private(set) var parts: [Part] = unsafe []
    /// Where the row begins that does not end here; `count` where all do.
    private(set) var end = 0
    /// Line feeds before that.
    private(set) var lines = 0

    init(_ syntax: RowSyntax, columns: Int, rowsOfTable: Int) {
        self.syntax = syntax
        self.columns = columns
        self.rowsOfTable = rowsOfTable
        let five = syntax.marks
        sought = cscan_marks(bytes: (five[0], five[1], five[2], five[3], five[4]))
        unsafe words = .allocate(capacity: 1)
    }

    deinit {
        unsafe words.deallocate()
        unsafe tables.forEach { unsafe $0.deallocate() }
    }

    @unsafe var text: UnsafeMutablePointer<UInt8> { unsafe memory.base }

    func removeAll() {
        (count, isFinal, end, lines) = (0, false, 0, 0)
        unsafe parts = []
    }

    /// Puts bytes behind the others.
    @unsafe func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        memory.reserve(count + bytes.count, keeping: 0..<count)
        if let start = bytes.baseAddress { unsafe (memory.base + count).update(from: start, count: bytes.count) }
        count += bytes.count
    }

    /// Reads up to `most` bytes behind the others; false at the input's end.
    func append(from input: any ByteInput, _ most: Int) throws -> Bool {
        memory.reserve(count + most, keeping: 0..<count)
        let read = try unsafe input.read(into: UnsafeMutableRawBufferPointer(start: memory.base + count, count: most))
        precondition(read <= most, "an input gave more than it was asked for")
        count += read
        return read > 0
    }

    /// Says that nothing comes behind.
    func finish() { isFinal = true }

    /// Takes away the bytes from `position` on.
    func cut(at position: Int) {
        precondition(position <= count)
        count = position
    }

    private func mark(upTo count: Int) -> Bool {
        if wordCount < count / 64 + 1 {
            unsafe words.deallocate()
            wordCount = 2 * (count / 64 + 1)
            unsafe words = .allocate(capacity: wordCount)
        }
        return unsafe !cscan_find(memory.base, count, sought, words)
    }

    /// Describes all rows, the first of which begins at the front.
    func parse() {
        (end, lines) = (0, 0)
        usedTables = 0
        unsafe parts = []
        let isASCII = mark(upTo: count)
        let text = unsafe RowScanner.Text(memory.base, marks: words, end: count, isFinal: isFinal, isASCII: isASCII)
        var line = 1
        while true {
            let table = unsafe nextTable()
            var scanner = unsafe RowScanner(syntax, text, table, width: columns, from: end, line: line)
            let stop = unsafe scanner.scan()
            (end, line) = unsafe (scanner.position, scanner.line)
            if unsafe scanner.count > 0 {
                unsafe parts.append(.rows(table, count: scanner.count, escaped: scanner.escaped))
            } else {
                usedTables -= 1
            }
            switch stop {
            case .full: continue
            case .end, .incomplete:
                lines = line - 1
                return
            case .bad(let problem, let next, let count):
                unsafe parts.append(.bad(problem, end..<next, line: line))
                (end, line) = (next, line + count)
            }
        }
    }

    /// Where the first row ends; `count` where it does not.
    func firstRowEnd() -> Int {
        let isASCII = mark(upTo: count)
        let text = unsafe RowScanner.Text(memory.base, marks: words, end: count, isFinal: isFinal, isASCII: isASCII)
        let table = unsafe CellTable(rows: 1, columns: columns)
        defer { unsafe table.deallocate() }
        var scanner = unsafe RowScanner(syntax, text, table, width: columns, from: 0, line: 1)
        let stop = unsafe scanner.scan()
        if case .bad(_, let next, _) = stop { return next }
        return unsafe scanner.count > 0 ? scanner.position : count
    }

    private func nextTable() -> CellTable {
        if unsafe usedTables == tables.count { unsafe tables.append(CellTable(rows: rowsOfTable, columns: columns)) }
        usedTables += 1
        return unsafe tables[usedTables - 1]
    }

    /// Where a row surely or likely begins near the end: behind what ends rows, where the next ones have as many values
    /// as there are columns. Nil where rows may not end here.
    func likelyRowStart(lookahead: Int) -> Int? {
        var last: Int?
        var tried = 0
        _ = mark(upTo: count)
        let text = unsafe RowScanner.Text(memory.base, marks: words, end: count, isFinal: false, isASCII: true)
        var position = max(0, count - lookahead)
        let table = unsafe CellTable(rows: 3, columns: columns)
        defer { unsafe table.deallocate() }
        while position < count {
            let length = unsafe syntax.rowEndLength(text, position)
            guard length > 0 else {
                position += 1
                continue
            }
            position += length
            last = position
            guard tried < TextChunk.mostTried else { continue }
            tried += 1
            var scanner = unsafe RowScanner(syntax, text, table, width: columns, from: position, line: 1)
            let stop = unsafe scanner.scan()
            if case .bad = stop { continue }
            if unsafe scanner.count > 0 { return position }
        }
        return last
    }

    /// Places that are looked at closely.
    private static let mostTried = 64
}
