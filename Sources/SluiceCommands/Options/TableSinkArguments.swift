internal import ArgumentParser
internal import SluiceCore
internal import SluiceEngine
internal import SluiceODBC

/// How rows go into a table.
struct TableSinkArguments: ParsableArguments {
    @Option(
        help: .init(
            "The table that rows of another database go into, where it has another name there.",
            valueName: "name"
        )
    )
    var sinkTable: String?

    @Flag(
        help: .init(
            "Make the table where there is none.",
            discussion:
                "Its columns are the source's: a table's types, JSON's truth, numbers and text as the first rows have them, and text for delimited text."
        )
    )
    var createTable = false

    @Option(
        parsing: .singleValue,
        help: .init("A statement for the sink before the first row, committed by itself; repeatable.", valueName: "sql")
    )
    var preCopySql: [String] = []

    @Option(
        parsing: .singleValue,
        help: .init(
            "What goes where: name (columns of the same name), position, or FROM=TO, repeated, for those columns alone.",
            discussion: "FROM is a column's name in the source, or #2 for its second.",
            valueName: "mapping"
        )
    )
    var mapping: [String] = []

    @Option(
        parsing: .singleValue,
        help: .init(
            "A column that gets this value in every row, as in NAME=VALUE; repeatable.",
            discussion: "$$FILEPATH in it is the name of the file that the row comes from.",
            valueName: "name=value"
        )
    )
    var addColumn: [String] = []

    @Option(
        help: .init(
            "Columns of a unique key, with commas between: a row replaces the one that has its values there.",
            valueName: "columns"
        )
    )
    var upsert: String?

    @Flag(
        help: .init(
            "Let values lose what their columns have no room for, rather than take them for bad.",
            discussion: "Characters behind a text's length, and digits behind the point of a number or a second."
        )
    )
    var allowTruncation = false

    @Option(help: .init("How long the database may take for one statement of a batch.", valueName: "seconds"))
    var batchTimeout: Double?

    func options(for sink: Location, _ table: TableArguments, _ conversion: ConversionArguments) throws -> TableSinkOptions {
        var options = TableSinkOptions()
        guard case .odbc = sink else {
            guard let option = given.first else { return options }
            throw UsageError("\(option) is for rows that go into a table, and \(sink) is none", advice: "Leave it out")
        }
        options.files = try table.files(conversion)
        options.table = sinkTable ?? table.table
        options.createsTable = createTable
        options.before = preCopySql
        options.mapping = try columnMapping()
        options.additions = try addColumn.map { text in
            let (name, value) = try TableSinkArguments.pair(text, "--add-column")
            return TableSinkOptions.Addition(name: name, value: value)
        }
        options.keys = upsert.map { $0.split(separator: ",").map(String.init) } ?? []
        if let upsert, options.keys.isEmpty { throw UsageError("--upsert \"\(upsert)\" names no column") }
        options.batchRows = try table.checkedBatchRows()
        options.allowsTruncation = allowTruncation
        if let batchTimeout {
            guard batchTimeout > 0, batchTimeout <= TableSinkArguments.longestBatch else {
                throw UsageError("--batch-timeout \(batchTimeout) is no number of seconds up to a day")
            }
            options.batchTimeout = .seconds(batchTimeout)
        }
        return options
    }

    private static let longestBatch = 86_400.0

    /// The options that only rows on their way into a table have, as far as they were given.
    private var given: [String] {
        let all = [
            ("--sink-table", sinkTable != nil), ("--create-table", createTable),
            ("--pre-copy-sql", !preCopySql.isEmpty),
            ("--mapping", !mapping.isEmpty), ("--add-column", !addColumn.isEmpty), ("--upsert", upsert != nil),
            ("--allow-truncation", allowTruncation), ("--batch-timeout", batchTimeout != nil),
        ]
        return all.filter(\.1).map(\.0)
    }

    private func columnMapping() throws -> ColumnMapping {
        switch mapping {
        case [], ["name"]: return .byName
        case ["position"]: return .byPosition
        default:
            return .explicit(
                try mapping.map { text in
                    let (source, target) = try TableSinkArguments.pair(text, "--mapping")
                    return ColumnMapping.Pair(source: source, target: target)
                }
            )
        }
    }

    /// What stands before and behind the first `=`.
    private static func pair(_ text: String, _ option: String) throws -> (String, String) {
        guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
            throw UsageError("\(option) \"\(text)\" has no name with = behind it")
        }
        return (String(text[..<sign]), String(text[sign...].dropFirst()))
    }
}
