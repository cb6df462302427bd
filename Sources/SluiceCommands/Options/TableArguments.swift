internal import ArgumentParser
internal import SluiceCore
internal import SluiceEngine
internal import SluiceODBC
internal import SluiceTables

extension TableOptions.Format: ExpressibleByArgument {}
extension BinaryText: ExpressibleByArgument {}
extension TableDivider.Method: ExpressibleByArgument {}

/// How objects stand in JSON, by ADF's names.
enum JSONPattern: String, CaseIterable, ExpressibleByArgument {
    case setOfObjects
    case arrayOfObjects

    var shape: JSONFormat.Shape { self == .setOfObjects ? .lines : .array }
}

/// What of a database to copy, and what its rows become.
struct TableArguments: ParsableArguments {
    @Option(help: .init("The table or view of an odbc: source, or the table of an odbc: sink; SCHEMA.NAME where need be.", valueName: "name"))
    var table: String?

    @Option(help: .init("A statement that gives the rows of an odbc: source.", valueName: "sql"))
    var query: String?

    @Option(
        help: .init(
            "Read the table in partitions at a time, each into an object of its own: by --partition-column, or in the database's own way; auto goes by the table's size.",
            valueName: "N|auto"
        )
    )
    var partitions: PartitionsArgument?

    @Option(help: .init("The column whose values decide on the partition: numbers, dates or texts.", valueName: "name"))
    var partitionColumn: String?

    @Option(
        help: .init(
            "Whether partitions are ranges of the column, or hashes of its values, which divide what has few values close together.",
            valueName: "range|hash"
        )
    )
    var partitionMethod: TableDivider.Method?

    @Option(help: .init("Rows that the driver is asked for, or given as one transaction, at a time.", valueName: "N"))
    var batchRows: Int?

    @Option(
        help: .init(
            "Cut what is read of a table, or each partition of it, into numbered objects of N rows at most.",
            valueName: "N"
        )
    )
    var maxRowsPerFile: Int?

    @Option(help: .init("What the names of a table's objects begin with; part by default.", valueName: "text"))
    var filePrefix: String?

    @Flag(inversion: .prefixedNo, help: "Let the database make texts of whole rows, where it can: drivers pass them on faster than cells.")
    var pushdown = true

    @Option(
        help: .init(
            "What rows become: csv, delimited text; jsonl, objects of JSON; parquet, whose pages --compress is for; auto goes by the sink's name for a table, and copies files as they are. Of files whose rows go into a table, what they hold.",
            valueName: "format"
        )
    )
    var format = TableOptions.Format.auto

    @Option(help: .init("Between columns; \\t, \\n, \\r, \\\\ and \\xHH are understood.", valueName: "text"))
    var csvDelimiter: String?

    @Option(help: .init("Around values that hold a delimiter, or none.", valueName: "character"))
    var csvQuote: String?

    @Option(help: .init("In front of a quote within quotes, instead of doubling it.", valueName: "character"))
    var csvEscape: String?

    @Option(help: .init("What stands for NULL; by default nothing, while an empty text is quoted.", valueName: "text"))
    var csvNull: String?

    @Flag(inversion: .prefixedNo, help: "Write the columns' names in the first row.")
    var csvHeader = true

    @Option(help: .init("Behind each row; LF by default.", valueName: "text"))
    var csvRowDelimiter: String?

    @Flag(help: "Quote every value.")
    var csvQuoteAll = false

    @Option(help: .init("The text's encoding, by iconv's name of it; UTF-8 by default.", valueName: "name"))
    var csvEncoding: String?

    @Option(
        help: .init(
            "How bytes stand in text: hex or base64; by default hex in csv, base64 in jsonl.",
            valueName: "form"
        )
    )
    var binaryText: BinaryText?

    @Option(
        help: .init(
            "How rows stand in JSON: setOfObjects, one a line; arrayOfObjects, in one array, which is what a table's sink gets whose name ends with .json.",
            valueName: "pattern"
        )
    )
    var jsonPattern: JSONPattern?

    func options(for source: Location, _ conversion: ConversionArguments) throws -> TableOptions {
        var options = TableOptions()
        guard case .odbc = source else {
            if format != .auto, format != .binary { return try converting(conversion) }
            try conversion.requireNone()
            if let option = given.first {
                throw UsageError(
                    "\(option) names rows of a database, and \(source) is none",
                    advice: "Give odbc:… as the source, or leave it out"
                )
            }
            return options
        }
        try conversion.requireNone()
        guard table == nil || query == nil else {
            throw UsageError("--table and --query exclude each other", advice: "Leave one of them out")
        }
        options.query = tableQuery
        try divide(&options)
        options.format = format
        try describe(&options)
        return options
    }

    /// What is read of a database. With --query, --table may name what is written.
    private var tableQuery: TableQuery? { query.map { .query($0) } ?? table.map { .table($0) } }

    /// What is read where rows go into a table.
    ///
    /// - Parameter isStaged: whether they go by way of a staging store, where a table becomes objects.
    func rows(from source: Location, isStaged: Bool) throws -> TableOptions {
        let divided = [
            ("--partitions", partitions != nil), ("--partition-column", partitionColumn != nil),
            ("--partition-method", partitionMethod != nil), ("--max-rows-per-file", maxRowsPerFile != nil),
        ]
        let others = [("--file-prefix", filePrefix != nil), ("--json-pattern", jsonPattern != nil)]
        var options = TableOptions()
        options.query = try query(from: source)
        let isDivisible = isStaged && options.query != nil
        if let option = (others + (isDivisible ? [] : divided)).first(where: \.1)?.0 {
            throw UsageError(
                "\(option) is not in this version where rows go into a table",
                advice: others.contains { $0.0 == option } || options.query == nil
                    ? "Leave it out" : "Leave it out, or give --staging"
            )
        }
        if isDivisible { try divide(&options) }
        return options
    }

