extension DelimitedEncoder {
    /// Appends what a piece of a row becomes. A value that comes in several is quoted in any case: what it holds is not
    /// known before it has ended.
    @unsafe func encode(_ piece: RowPiece, to output: ByteOutput) throws {
        let length = unsafe piece.bytes?.count ?? 0
        let start = unsafe output.reserve(rowBound + 4 * length).baseAddress!
        var next = unsafe start
        if piece.isFirst && piece.column > 0 { unsafe next = quoting.writeDelimiter(at: next) }
        if let bytes = unsafe piece.bytes {
            unsafe next += try piece.isWhole ? writeWhole(piece, bytes, at: next) : write(piece, bytes, at: next)
        } else {
            unsafe next = quoting.writeNull(at: next)
        }
        if piece.isLast && piece.column == columns.count - 1 { unsafe next = quoting.writeRowEnd(at: next) }
        unsafe output.advance(next - start)
        hasBegun = true
    }

    @unsafe private func writeWhole(
        _ piece: RowPiece,
        _ bytes: UnsafeBufferPointer<UInt8>,
        at place: UnsafeMutablePointer<UInt8>
    ) throws -> Int {
        try unsafe piece.withValues { cell in
            guard case .text = kinds[piece.column] else {
                return try unsafe write(kinds[piece.column], cell, 0, bytes.count, at: place)
            }
            if unsafe beginsFile(bytes) {
                return unsafe try quoting.writeWithCare(bytes.count, from: cell.start(0), to: place, isForced: true)
            }
            return unsafe try quoting.write(bytes.count, from: cell.start(0), to: place)
        }
    }

    @unsafe private func write(
        _ piece: RowPiece,
        _ bytes: UnsafeBufferPointer<UInt8>,
        at place: UnsafeMutablePointer<UInt8>
    ) throws -> Int {
        guard case .binary = kinds[piece.column] else {
            return unsafe try quoting.write(piece, bytes, isForced: beginsFile(bytes), to: place)
        }
        if piece.isFirst { binaryPieces = BinaryPieces(format.binary) }
        let text = unsafe binaryPieces?.text(bytes, isLast: piece.isLast) ?? []
        return try unsafe text.withUnsafeBufferPointer { text in
            guard quoting.isPlainSafe else { return unsafe try quoting.write(piece, text, isForced: false, to: place) }
            if let start = text.baseAddress { unsafe place.update(from: start, count: text.count) }
            return text.count
        }
    }

    /// Whether a byte order mark would be seen at the file's start.
    @unsafe private func beginsFile(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        unsafe !hasBegun && bytes.starts(with: DelimitedFormat.byteOrderMark)
    }
}

extension Quoting {
    /// Writes a part of a text that is longer than what may stand for something else; how many bytes that became.
    /// `place` has room for twice as many as it has, and `frame`.
    @unsafe fileprivate func write(
        _ piece: RowPiece,
        _ bytes: UnsafeBufferPointer<UInt8>,
        isForced: Bool,
        to place: UnsafeMutablePointer<UInt8>
    ) throws(TableError) -> Int {
        guard let quote else {
            return unsafe try writeEscaped(
                bytes,
                isWhole: isForced,
                isForced || bytes.contains(where: isSpecial),
                to: place
            )
        }
        var next = unsafe place
        if piece.isFirst {
            unsafe next[0] = quote
            unsafe next += 1
        }
        unsafe next += writeWithin(bytes, quote, to: next)
        if piece.isLast {
            unsafe next[0] = quote
            unsafe next += 1
        }
        return unsafe next - place
    }
}
