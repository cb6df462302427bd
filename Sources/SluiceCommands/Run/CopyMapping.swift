internal import SluiceCodecs
internal import SluiceCore
internal import SluiceEngine
internal import SluiceJobs
internal import SluiceODBC
internal import SluiceStores

/// Makes of what a copy activity asks for what the engine is asked for.
///
/// A staged copy is two of these, each with the staging store as one of its ends.
struct CopyMapping {
    let settings: JobSettings
    /// Where rows that are skipped go below the folder that a document names: by activity, and by run.
    let folder: String

    /// - Throws: an `UnsupportedPlan`, or another `Failure` of kind `.usage`, for what can't be carried out.
    func specification(_ plan: CopyPlan) throws -> CopySpecification {
        guard plan.staging == nil else {
            throw UnsupportedPlan(
                "stagingSettings",
                "staged copies are not in this version",
                advice: "Set enableStaging to false to copy directly"
            )
        }
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
        specification.preserved = Set(plan.preserved.compactMap { CopySpecification.Preserved(rawValue: $0.rawValue) })
        switch plan.source {
        case .objects(let source): try take(source, &specification)
        case .table(let source): take(source, &specification)
        }
        switch plan.sink {
        case .objects(let sink): try put(plan, sink, &specification)
        case .table(let sink): try load(plan, sink, &specification)
        }
        if plan.tolerance.skipsBadRows { try skipBadRows(plan, &specification, &credentials) }
        specification.environment = credentials.environment
        return specification
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
        if let list = source.selection.filesFrom {
            guard case .file(let path, _) = list else {
                throw UnsupportedPlan("fileListPath", "a list is read from a file of this machine")
            }
            specification.filesFrom = path
        }
    }

    static func selection(_ plan: SelectionPlan) throws -> Selection {
        var selection = Selection()
        selection.includes = try plan.includes.map { try NamePattern($0) }
        selection.modifiedFrom = plan.modifiedFrom
        selection.modifiedBefore = plan.modifiedBefore
        selection.recursive = plan.recursive
        return selection
    }

    private func take(_ source: TableSourcePlan, _ specification: inout CopySpecification) {
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

    /// The folder of this name below this one.
    fileprivate func folder(_ name: String) -> Location {
        switch self {
        case .file(let path, _): return .file(path: path.path(of: name + "/"), isDirectory: true)
        case .s3(let bucket, let key): return .s3(bucket: bucket, key: key.path(of: name + "/"))
        case .azure(let account, let container, let blob):
            return .azure(account: account, container: container, name: blob.path(of: name + "/"))
        case .http(var address):
            address.path = address.path.path(of: name + "/")
            return .http(address)
        case .standardStream, .odbc: return self
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
