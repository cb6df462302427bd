internal import SluiceCore
internal import SluiceStores

/// Makes the stores that a specification names: here is the one place that knows them all.
struct StoreFactory {
    let specification: CopySpecification
    private let run: String?
    private let plan: KeptPlan?
    private let skipped: SkippedRows
    private let cut: CutTable.Cut?
    let limits: RunLimits

    /// - Parameters:
    ///   - run: the identifier of a run that another process can go on with.
    ///   - limits: the run's, where others keep to them too.
    ///   - plan: what earlier attempts have decided.
    ///   - skipped: decides on rows that can't be taken; nil where none is skipped.
    ///   - cut: where a table is cut into files and copied.
    init(
        _ specification: CopySpecification,
        run: String? = nil,
        limits: RunLimits? = nil,
        plan: KeptPlan? = nil,
        skipped: SkippedRows? = nil,
        cut: CutTable.Cut? = nil
    ) {
        self.cut = cut
        self.plan = plan
        self.skipped = skipped ?? SkippedRows(limit: 0)
        self.specification = specification
        self.run = run
        self.limits = limits ?? RunLimits(specification)
    }

    /// - Parameters:
    ///   - otherSource: read instead of the specification's source.
    ///   - otherSink: written to instead of the specification's sink.
    func endpoints(source otherSource: (any ObjectSource)? = nil, sink otherSink: (any ObjectSink)? = nil) throws
        -> CopyEndpoints
    {
        let target = try StoreTarget(specification.sink)
        try checkPreservation(target)
        try checkLinks(target)
        let source = try merged(otherSource ?? source(), target)
        if !source.isSingleObject, target.kind == .standardStream {
            throw CopyError(.usage, "a directory can't be written to standard output", advice: "Copy one file")
        }
        if case .standardStream = specification.source, target.isFolder {
            throw CopyError(
                .usage,
                "standard input has no name of its own",
                advice: "Write the whole name of the object, not a folder's"
            )
        }
        let naming = specification.naming(in: target, isSingle: source.isSingleObject)
        let sink = try otherSink ?? sink(target)
        return CopyEndpoints(
            source: try changed(source, target, naming),
            sink: sink,
            naming: naming,
            readBack: specification.verification == .readback ? try storedObjects(target) : nil,
            copiesByService: otherSource == nil ? try copiesByService(sink) : false,
            removable: specification.deletesSource ? try removable() : nil
        )
    }

    /// Whether source and sink are of one service, and nothing is asked for that wants the bytes to come by here.
    private func copiesByService(_ sink: any ObjectSink) throws -> Bool {
        guard specification.mayCopyByService, let sink = sink as? BlobSink else { return false }
        switch specification.source {
        case .s3, .azure: return sink.copies(from: try readDialect(StoreTarget(specification.source)))
        case .file, .standardStream, .http, .odbc: return false
        }
    }

    /// The source as one object, where that is asked for.
    private func merged(_ source: any ObjectSource, _ target: StoreTarget) throws -> any ObjectSource {
        guard specification.layout == .merge else { return source }
        guard specification.table.conversion == nil else {
            throw CopyError(
                .usage,
                "--layout merge puts bytes behind each other, which are no file of rows",
                advice: "Leave out --layout merge, or --format"
            )
        }
        guard !specification.decompresses else {
            throw CopyError(
                .usage,
                "--layout merge needs to know how large each object is, and --decompress does not",
                advice: "Leave one of them out"
            )
        }
        guard !target.isFolder else {
            throw CopyError(
                .usage,
                "--layout merge makes one object, and \"\(specification.sink)\" is a folder",
                advice: "Write the whole name of the object"
            )
        }
        return MergedSource(source, name: target.name, skipsMissing: specification.skipsMissing)
    }

    /// The source without what the sink has already, where that is asked for.
    func changed(_ source: any ObjectSource, _ target: StoreTarget, _ naming: SinkNaming) throws
        -> any ObjectSource
    {
        guard specification.skipsUnchanged else { return source }
        if target.kind == .standardStream {
            throw CopyError(
                .usage,
                "nothing stands on standard output that \(specification.overwrite.rawValue) could look at",
                advice: "Leave --overwrite out"
            )
        }
        let decision = OverwriteDecision(
            mode: specification.overwrite,
            keepsSize: specification.codec == nil && !specification.decompresses,
            keepsTime: specification.keepsTimes
        )
        return ChangedSource(source, decision) { [self] in try destinationIndex(target, naming) }
    }

