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
        store.headers = try headers(settings) + headers(location)
        selection.includes = names.patterns
        if !names.patterns.isEmpty { selection.recursive = selection.recursive || names.hasFolders }
        if let list = settings?["fileListPath"]?.text, !list.isEmpty {
            selection.filesFrom = try self.list(list, planner)
        }
        var plan = ObjectSourcePlan(store: store, selection: selection, format: format(nil, formatSettings, end))
        plan.deletesAfterCopy = settings?["deleteFilesAfterCompletion"]?.flag ?? false
        if let settings, settings["enablePartitionDiscovery"]?.flag == true {
            plan.folderColumns = try folderColumns(settings, names.folder ?? "")
        }
        plan.connections = (settings?["maxConcurrentConnections"] ?? end?["maxConcurrentConnections"])?.integer
        plan.requestTimeout = settings?.duration("requestTimeout") ?? end?.duration("httpRequestTimeout")
        return plan
    }

    /// A list of files in the source's store.
    private func list(_ path: String, _ planner: StorePlanner) throws(JobError) -> Location {
        guard named.container != nil else {
            // A server has no folders that it tells from names.
            if dataset.service.type == "HttpServer" {
                return try planner.place(container: nil, folder: path, name: nil).location
            }
            return try planner.place(container: nil, folder: path.folder, name: path.fileName).location
        }
        let (container, rest) = path.cutPath
        return try planner.place(container: container, folder: rest.folder, name: rest.fileName).location
    }

    /// - Parameter folder: what is listed.
    private func folderColumns(_ settings: JSONNode, _ folder: String) throws(JobError) -> FolderColumnsPlan {
        var plan = FolderColumnsPlan()
        guard let node = settings["partitionRootPath"], let text = node.text, !text.isEmpty else { return plan }
        let listed = folder.withoutSlashes.pathParts.filter { !$0.isEmpty }
        var root = text.withoutSlashes.pathParts.filter { !$0.isEmpty }
        // ADF's paths have the container in front in some places, and in others not.
        if let container = named.container, root.first == container, listed.first != container { root.removeFirst() }
        if listed.starts(with: root) {
            plan.fixed = listed.dropFirst(root.count).compactMap { part in
                guard let sign = part.firstIndex(of: "="), sign != part.startIndex else { return nil }
                return NamedValue(name: String(part[..<sign]), value: String(part[part.index(after: sign)...]))
            }
        } else if root.starts(with: listed) {
            plan.below = root.dropFirst(listed.count).joined(separator: "/")
        } else {
            let place = listed.joined(separator: "/")
            throw JobError([
                Finding(
                    "\"\(text.shown)\" is neither above nor below \"\(place.shown)\", which is listed",
                    dataset.dataset.file,
                    node.path,
                    node.place
                )
            ])
        }
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
        store.headers = try headers(settings) + headers(location)
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
    private func headers(_ node: JSONNode?) throws(JobError) -> [NamedValue] {
        guard let field = node?["additionalHeaders"], let text = field.text else { return [] }
        var headers: [NamedValue] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let name = line.prefix { $0 != ":" }
            let isName = !name.isEmpty && name.utf8.allSatisfy { ObjectPlanner.isOfHeaders($0) }
            guard isName, name.endIndex != line.endIndex else {
                throw finding("\"\(String(line).shown)\" is no header such as \"Accept: text/csv\"", field)
            }
            guard !ObjectPlanner.ownHeaders.contains(name.lowercased()) else {
                throw finding("the header \(name) is the transfer's own", field)
            }
            let value = line[line.index(after: name.endIndex)...].trimmed
            headers.append(NamedValue(name: String(name), value: value))
        }
        return headers
    }

    private func finding(_ sentence: String, _ node: JSONNode) -> JobError {
        JobError([Finding(sentence, dataset.dataset.file, node.path, node.place)])
    }

    /// What decides where a message ends, and which part of an object it is.
    private static let ownHeaders: Set<String> = [
        "host", "content-length", "transfer-encoding", "range", "if-match", "if-none-match", "expect", "connection",
    ]

    /// RFC 9110, 5.6.2: a token.
    private static func isOfHeaders(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
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
