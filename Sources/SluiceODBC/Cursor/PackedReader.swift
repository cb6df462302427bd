internal import SluiceCore
internal import SluiceTables

/// Rows that the database has made texts of: the same values as a `BlockCursor` gives. Used by one thread at a time.
@safe final class PackedReader: RowReader {
    let columns: [Column]
    private let lines: ParallelDelimitedReader
    private let makers: [Maker]
    private let onFailure: () -> Void

    /// What makes the values of a column.
    private enum Maker {
        case asItIs
        case canonical(CanonicalColumn)
        case bytes(BytesColumn)
        case real(RealColumn)
    }

    /// Threads that look for cells beside the one that asks the driver and takes the rows.
    private static let threads = 1

    /// - Parameter onFailure: told when rows can't be had in this way, though perhaps in another.
    init(_ cursor: BlockCursor, _ packing: RowPacking, onFailure: @escaping () -> Void) throws {
        columns = packing.cells.map(\.column)
        self.onFailure = onFailure
        makers = packing.cells.map { cell in
            switch cell.manner {
            case .asItIs: .asItIs
            case .canonical(let canonical): .canonical(CanonicalColumn(canonical))
            case .bytes: .bytes(BytesColumn(.hexadecimal))
            case .real(let bits): .real(RealColumn(bits: bits))
            }
        }
        let text = PackedText(cursor)
        lines = try PackedReader.attempt(onFailure) {
            try ParallelDelimitedReader(
                RowPacking.format,
                text,
                columns: packing.columns,
                threads: PackedReader.threads
            )
        }
    }

    func next(_ body: (borrowing RowBatch) throws -> Void) throws -> Bool {
        // What the rows' taker throws is not ours.
        var taking: (any Error)?
        let isThere = try PackedReader.attempt(onFailure) {
            try lines.next { batch in
                let values = try unsafe makers.indices.map { try unsafe make($0, batch) }
                do {
                    try body(
                        unsafe RowBatch(
                            columns: columns,
                            count: batch.count,
                            values: values,
                            rowsBefore: batch.rowsBefore
                        )
                    )
                } catch {
                    taking = error
                }
            }
        }
        if let taking { throw taking }
        return isThere
    }

    @unsafe private func make(_ column: Int, _ batch: borrowing RowBatch) throws -> ColumnValues {
        // The first cell is a parenthesis.
        let texts = unsafe batch.values[column + 1]
        switch makers[column] {
        case .asItIs: return unsafe texts
        case .canonical(let canonical): return unsafe canonical.values(texts, batch.count)
        case .bytes(let bytes): return unsafe bytes.decode(texts, batch.count)
        case .real(let reals):
            let values = unsafe reals.decode(texts, batch.count)
            guard let row = reals.firstBad else { return unsafe values }
            throw ODBCError(
                .unexpectedAnswer,
                "row \(batch.rowsBefore + row + 1) has a number in column \"\(columns[column].name)\" that can't be read"
            )
        }
    }

    /// A failure that may have come from making texts of rows passes, because it is done without next time.
    private static func attempt<Result>(_ onFailure: () -> Void, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as ODBCError where error.kind == .transient || error.isOutage {
            throw error
        } catch {
            onFailure()
            let failure = error as? any Failure
            throw ODBCError(
                .transient,
                "rows as texts that the database makes can't be read",
                cause: failure.map { [$0.what, $0.cause].compactMap(\.self).joined(separator: ": ") } ?? "\(error)",
                advice: "Give --no-pushdown to have each value by itself"
            )
        }
    }
}