    /// What stands in the sink under the names of the source's objects.
    func destinationIndex(_ target: StoreTarget, _ naming: SinkNaming) throws -> DestinationIndex {
        let isLocal = if case .file = target.kind { true } else { false }
        let isListed = specification.mergesListings && naming.exactName == nil
        let folder =
            isListed
            ? try BlobSource(dialect: sinkDialect(target, specification.sink.asFolder), client: sinkClient) : nil
        return DestinationIndex(
            try storedObjects(target),
            lookups: isLocal ? 1 : Lookup.remote,
            folder: folder,
            nameInStore: { naming.name(for: $0) }
        )
    }

    /// What the specification reads: the selected objects of its source.
    func source() throws -> any ObjectSource {
        var source = try specification.filesFrom.map { try named(by: $0) } ?? listed()
        if specification.skipsForbidden { source = ForgivingSource(source) }
        if !specification.selection.isEverything { source = SelectedSource(source, specification.selection) }
        if specification.decompresses { source = DecodedSource(source) }
        guard specification.table.conversion != nil else { return source }
        return try ConvertedSource(
            source,
            isDecoded: specification.decompresses,
            specification.table,
            memory: specification.memory.rawValue,
            retries: limits.retries,
            skipped: skipped
        )
    }

    /// All that the source lists.
    private func listed() throws -> any ObjectSource {
        if case .odbc = specification.source { return try table() }
        let target = try StoreTarget(specification.source)
        switch target.kind {
        case .file(let path):
            return FileSource(path: path, isDirectory: path.endsWithSlash, options: walk)
        case .standardStream:
            return StandardInputSource()
        case .http, .s3, .azure:
            return try BlobSource(dialect: readDialect(target), client: client, name: target.name)
        }
    }

    /// A table of the source's database.
    private func table() throws -> any ObjectSource {
        try specification.checkCut()
        let sink = try StoreTarget(specification.sink)
        let table = try TableSource(
            specification.source,
            password: credentials(.source).odbcPassword()?.value,
            options: specification.table,
            target: sink.isFolder ? "" : sink.name,
            memory: specification.memory,
            connections: specification.connections.count,
            counts: specification.verification == .readback,
            plan: cut?.plan.ofDivision ?? plan,
            profiles: try specification.driverProfiles()
        )
        return specification.table.mostRowsPerFile.map { CutTable(table, most: $0, cut) } ?? table
    }

    /// What a list names of the source.
    private func named(by list: String) throws -> any ObjectSource {
        let names = NameList(path: list)
        let folder = specification.source.asFolder
        let target = try StoreTarget(folder)
        switch target.kind {
        case .file(let path):
            let source = FileSource(path: path, isDirectory: true, options: walk)
            guard !source.isSingleObject else {
                throw CopyError(
                    .usage,
                    "--files-from names files in a directory, and \"\(path)\" is none",
                    advice: "Check the source's path"
                )
            }
            return NamedSource(source, names: names, lookups: 1)
        case .standardStream:
            throw CopyError(
                .usage,
                "--files-from names files, and standard input has none",
                advice: "Leave one of them out"
            )
        case .http, .s3, .azure:
            let dialect = try readDialect(target, .source, specification.sourceConnection, of: folder)
            return NamedSource(BlobSource(dialect: dialect, client: client), names: names, lookups: Lookup.remote)
        }
    }

    /// The source's store, for objects to be removed from.
    func removable() throws -> any RemovableSource {
        let source = specification.source
        guard specification.layout != .merge else {
            throw CopyError(
                .usage,
                "--delete-source removes objects one by one, and --layout merge makes one of them",
                advice: "Merge first, and remove them when you have seen it"
            )
        }
        let target = try StoreTarget(specification.filesFrom == nil ? source : source.asFolder)
        switch target.kind {
        case .file(let path): return FileSource(path: path, isDirectory: path.hasSuffix("/"), options: walk)
        case .standardStream, .http:
            throw CopyError(.usage, "nothing can be removed from \(source)", advice: "Leave out --delete-source")
        case .s3, .azure:
            if specification.filesFrom == nil {
                return try BlobSource(dialect: readDialect(target), client: client, name: target.name)
            }
            return BlobSource(
                dialect: try readDialect(target, .source, specification.sourceConnection, of: source.asFolder),
                client: client
            )
        }
    }

