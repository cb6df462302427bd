/// Writes rows as a Parquet file: flat, in row groups of bounded memory, with dictionaries as long as they are small.
///
/// Values are held compressed, column by column, until their row group is full.
package final class ParquetEncoder: RowEncoder {
    private let columns: [ParquetColumn]
    private let codec: ParquetCodec
    private let mostBytes: Int
    private let mostRows: Int
    private var groups: [Group] = []
    private var rows = 0
    private var offset = 0

    private struct Group {
        let chunks: [ParquetChunk]
        let rows: Int
        let ordinal: Int
        let offset: Int
    }

    private static let magic = Array("PAR1".utf8)
    /// Rows that pages take at a time, so that they end near their bound.
    private static let step = 4096

    /// - Parameters:
    ///   - groupBytes: held at most for a row group, as they are in the file, and the pages under way.
    ///   - groupRows: rows of a group at most, as other writers make them.
    package init(
        columns: [Column],
        codec: ParquetCodec = .none,
        groupBytes: Int = 64 << 20,
        groupRows: Int = 1 << 20
    ) throws {
        let pages = try PageWriter(codec)
        self.columns = columns.map { ParquetColumn($0, pages) }
        self.codec = codec
        mostBytes = groupBytes
        mostRows = groupRows
    }

    package func begin(_ output: ByteOutput) throws { put(ParquetEncoder.magic, output) }

    package func encode(_ batch: borrowing RowBatch, rows range: Range<Int>, to output: ByteOutput) throws {
        precondition(range.lowerBound >= 0 && range.upperBound <= batch.count && batch.columns.count == columns.count)
        var start = range.lowerBound
        while start < range.upperBound {
            let end = min(range.upperBound, start + min(ParquetEncoder.step, mostRows - rows))
            for (index, column) in columns.enumerated() {
                try unsafe column.append(batch, start..<end, batch.values[index])
            }
            rows += end - start
            start = end
            if rows >= mostRows || columns.reduce(0, { $0 + $1.held }) >= mostBytes { try endGroup(output) }
        }
    }

    package func finish(_ output: ByteOutput) throws {
        if rows > 0 { try endGroup(output) }
        let footer = footer()
        put(footer, output)
        var length: [UInt8] = []
        length.appendLength(footer.count)
        put(length + ParquetEncoder.magic, output)
    }

    private func endGroup(_ output: ByteOutput) throws {
        let start = offset
        var chunks: [ParquetChunk] = []
        for column in columns {
            let chunk = try column.finish(at: offset, to: output)
            offset += chunk.compressed
            chunks.append(chunk)
        }
        groups.append(Group(chunks: chunks, rows: rows, ordinal: groups.count, offset: start))
        rows = 0
    }

    private func put(_ bytes: [UInt8], _ output: ByteOutput) {
        output.append(bytes)
        offset += bytes.count
    }

    private func footer() -> [UInt8] {
        var writer = ThriftWriter()
        writer.field(1, 2 as Int32)
        // The root, and the columns below it.
        writer.field(2, each: [nil] + columns.map { Optional($0) }) { writer, column in
            guard let column else {
                writer.field(4, Array("schema".utf8))
                writer.field(5, Int32(self.columns.count))
                return
            }
            column.type.write(column.column, &writer)
        }
        writer.field(3, groups.reduce(0) { $0 + Int64($1.rows) })
        writer.field(4, each: groups) { writer, group in
            writer.field(1, each: group.chunks) { $1.write(&$0, codec: self.codec.number) }
            writer.field(2, group.chunks.reduce(0) { $0 + Int64($1.uncompressed) })
            writer.field(3, Int64(group.rows))
            writer.field(5, Int64(group.offset))
            writer.field(6, group.chunks.reduce(0) { $0 + Int64($1.compressed) })
        }
        writer.field(6, Array("sluice".utf8))
        // Without an order of the type, readers don't believe the statistics.
        writer.field(7, each: columns) { writer, _ in writer.field(1) { _ in } }
        writer.end()
        return writer.bytes
    }
}
