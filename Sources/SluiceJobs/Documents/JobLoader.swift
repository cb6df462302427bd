internal import SluiceCore

extension Job {
    /// Reads a job's documents: the file at `path`, and what it refers to, in it or in `dataset/` and `linkedService/` beside it
    /// or beside its folder, as ADF's Git layout has them.
    ///
    /// - Parameter given: names of parameters that are given from outside.
    /// - Throws: a `JobError` with all that is wrong in all of them; what `read` throws.
    package static func load(_ path: String, given: Set<String> = [], read: DocumentReader) throws -> Job {
        guard let file = try read(path) else {
            throw JobError([Finding("there is no such file", path, .root, JSONPlace())])
        }
        var loader = JobLoader(main: file, given: given)
        let job = try loader.load(read)
        guard let job, !loader.findings.contains(where: { $0.severity == .error }) else {
            throw JobError(loader.findings)
        }
        return job
    }
}

/// Reads what documents refer to, until nothing is left, and gathers findings.
struct JobLoader {
    private let main: DocumentFile
    private let given: Set<String>
    private(set) var findings: [Finding] = []
    private var resources: [ResourceKey: JobResource] = [:]
    /// Those that stand in the main document.
    private var inline: [ResourceKey: JSONNode] = [:]
    /// Those that were looked for and not found, or are being read.
    private var looked: Set<ResourceKey> = []
    /// Those that have a file of their own.
    private var filed: Set<ResourceKey> = []

    struct ResourceKey: Hashable {
        let kind: ReferenceKind
        let name: String
    }

    init(main: DocumentFile, given: Set<String>) {
        self.main = main
        self.given = given
    }

    mutating func load(_ read: DocumentReader) throws -> Job? {
        guard let root = parse(main) else { return nil }
        takeInline(root)
        let job: (name: String, parameters: [JobParameter], activities: [JSONNode])
        let references: [DocumentCheck.Reference]
        if root["properties"]?["activities"] != nil {
            (job, references) = pipeline(root)
        } else if root["type"] != nil, root["typeProperties"] != nil {
            (job, references) = activity(root)
        } else {
            findings.append(Finding(JobLoader.unknown(root), main.path, .root, root.place))
            return nil
        }
        try follow(references, in: main.path, read)
        for (key, node) in inline.sorted(by: { $0.value.place < $1.value.place }) where !looked.contains(key) {
            // Nothing leads to it, and it may be wrong all the same.
            looked.insert(key)
            try add(key, node, main, read)
        }
        let made = Job(
            name: job.name,
            file: main.path,
            parameters: job.parameters,
            activities: job.activities.compactMap { JobActivity($0, file: main.path) },
            notes: findings.filter { $0.severity == .note }.sorted(),
            datasets: byName(.dataset),
            linkedServices: byName(.linkedService)
        )
        var check = JobCheck(made)
        check.run()
        findings += check.findings
        return made
    }

    private func byName(_ kind: ReferenceKind) -> [String: JobResource] {
        let found = resources.filter { $0.key.kind == kind }.map { ($0.key.name, $0.value) }
        return Dictionary(found) { first, _ in first }
    }

    private mutating func parse(_ file: DocumentFile) -> JSONNode? {
        do {
            return try JSONParser.document(file.bytes)
        } catch {
            let advice = error.advice.map { ". " + $0 } ?? ""
            findings.append(Finding(error.reason + advice, file.path, error.path, error.place))
            return nil
        }
    }

    private static func unknown(_ root: JSONNode) -> String {
        if root["resources"] != nil {
            return
                "this is a template of Azure Resource Manager; give the pipeline's own document, as ADF's Git folder has it"
        }
        if root["properties"]?["type"] != nil {
            return "this is a dataset or a linked service; give a pipeline that refers to it"
        }
        return
            "this is neither a pipeline (\"properties\" with \"activities\") nor an activity (\"type\" and \"typeProperties\")"
    }

    // MARK: The main document

    private static let besides: Set<String> = ["datasets", "linkedServices"]

    private mutating func pipeline(
        _ root: JSONNode
    ) -> ((name: String, parameters: [JobParameter], activities: [JSONNode]), [DocumentCheck.Reference]) {
        let declared = root["properties"]?["parameters"]?.members.map(\.name) ?? []
        var check = self.check(main, ExpressionNames(.pipeline, parameters: Set(declared)))
        let plain = check.object(root, check.catalogue.shape("pipeline document"), besides: JobLoader.besides)
        findings += check.findings
        let parameters = (plain["properties"]?["parameters"]?.members ?? []).map(JobParameter.init)
        requireNoSecrets(parameters, main)
        let name = plain["name"]?.text ?? main.path.lastPathPart?.withoutEnding ?? "pipeline"
        return ((name, parameters, plain["properties"]?["activities"]?.elements ?? []), check.references)
    }

    private mutating func activity(
        _ root: JSONNode
    ) -> ((name: String, parameters: [JobParameter], activities: [JSONNode]), [DocumentCheck.Reference]) {
        var check = self.check(main, ExpressionNames(.pipeline, parameters: given))
        let plain = check.variant(root, check.catalogue.family("activity"), besides: JobLoader.besides)
        findings += check.findings
        // There is nothing else to wait for.
        let alone = plain.map { JSONNode(.object($0.members.filter { $0.name != "dependsOn" }), at: $0.path, $0.place) }
        let parameters = given.sorted().map { name in
            JobParameter(JSONMember(name: name, value: JSONNode(.object([]))))
        }
        return ((plain?["name"]?.text ?? "activity", parameters, alone.map { [$0] } ?? []), check.references)
    }

