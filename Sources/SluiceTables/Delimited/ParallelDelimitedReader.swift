internal import Dispatch
internal import SluiceCore

/// Reads rows of delimited text as `DelimitedReader` does, by several threads: the same rows in the same order, and the
/// same errors.
///
/// The text is cut where rows likely begin. Whether one does is known when the piece before has been described: where its
/// last row does not end with it, what is left goes before the next piece, which is described anew.
@safe package final class ParallelDelimitedReader: RowReader {
    package let columns: [Column]
    private let input: any ByteInput
    private let syntax: RowSyntax
    private let badRows: BadRows
    private let limit: Int
    private let size: Int
    private let queue = DispatchQueue(label: "rows", attributes: .concurrent)
    /// Pieces that are being described, in the text's order, and pieces to be filled.
    private var underWay: [Task] = []
    private var free: [TextChunk] = []
    private let most: Int
    /// What the next piece begins with.
    private var carried: [UInt8]
    private var isAllRead = false
    /// The piece under way and its parts that were not handed on.
    private var current: TextChunk?
    private var nextPart = 0
    /// Lines and rows before it.
    private var linesBefore: Int
    private var rowsBefore = 0

    private struct Task {
        let chunk: TextChunk
        let done: DispatchSemaphore
    }

    private static let mostRows = 1024
    private static let mostCells = 1 << 15
    /// Bytes at the end of a piece that are looked at for a row's beginning: some rows of most tables.
    private static let lookahead = 16 << 10

    /// - Parameters:
    ///   - threads: that describe rows, beside the one that takes them.
    ///   - window: bytes of a piece.
    package init(
        _ format: DelimitedFormat,
        _ input: any ByteInput,
        columns given: [Column]? = nil,
        badRows: BadRows = BadRows(),
        threads: Int,
        window size: Int = 256 << 10,
        longestRow: Int = 64 << 20
    ) throws {
        precondition(threads > 0)
        try format.check()
        self.badRows = badRows
        limit = max(size, longestRow)
        self.size = size
        syntax = RowSyntax(format)
        let encoding = format.encoding.flatMap { TextEncoding.isUTF8($0) ? nil : $0 }
        let input = try encoding.map { try TranscodedInput(input, encoding: $0) } ?? input
        self.input = input
        let window = InputWindow(input, marks: syntax.marks, size: size, limit: longestRow)
        var head = DelimitedHead(format, syntax, window)
        columns = try head.read(given)
        linesBefore = head.line - 1
        carried = window.bytes(window.start..<window.end)
        isAllRead = window.isFinal
        most = threads + 1
        let rows = max(
            1,
            min(ParallelDelimitedReader.mostRows, ParallelDelimitedReader.mostCells / max(1, columns.count))
        )
        free = (0..<most + 1).map { _ in TextChunk(syntax, columns: columns.count, rowsOfTable: rows) }
    }

    package func next(_ body: (borrowing RowBatch) throws -> Void) throws -> Bool {
        guard !columns.isEmpty else { return false }
        while true {
            if let chunk = current {
                if try deliver(chunk, body) { return true }
                guard try advance(chunk) else { return false }
            } else {
                guard try begin() else { return false }
            }
        }
    }

    /// Hands the next rows of a piece on; false behind the last.
    private func deliver(_ chunk: TextChunk, _ body: (borrowing RowBatch) throws -> Void) throws -> Bool {
        while unsafe nextPart < chunk.parts.count {
            let part = unsafe chunk.parts[nextPart]
            nextPart += 1
            switch unsafe part {
            case .bad(let problem, let range, let line): try skip(chunk, problem, range, linesBefore + line)
            case .rows(let cells, let count, let escaped):
                unsafe cells.removeEscapes(escaped, syntax, chunk.text)
                defer { rowsBefore += count }
                try body(
                    unsafe cells.batch(
                        count,
                        of: columns,
                        in: chunk.text,
                        rowsBefore: rowsBefore,
                        linesBefore: linesBefore
                    )
                )
                return true
            }
        }
        return false
    }

    /// Takes up the first piece; false where there is none.
    private func begin() throws -> Bool {
        try fill()
        guard let task = takeFirst() else { return false }
        task.done.wait()
        (current, nextPart) = (task.chunk, 0)
        return true
    }

    /// Goes on from a piece to the next one, with what it has left; false at the end.
    private func advance(_ chunk: TextChunk) throws -> Bool {
        linesBefore += chunk.lines
        let rest = chunk.end..<chunk.count
        try fill()
        guard let task = takeFirst() else {
            precondition(rest.isEmpty, "the last piece has ends of all its rows")
            return false
        }
        task.done.wait()
        guard !rest.isEmpty else {
            current = task.chunk
            nextPart = 0
            free.append(chunk)
            return true
        }
        guard rest.count < limit else { throw tooLong() }
        // What was described of the next piece began within a row.
        guard let joined = free.popLast() else { preconditionFailure("a piece is kept for this") }
        joined.removeAll()
        unsafe joined.append(UnsafeBufferPointer(start: chunk.text + rest.lowerBound, count: rest.count))
        unsafe joined.append(UnsafeBufferPointer(start: task.chunk.text, count: task.chunk.count))
        if task.chunk.isFinal { joined.finish() }
        // No row is longer than the limit, wherever pieces end.
        guard joined.count <= limit || joined.firstRowEnd() <= limit else { throw tooLong() }
        joined.parse()
        free += [chunk, task.chunk]
        (current, nextPart) = (joined, 0)
        return true
    }

    private func takeFirst() -> Task? { underWay.isEmpty ? nil : underWay.removeFirst() }

    /// Has threads describe as many pieces as there may be under way.
    private func fill() throws {
        // One is kept for pieces that are joined.
        while !isEnded, underWay.count < most, free.count > 1, let chunk = free.popLast() {
            chunk.removeAll()
            try read(chunk)
            let done = DispatchSemaphore(value: 0)
            queue.async {
                chunk.parse()
                done.signal()
            }
            underWay.append(Task(chunk: chunk, done: done))
        }
    }

    private var isEnded = false

    /// Fills a piece, and keeps what stands behind its last row for the next one.
    private func read(_ chunk: TextChunk) throws {
        unsafe carried.withUnsafeBufferPointer { unsafe chunk.append($0) }
        carried = []
        var wanted = size
        while true {
            while !isAllRead, chunk.count < wanted {
                if try !chunk.append(from: input, wanted - chunk.count) { isAllRead = true }
            }
            if isAllRead {
                chunk.finish()
                isEnded = true
                return
            }
            let start =
                chunk.likelyRowStart(lookahead: min(chunk.count, ParallelDelimitedReader.lookahead))
                ?? chunk.likelyRowStart(lookahead: chunk.count)
            if let start {
                carried = unsafe Array(UnsafeBufferPointer(start: chunk.text + start, count: chunk.count - start))
                return chunk.cut(at: start)
            }
            // A row that is longer than a piece: it is known to be no longer than the limit when it is described.
            guard chunk.count < limit else { return }
            wanted = min(limit, chunk.count * 2)
        }
    }

    private func tooLong() -> TableError {
        TableError(
            .integrity,
            "the row on line \(linesBefore + 1) has more than \(ByteCount(limit))",
            advice: "Look for a quote that is not closed, or name the quote, escape and delimiters that the text has"
        )
    }

    private func skip(_ chunk: TextChunk, _ problem: RowScanner.Problem, _ range: Range<Int>, _ line: Int) throws {
        let row = unsafe Array(UnsafeBufferPointer(start: chunk.text + range.lowerBound, count: range.count))
        try badRows.add(
            BadRow(
                .line(line),
                problem.code(of: columns.count),
                problem.message(columns),
                text: syntax.withoutEnd(row)
            )
        )
    }
}
