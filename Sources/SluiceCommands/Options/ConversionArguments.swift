internal import ArgumentParser
internal import SluiceCore
internal import SluiceEngine
internal import SluiceTables

/// How files of rows are turned from one format into another.
struct ConversionArguments: ParsableArguments {
    @Option(
        help: .init(
            "What the source's files hold where --format turns them into another format: csv, jsonl or parquet; auto goes by their names.",
            discussion:
                "Files that hold what --format says already are copied as they are, unless options for rows are given.",
            valueName: "format"
        )
    )
    var sourceFormat: TableOptions.Format?

    @Option(
        parsing: .singleValue,
        help: .init(
            "A column of text becomes a number, a date or the like, as in price=decimal(12,2); repeatable.",
            discussion:
                "boolean, int8 to int64, uint8 to uint64, decimal(P,S), float32, float64, text, binary, date, time(D), timestamp(D), instant(D), uuid. A row with a value that is none is a bad one.",
            valueName: "name=type"
        )
    )
    var columnType: [String] = []

    @Option(help: .init("The source's --csv-delimiter, where --csv-delimiter is the sink's.", valueName: "text"))
    var sourceCsvDelimiter: String?

    @Option(help: .init("The source's --csv-quote, likewise.", valueName: "character"))
    var sourceCsvQuote: String?

    @Option(help: .init("The source's --csv-escape.", valueName: "character"))
    var sourceCsvEscape: String?

    @Option(help: .init("The source's --csv-null.", valueName: "text"))
    var sourceCsvNull: String?

    @Flag(inversion: .prefixedNo, help: "Read the columns' names in the source's first row.")
    var sourceCsvHeader = true

    @Option(help: .init("The source's --csv-row-delimiter.", valueName: "text"))
    var sourceCsvRowDelimiter: String?

    @Option(help: .init("The source's --csv-encoding.", valueName: "name"))
    var sourceCsvEncoding: String?

    @Option(help: .init("Lines in front of the source's header, or of its first row, to pass over.", valueName: "n"))
    var sourceCsvSkipLines: Int?

    /// Whether something was given that only a source of rows has.
    private var describesText: Bool {
        sourceCsvDelimiter != nil || sourceCsvQuote != nil || sourceCsvEscape != nil || sourceCsvNull != nil
            || !sourceCsvHeader || sourceCsvRowDelimiter != nil || sourceCsvEncoding != nil
            || sourceCsvSkipLines != nil
    }

    /// Throws where an option of these was given and nothing is converted.
    func requireNone() throws {
        let given =
            sourceFormat != nil
            ? "--source-format"
            : !columnType.isEmpty
                ? "--column-type"
                : describesText ? "--source-csv-…" : nil
        guard let given else { return }
        throw UsageError(
            "\(given) is for files whose rows become another format",
            advice: "Give --format csv, jsonl or parquet, or leave it out"
        )
    }

    /// - Parameters:
    ///   - format: what the sink's objects are to hold.
    ///   - text: what --csv-… say, nil where none of them was given: of the sink where that is delimited text, else of the
    ///     source.
    func conversion(to format: TableOptions.Format, _ text: DelimitedFormat?) throws -> Conversion {
        var conversion = Conversion()
        conversion.source = sourceFormat ?? .auto
        guard conversion.source != .binary else {
            throw UsageError("--source-format binary has no rows", advice: "Give csv, jsonl or parquet")
        }
        if let text, format != .csv { conversion.text = text }
        try describe(&conversion.text)
        for word in columnType {
            guard let sign = word.lastIndex(of: "="), sign != word.startIndex else {
                throw UsageError("--column-type \"\(word)\" has no name with = behind it")
            }
            conversion.types[String(word[..<sign])] = try ColumnType(parsing: String(word[sign...].dropFirst()))
        }
        conversion.changesSameFormat = !columnType.isEmpty || describesText || (text != nil && format == .csv)
        return conversion
    }

    private func describe(_ format: inout DelimitedFormat) throws {
        if let sourceCsvDelimiter {
            format.delimiter = try TableArguments.bytes(sourceCsvDelimiter, "--source-csv-delimiter")
        }
        if let sourceCsvRowDelimiter {
            format.rowDelimiter = try TableArguments.bytes(sourceCsvRowDelimiter, "--source-csv-row-delimiter")
        }
        if let sourceCsvQuote {
            format.quote =
                sourceCsvQuote == "none" ? nil : try TableArguments.character(sourceCsvQuote, "--source-csv-quote")
        }
        if let sourceCsvEscape {
            format.escape = try TableArguments.character(sourceCsvEscape, "--source-csv-escape")
        }
        if let sourceCsvNull { format.null = try TableArguments.bytes(sourceCsvNull, "--source-csv-null") }
        if !sourceCsvHeader { format.hasHeader = false }
        if let sourceCsvEncoding { format.encoding = sourceCsvEncoding }
        if let sourceCsvSkipLines {
            guard sourceCsvSkipLines >= 0 else {
                throw UsageError("--source-csv-skip-lines \(sourceCsvSkipLines) is no number of lines")
            }
            format.skippedLines = sourceCsvSkipLines
        }
    }
}
