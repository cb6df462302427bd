internal import SluiceCore
internal import SluiceEngine
internal import SluiceJobs
internal import SluiceODBC
internal import SluiceStores
internal import SluiceTables

extension CopyMapping {
    // MARK: Files

    /// Files or objects that are written.
    func put(_ plan: CopyPlan, _ sink: ObjectSinkPlan, _ specification: inout CopySpecification) throws {
        if case .table = plan.source, let column = plan.additions.first {
            throw UnsupportedPlan(
                "additionalColumns",
                "\"\(column.name.printable)\" can be added to rows of files; write it into the query of a table"
            )
        }
        guard plan.mapping == .byName else {
            throw UnsupportedPlan(
                "mappings",
                "columns of files keep their names and places; those of a table can be mapped",
                advice: "Leave the translator's mappings out, or write a query that names the columns"
            )
        }
        specification.layout =
            switch sink.layout {
            case .preserve: .preserve
            case .flatten: .flatten
            case .merge: .merge
            }
        specification.blockSize = sink.blockSize
        if plan.readsBack { specification.verification = .readback }
        if let limit = sink.requestTimeout { specification.sinkConnection.stallLimit = limit }
        try keepPairs(sink.metadata, plan, &specification)
        if let most = sink.mostRowsPerFile {
            guard case .table = plan.source else {
                throw UnsupportedPlan(
                    "maxRowsPerFile",
                    "the rows of a table are cut into files, and those of a file stay in one",
                    advice: "Leave it out"
                )
            }
            specification.table.mostRowsPerFile = most
        }
        switch plan.source {
        case .objects(let source): try convert(source.format, sink.format, plan, &specification)
        case .table(let source): try export(source, sink, plan.tolerance, &specification)
        }
        if sink.filePrefix != nil, !specification.table.isDivided {
            throw UnsupportedPlan(
                "fileNamePrefix",
                "it names the files of a table that becomes several: give maxRowsPerFile, or partitions"
            )
        }
        specification.table.filePrefix = sink.filePrefix
    }

    /// Pairs that each object gets.
    private func keepPairs(_ pairs: [NamedValue], _ plan: CopyPlan, _ specification: inout CopySpecification) throws {
        guard !pairs.isEmpty else { return }
        switch specification.sink {
        case .s3, .azure: break
        case .file, .http, .standardStream, .odbc:
            throw UnsupportedPlan(
                "metadata",
                "\(specification.sink) keeps nothing beside the bytes",
                advice: "Leave it out"
            )
        }
        for pair in pairs where pair.value.hasPrefix("$$") {
            guard pair.value == "$$LASTMODIFIED" else {
                throw UnsupportedPlan(
                    "metadata",
                    "there is no value \"\(pair.value.printable)\"",
                    advice: "Write $$LASTMODIFIED"
                )
            }
            if case .table = plan.source {
                throw UnsupportedPlan(
                    "metadata",
                    "a table tells no time of last change",
                    advice: "Leave $$LASTMODIFIED out"
                )
            }
        }
        specification.metadata = pairs.map { .init(name: $0.name, value: $0.value) }
    }

    /// Files that become files.
    private func convert(
        _ from: FormatPlan,
        _ to: FormatPlan,
        _ plan: CopyPlan,
        _ specification: inout CopySpecification
    ) throws {
        let tolerance = plan.tolerance
        let formats = FormatMapping(source: from, sink: to)
        var added = CopyMapping.added(plan)
        added.values = plan.additions.map { .init(name: $0.name, value: $0.value) } + added.values
        guard added.isEmpty || !formats.areBytes else {
            let property = plan.additions.isEmpty ? "enablePartitionDiscovery" : "additionalColumns"
            throw UnsupportedPlan(property, "files that are copied as they are have no columns")
        }
        if formats.areBytes {
            guard !tolerance.skipsBadRows else {
                throw UnsupportedPlan("enableSkipIncompatibleRow", "files that are copied as they are have no rows")
            }
            // What is compressed alike stays as it is.
            guard from.codec != to.codec else { return }
            specification.decompresses = from.codec != nil
            specification.codec = try FormatMapping.codec(to)
            return
        }
        let isSame = formats.isSame && !tolerance.skipsBadRows && added.isEmpty
        guard !isSame || from.codec != to.codec else { return }
        specification.decompresses = true
        if isSame, to.kind != .parquet {
            specification.codec = try FormatMapping.codec(to)
            return
        }
        var conversion = try formats.conversion()
        conversion.changesSameFormat = true
        conversion.added = added
        specification.table.conversion = conversion
        try write(to, &specification)
    }