    private func check(_ file: DocumentFile, _ names: ExpressionNames) -> DocumentCheck {
        DocumentCheck(file.path, isReadableByOthers: file.isReadableByOthers, names: names)
    }

    /// A secret that is a parameter's default stands in clear, too.
    private mutating func requireNoSecrets(_ parameters: [JobParameter], _ file: DocumentFile) {
        guard file.isReadableByOthers else { return }
        for parameter in parameters where parameter.type == "SecureString" {
            guard let value = parameter.standard, !value.isEmpty else { continue }
            findings.append(
                Finding(
                    "the parameter \"\(parameter.name.shown)\" has a secret as its default, and others can read this file: take the right from them (chmod 600), or leave it out",
                    file.path,
                    value.path,
                    value.place
                )
            )
        }
    }

    private mutating func takeInline(_ root: JSONNode) {
        for (name, kind) in [("datasets", ReferenceKind.dataset), ("linkedServices", .linkedService)] {
            guard let list = root[name] else { continue }
            if case .array = list.content {
            } else {
                findings.append(
                    Finding("\"\(name)\" is \(list.kindName), and an array is wanted", main.path, list.path, list.place)
                )
            }
            for node in list.elements {
                // One without a name is looked at for what else is wrong.
                let key = ResourceKey(kind: kind, name: node["name"]?.text ?? "")
                if inline[key] != nil, !key.name.isEmpty {
                    findings.append(
                        Finding("there are two \(kind.words)s \"\(key.name.shown)\"", main.path, node.path, node.place)
                    )
                }
                inline[key] = node
            }
        }
    }

    // MARK: What it refers to

    private mutating func follow(_ references: [DocumentCheck.Reference], in file: String, _ read: DocumentReader)
        throws
    {
        for reference in references {
            let key = ResourceKey(kind: reference.kind, name: reference.name)
            if looked.insert(key).inserted {
                if let node = inline[key] {
                    try add(key, node, main, read)
                } else if let found = try find(key, read) {
                    filed.insert(key)
                    if let node = parse(found) { try add(key, node, found, read) }
                }
            }
            if let resource = resources[key] {
                findings += resource.problems(reference, in: file)
            } else if inline[key] == nil, !filed.contains(key) {
                findings.append(Finding(missing(key), file, reference.node.path, reference.node.place))
            }
        }
    }

    private func missing(_ key: ResourceKey) -> String {
        let places = folders(key).map { "\"\($0)\"" }.joined(separator: " or ")
        let list = key.kind == .dataset ? "datasets" : "linkedServices"
        return "there is no \(key.kind.words) \"\(key.name.shown)\", neither among \"\(list)\" nor in \(places)"
    }

    /// Folders that may have its file.
    private func folders(_ key: ResourceKey) -> [String] {
        let parent = main.path.parentPath
        let folder = parent == "." ? "" : parent
        let name = key.kind == .dataset ? "dataset" : "linkedService"
        return folder.lastPathPart == "pipeline"
            ? [folder.parentPath.path(of: name), folder.path(of: name)] : [folder.path(of: name)]
    }

    private func find(_ key: ResourceKey, _ read: DocumentReader) throws -> DocumentFile? {
        // A name that leads out of the folder is none of ADF's.
        guard !key.name.isEmpty, !key.name.utf8.contains(UInt8(ascii: "/")), !key.name.utf8.contains(0) else {
            return nil
        }
        for folder in folders(key) {
            if let file = try read(folder.path(of: key.name + ".json")) { return file }
        }
        return nil
    }

    private mutating func add(_ key: ResourceKey, _ node: JSONNode, _ file: DocumentFile, _ read: DocumentReader) throws
    {
        let owner: ExpressionNames.Owner = key.kind == .dataset ? .dataset : .linkedService
        let declared = node["properties"]?["parameters"]?.members.map(\.name) ?? []
        var check = self.check(file, ExpressionNames(owner, parameters: Set(declared)))
        let plain = check.object(node, check.catalogue.shape("\(key.kind.words) document"))
        if let name = plain["name"], name.text != key.name, !key.name.isEmpty {
            check.add(
                "the file of the \(key.kind.words) \"\(key.name.shown)\" has the name \"\((name.text ?? "").shown)\"",
                name
            )
        }
        findings += check.findings
        guard let properties = plain["properties"] else { return }
        let parameters = (properties["parameters"]?.members ?? []).map(JobParameter.init)
        requireNoSecrets(parameters, file)
        resources[key] = JobResource(
            kind: key.kind,
            name: key.name,
            file: file.path,
            node: properties,
            parameters: parameters
        )
        try follow(check.references, in: file.path, read)
    }
}

extension JobResource {
    /// What is wrong with the arguments of a reference to it.
    fileprivate func problems(_ reference: DocumentCheck.Reference, in file: String) -> [Finding] {
        let arguments = reference.node["parameters"]?.members ?? []
        var found: [Finding] = []
        for argument in arguments where !parameters.contains(where: { $0.name == argument.name }) {
            let sentence = "the \(kind.words) \"\(name.shown)\" has no parameter \"\(argument.name.shown)\""
            found.append(Finding(sentence, file, argument.value.path, argument.place))
        }
        for parameter in parameters
        where parameter.standard == nil && !arguments.contains(where: { $0.name == parameter.name }) {
            let sentence =
                "the parameter \"\(parameter.name.shown)\" of the \(kind.words) \"\(name.shown)\" has no value"
            found.append(Finding(sentence, file, reference.node.path, reference.node.place))
        }
        return found
    }
}

extension String {
    /// A file's name without `.json`.
    fileprivate var withoutEnding: String { hasSuffix(".json") ? String(dropLast(5)) : self }
}