    private var walk: WalkOptions {
        var options = WalkOptions()
        options.recursive = specification.selection.recursive
        options.links = specification.links
        if case .file(let place, _) = specification.sink { options.sink = place }
        options.isOrdered = specification.mergesListings
        options.mayContain = { [selection = specification.selection] in selection.mayContain(folder: $0) }
        return options
    }

    private var client: HTTPClient { HTTPClient(settings: settings(specification.sourceConnection)) }

    private func readDialect(_ target: StoreTarget) throws -> any BlobReadDialect {
        try readDialect(target, .source, specification.sourceConnection, of: specification.source)
    }

    func sink(_ target: StoreTarget) throws -> any ObjectSink {
        let connection = specification.sinkConnection
        let settings = settings(connection)
        let client = HTTPClient(settings: settings)
        let dialect: any BlobDialect
        switch target.kind {
        case .file:
            return FileSink(root: target.root, run: run, pace: localPace, replacesLinks: specification.links == .copy)
        case .standardStream: return StandardOutputSink(pace: localPace)
        case .http(let base):
            try requireEncryption(base, connection)
            dialect = HTTPDialect(
                base: base,
                authorization: try credentials(.sink).httpAuthorization(),
                others: connection.headers
            )
        case .s3:
            dialect = try S3Dialect.make(
                location: specification.sink,
                options: connection,
                environment: credentials(.sink)
            )
        case .azure:
            dialect = try AzureDialect.make(
                location: specification.sink,
                options: connection,
                environment: credentials(.sink),
                exchange: tokenExchange(connection)
            )
        }
        return BlobSink(dialect: dialect, settings: settings, client: client)
    }

    /// The sink's store as a source, with names as the sink has them.
    /// - Parameter links: what symbolic links in it are taken for.
    func storedObjects(_ target: StoreTarget, links: WalkOptions.Links? = nil) throws -> any LookupSource {
        switch target.kind {
        case .file: return FileSource(directory: target.root.isEmpty ? "." : target.root, links: links ?? sinkLinks)
        case .standardStream:
            throw CopyError(.usage, "standard output can't be read back", advice: "Leave --verify readback out")
        case .http, .s3, .azure:
            return BlobSource(
                dialect: try sinkDialect(target, target.wholeStore(specification.sink)),
                client: sinkClient
            )
        }
    }

    /// Links at the sink are looked at themselves where the copy makes them.
    private var sinkLinks: WalkOptions.Links { specification.links == .copy ? .copy : .follow }

    /// All objects in the sink's folder, with the names that they have below it.
    func sinkFolder(_ target: StoreTarget) throws -> any ObjectSource {
        switch target.kind {
        case .file(let path): return FileSource(directory: path, links: sinkLinks)
        case .s3, .azure:
            return BlobSource(dialect: try sinkDialect(target, specification.sink.asFolder), client: sinkClient)
        case .http, .standardStream:
            throw CopyError(.usage, "\(specification.sink) can't be listed", advice: "Leave --extra out")
        }
    }

    /// The source's folder, to be asked for objects by their names.
    func sourceFolder() throws -> any LookupSource {
        let target = try StoreTarget(specification.source)
        switch target.kind {
        case .file(let path): return FileSource(path: path, isDirectory: true, options: walk)
        case .standardStream:
            throw CopyError(.usage, "standard input has no objects to ask for", advice: "Leave --extra out")
        case .http, .s3, .azure:
            let dialect = try readDialect(
                target,
                .source,
                specification.sourceConnection,
                of: specification.source.asFolder
            )
            return BlobSource(dialect: dialect, client: client)
        }
    }

    private func sinkDialect(_ target: StoreTarget, _ location: Location) throws -> any BlobReadDialect {
        try readDialect(target, .sink, specification.sinkConnection, of: location)
    }

    var sinkClient: HTTPClient { HTTPClient(settings: settings(specification.sinkConnection)) }
}
