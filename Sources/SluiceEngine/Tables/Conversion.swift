package import SluiceTables

/// How rows are turned from the format that objects of the source hold into that of the sink's.
package struct Conversion: Sendable {
    /// What the source's objects hold; `auto` for what their names say.
    package var source = TableOptions.Format.auto
    /// How delimited text stands in the source.
    package var text = DelimitedFormat()
    /// How bytes stand in the source's texts; nil for the format's own way.
    package var binary: BinaryText?
    /// What columns of text are turned into, by their names.
    package var types: [String: ColumnType] = [:]
    /// Whether objects are read and written again that hold the sink's format already.
    package var changesSameFormat = false

    /// What rows get beside the columns of their file.
    package var added = AddedColumns()

    package init() {}

    /// What endings of names say.
    private static let formats: [String: TableOptions.Format] = [
        "csv": .csv, "txt": .csv, "jsonl": .jsonl, "ndjson": .jsonl, "json": .jsonl, "parquet": .parquet,
    ]

    /// What an object of this name holds; nil where that is not known.
    func format(of name: String) -> TableOptions.Format? {
        source == .auto ? Conversion.formats[Conversion.ending(of: name).lowercased()] : source
    }

    /// The name of an object that holds what another ending stands for instead.
    func name(of name: String, endingWith other: String) -> String {
        let ending = Conversion.ending(of: name)
        guard Conversion.formats[ending.lowercased()] != nil else { return name + "." + other }
        return name.dropLast(ending.count) + other
    }

    /// What a location's name says without doubt that it holds, behind the ending of a codec or none; nil for folders.
    package static func stated(by name: String) -> TableOptions.Format? {
        let bare = name.prefix { $0 != "?" }
        let codec = [".gz", ".zst", ".lz4"].first { bare.hasSuffix($0) } ?? ""
        let ending = ending(of: String(bare.dropLast(codec.count))).lowercased()
        return ["txt", "json"].contains(ending) ? nil : formats[ending]
    }

    /// What stands behind the last dot of a name's last part; nothing where there is none, or nothing before it.
    private static func ending(of name: String) -> Substring {
        let last = name[(name.lastIndex(of: "/").map { name.index(after: $0) } ?? name.startIndex)...]
        guard let dot = last.lastIndex(of: "."), dot != last.startIndex else { return "" }
        return last[last.index(after: dot)...]
    }
}