    /// A table that becomes files.
    private func export(
        _ source: TableSourcePlan,
        _ sink: ObjectSinkPlan,
        _ tolerance: TolerancePlan,
        _ specification: inout CopySpecification
    ) throws {
        guard sink.format.kind != .binary else {
            throw UnsupportedPlan(
                "BinarySink",
                "rows are no bytes as they are",
                advice: "Use a dataset of another format"
            )
        }
        guard !tolerance.skipsBadRows else {
            throw UnsupportedPlan("enableSkipIncompatibleRow", "every row of a table has a place in a file")
        }
        try write(sink.format, &specification)
        guard let name = sink.fileExtension, sink.store.location.isWrittenAsFolder,
            let query = specification.table.query
        else { return }
        let ending = name.hasPrefix(".") ? String(name.dropFirst()) : name
        guard specification.table.isDivided else {
            specification.sink = sink.store.location.object(query.fileName + "." + ending)
            return
        }
        let natural = FormatMapping.ending(sink.format)
        guard ending == natural else {
            throw UnsupportedPlan("fileExtension", "files of partitions end with .\(natural)", advice: "Leave it out")
        }
    }

    /// How rows stand in the files that are written.
    private func write(_ format: FormatPlan, _ specification: inout CopySpecification) throws {
        let codec = try FormatMapping.codec(format)
        switch format.kind {
        case .binary: break
        case .delimited(let text):
            specification.table.format = .csv
            specification.table.delimited = try FormatMapping.text(text)
            specification.codec = codec
        case .json(let encoding, let isArray):
            try FormatMapping.requireUnicode(encoding)
            specification.table.format = .jsonl
            specification.table.jsonShape = isArray ? .array : .lines
            specification.codec = codec
        case .parquet:
            specification.table.format = .parquet
            specification.table.pageCodec = codec
        }
    }

    // MARK: Tables

    /// Rows that go into a table.
    func load(_ plan: CopyPlan, _ sink: TableSinkPlan, _ specification: inout CopySpecification) throws {
        if specification.deletesSource {
            throw UnsupportedPlan("deleteFilesAfterCompletion", "files are removed once they were copied as files")
        }
        guard plan.preserved.isEmpty else {
            throw UnsupportedPlan("preserve", "a table has no attributes of files", advice: "Leave it out")
        }
        var options = TableSinkOptions()
        options.table = sink.table
        options.createsTable = sink.createsTable
        options.before = sink.before
        options.keys = sink.keys
        options.batchRows = sink.batchRows
        options.batchTimeout = sink.batchTimeout
        options.allowsTruncation = plan.allowsTruncation
        options.additions = plan.additions.map { .init(name: $0.name, value: $0.value) }
        if case .explicit(let pairs) = plan.mapping {
            options.mapping = .explicit(pairs.map { .init(source: $0.source, target: $0.sink) })
        }
        switch plan.source {
        case .objects(let source):
            guard source.format.kind != .binary else {
                throw UnsupportedPlan(
                    "BinarySource",
                    "bytes as they are have no rows",
                    advice: "Use a dataset of another format"
                )
            }
            options.files = try FormatMapping(source: source.format, sink: source.format).conversion()
            options.files.added = CopyMapping.added(plan)
        case .table:
            guard !specification.table.isDivided || plan.staging != nil else {
                throw UnsupportedPlan(
                    "partitionOption",
                    "a table is read over one connection where its rows go into a table",
                    advice: "Leave it out, or have the copy staged"
                )
            }
        }
        specification.decompresses = true
        specification.tableSink = options
        try specification.checkTableSink()
    }
}
