internal import SluiceCore

/// What a copy's computed properties and its datasets make together.
struct CopyPlanner {
    let resolver: ResourceResolver
    let scope: ExpressionScope
    let activity: JobActivity

    func plan(_ node: JSONNode) throws(JobError) -> CopyPlan {
        guard let source = node["source"], let sink = node["sink"] else {
            preconditionFailure("a copy without ends was checked")
        }
        var plan = CopyPlan(source: try self.source(source), sink: try self.sink(sink))
        plan.connections = [
            node["parallelCopies"]?.integer,
            (sink["storeSettings"]?["maxConcurrentConnections"] ?? sink["maxConcurrentConnections"])?.integer,
        ]
        .compactMap(\.self).min()
        plan.readsBack = node["validateDataConsistency"]?.flag ?? false
        plan.additions = ObjectPlanner.pairs(source["additionalColumns"])
        plan.preserved = Set((node["preserve"]?.elements ?? []).compactMap { $0.text.flatMap(CopyPlanner.preserved) })
        if let translator = node["translator"] { try map(translator, &plan) }
        plan.tolerance = try tolerance(node)
        plan.staging = try staging(node)
        plan.log = try log(node)
        return plan
    }

    private func dataset(_ list: String) throws(JobError) -> ResolvedDataset {
        guard let reference = activity.node[list]?.elements.first else {
            preconditionFailure("a copy without datasets was checked")
        }
        return try resolver.dataset(reference, scope, activity.file)
    }

    private static func preserved(_ word: String) -> CopyPlan.Preserved? {
        word == "Attributes" ? .metadata : CopyPlan.Preserved(rawValue: word.lowercased())
    }

    // MARK: Ends

    private func source(_ node: JSONNode) throws(JobError) -> CopyPlan.Source {
        let dataset = try dataset("inputs")
        guard dataset.type == "OdbcTable" else {
            let settings = node["storeSettings"]
            return .objects(
                try ObjectPlanner(dataset: dataset).source(
                    settings: settings,
                    formatSettings: node["formatSettings"],
                    end: node
                )
            )
        }
        let rows: TableSourcePlan.Rows
        if let query = node["query"]?.text, !query.isEmpty {
            rows = .query(query)
        } else if let table = dataset.node["tableName"]?.text, !table.isEmpty {
            rows = .table(table)
        } else {
            throw error("neither \"query\" nor the dataset's \"tableName\" says what is read", node)
        }
        var plan = TableSourcePlan(store: try StorePlanner(service: dataset.service).database(), rows: rows)
        let settings = node["partitionSettings"]
        switch node["partitionOption"]?.text {
        case "PhysicalPartitionsOfTable": plan.partitions = .physical
        case "DynamicRange": plan.partitions = settings?["partitionColumnName"]?.text.map { .ranges(column: $0) }
        default: break
        }
        plan.partitionCount = settings?["partitionCount"]?.integer
        plan.watermarkColumn = node["incrementalSettings"]?["watermarkColumnName"]?.text
        plan.queryTimeout = node.duration("queryTimeout")
        plan.connections = node["maxConcurrentConnections"]?.integer
        return .table(plan)
    }

    private func sink(_ node: JSONNode) throws(JobError) -> CopyPlan.Sink {
        let dataset = try dataset("outputs")
        guard dataset.type == "OdbcTable" else { return .objects(try ObjectPlanner(dataset: dataset).sink(node)) }
        guard let table = dataset.node["tableName"]?.text, !table.isEmpty else {
            throw error("the dataset \"\(dataset.name.shown)\" names no table", dataset.node)
        }
        var plan = TableSinkPlan(store: try StorePlanner(service: dataset.service).database(), table: table)
        if let script = node["preCopyScript"]?.text, !script.isEmpty { plan.before = [script] }
        plan.createsTable = node["tableOption"]?.text == "autoCreate"
        if node["writeBehavior"]?.text == "Upsert" {
            plan.keys = (node["upsertSettings"]?["keys"]?.elements ?? []).compactMap(\.text)
        }
        plan.batchRows = node["writeBatchSize"]?.integer.flatMap { $0 > 0 ? $0 : nil }
        plan.batchTimeout = node.duration("writeBatchTimeout")
        return .table(plan)
    }

    // MARK: What is beside them

    private func tolerance(_ node: JSONNode) throws(JobError) -> TolerancePlan {
        var plan = TolerancePlan()
        let files = node["skipErrorFile"]
        plan.skipsMissing = files?["fileMissing"]?.flag ?? true
        plan.skipsForbidden = files?["fileForbidden"]?.flag ?? false
        plan.skipsInconsistent = files?["dataInconsistency"]?.flag ?? false
        plan.skipsInvalidNames = files?["invalidFileName"]?.flag ?? false
        plan.skipsBadRows = node["enableSkipIncompatibleRow"]?.flag ?? false
        if plan.skipsBadRows, let place = node["redirectIncompatibleRowSettings"] {
            plan.badRows = try resolver.folder(place, scope, activity.file)
        }
        return plan
    }

