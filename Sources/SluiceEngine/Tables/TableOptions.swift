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

    /// How many partitions a table is read in at a time, each into objects of its own.
    package enum Partitions: Sendable, Equatable {
        case automatic
        case fixed(Int)
        /// As many as there are times so many bytes in the table, as the database counts them.
        case sized(Int)
    }

    package var query: TableQuery?
    /// What is true of the rows that are copied, as it stands in a statement; nil for all.
    package var condition: String?
    package var format = Format.auto
    package var delimited = DelimitedFormat()
    /// How bytes stand in JSON; its shape is that of `json(forName:)`.
    package var json = JSONFormat()
    /// How objects stand in JSON; nil for what the sink's name says, and lines where that says nothing.
    package var jsonShape: JSONFormat.Shape?
    /// How objects of rows are turned from one format into another; nil where bytes are copied as they are.
    package var conversion: Conversion?
    /// Compresses pages within Parquet files, which are not compressed as a whole.
    package var pageCodec: (any ChunkCodec)?
    /// Whether the database may make texts of rows, which takes the driver less than their cells.
    package var pushesDown = true
    /// Nil for one, unless a column is named.
    package var partitions: Partitions?
    /// The column whose values decide on the partition; nil for the database's own way.
    package var partitionColumn: String?
    package var partitionMethod = TableDivider.Method.range
    /// Whether rows of an earlier attempt are where they can't be replaced: then partitions hold the same rows, or none is
    /// read.
    var holdsPartitions = false
    /// Rows that the driver is asked for at a time.
    package var batchRows: Int?
    /// Rows of an object at most; nil for as many as the partition has.
    package var mostRowsPerFile: Int?
    /// What the names of a table's objects begin with, where it becomes several.
    package var filePrefix: String?

    package init() {}

    func parquetCodec() throws -> ParquetCodec { try pageCodec.map { try ParquetCodec($0) } ?? .none }

    /// Whether it is read in partitions.
    var isPartitioned: Bool {
        switch partitions {
        case .fixed(1): false
        case .fixed, .automatic, .sized: true
        case nil: partitionColumn != nil
        }
    }

    /// Whether the table may become several objects, which stand in a folder that the sink's name is then.
    package var isDivided: Bool { isPartitioned || mostRowsPerFile != nil }

    /// The format of an object of this name, which may end with a codec's suffix.
    package func format(forName name: String) -> Format {
        guard format == .auto else { return format }
        return switch TableOptions.ending(of: name) {
        case "json", "jsonl", "ndjson": .jsonl
        case "parquet": .parquet
        default: .csv
        }
    }

    /// How rows stand in JSON in an object of this name: `.json` promises one value.
    func json(forName name: String) -> JSONFormat {
        var json = json
        json.shape = jsonShape ?? (format == .auto && TableOptions.ending(of: name) == "json" ? .array : .lines)
        return json
    }

    /// What the names of objects of this format end with.
    func ending(of format: Format, _ json: JSONFormat) -> String {
        format == .jsonl && json.shape == .array ? "json" : format.rawValue
    }

    /// What stands behind the last dot of a name, in front of a codec's suffix.
    private static func ending(of name: String) -> String? {
        let bare = [".gz", ".zst", ".lz4"].first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) } ?? name
        return bare.split(separator: ".").last?.lowercased()
    }

    /// Refuses a shape of what is no JSON.
    func checkShape(of format: Format) throws {
        guard jsonShape != nil, format != .jsonl else { return }
        throw CopyError(
            .usage,
            "--json-pattern says how JSON stands, and the rows become \(format.rawValue)",
            advice: "Leave it out, or give --format jsonl"
        )
    }
}
