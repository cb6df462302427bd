internal import SluiceCore

/// Reads what stands before the first row: a byte order mark, lines to pass over, the columns' names.
struct DelimitedHead: ~Copyable {
    private let format: DelimitedFormat
    private let window: InputWindow
    private let syntax: RowSyntax
    /// The line that the first row stands on.
    private(set) var line = 1

    /// Columns that a table may have.
    private static let mostColumns = 1 << 16

    init(_ format: DelimitedFormat, _ syntax: RowSyntax, _ window: InputWindow) {
        self.format = format
        self.syntax = syntax
        self.window = window
    }

    /// The columns, from the header where there is one, else named by their number from 0 on, as ADF does.
    mutating func read(_ given: [Column]?) throws -> [Column] {
        try fill { $0.count >= DelimitedFormat.byteOrderMark.count }
        let first = window.bytes(window.start..<min(window.end, window.start + DelimitedFormat.byteOrderMark.count))
        if first == DelimitedFormat.byteOrderMark { window.take(upTo: window.start + first.count) }
        for _ in 0..<format.skippedLines { try skipLine() }
        if let given, !format.hasHeader { return given }
        guard let (names, next, lines) = try firstRow() else { return given ?? [] }
        guard format.hasHeader else {
            return names.indices.map { Column("Prop_\($0)", .text(length: nil)) }
        }
        window.take(upTo: next)
        line += lines
        return given ?? names.map { Column($0, .text(length: nil)) }
    }

    /// Reads until `isEnough` or the end.
    private func fill(_ isEnough: (Range<Int>) -> Bool) throws {
        while !window.isFinal, !isEnough(window.start..<window.end) { try more() }
    }

    private func more() throws {
        if try !window.fill() {
            throw TableError(
                .integrity,
                "line \(line) is longer than any row may be",
                advice: "Name the row delimiter and the quote that the text has"
            )
        }
    }

    private mutating func skipLine() throws {
        while true {
            let found = (window.start..<window.end).first { unsafe window.text[$0] == DelimitedFormat.lineFeed }
            if let found {
                window.take(upTo: found + 1)
                line += 1
                return
            }
            guard !window.isFinal else { return window.take(upTo: window.end) }
            try more()
        }
    }

    /// The first row's values; nil where there is none.
    private mutating func firstRow() throws -> ([String], next: Int, lines: Int)? {
        let cells = unsafe CellTable(rows: 1, columns: DelimitedHead.mostColumns)
        defer { unsafe cells.deallocate() }
        while true {
            let text = unsafe RowScanner.Text(window)
            var scanner = unsafe RowScanner(syntax, text, cells, width: nil, from: window.start, line: line)
            switch unsafe scanner.scan() {
            case .end: return nil
            case .incomplete: try more()
            case .full:
                let count = unsafe scanner.scannedColumns
                guard count <= DelimitedHead.mostColumns else { throw refused("has \(count) values") }
                let names = unsafe self.names(count, scanner.escaped, cells)
                return unsafe (names, scanner.position, scanner.line - line)
            case .bad(let problem, _, _):
                throw refused("can't be taken: " + problem.clause(of: 0) { "column \($0 + 1)" })
            }
        }
    }

    private func refused(_ clause: String) -> TableError {
        TableError(
            .integrity,
            "line \(line), which is to name the columns, \(clause)",
            advice: "Name the delimiters, the quote and the encoding that the text has"
        )
    }

    /// The cells' texts, which the scanner has checked. A name is never NULL. The window stays as it is.
    @unsafe private func names(_ count: Int, _ escaped: Int, _ cells: CellTable) -> [String] {
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: window.end)
        defer { unsafe copy.deallocate() }
        unsafe copy.initialize(from: window.text, count: window.end)
        unsafe cells.removeEscapes(escaped, syntax, copy)
        return (0..<count).map { cell in
            let (start, length) = unsafe (cells.places[2 * cell], cells.places[2 * cell + 1])
            let wanted = unsafe length == ColumnValues.null ? syntax.nullCount : length
            return unsafe String(decoding: UnsafeBufferPointer(start: copy + start, count: wanted), as: UTF8.self)
        }
    }
}