    private func staging(_ node: JSONNode) throws(JobError) -> StagingPlan? {
        guard node["enableStaging"]?.flag == true else { return nil }
        guard let settings = node["stagingSettings"] else {
            throw error("\"stagingSettings\" is missing: the store to stage in", node)
        }
        var plan = StagingPlan(store: try resolver.folder(settings, scope, activity.file))
        plan.compresses = settings["enableCompression"]?.flag ?? false
        plan.loadStatement = settings["loadStatement"]?.text
        return plan
    }

    private func log(_ node: JSONNode) throws(JobError) -> LogPlan? {
        if let settings = node["logSettings"] {
            guard settings["enableCopyActivityLog"]?.flag ?? true, let place = settings["logLocationSettings"] else {
                return nil
            }
            return try log(place, settings["copyActivityLogSettings"])
        }
        return try node["logStorageSettings"].map { place throws(JobError) in try log(place, place) }
    }

    private func log(_ place: JSONNode, _ level: JSONNode?) throws(JobError) -> LogPlan {
        var plan = LogPlan(store: try resolver.folder(place, scope, activity.file))
        plan.tellsAll = level?["logLevel"]?.text == "Info"
        plan.isReliable = level?["enableReliableLogging"]?.flag ?? false
        return plan
    }

    private func error(_ sentence: String, _ node: JSONNode) -> JobError {
        JobError([Finding(sentence, activity.file, node.path, node.place)])
    }

    // MARK: Columns

    private func map(_ node: JSONNode, _ plan: inout CopyPlan) throws(JobError) {
        let settings = node["typeConversionSettings"]
        plan.allowsTruncation = settings?["allowDataTruncation"]?.flag ?? false
        plan.takesBooleansAsNumbers = settings?["treatBooleanAsNumber"]?.flag ?? false
        var pairs: [MappingPlan.Pair] = []
        for mapping in node["mappings"]?.elements ?? [] {
            guard let source = mapping["source"], let sink = mapping["sink"] else { continue }
            pairs.append(MappingPlan.Pair(source: try column(source), sink: try column(sink)))
        }
        if let columns = node["columnMappings"] { pairs += try older(columns) }
        // The names of a table's columns with the paths that they have in objects, whichever end these are.
        for member in node["schemaMapping"]?.members ?? [] {
            let name = try self.name(ofPath: member.value.text ?? "", member.value)
            let isFromObjects = if case .objects = plan.source { true } else { false }
            pairs.append(
                MappingPlan.Pair(source: isFromObjects ? name : member.name, sink: isFromObjects ? member.name : name)
            )
        }
        if !pairs.isEmpty { plan.mapping = .explicit(pairs) }
    }

    private func column(_ node: JSONNode) throws(JobError) -> String {
        if let name = node["name"]?.text { return name }
        if let ordinal = node["ordinal"]?.integer { return "#\(ordinal)" }
        guard let path = node["path"], let text = path.text else {
            throw error("a column has a name, an ordinal or a path", node)
        }
        return try name(ofPath: text, path)
    }

    /// `$['name']`, `['name']` or `$.name`.
    private func name(ofPath path: String, _ node: JSONNode) throws(JobError) -> String {
        var rest = path.hasPrefix("$") ? path.dropFirst() : path[...]
        if rest.hasPrefix("['"), rest.hasSuffix("']"), rest.count > 4 {
            rest = rest.dropFirst(2).dropLast(2)
        } else {
            if rest.hasPrefix(".") { rest = rest.dropFirst() }
            if rest.contains(where: { ".[]".contains($0) }) { rest = "" }
        }
        guard !rest.isEmpty, !rest.contains("['"), !rest.contains("']") else {
            throw error("\"\(path.shown)\" leads into nested values, and columns are the objects' own names", node)
        }
        return String(rest)
    }

    /// `a: b, c: d`, or an object.
    private func older(_ node: JSONNode) throws(JobError) -> [MappingPlan.Pair] {
        guard let text = node.text else {
            return node.members.map { MappingPlan.Pair(source: $0.name, sink: $0.value.text ?? "") }
        }
        var pairs: [MappingPlan.Pair] = []
        for part in text.split(separator: ",") {
            let names = part.split(separator: ":", omittingEmptySubsequences: false).map {
                $0.split(separator: " ").joined(separator: " ")
            }
            guard names.count == 2, !names[0].isEmpty, !names[1].isEmpty else {
                throw error(
                    "\"\(part.split(separator: " ").joined(separator: " ").shown)\" is no mapping such as \"from: to\"",
                    node
                )
            }
            pairs.append(MappingPlan.Pair(source: names[0], sink: names[1]))
        }
        return pairs
    }
}
