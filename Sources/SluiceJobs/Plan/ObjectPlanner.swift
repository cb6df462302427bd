internal import SluiceCore

/// What a dataset of files and the settings of a source or a sink make together.
struct ObjectPlanner {
    let dataset: ResolvedDataset

    private var properties: JSONNode { dataset.node }
    private var location: JSONNode { properties["location"] ?? properties }

    /// The container or bucket, the folder and the file's name that the dataset names.
    private var named: (container: String?, folder: String?, name: String?) {
        switch dataset.type {
        case "AzureBlob":
            let (container, folder) = (location["folderPath"]?.text ?? "").cutPath
            return (container, folder, location["fileName"]?.text)
        case "AmazonS3Object":
            let key = location["key"]?.text ?? ""
            let parts = key.pathParts
            return (location["bucketName"]?.text, parts.dropLast().joined(separator: "/"), parts.last)
        case "FileShare": return (nil, fileFolder, location["fileName"]?.text)
        default:
            let container = location["container"]?.text ?? location["bucketName"]?.text
            let isOfFiles = location["type"]?.text == "FileServerLocation"
            let folder = isOfFiles ? fileFolder : location["folderPath"]?.text ?? location["relativeUrl"]?.text
            return (container, folder, location["fileName"]?.text)
        }
    }

    /// A folder of a file server, whose parts Windows has backslashes between.
    private var fileFolder: String? { location["folderPath"]?.text?.replacing("\\", with: "/") }

    // MARK: Sources

    /// - Parameter end: the source's own properties; nil for what is deleted.
    func source(settings: JSONNode?, formatSettings: JSONNode?, end: JSONNode?) throws(JobError) -> ObjectSourcePlan {
        if let version = location["version"], version.text?.isEmpty == false {
            throw JobError([
                Finding(
                    "one version of an object can't be named; leave \"version\" out",
                    dataset.dataset.file,
                    version.path,
                    version.place
                )
            ])
        }
        var selection = SelectionPlan()
        selection.recursive = (settings?["recursive"] ?? end?["recursive"])?.flag ?? true
        selection.modifiedFrom = settings?.moment("modifiedDatetimeStart") ?? properties.moment("modifiedDatetimeStart")
        selection.modifiedBefore = settings?.moment("modifiedDatetimeEnd") ?? properties.moment("modifiedDatetimeEnd")
        let names = FileNames(
            folder: named.folder,
            name: named.name,
            wildcardFolder: settings?["wildcardFolderPath"]?.text,
            wildcardName: settings?["wildcardFileName"]?.text ?? settings?["fileFilter"]?.text
                ?? location["fileFilter"]?.text,
            prefix: settings?["prefix"]?.text ?? location["prefix"]?.text,
            isRecursive: selection.recursive
        )
        let planner = StorePlanner(service: dataset.service)
        var store = try planner.place(container: named.container, folder: names.folder, name: names.name)
        store.headers = ObjectPlanner.headers(settings ?? location)
        selection.includes = names.patterns
        if !names.patterns.isEmpty { selection.recursive = selection.recursive || names.hasFolders }
        if let list = settings?["fileListPath"]?.text, !list.isEmpty {
            let (container, rest) = list.cutPath
            let isStore = named.container != nil
            selection.filesFrom = try planner.place(
                container: isStore ? container : nil,
                folder: isStore ? rest.folder : list.folder,
                name: (isStore ? rest : list).fileName
            ).location
        }
        var plan = ObjectSourcePlan(store: store, selection: selection, format: format(nil, formatSettings, end))
        plan.deletesAfterCopy = settings?["deleteFilesAfterCompletion"]?.flag ?? false
        if settings?["enablePartitionDiscovery"]?.flag == true {
            plan.partitionRoot = settings?["partitionRootPath"]?.text ?? ""
        }
        plan.connections = (settings?["maxConcurrentConnections"] ?? end?["maxConcurrentConnections"])?.integer
        plan.requestTimeout = settings?.duration("requestTimeout") ?? end?.duration("httpRequestTimeout")
        return plan
    }

    // MARK: Sinks

