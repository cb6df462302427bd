internal import SluiceCodecs
internal import SluiceCore
internal import SluiceEngine
internal import SluiceJobs
internal import SluiceODBC
internal import SluiceStores

/// Makes of what a copy activity asks for what the engine is asked for.
struct CopyMapping {
    let settings: JobSettings
    /// Where rows that are skipped go below the folder that a document names: by activity, and by run.
    let folder: String

    /// - Throws: an `UnsupportedPlan`, or another `Failure` of kind `.usage`, for what can't be carried out.
    func specification(_ plan: CopyPlan) throws -> CopySpecification {
        let (from, to) = (plan.source.store, plan.sink.store)
        var specification = CopySpecification(source: from.location, sink: to.location)
        specification.sourceConnection = settings.connection(to: from)
        specification.sinkConnection = settings.connection(to: to)
        var credentials = JobCredentials(settings.environment)
        try credentials.use(from, as: .source)
        try credentials.use(to, as: .sink)
        specification.memory = settings.memory
        if let count = connections(plan) { specification.connections = .fixed(count) }
        specification.skipsMissing = plan.tolerance.skipsMissing
        specification.skipsForbidden = plan.tolerance.skipsForbidden
        specification.skipsInconsistent = plan.tolerance.skipsInconsistent
        specification.skipsInvalidNames = plan.tolerance.skipsInvalidNames
        specification.preserved = Set(plan.preserved.compactMap { CopySpecification.Preserved(rawValue: $0.rawValue) })
        switch plan.source {
        case .objects(let source): try take(source, &specification)
        case .table(let source): try take(source, &specification)
        }
        switch plan.sink {
        case .objects(let sink): try put(plan, sink, &specification)
        case .table(let sink): try load(plan, sink, &specification)
        }
        if plan.tolerance.skipsBadRows { try skipBadRows(plan, &specification, &credentials) }
        if let staging = plan.staging {
            try credentials.use(staging.store, as: .staging)
            specification.staging = try self.staging(staging)
            try specification.checkStaging()
        }
        specification.environment = credentials.environment
        return specification
    }

    private func staging(_ plan: StagingPlan) throws -> StagingOptions {
        var options = StagingOptions(location: plan.store.location)
        options.connection = settings.connection(to: plan.store)
        options.codec = plan.compresses ? GzipCodec() : nil
        options.statement = try plan.loadStatement.map { try LoadStatement($0) }
        return options
    }

    /// Where the log of a copy goes; nil for none.
    func log(_ plan: CopyPlan) throws -> LogPlace? {
        try plan.log.map { try place(of: $0.store, "copyactivity-logs") }
    }

    /// The folder of this activity's logs of this run.
    ///
    /// - Parameter name: of the folder that has logs of its kind; nil for none of its own.
    func place(of store: StorePlan, _ name: String? = nil) throws -> LogPlace {
        var credentials = JobCredentials(settings.environment)
        try credentials.use(store, as: .sink)
        return LogPlace(
            folder: (name.map { store.location.folder($0) } ?? store.location).folder(folder),
            connection: settings.connection(to: store),
            environment: credentials.environment
        )
    }

    /// The least that any property allows. Readers of distant objects are as many as writers at most.
    private func connections(_ plan: CopyPlan) -> Int? {
        let source =
            switch plan.source {
            case .objects(let source): source.connections
            case .table(let source): source.connections
            }
        return [plan.connections, source].compactMap(\.self).min()
    }

    // MARK: Sources

    private func take(_ source: ObjectSourcePlan, _ specification: inout CopySpecification) throws {
        specification.selection = try CopyMapping.selection(source.selection)
        specification.deletesSource = source.deletesAfterCopy
        // One in a store is brought here before the copy begins.
        if case .file(let path, _)? = source.selection.filesFrom { specification.filesFrom = path }
        if let limit = source.requestTimeout { specification.sourceConnection.stallLimit = limit }
    }

    /// Columns that rows of files get beside their own.
    static func added(_ plan: CopyPlan) -> AddedColumns {
        var added = AddedColumns()
        guard case .objects(let source) = plan.source else { return added }
        if let columns = source.folderColumns {
            added.values = columns.fixed.map { .init(name: $0.name, value: $0.value) }
            added.folders = columns.below
        }
        return added
    }

    static func selection(_ plan: SelectionPlan) throws -> Selection {
        var selection = Selection()
        selection.includes = try plan.includes.map { try NamePattern($0) }
        selection.modifiedFrom = plan.modifiedFrom
        selection.modifiedBefore = plan.modifiedBefore
        selection.recursive = plan.recursive
        return selection
    }

    private func take(_ source: TableSourcePlan, _ specification: inout CopySpecification) throws {
        guard !settings.isIncremental || source.watermarkColumn != nil else {
            throw UnsupportedPlan(
                "--incremental",
                "nothing says which rows of \"\(source.store.service.printable)\" are new",
                advice:
                    "Give the source \"incrementalSettings\": {\"watermarkColumnName\": …}, or run it without --incremental"
            )
        }
        specification.table.query =
            switch source.rows {
            case .table(let name): .table(name)
            case .query(let sql): .query(sql)
            }
        switch source.partitions {
        case .physical: specification.table.partitions = source.partitionCount.map { .fixed($0) } ?? .automatic
        case .ranges(let column):
            specification.table.partitionColumn = column
            specification.table.partitions = source.partitionCount.map { .fixed($0) }
        case nil: break
        }
    }

    // MARK: Bad rows

    private func skipBadRows(
        _ plan: CopyPlan,
        _ specification: inout CopySpecification,
        _ credentials: inout JobCredentials
    ) throws {
        specification.tableSink.mostBadRows = nil
        guard let place = plan.tolerance.badRows else { return }
        let sink = plan.sink.store
        // What keeps them writes as the sink does.
        guard place.service == sink.service || !place.location.isOfSameKind(as: sink.location) else {
            throw UnsupportedPlan(
                "redirectIncompatibleRowSettings",
                "skipped rows can't be kept in another account of the kind that the sink is in",
                advice: "Keep them in the sink's own store, or in a store of another kind"
            )
        }
        try credentials.use(place, as: .sink)
        specification.tableSink.badRows = place.location.folder(folder)
        specification.badRowsConnection = settings.connection(to: place)
    }
}

extension CopyPlan.Source {
    var store: StorePlan {
        switch self {
        case .objects(let source): source.store
        case .table(let source): source.store
        }
    }
}

extension CopyPlan.Sink {
    var store: StorePlan {
        switch self {
        case .objects(let sink): sink.store
        case .table(let sink): sink.store
        }
    }
}

extension Location {
    /// Whether both are reached with credentials of one kind.
    fileprivate func isOfSameKind(as other: Location) -> Bool {
        switch (self, other) {
        case (.s3, .s3), (.azure, .azure), (.http, .http), (.odbc, .odbc): true
        default: false
        }
    }

    /// Whether it says of itself that objects go below it.
    var isWrittenAsFolder: Bool {
        switch self {
        case .file(let path, let isDirectory): isDirectory || path.endsWithSlash
        case .s3(_, let key): key.isEmpty || key.endsWithSlash
        case .azure(_, _, let name): name.isEmpty || name.endsWithSlash
        case .http(let address): address.path.isEmpty || address.path.endsWithSlash
        case .standardStream, .odbc: false
        }
    }
}
