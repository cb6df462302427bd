package import SluiceCore
package import SluiceODBC
package import SluiceTables

/// What of a database is copied, and what rows become in objects.
package struct TableOptions: Sendable {
    /// The form of objects that hold rows.
    package enum Format: String, Sendable, CaseIterable {
        /// By the sink's name; delimited text where that says nothing.
        case auto
        case binary
        case csv
        case jsonl
        case parquet
    }

    package var query: TableQuery?
    package var format = Format.auto
    package var delimited = DelimitedFormat()
    /// Compresses pages within Parquet files, which are not compressed as a whole.
    package var pageCodec: (any ChunkCodec)?

    package init() {}

    func parquetCodec() throws -> ParquetCodec { try pageCodec.map { try ParquetCodec($0) } ?? .none }

    /// The format of an object of this name, which may end with a codec's suffix.
    package func format(forName name: String) -> Format {
        guard format == .auto else { return format }
        let bare = [".gz", ".zst", ".lz4"].first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) } ?? name
        return switch bare.split(separator: ".").last?.lowercased() {
        case "jsonl", "ndjson": .jsonl
        case "parquet": .parquet
        default: .csv
        }
    }
}
