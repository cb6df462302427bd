internal import SluiceCore

/// Gives types to columns of text: another reader's rows, those in which every value is exactly one of its column's type.
///
/// Values stay the texts that they are, but bytes, which are made of their digits. The other rows go to the `BadRows`.
@safe package final class TypedReader: RowReader {
    package let columns: [Column]
    private let base: any RowReader
    private let badRows: BadRows
    private let checks: [Check?]

    /// How a column's texts are looked at.
    private enum Check {
        /// By what Parquet would make of them.
        case value(ParquetValue)
        case decimal
        case text(length: Int)
        case bytes(BytesColumn)
    }

    /// - Parameters:
    ///   - types: by columns' names.
    ///   - binary: how bytes are written.
    ///   - checksAll: whether columns of text that have a type already are looked at too, where Parquet would refuse a
    ///     value that is none of it.
    /// - Throws: a `TableError` for a column that is not there, or is no text.
    package init(
        _ base: any RowReader,
        types: [String: ColumnType],
        binary: BinaryText = .hexadecimal,
        checksAll: Bool = false,
        badRows: BadRows = BadRows()
    ) throws(TableError) {
        let names = Set(base.columns.map(\.name))
        if let stranger = types.keys.sorted().first(where: { !names.contains($0) }) {
            let known = base.columns.prefix(20).map(\.name).joined(separator: ", ")
            throw TableError(
                .usage,
                "there is no column \"\(stranger)\" to be given a type",
                advice: "Name one of \(known)\(base.columns.count > 20 ? ", …" : "")"
            )
        }
        var columns: [Column] = []
        var checks: [Check?] = []
        for column in base.columns {
            guard let type = types[column.name], type != column.type else {
                columns.append(column)
                let isChecked = checksAll && column.form == .text && ParquetType(column.type).logical != .string
                checks.append(isChecked ? .value(ParquetValue(column)) : nil)
                continue
            }
            guard column.form == .text else {
                throw TableError(
                    .usage,
                    "column \"\(column.name)\" has the type \(column.type) in the file",
                    advice: "Only texts are given types"
                )
            }
            var typed = Column(column.name, type, form: .text, isNullable: column.isNullable)
            switch type {
            case .text(let length): checks.append(length.map { .text(length: $0) })
            case .decimal where ParquetType(type).logical == .string: checks.append(.decimal)
            case .binary(let length):
                typed.form = .binary
                checks.append(.bytes(BytesColumn(binary, length)))
            default: checks.append(.value(ParquetValue(typed)))
            }
            columns.append(typed)
        }
        self.base = base
        self.badRows = badRows
        self.columns = columns
        self.checks = checks
    }

    package func next(_ body: (borrowing RowBatch) throws -> Void) throws -> Bool {
        try base.next { batch in
            var values = unsafe batch.values
            for (column, check) in checks.enumerated() {
                if case .bytes(let bytes)? = check {
                    unsafe values[column] = unsafe bytes.decode(values[column], batch.count)
                }
            }
            // Good rows are handed on by the runs that they come in.
            var start = 0
            for row in 0..<batch.count {
                guard let column = unsafe firstBadColumn(row, values) else { continue }
                try unsafe deliver(batch, start..<row, values, body)
                start = row + 1
                try badRows.add(bad(batch, row, column))
            }
            try unsafe deliver(batch, start..<batch.count, values, body)
        }
    }

    @unsafe private func deliver(
        _ batch: borrowing RowBatch,
        _ rows: Range<Int>,
        _ values: [ColumnValues],
        _ body: (borrowing RowBatch) throws -> Void
    ) throws {
        guard !rows.isEmpty else { return }
        try body(unsafe batch.part(rows, columns: columns, values: values))
    }

    @unsafe private func firstBadColumn(_ row: Int, _ values: [ColumnValues]) -> Int? {
        for (column, check) in checks.enumerated() {
            guard let check, let bytes = unsafe values[column].bytes(row) else { continue }
            let isGood =
                switch check {
                case .value(let value): unsafe value.make(values[column], row, bytes.count) != nil
                case .decimal: unsafe NumberText(bytes.span) != nil
                case .text(let length): unsafe bytes.count { $0 & 0xC0 != 0x80 } <= length
                case .bytes(let bytes): !bytes.isBad(row)
                }
            if !isGood { return column }
        }
        return nil
    }

    private func bad(_ batch: borrowing RowBatch, _ row: Int, _ column: Int) -> BadRow {
        let cell = unsafe batch.values[column].bytes(row)!
        let message =
            unsafe "column \(column + 1) (\(columns[column].name)) holds \(BadRow.shown(cell)), which is no \(columns[column].type)"
        return BadRow(batch.place(of: row), .badValue, message, text: RowText.delimited(batch, row))
    }
}