    func sink(_ end: JSONNode) throws(JobError) -> ObjectSinkPlan {
        let settings = end["storeSettings"]
        let formatSettings = end["formatSettings"]
        var store = try StorePlanner(service: dataset.service).place(
            container: named.container,
            folder: named.folder,
            name: named.name
        )
        store.headers = ObjectPlanner.headers(settings ?? location)
        var plan = ObjectSinkPlan(store: store, format: format(end, formatSettings, nil))
        switch (settings?["copyBehavior"] ?? end["copyBehavior"])?.text {
        case "FlattenHierarchy": plan.layout = .flatten
        case "MergeFiles": plan.layout = .merge
        default: break
        }
        plan.blockSize = settings?["blockSizeInMB"]?.integer.map { .mebibytes($0) }
        plan.metadata = ObjectPlanner.pairs(settings?["metadata"] ?? end["metadata"])
        plan.mostRowsPerFile = formatSettings?["maxRowsPerFile"]?.integer
        plan.filePrefix = formatSettings?["fileNamePrefix"]?.text
        plan.fileExtension = formatSettings?["fileExtension"]?.text
        plan.requestTimeout = settings?.duration("requestTimeout")
        return plan
    }

    static func pairs(_ node: JSONNode?) -> [NamedValue] {
        (node?.elements ?? []).map { NamedValue(name: $0["name"]?.text ?? "", value: $0["value"]?.text ?? "") }
    }

    /// Headers that are written one on a line.
    private static func headers(_ node: JSONNode) -> [NamedValue] {
        (node["additionalHeaders"]?.text ?? "").split(whereSeparator: \.isNewline).compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return NamedValue(name: line[..<colon].trimmed, value: line[line.index(after: colon)...].trimmed)
        }
    }

    // MARK: Formats

    /// - Parameters:
    ///   - sink: the sink's own properties.
    ///   - source: the source's own properties.
    private func format(_ sink: JSONNode?, _ settings: JSONNode?, _ source: JSONNode?) -> FormatPlan {
        let legacy = properties["format"]
        let codec = (properties["compressionCodec"] ?? properties["compression"]?["type"])?.text
        let level = (properties["compressionLevel"] ?? properties["compression"]?["level"])?.text
        var plan = FormatPlan(kind: .binary, codec: codec == "none" ? nil : codec, isFastest: level == "Fastest")
        switch (dataset.type, legacy?["type"]?.text) {
        case ("DelimitedText", _): plan.kind = .delimited(delimited(properties, settings, sink, source))
        case (_, "TextFormat"): plan.kind = .delimited(delimited(legacy ?? properties, settings, sink, source))
        case ("Json", _), (_, "JsonFormat"):
            let pattern = (settings?["filePattern"] ?? sink?["filePattern"] ?? legacy?["filePattern"])?.text
            plan.kind = .json(
                encoding: (legacy ?? properties)["encodingName"]?.text,
                isArray: pattern == "arrayOfObjects"
            )
        case ("Parquet", _), (_, "ParquetFormat"):
            plan.kind = .parquet
            // ADF compresses Parquet where nothing is said.
            if codec == nil { plan.codec = "snappy" }
        default: break
        }
        return plan
    }

    private func delimited(_ node: JSONNode, _ settings: JSONNode?, _ sink: JSONNode?, _ source: JSONNode?)
        -> DelimitedPlan
    {
        var plan = DelimitedPlan()
        // An empty text is said, too: for a quote it means none.
        func text(_ name: String) -> String? { node.members.first { $0.name == name }?.value.text }
        if let delimiter = text("columnDelimiter"), !delimiter.isEmpty { plan.delimiter = delimiter }
        if let delimiter = text("rowDelimiter"), !delimiter.isEmpty { plan.rowDelimiter = delimiter }
        if let quote = text("quoteChar") { plan.quote = quote.isEmpty ? nil : quote }
        if let escape = text("escapeChar") { plan.escape = escape.isEmpty ? nil : escape }
        plan.null = text("nullValue") ?? ""
        plan.encoding = text("encodingName")
        plan.hasHeader = (node["firstRowAsHeader"] ?? sink?["blobWriterAddHeader"])?.flag ?? false
        plan.skippedLines =
            (settings?["skipLineCount"] ?? node["skipLineCount"] ?? source?["skipHeaderLineCount"])?.integer ?? 0
        plan.quotesAll = settings?["quoteAllText"]?.flag ?? false
        return plan
    }
}

extension Substring {
    fileprivate var trimmed: String {
        let front = drop { $0 == " " || $0 == "\t" }
        return String(front.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}

extension String {
    /// What stands before the last slash.
    fileprivate var folder: String { pathParts.dropLast().joined(separator: "/") }

    /// What stands behind it.
    fileprivate var fileName: String? { pathParts.last }
}
