package import SluiceCore

/// Reads the rows of a Parquet file: flat, in all encodings that columns without lists have.
///
/// Of each column of a row group a piece is held, and the page under way; so the memory is that of the largest pages,
/// whatever the file's length. What is malformed or cut short is a `TableError` that names row group, column and page.
package final class ParquetReader: RowReader {
    package let columns: [Column]
    /// Rows of the whole file.
    package let rows: Int
    private let input: any RangeInput
    private let footer: ParquetFooter
    private let decoders: BlockDecoders
    private let memory: Int
    private let rowsAtOnce: Int
    private var parts: [PartReader] = []
    /// Row groups that were begun, and the rows of the last that were not handed over.
    private var groups = 0
    private var left = 0
    private var rowsBefore = 0

    private static let mostRows = 1024
    private static let mostCells = 1 << 15
    /// Bytes that are asked for at a time: what makes a request worth its way, and what a page takes.
    private static let pieces = 4096...4 << 20

    /// Reads the footer; blocks.
    ///
    /// - Parameters:
    ///   - decoders: of compressed pages.
    ///   - memory: what the pieces of all columns may take, and the footer; pages come on top.
    /// - Throws: a `TableError` for what is no Parquet file, or has lists, maps or structures; and what `input` throws.
    package init(_ input: any RangeInput, decoders: @escaping BlockDecoders, memory: Int = 16 << 20) throws {
        footer = try ParquetFooter(input, longest: memory)
        self.input = input
        self.decoders = decoders
        self.memory = memory
        columns = footer.leaves.map(\.column)
        rows = footer.rows
        rowsAtOnce = max(1, min(ParquetReader.mostRows, ParquetReader.mostCells / max(1, columns.count)))
    }

    package func next(_ body: (borrowing RowBatch) throws -> Void) throws -> Bool {
        while left == 0 {
            guard try beginGroup() else { return false }
        }
        // Windows end together but where a page does.
        let wanted = min(left, rowsAtOnce - rowsBefore % rowsAtOnce)
        for part in parts { try part.fill(wanted) }
        let count = parts.reduce(wanted) { min($0, $1.window.rows.count) }
        let values = unsafe parts.map { unsafe $0.window.values }
        defer {
            for part in parts { part.window.take(count) }
            rowsBefore += count
            left -= count
        }
        try body(unsafe RowBatch(columns: columns, count: count, values: values, rowsBefore: rowsBefore))
        return true
    }

    /// Goes on to the next row group; false behind the last.
    private func beginGroup() throws -> Bool {
        guard groups < footer.groupCount, !columns.isEmpty else {
            if rowsBefore != rows, !columns.isEmpty {
                throw ParquetDamage.malformed("there are \(rowsBefore) rows, and the footer tells of \(rows)")
                    .error(in: "the file")
            }
            return false
        }
        let group = try footer.group(groups)
        groups += 1
        parts = []
        let piece = min(max(memory / columns.count, ParquetReader.pieces.lowerBound), ParquetReader.pieces.upperBound)
        guard group.rows > 0 else { return true }
        for (leaf, part) in zip(footer.leaves, group.parts) {
            parts.append(
                PartReader(
                    leaf,
                    PartWindow(input, part.range, piece: piece),
                    try decoder(part.codec, leaf),
                    group: groups,
                    rows: group.rows,
                    rowsAtOnce: rowsAtOnce
                )
            )
        }
        left = group.rows
        return true
    }

    /// Codecs by Parquet's numbers.
    private static let codecs = ["none", "snappy", "gzip", "lzo", "brotli", "lz4", "zstd", "lz4_raw"]

    private func decoder(_ number: Int, _ leaf: ParquetLeaf) throws -> (any BlockDecoder)? {
        if number == 0 { return nil }
        let name = ParquetReader.codecs.indices.contains(number) ? ParquetReader.codecs[number] : "number \(number)"
        guard let decoder = try decoders(name) else {
            throw ParquetDamage.unsupported(
                "is compressed by \(name), which this version can't read",
                advice: "Have it written with snappy, gzip, zstd, lz4_raw or none"
            ).error(in: "row group \(groups), column \"\(leaf.column.name)\"")
        }
        return decoder
    }
}
