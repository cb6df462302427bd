/// Writes rows as JSON objects.
///
/// Numbers and booleans stand as such, with all their digits, also where they come as text; what JSON has no number for
/// (NaN, the infinities) is text. Bytes are base64 or hexadecimal; all else is its canonical text. NULL is `null`.
package final class JSONRowEncoder: RowEncoder {
    private let shape: JSONFormat.Shape
    private let binary: BinaryText
    private let columns: [Column]
    /// `{"name":` of the first column, `,"name":` of the others.
    private let keys: [[UInt8]]
    private let kinds: [Kind]
    private let rowBound: Int
    private var hasRows = false
    /// Of a value that comes in pieces.
    private var binaryPieces: BinaryPieces?

    /// How a column's values stand.
    fileprivate enum Kind {
        /// Text in quotes.
        case text
        /// Text that stands by itself where it is a number or a boolean.
        case literal
        /// Digits that are always a number, or a boolean.
        case bare(CellKind)
        /// Digits that are mostly a number.
        case real(CellKind)
        /// In quotes, and without anything that needs an escape.
        case quoted(CellKind)
        case binary
    }

    package init(_ format: JSONFormat, columns: [Column]) {
        shape = format.shape
        binary = format.binary
        self.columns = columns
        kinds = columns.map { Kind($0) }
        keys = columns.indices.map { index in
            Array((index == 0 ? "{" : ",").utf8) + JSONText.quoted(Array(columns[index].name.utf8)) + Array(":".utf8)
        }
        rowBound = keys.reduce(0) { $0 + $1.count + CanonicalText.most + 2 } + 4 + ByteOutput.slack
    }

    package func begin(_ output: ByteOutput) throws {
        if shape == .array { output.append("[".utf8) }
    }

    package func encode(_ batch: borrowing RowBatch, rows range: Range<Int>, to output: ByteOutput) throws {
        precondition(range.lowerBound >= 0 && range.upperBound <= batch.count && batch.columns.count == columns.count)
        var pen = unsafe Pen(output, room: rowBound)
        if let piece = batch.piece {
            unsafe encode(piece, &pen)
            return unsafe pen.lift()
        }
        let values = unsafe batch.values
        for row in range {
            unsafe pen.need(rowBound)
            unsafe beginRow(&pen)
            for column in keys.indices {
                unsafe pen.put(keys[column])
                unsafe encode(row, column, values[column], &pen)
            }
            unsafe endRow(&pen)
        }
        unsafe pen.lift()
    }

    package var takesPieces: Bool { true }

    @unsafe private func beginRow(_ pen: inout Pen) {
        if shape == .array {
            if hasRows { unsafe pen.put(UInt8(ascii: ",")) }
            unsafe pen.put(DelimitedFormat.lineFeed)
        }
        hasRows = true
        if columns.isEmpty { unsafe pen.put(UInt8(ascii: "{")) }
    }

    @unsafe private func endRow(_ pen: inout Pen) {
        unsafe pen.put(UInt8(ascii: "}"))
        if shape == .lines { unsafe pen.put(DelimitedFormat.lineFeed) }
    }

    package func finish(_ output: ByteOutput) throws {
        if shape == .array { output.append((hasRows ? "\n]\n" : "]\n").utf8) }
    }

    @unsafe @inline(__always)
    private func encode(_ row: Int, _ column: Int, _ cell: ColumnValues, _ pen: inout Pen) {
        guard let bytes = unsafe cell.bytes(row) else { return unsafe pen.put("null") }
        switch kinds[column] {
        case .text: unsafe JSONText.write(bytes, &pen, room: rowBound)
        case .literal:
            if unsafe JSONText.isLiteral(bytes) {
                unsafe pen.need(rowBound + bytes.count)
                unsafe pen.put(bytes)
            } else {
                unsafe JSONText.write(bytes, &pen, room: rowBound)
            }
        case .bare(let kind): unsafe pen.next += kind.write(cell, row, at: pen.next)
        case .real(let kind):
            let count = unsafe kind.write(cell, row, at: pen.next + 1)
            // Numbers end with a digit, and `NaN` and its like do not.
            if unsafe pen.next[count] > UInt8(ascii: "9") {
                unsafe frame(count, &pen)
            } else {
                unsafe shift(count, &pen)
            }
        case .quoted(let kind): unsafe frame(kind.write(cell, row, at: pen.next + 1), &pen)
        case .binary: unsafe JSONText.write(bytes, as: binary, &pen, room: rowBound)
        }
    }

    @unsafe private func encode(_ piece: RowPiece, _ pen: inout Pen) {
        let column = piece.column
        if piece.isFirst {
            if column == 0 { unsafe beginRow(&pen) }
            unsafe pen.put(keys[column])
        }
        if piece.isWhole {
            unsafe piece.withValues { unsafe encode(0, column, $0, &pen) }
        } else if let bytes = unsafe piece.bytes {
            if piece.isFirst { unsafe pen.put(JSONText.quote) }
            if case .binary = kinds[column] {
                if piece.isFirst { binaryPieces = BinaryPieces(binary) }
                let text = unsafe binaryPieces?.text(bytes, isLast: piece.isLast) ?? []
                unsafe pen.need(text.count + rowBound)
                unsafe pen.put(text)
            } else {
                unsafe pen.need(bytes.count + ByteOutput.slack + rowBound)
                unsafe JSONText.writeWithin(bytes, &pen, room: rowBound)
            }
            if piece.isLast { unsafe pen.put(JSONText.quote) }
        }
        if piece.isLast && column == keys.count - 1 { unsafe endRow(&pen) }
    }

    /// Puts quotes around what stands behind the pen's next place.
    @unsafe private func frame(_ count: Int, _ pen: inout Pen) {
        unsafe pen.next[0] = UInt8(ascii: "\"")
        unsafe pen.next[count + 1] = UInt8(ascii: "\"")
        unsafe pen.next += count + 2
    }

    /// Moves what stands behind the pen's next place there.
    @unsafe private func shift(_ count: Int, _ pen: inout Pen) {
        unsafe pen.next.update(from: pen.next + 1, count: count)
        unsafe pen.next += count
    }
}

extension JSONRowEncoder.Kind {
    fileprivate init(_ column: Column) {
        let kind = CellKind(column)
        switch kind {
        case .text:
            switch column.type {
            case .boolean, .integer, .decimal, .real: self = .literal
            default: self = .text
            }
        case .binary: self = .binary
        case .signed, .unsigned, .boolean: self = .bare(kind)
        case .float, .double: self = .real(kind)
        case .days, .nanoseconds, .timestamp, .instant, .uuid: self = .quoted(kind)
        }
    }
}
