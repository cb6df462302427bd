internal import SluiceCodecs
internal import SluiceCore
internal import SluiceEngine
internal import SluiceJobs
internal import SluiceTables

/// What files hold at both ends, as the engine has it.
struct FormatMapping {
    let source: FormatPlan
    let sink: FormatPlan

    /// Whether files are copied as they are, whatever is in them.
    var areBytes: Bool { source.kind == .binary && sink.kind == .binary }

    /// Whether what is read is what is to be written, but for its codec.
    var isSame: Bool {
        guard source.kind == sink.kind else { return false }
        // Lines to pass over and quotes around everything make another file of it.
        if case .delimited(let text) = source.kind { return text.skippedLines == 0 && !text.quotesAll }
        return true
    }

    /// How the source's files are read, for others to be made of them.
    func conversion() throws -> Conversion {
        var conversion = Conversion()
        switch (source.kind, sink.kind) {
        case (.binary, _), (_, .binary):
            throw UnsupportedPlan(
                "Binary",
                "a dataset of bytes at one end goes with one of bytes at the other",
                advice: "Give both datasets the type Binary, or neither"
            )
        case (.delimited(let text), _):
            conversion.source = .csv
            conversion.text = try FormatMapping.text(text)
        case (.json(let encoding, _), _):
            try FormatMapping.requireUnicode(encoding)
            conversion.source = .jsonl
        case (.parquet, _): conversion.source = .parquet
        }
        return conversion
    }

    // MARK: Parts

    /// The codec that a dataset names; nil for none.
    static func codec(_ format: FormatPlan) throws -> (any ChunkCodec)? {
        guard let name = format.codec else { return nil }
        if name == SnappyCodec().name { return SnappyCodec() }
        // The least level is what lz4 has by itself.
        let level = format.isFastest && name != "lz4" ? ":1" : ""
        return try SluiceCodecs.codec(named: name + level)
    }

    static func text(_ plan: DelimitedPlan) throws -> DelimitedFormat {
        var format = DelimitedFormat()
        format.delimiter = Array(plan.delimiter.utf8)
        format.rowDelimiter = plan.rowDelimiter.map { Array($0.utf8) }
        format.quote = try plan.quote.map { try character($0, "quoteChar") }
        // A quote that escapes itself is one that is doubled.
        format.escape = plan.escape == plan.quote ? nil : try plan.escape.map { try character($0, "escapeChar") }
        format.null = Array(plan.null.utf8)
        format.hasHeader = plan.hasHeader
        format.quotesAll = plan.quotesAll
        format.skippedLines = plan.skippedLines
        format.encoding = plan.encoding.flatMap { isUnicode($0) ? nil : $0 }
        return format
    }

    private static func character(_ text: String, _ property: String) throws -> UInt8 {
        guard text.utf8.count == 1, let byte = text.utf8.first else {
            throw UnsupportedPlan(property, "\"\(text.printable)\" is not one ASCII character")
        }
        return byte
    }

    /// As ADF writes it, too.
    private static func isUnicode(_ encoding: String) -> Bool {
        ["utf-8", "utf8", "utf-8 without bom"].contains(encoding.lowercased())
    }

    static func requireUnicode(_ encoding: String?) throws {
        guard let encoding, !isUnicode(encoding) else { return }
        throw UnsupportedPlan("encodingName", "JSON is UTF-8, and not \(encoding.printable)", advice: "Leave it out")
    }

    /// What names of files of this format end with.
    static func ending(_ format: FormatPlan) -> String {
        switch format.kind {
        case .binary: "bin"
        case .delimited: "csv"
        case .json(_, let isArray): isArray ? "json" : "jsonl"
        case .parquet: "parquet"
        }
    }
}