    private func query(from source: Location) throws -> TableQuery? {
        if case .odbc = source { return tableQuery }
        if query != nil {
            throw UsageError("--query selects rows of a database, and \(source) is none", advice: "Leave it out")
        }
        return nil
    }

    /// How the source's files stand whose rows go into a table.
    func files(_ arguments: ConversionArguments) throws -> Conversion {
        var conversion = try arguments.conversion(to: .auto, try delimited())
        if conversion.source == .auto { conversion.source = format }
        guard conversion.source != .binary else {
            throw UsageError("--format binary has no rows", advice: "Give csv, jsonl or parquet")
        }
        conversion.binary = binaryText
        return conversion
    }

    /// What turns files of rows into another format.
    private func converting(_ arguments: ConversionArguments) throws -> TableOptions {
        var options = TableOptions()
        if let option = table != nil ? "--table" : query != nil ? "--query" : nil {
            throw UsageError("\(option) names rows of a database", advice: "Leave it out")
        }
        options.format = format
        try describe(&options)
        var conversion = try arguments.conversion(to: format, given.isEmpty ? nil : options.delimited)
        conversion.binary = binaryText
        if jsonPattern != nil { conversion.changesSameFormat = true }
        options.conversion = conversion
        return options
    }

    private func describe(_ options: inout TableOptions) throws {
        options.jsonShape = jsonPattern?.shape
        options.delimited = try delimited()
        if let binaryText {
            options.delimited.binary = binaryText
            options.json.binary = binaryText
        }
    }

    /// The options that only rows have, as far as they were given.
    private var given: [String] {
        let all = [
            ("--table", table != nil), ("--query", query != nil), ("--partitions", partitions != nil),
            ("--partition-column", partitionColumn != nil), ("--partition-method", partitionMethod != nil),
            ("--batch-rows", batchRows != nil), ("--max-rows-per-file", maxRowsPerFile != nil),
            ("--file-prefix", filePrefix != nil), ("--no-pushdown", !pushdown),
            ("--csv-delimiter", csvDelimiter != nil),
            ("--csv-quote", csvQuote != nil), ("--csv-escape", csvEscape != nil), ("--csv-null", csvNull != nil),
            ("--no-csv-header", !csvHeader),
            ("--csv-row-delimiter", csvRowDelimiter != nil), ("--csv-quote-all", csvQuoteAll),
            ("--csv-encoding", csvEncoding != nil), ("--binary-text", binaryText != nil),
            ("--json-pattern", jsonPattern != nil),
        ]
        return all.filter(\.1).map(\.0)
    }

    private func divide(_ options: inout TableOptions) throws {
        options.batchRows = try checkedBatchRows()
        options.pushesDown = pushdown
        options.partitions = partitions?.partitions
        options.partitionColumn = partitionColumn
        if let partitionMethod {
            guard partitionColumn != nil else {
                throw UsageError("--partition-method is about a column", advice: "Give --partition-column, too")
            }
            options.partitionMethod = partitionMethod
        }
        if let maxRowsPerFile, maxRowsPerFile < 1 {
            throw UsageError("--max-rows-per-file \(maxRowsPerFile) is not from 1 on")
        }
        options.mostRowsPerFile = maxRowsPerFile
        if let filePrefix {
            guard options.isDivided else {
                throw UsageError(
                    "--file-prefix names the objects of a table that becomes several",
                    advice: "Give --partitions or --max-rows-per-file too, or leave it out"
                )
            }
            options.filePrefix = filePrefix
        }
    }

    func checkedBatchRows() throws -> Int? {
        if let batchRows, !(1...TableArguments.mostBatchRows).contains(batchRows) {
            throw UsageError("--batch-rows \(batchRows) is not from 1 to \(TableArguments.mostBatchRows)")
        }
        return batchRows
    }

    /// More make nothing faster.
    private static let mostBatchRows = 1_000_000

    private func delimited() throws -> DelimitedFormat {
        var format = DelimitedFormat()
        if let csvDelimiter { format.delimiter = try TableArguments.bytes(csvDelimiter, "--csv-delimiter") }
        if let csvRowDelimiter {
            format.rowDelimiter = try TableArguments.bytes(csvRowDelimiter, "--csv-row-delimiter")
        }
        if let csvQuote {
            format.quote = csvQuote == "none" ? nil : try TableArguments.character(csvQuote, "--csv-quote")
        }
        if let csvEscape { format.escape = try TableArguments.character(csvEscape, "--csv-escape") }
        if let csvNull { format.null = try TableArguments.bytes(csvNull, "--csv-null") }
        format.hasHeader = csvHeader
        format.quotesAll = csvQuoteAll
        format.encoding = csvEncoding
        return format
    }

    static func character(_ text: String, _ option: String) throws -> UInt8 {
        let bytes = try bytes(text, option)
        guard bytes.count == 1 else { throw UsageError("\(option) \"\(text)\" is not one ASCII character") }
        return bytes[0]
    }

    /// The text with its escapes undone.
    static func bytes(_ text: String, _ option: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "t"): bytes.append(9)
            case UInt8(ascii: "n"): bytes.append(10)
            case UInt8(ascii: "r"): bytes.append(13)
            case UInt8(ascii: "\\"), nil: bytes.append(byte)
            case UInt8(ascii: "x"):
                guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2
                else {
                    throw UsageError("\(option) \"\(text)\": \\x wants two hexadecimal digits")
                }
                bytes.append(value)
                rest = rest.dropFirst(2)
            case .some: throw UsageError("\(option) \"\(text)\": a backslash is written as two")
            }
        }
        return bytes
    }
}
