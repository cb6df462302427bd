internal import SluiceCore

/// Reads rows of JSON: objects, one behind the other or in one array.
///
/// Every value comes as its text, numbers with all their digits; arrays and objects within a row come as they stand. A
/// key that a row does not have is NULL. Rows that are no JSON, have a key twice or one that is no column, and text
/// that is no UTF-8 go to the `BadRows`. Where the text of an array is broken, its rest can't be read.
@safe package final class JSONRowReader: RowReader {
    package let columns: [Column]
    private let window: InputWindow
    private let badRows: BadRows
    private let limit: Int
    private let keys: KeyTable
    /// Whether keys that are no columns are passed over.
    private let ignoresOthers: Bool
    private let cells: CellTable
    /// By column, the last row that had it.
    private let seen: UnsafeMutablePointer<Int>
    private var frame: JSONFrame
    /// The line at the window's start.
    private var line: Int
    private var rowsBefore = 0
    private var rowsSeen = 0

    private static let mostRows = 1024
    private static let mostCells = 1 << 15

    /// Finds the columns, if they are not given, in the rows of the first `window` bytes; blocks.
    ///
    /// - Parameters:
    ///   - columns: those that are taken of each row; other keys are passed over then.
    ///   - window: bytes that are read at a time; a longer row takes more, up to `longestRow`.
    /// - Throws: a `TableError`, and what `input` throws.
    package init(
        _ input: any ByteInput,
        columns given: [Column]? = nil,
        badRows: BadRows = BadRows(),
        window size: Int = 256 << 10,
        longestRow: Int = 64 << 20
    ) throws {
        self.badRows = badRows
        limit = longestRow
        window = unsafe InputWindow(input, marks: JSONScanner.sought, size: size, limit: longestRow)
        var head = JSONHead(window)
        frame = try head.frame()
        columns = try given ?? head.columns()
        line = head.line
        ignoresOthers = given != nil
        keys = KeyTable(columns.map(\.name))
        let rows = max(1, min(JSONRowReader.mostRows, JSONRowReader.mostCells / max(1, columns.count)))
        unsafe cells = CellTable(rows: rows, columns: columns.count)
        unsafe seen = .allocate(capacity: max(1, columns.count))
        unsafe seen.initialize(repeating: 0, count: max(1, columns.count))
    }

    deinit {
        unsafe cells.deallocate()
        unsafe seen.deallocate()
    }

    package func next(_ body: (borrowing RowBatch) throws -> Void) throws -> Bool {
        while true {
            var count = 0
            var escaped = 0
            let stop = scan(&count, &escaped)
            if count > 0 {
                // What stopped it is found again when the batch is done with.
                for index in 0..<escaped {
                    let place = unsafe cells.escaped[index]
                    let value = unsafe window.text + cells.places[place]
                    unsafe cells.places[place + 1] = JSONText.removeEscapes(value, cells.places[place + 1])
                }
                try deliver(count, body)
                return true
            }
            switch stop {
            case .end: return false
            case .full: preconditionFailure("a batch has room for a row")
            case .incomplete: try fill()
            case .bad(let code, let message, let start, let next): try skip(code, message, start, next)
            case .broken(let message): throw broken(message)
            }
        }
    }

    /// Why no more rows were scanned.
    private enum Stop {
        case full
        case end
        case incomplete
        case bad(BadRow.Code, String, start: Int, next: Int)
        case broken(String)
    }

    /// Describes rows until there is a reason to stop.
    private func scan(_ count: inout Int, _ escaped: inout Int) -> Stop {
        while unsafe count < cells.rows {
            var scanner = unsafe JSONScanner(window, at: window.start)
            var frame = self.frame
            var start = window.start
            let before = escaped
            do throws(JSONScanner.Stop) {
                guard try unsafe frame.isRowNext(&scanner, isFinal: window.isFinal) else { return .end }
                start = unsafe scanner.position
                unsafe cells.lines[count] = line + scanner.lines
                let trouble = try unsafe scanRow(&scanner, count, &escaped)
                if let trouble {
                    escaped = before
                    return unsafe .bad(.badJSON, trouble, start: start, next: scanner.position)
                }
                if !window.isASCII, unsafe !RowSyntax.isUTF8(window.text, start..<scanner.position) {
                    escaped = before
                    return unsafe .bad(
                        .badText,
                        "it holds bytes that are no UTF-8",
                        start: start,
                        next: scanner.position
                    )
                }
            } catch {
                escaped = before
                return unsafe stop(error, start, scanner.position)
            }
            self.frame = frame
            unsafe line += scanner.lines
            unsafe window.take(upTo: scanner.position)
            count += 1
        }
        return .full
    }

    private func stop(_ stop: JSONScanner.Stop, _ start: Int, _ position: Int) -> Stop {
        let message: String
        switch stop {
        case .incomplete:
            guard window.isFinal else { return .incomplete }
            message = "the text ends within it"
        case .malformed(let reason): message = reason
        }
        guard frame.shape == .lines else { return .broken(message) }
        let end = (position..<window.end).first { unsafe window.text[$0] == DelimitedFormat.lineFeed }
        guard let next = end.map({ $0 + 1 }) ?? (window.isFinal ? window.end : nil) else { return .incomplete }
        return .bad(.badJSON, message, start: start, next: next)
    }

    /// Describes the row that is next; what is wrong with it where that does not keep its end from being found.
    @unsafe private func scanRow(
        _ scanner: inout JSONScanner,
        _ row: Int,
        _ escaped: inout Int
    ) throws(JSONScanner.Stop) -> String? {
        rowsSeen += 1
        let first = row * columns.count * 2
        for column in columns.indices { unsafe cells.places[first + 2 * column + 1] = ColumnValues.null }
        var trouble: String?
        var expected = 0
        try unsafe scanner.take(UInt8(ascii: "{"), "an object")
        if try unsafe scanner.peek() == UInt8(ascii: "}") {
            unsafe scanner.skip()
            return nil
        }
        while true {
            let key = try unsafe scanner.string()
            try unsafe scanner.take(UInt8(ascii: ":"), "a colon")
            let value = try unsafe scanner.value()
            if let column = column(key, expected) {
                if unsafe seen[column] == rowsSeen {
                    trouble = trouble ?? "the key \(shown(key)) stands twice"
                } else {
                    unsafe describe(value, first + 2 * column, &escaped)
                }
                unsafe seen[column] = rowsSeen
                expected = column + 1
            } else if !ignoresOthers {
                trouble = trouble ?? "the key \(shown(key)) is none of the columns that the first rows have"
            }
            if try unsafe scanner.peek() == UInt8(ascii: "}") { break }
            try unsafe scanner.take(UInt8(ascii: ","), "a comma or a bracket")
        }
        unsafe scanner.skip()
        return trouble
    }

    @unsafe @inline(__always)
    private func describe(_ value: JSONScanner.Value, _ place: Int, _ escaped: inout Int) {
        guard value.kind != .null else { return }
        unsafe cells.places[place] = value.range.lowerBound
        unsafe cells.places[place + 1] = value.range.count
        if value.isEscaped {
            unsafe cells.escaped[escaped] = place
            escaped += 1
        }
    }

    private func column(_ key: JSONScanner.Value, _ expected: Int) -> Int? {
        guard key.isEscaped else {
            return unsafe keys.column(window.text + key.range.lowerBound, key.range.count, expected: expected)
        }
        let name = JSONHead.text(key, window)
        return unsafe name.withUnsafeBufferPointer { bytes in
            unsafe bytes.baseAddress.flatMap { unsafe keys.column($0, bytes.count, expected: expected) }
        }
    }

    private func shown(_ key: JSONScanner.Value) -> String { BadRow.shown(JSONHead.text(key, window)) }
}

extension JSONRowReader {
    private func deliver(_ count: Int, _ body: (borrowing RowBatch) throws -> Void) throws {
        defer { rowsBefore += count }
        try body(unsafe cells.batch(count, of: columns, in: window.text, rowsBefore: rowsBefore))
    }

    private func fill() throws {
        if try !window.fill() { throw broken("it has more than \(ByteCount(limit))") }
    }

    private func broken(_ message: String) -> TableError {
        TableError(
            .integrity,
            "the row on line \(line) can't be read",
            cause: message,
            advice: "Check that the text is JSON, and whole"
        )
    }

    private func skip(_ code: BadRow.Code, _ message: String, _ start: Int, _ next: Int) throws {
        let before = lineFeeds(window.start..<start)
        var row = window.bytes(start..<next)
        if row.last == DelimitedFormat.lineFeed { row.removeLast() }
        try badRows.add(BadRow(.line(line + before), code, message, text: row))
        line += before + lineFeeds(start..<next)
        frame.hasRows = true
        window.take(upTo: next)
    }

    private func lineFeeds(_ range: Range<Int>) -> Int {
        range.count { unsafe window.text[$0] == DelimitedFormat.lineFeed }
    }
}
