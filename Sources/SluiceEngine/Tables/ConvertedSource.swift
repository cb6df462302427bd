internal import SluiceCore
internal import SluiceTables

/// Another source's objects, those turned into another format whose rows are known how to be read.
///
/// Those that hold that format already are taken as they are, unless the options say otherwise.
struct ConvertedSource: ObjectSource {
    private let base: any ObjectSource
    private let isDecoded: Bool
    private let conversion: Conversion
    private let options: TableOptions
    private let retries: Retries
    private let skipped: SkippedRows
    private let meter = RowMeter()
    /// For a row group of a Parquet file that is written, and for pieces of one that is read.
    private let groupMemory: Int
    private let pieceMemory: Int

    /// - Parameters:
    ///   - isDecoded: whether `base` decompresses objects by their names.
    ///   - retries: for ranges of a distant source.
    ///   - skipped: decides on rows that can't be taken.
    init(
        _ base: any ObjectSource,
        isDecoded: Bool,
        _ options: TableOptions,
        memory: Int,
        retries: Retries,
        skipped: SkippedRows
    ) throws {
        guard let conversion = options.conversion else { preconditionFailure("nothing is to be converted") }
        // What the options contradict each other in is found before the source is asked.
        _ = try options.encoder([], as: options.format, groupMemory: 0)
        try options.checkShape(of: options.format)
        try conversion.text.check()
        self.base = base
        self.isDecoded = isDecoded
        self.conversion = conversion
        self.options = options
        self.retries = retries
        self.skipped = skipped
        let share = memory / (base.isSingleObject ? 1 : ConvertedSource.objects)
        groupMemory = min(64 << 20, share / 4)
        pieceMemory = min(base.requestSize == nil ? 16 << 20 : 64 << 20, share / 4)
    }

    /// Objects that are under way at a time: each has memory of its own, and one core reads it.
    private static let objects = min(16, 2 * max(2, ProcessorCount.available))

    var mostOpen: Int? { ConvertedSource.objects }
    var location: Location { base.location }
    var isRereadable: Bool { base.isRereadable }
    var isSingleObject: Bool { base.isSingleObject }
    var allowsReadThrough: Bool { base.allowsReadThrough }
    var requestSize: ClosedRange<Int>? { base.requestSize }
    var rowFacts: RowFacts? { RowFacts(read: meter.count) }
    func mayStartOver(after failure: any Failure) -> Bool { base.mayStartOver(after: failure) }
    func finish() { base.finish() }

    func list(_ body: (ListEntry) throws -> Void) throws {
        var taken: Set<Int> = []
        try base.list { entry in
            guard case .item(let item) = entry else { return try body(entry) }
            guard let format = conversion.format(of: item.bareName) else {
                return try body(.failure(name: item.name, ConvertedSource.unknown(item)))
            }
            let converted = isConverted(format) ? self.converted(item) : item
            // By a hash: 8 bytes a name, and one of 10^7 copies of a million objects is told of a collision that is none.
            guard taken.insert(converted.bareName.hashValue).inserted else {
                return try body(.failure(name: item.name, ConvertedSource.collision(converted)))
            }
            try body(.item(converted))
        }
    }

    private var ending: String { options.ending(of: options.format, options.json(forName: "")) }

    private func isConverted(_ format: TableOptions.Format) -> Bool {
        format != options.format || conversion.changesSameFormat
    }

    private func converted(_ item: SourceItem) -> SourceItem {
        SourceItem(
            name: item.name,
            size: nil,
            modified: item.modified,
            entityTag: item.entityTag,
            encoding: .init(bareName: conversion.name(of: item.bareName, endingWith: ending), size: item.storedSize)
        )
    }

    func open(_ item: SourceItem) throws -> any ReadableObject {
        let stored = SourceItem(
            name: item.name,
            size: item.storedSize,
            modified: item.modified,
            entityTag: item.entityTag,
            link: item.link
        )
        let plain = isDecoded ? DecodedSource.decoded(stored) : stored
        guard let format = conversion.format(of: plain.bareName), isConverted(format) else {
            return try base.open(item)
        }
        return ConvertedObject(modified: item.modified, ItemRows(item, skipped, meter)) { [self] rows in
            let object = try base.open(plain)
            let isDistant = base.requestSize != nil
            var decoder = RowDecoder(files: conversion, memory: pieceMemory, threads: threads)
            decoder.checksTypes = options.format == .parquet
            let reader = try decoder.rows(
                of: isDistant ? RetriedObject(object, retries) : object,
                named: plain.bareName,
                isDistant: isDistant,
                rows.badRows
            ).reader
            let encoder = try options.encoder(reader.columns, as: options.format, groupMemory: groupMemory)
            return ConvertedObject.Parts(object: object, bytes: RowBytes(reader, encoder, rows))
        }
    }

    /// Threads that describe one text: where there is but one, other cores have nothing else to do.
    private var threads: Int {
        base.isSingleObject && ProcessorCount.available > 1 ? min(4, ProcessorCount.available) : 0
    }

    private static func unknown(_ item: SourceItem) -> CopyError {
        CopyError(
            .usage,
            "\"\(item.name)\" can't be turned into another format",
            cause: "its name does not say what it holds",
            advice: "Say so with --source-format, or exclude it"
        )
    }

    private static func collision(_ item: SourceItem) -> CopyError {
        CopyError(
            .invalidName,
            "\"\(item.name)\" would become \"\(item.bareName)\", as another object does",
            advice: "Exclude one of the two, and copy it to another place"
        )
    }
}

extension TableOptions {
    /// What makes an object's bytes of rows.
    ///
    /// - Parameter groupMemory: for a row group of a Parquet file.
    func encoder(_ columns: [Column], as format: Format, groupMemory: Int) throws -> any RowEncoder {
        switch format {
        case .jsonl: JSONRowEncoder(json(forName: ""), columns: columns)
        case .parquet: try ParquetEncoder(columns: columns, codec: parquetCodec(), groupBytes: groupMemory)
        case .auto, .csv, .binary: try delimited.makeEncoder(columns)
        }
    }
}
