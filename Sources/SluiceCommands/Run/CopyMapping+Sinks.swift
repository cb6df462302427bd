internal import SluiceCore
internal import SluiceEngine
internal import SluiceJobs
internal import SluiceODBC
internal import SluiceTables

extension CopyMapping {
    // MARK: Files

    /// Files or objects that are written.
    func put(_ plan: CopyPlan, _ sink: ObjectSinkPlan, _ specification: inout CopySpecification) throws {
        if let column = plan.additions.first {
            throw UnsupportedPlan(
                "additionalColumns",
                "\"\(column.name.printable)\" can be added to rows that go into a table"
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
        switch plan.source {
        case .objects(let source): try convert(source.format, sink.format, plan.tolerance, &specification)
        case .table(let source): try export(source, sink, plan.tolerance, &specification)
        }
        if sink.filePrefix != nil, !specification.table.isDivided {
            throw UnsupportedPlan("fileNamePrefix", "it names the files of a table that is read in partitions")
        }
        specification.table.filePrefix = sink.filePrefix
    }

    /// Files that become files.
    private func convert(
        _ from: FormatPlan,
        _ to: FormatPlan,
        _ tolerance: TolerancePlan,
        _ specification: inout CopySpecification
    ) throws {
        let formats = FormatMapping(source: from, sink: to)
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
        let isSame = formats.isSame && !tolerance.skipsBadRows
        guard !isSame || from.codec != to.codec else { return }
        specification.decompresses = true
        if isSame, to.kind != .parquet {
            specification.codec = try FormatMapping.codec(to)
            return
        }
        var conversion = try formats.conversion()
        conversion.changesSameFormat = true
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
        case .table:
            guard !specification.table.isDivided else {
                throw UnsupportedPlan(
                    "partitionOption",
                    "a table is read over one connection where its rows go into a table",
                    advice: "Leave it out"
                )
            }
        }
        specification.decompresses = true
        specification.tableSink = options
        try specification.checkTableSink()
    }
}

extension Location {
    /// The object of this name in this folder.
    fileprivate func object(_ name: String) -> Location {
        switch self {
        case .file(let path, _): return .file(path: path.path(of: name), isDirectory: false)
        case .s3(let bucket, let key): return .s3(bucket: bucket, key: key + name)
        case .azure(let account, let container, let folder):
            return .azure(account: account, container: container, name: folder + name)
        case .http(var address):
            address.path += PercentEncoding.encode(name)
            return .http(address)
        case .standardStream, .odbc: return self
        }
    }
}
