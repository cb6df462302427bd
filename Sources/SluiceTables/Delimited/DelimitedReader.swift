internal import SluiceCore

/// Reads rows of delimited text. Every value is text, or NULL where what stands for it is there without quotes.
///
/// Rows that have too many or too few values, a quote that is not closed or text behind one that is, or bytes that are
/// no UTF-8 go to the `BadRows`. Lines without anything are passed over where there is more than one column.
/// A byte order mark in front is dropped.
@safe package final class DelimitedReader: RowReader {
    package let columns: [Column]
    private let window: InputWindow
    private let badRows: BadRows
    private let limit: Int
    private let syntax: RowSyntax
    private let cells: CellTable
    /// The line at the window's start.
    private var line: Int
    private var rowsBefore = 0

    /// Rows of a batch at most: as many as keep its description within the second-level cache.
    private static let mostRows = 1024
    private static let mostCells = 1 << 15

    /// Reads the names of the columns, or counts those of the first row; blocks.
    ///
    /// - Parameters:
    ///   - columns: those that rows have, instead of the first row's; a header is passed over then.
    ///   - window: bytes that are read at a time; a longer row takes more, up to `longestRow`.
    /// - Throws: a `TableError`, and what `input` throws.
    package init(
        _ format: DelimitedFormat,
        _ input: any ByteInput,
        columns given: [Column]? = nil,
        badRows: BadRows = BadRows(),
        window size: Int = 256 << 10,
        longestRow: Int = 64 << 20
    ) throws {
        try format.check()
        self.badRows = badRows
        limit = longestRow
        syntax = RowSyntax(format)
        let encoding = format.encoding.flatMap { TextEncoding.isUTF8($0) ? nil : $0 }
        let input = try encoding.map { try TranscodedInput(input, encoding: $0) } ?? input
        window = InputWindow(input, marks: syntax.marks, size: size, limit: longestRow)
        var head = DelimitedHead(format, syntax, window)
        columns = try head.read(given)
        line = head.line
        let rows = max(1, min(DelimitedReader.mostRows, DelimitedReader.mostCells / max(1, columns.count)))
        unsafe cells = CellTable(rows: rows, columns: columns.count)
    }

    deinit { unsafe cells.deallocate() }

    package func next(_ body: (borrowing RowBatch) throws -> Void) throws -> Bool {
        guard !columns.isEmpty else { return false }
        while true {
            let text = unsafe RowScanner.Text(window)
            var scanner = unsafe RowScanner(syntax, text, cells, width: columns.count, from: window.start, line: line)
            let stop = unsafe scanner.scan()
            window.take(upTo: unsafe scanner.position)
            line = unsafe scanner.line
            if unsafe scanner.count > 0 {
                // What stopped it is found again when the batch is done with.
                unsafe cells.removeEscapes(scanner.escaped, syntax, window.text)
                try unsafe deliver(scanner.count, body)
                return true
            }
            switch stop {
            case .end: return false
            case .full: preconditionFailure("a batch has room for a row")
            case .incomplete: try fill()
            case .bad(let problem, let next, let lines): try skip(problem, next, lines)
            }
        }
    }

    private func deliver(_ count: Int, _ body: (borrowing RowBatch) throws -> Void) throws {
        defer { rowsBefore += count }
        try body(unsafe cells.batch(count, of: columns, in: window.text, rowsBefore: rowsBefore))
    }

    private func fill() throws {
        if try !window.fill() {
            throw TableError(
                .integrity,
                "the row on line \(line) has more than \(ByteCount(limit))",
                advice:
                    "Look for a quote that is not closed, or name the quote, escape and delimiters that the text has"
            )
        }
    }

    private func skip(_ problem: RowScanner.Problem, _ next: Int, _ lines: Int) throws {
        let row = window.bytes(window.start..<next)
        let bad = BadRow(
            .line(line),
            problem.code(of: columns.count),
            problem.message(columns),
            text: syntax.withoutEnd(row)
        )
        try badRows.add(bad)
        window.take(upTo: next)
        line += lines
    }
}
