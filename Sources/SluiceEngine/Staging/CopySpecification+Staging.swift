internal import SluiceCodecs
internal import SluiceCore
internal import SluiceODBC
internal import SluiceStores
internal import SluiceTables

/// The two halves that a staged copy is made of, as copies of their own.
extension CopySpecification {
    /// From the source to the run's folder in the staging store.
    func unload(_ staging: StagingOptions, to folder: Location) -> CopySpecification {
        var half = self
        half.staging = nil
        half.sink = folder
        half.sinkConnection = staging.connection
        half.environment = environment.staging(as: .sink)
        half.codec = staging.codec
        half.metadata = []
        half.observer = observer.map { SkippedRowObserver(base: $0) }
        half.verification = verification == .none ? .none : .transfer
        half.overwrite = .always
        half.copiesByService = false
        half.deletesSource = false
        if layout == .merge || source == .standardStream {
            half.sink = folder.object(stagedName)
        } else {
            half.layout = .preserve
        }
        half.memory = memory.half
        if isTableSource { unloadTable(&half) }
        if case .odbc = sink {
            // Rows are looked at when they are loaded.
            half.table.conversion = nil
            half.decompresses = staging.codec != nil && !isTableSource
            half.tableSink = TableSinkOptions()
        }
        return half
    }

    /// From there to the sink.
    func load(_ staging: StagingOptions, from folder: Location) -> CopySpecification {
        var half = self
        half.staging = nil
        half.source = folder
        half.sourceConnection = staging.connection
        half.environment = environment.staging(as: .source)
        half.selection = Selection()
        half.filesFrom = nil
        half.links = .follow
        half.decompresses = staging.codec != nil
        half.skipsMissing = false
        half.skipsForbidden = false
        half.deletesSource = false
        half.copiesByService = false
        if skipsUnchanged { half.overwrite = .always }
        if layout == .merge { half.layout = .preserve }
        half.memory = memory.half
        half.table = TableOptions()
        if case .odbc = sink {
            half.tableSink.loadStatement = staging.statement
            half.table.query = table.query
            half.decompresses = true
            if isTableSource {
                half.tableSink.files = Conversion()
                half.tableSink.files.source = .csv
            }
        }
        return half
    }

    private var isTableSource: Bool { if case .odbc = source { true } else { false } }

    /// Whether what is staged is known to be Parquet: its pages are compressed, and it is read from its end.
    var stagesParquet: Bool {
        if case .odbc = sink {
            guard !isTableSource else { return false }
            let files = tableSink.files.source
            return files == .parquet || files == .auto && Conversion.stated(by: source.description) == .parquet
        }
        let hasRows = isTableSource || table.conversion != nil
        return hasRows && table.format(forName: sink.description) == .parquet
    }

    /// Of one object whose name the source does not say.
    private var stagedName: String {
        guard let target = try? StoreTarget(sink), let name = target.name.lastPathPart, !target.isFolder else {
            return "data"
        }
        return name
    }

    /// What rows become: what the sink's name promises or, on their way into a table, text.
    private func unloadTable(_ half: inout CopySpecification) {
        guard case .odbc = sink else {
            half.table.format = table.format(forName: sink.description)
            if half.table.format == .jsonl { half.table.jsonShape = table.json(forName: sink.description).shape }
            return
        }
        half.table.format = .csv
        half.table.delimited = DelimitedFormat()
        half.table.jsonShape = nil
        half.table.pageCodec = nil
        if !table.isDivided, table.partitions == nil { half.table.partitions = .sized(CopySpecification.stagedTable) }
    }

    /// Bytes of a table that become one object: enough to be fast, and so few that the second half begins early.
    private static let stagedTable = 16 << 20

    /// Refuses what a staged copy can't do, before anything is touched.
    package func checkStaging() throws(CopyError) {
        guard let staging else { return }
        switch staging.location {
        case .standardStream, .odbc:
            throw CopyError(
                .usage,
                "nothing can be staged in \(staging.location)",
                advice: "Name a folder of a blob store, or a directory"
            )
        case .file, .http, .s3, .azure: break
        }
        let others = [
            (deletesSource, "--delete-source", "Remove the source when you have seen the copy"),
            (links == .copy, "--symlinks copy", "Give --symlinks follow or --symlinks skip"),
            (isComparison, "a comparison", "Compare source and sink directly"),
        ]
        if let other = others.first(where: \.0) {
            throw CopyError(.usage, "\(other.1) can't go by a staging store", advice: other.2)
        }
        if staging.statement != nil {
            guard case .odbc = sink else {
                throw CopyError(
                    .usage,
                    "--load-statement is for a database, and \(sink) is none",
                    advice: "Leave it out"
                )
            }
            let options = [
                (tableSink.mapping != .byName, "--mapping"), (!tableSink.additions.isEmpty, "--add-column"),
                (!tableSink.keys.isEmpty, "--upsert"), (tableSink.mostBadRows != 0, "--max-bad-rows"),
                (tableSink.allowsTruncation, "--allow-truncation"),
            ]
            if let option = options.first(where: \.0)?.1 {
                throw CopyError(
                    .usage,
                    "\(option) is for rows that are sent, and --load-statement has the database fetch them",
                    advice: "Leave one of them out, and say it in the statement"
                )
            }
        }
        if staging.keeps, staging.limit != nil {
            throw CopyError(
                .usage,
                "--staging-limit waits for what --keep-staging keeps",
                advice: "Leave one of them out"
            )
        }
        for (place, end) in [(source, "source"), (sink, "sink")] {
            guard case .file(let path, _) = place, case .file(let folder, _) = staging.location else { continue }
            let (path_, folder_) = (LocalPlace.resolved(path), LocalPlace.resolved(folder))
            guard end == "sink" ? path_.hasSameBytes(as: folder_) : LocalPlace.resolved(folder, isBelow: path_) else {
                continue
            }
            throw CopyError(
                .usage,
                "the staging folder \"\(folder)\" is the copy's \(end), or inside it",
                advice: "Choose another place for it"
            )
        }
    }
}

/// Hears of rows alone: what becomes of objects shows in the second half.
private struct SkippedRowObserver: CopyObserver {
    let base: any CopyObserver

    func ended(_ record: ItemRecord) {}
    func skipped(_ row: SkippedRow) { base.skipped(row) }
}

extension ByteCount {
    /// Of what one copy may take, each half takes one.
    fileprivate var half: ByteCount { ByteCount(max(16 << 20, rawValue / 2)) }
}

extension [String: String] {
    /// With what reaches the staging store as what reaches one end, whose own does not reach it.
    fileprivate func staging(as role: StoreRole) -> [String: String] {
        var variables = filter { !$0.key.hasSuffix(role.suffix) }
        for (name, value) in self {
            guard let bare = name.remainder(before: StoreRole.staging.suffix) else { continue }
            variables[bare + role.suffix] = value
        }
        return variables
    }
}

extension String {
    /// What stands before `suffix`; nil where it ends otherwise.
    fileprivate func remainder(before suffix: String) -> String? {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : nil
    }
}
