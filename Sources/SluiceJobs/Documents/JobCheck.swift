/// What is wrong between the values of a job's documents, each of which is right by itself.
struct JobCheck {
    private let job: Job
    private(set) var findings: [Finding] = []

    init(_ job: Job) { self.job = job }

    mutating func run() {
        checkNames(of: job.activities)
        checkOrder(of: job.activities)
        for activity in job.activities { check(activity, isInForEach: false) }
        for dataset in job.datasets.values.sorted(by: { $0.name < $1.name }) { check(dataset) }
        for service in job.linkedServices.values.sorted(by: { $0.name < $1.name }) { check(service: service) }
    }

    private mutating func add(_ sentence: String, _ node: JSONNode, _ file: String, severity: Finding.Severity = .error)
    {
        findings.append(Finding(sentence, file, node.path, node.place, severity: severity))
    }

    // MARK: Order

    private mutating func checkNames(of activities: [JobActivity]) {
        var seen: Set<String> = []
        for activity in activities + activities.flatMap(\.activities) where !seen.insert(activity.name).inserted {
            add(
                "there are two activities \"\(activity.name.shown)\"",
                activity.node["name"] ?? activity.node,
                activity.file
            )
        }
    }

    private mutating func checkOrder(of activities: [JobActivity]) {
        let names = Set(activities.map(\.name))
        for activity in activities {
            for node in activity.node["dependsOn"]?.elements ?? [] {
                guard let name = node["activity"], let text = name.text else { continue }
                if !names.contains(text) {
                    add(
                        "\"\(activity.name.shown)\" waits for the activity \"\(text.shown)\", which is not there",
                        name,
                        activity.file
                    )
                }
                if node["dependencyConditions"]?.isEmpty ?? false {
                    add("no condition is named under which \"\(activity.name.shown)\" runs", node, activity.file)
                }
            }
        }
        let edges = activities.map { ($0.name, $0.dependencies.map(\.activity)) }
        if let ring = ActivityOrder.ring(edges), let first = activities.first(where: { $0.name == ring.first }) {
            let way = ring.map { "\"\($0.shown)\"" }.joined(separator: " → ")
            add("activities wait for each other in a ring: \(way)", first.node["dependsOn"] ?? first.node, first.file)
        }
    }

    // MARK: Activities

    private mutating func check(_ activity: JobActivity, isInForEach: Bool) {
        guard let properties = activity.node["typeProperties"] else { return }
        switch activity.kind {
        case .copy: checkCopy(activity, properties)
        case .script:
            if let reference = activity.node["linkedServiceName"], let service = resource(.linkedService, reference),
                service.type != "Odbc"
            {
                add(
                    "a Script runs in a database, and \"\(service.name.shown)\" is of the type \(service.type)",
                    reference,
                    activity.file
                )
            }
        case .delete: checkDelete(activity, properties)
        case .forEach:
            if isInForEach { add("a ForEach stands in a ForEach", activity.node, activity.file) }
            checkOrder(of: activity.activities)
            for inner in activity.activities { check(inner, isInForEach: true) }
        }
    }

    private func resource(_ kind: ReferenceKind, _ reference: JSONNode) -> JobResource? {
        reference["referenceName"]?.text.flatMap { job.resource(kind, $0) }
    }

    private mutating func checkCopy(_ activity: JobActivity, _ properties: JSONNode) {
        for (end, list) in [("source", "inputs"), ("sink", "outputs")] {
            guard let references = activity.node[list] else { continue }
            guard let reference = references.elements.first, references.elements.count == 1 else {
                add(
                    "a copy has one dataset in \"\(list)\", and this has \(references.elements.count)",
                    references,
                    activity.file
                )
                continue
            }
            if let node = properties[end], let dataset = resource(.dataset, reference) {
                check(node, end, dataset, activity)
            }
        }
        checkStaging(activity, properties)
        if let source = properties["source"], let sink = properties["sink"], source["type"]?.text == "BinarySource",
            sink["type"]?.text != "BinarySink",
            let type = sink["type"]?.text
        {
            add("bytes as they are can't become what a \(type) writes; both ends must be Binary", sink, activity.file)
        }
        if let sink = properties["sink"], sink["writeBehavior"]?.text == "Upsert", sink["upsertSettings"] == nil {
            add("\"upsertSettings\" is missing: the key by which rows replace each other", sink, activity.file)
        }
        if let source = properties["source"], source["partitionOption"]?.text == "DynamicRange",
            source["partitionSettings"]?["partitionColumnName"] == nil
        {
            add(
                "\"partitionSettings\" with \"partitionColumnName\" is missing: the column whose ranges are read",
                source,
                activity.file
            )
        }
    }

    private mutating func checkStaging(_ activity: JobActivity, _ properties: JSONNode) {
        if properties["enableStaging"]?.flag == true, properties["stagingSettings"] == nil {
            add("\"stagingSettings\" is missing: the store to stage in", properties, activity.file)
        }
        if let settings = properties["stagingSettings"], properties["enableStaging"]?.flag ?? false == false,
            properties["enableStaging"]?.text == nil
        {
            add("\"stagingSettings\" has no effect without \"enableStaging\"", settings, activity.file, severity: .note)
        }
        if let settings = properties["redirectIncompatibleRowSettings"],
            properties["enableSkipIncompatibleRow"]?.flag == false
        {
            add(
                "\"redirectIncompatibleRowSettings\" has no effect without \"enableSkipIncompatibleRow\"",
                settings,
                activity.file,
                severity: .note
            )
        }
    }

    private mutating func checkDelete(_ activity: JobActivity, _ properties: JSONNode) {
        guard let reference = properties["dataset"], let dataset = resource(.dataset, reference) else { return }
        if ["OdbcTable", "HttpFile"].contains(dataset.type)
            || dataset.node["typeProperties"]?["location"]?["type"]?.text == "HttpServerLocation"
        {
            add(
                "nothing can be deleted of the dataset \"\(dataset.name.shown)\" of the type \(dataset.type)",
                reference,
                activity.file
            )
        }
        check(settings: properties["storeSettings"], dataset, activity)
        if properties["enableLogging"]?.flag == true, properties["logStorageSettings"] == nil {
            add("\"logStorageSettings\" is missing: where the log is kept", properties, activity.file)
        }
    }

    // MARK: Whether types fit each other

    /// A source or a sink and its dataset.
    private mutating func check(_ node: JSONNode, _ end: String, _ dataset: JobResource, _ activity: JobActivity) {
        guard let type = node["type"]?.text else { return }
        let ending = end == "source" ? "Source" : "Sink"
        let fitting = JobCheck.ends[dataset.type]?.map { $0 + ending } ?? []
        if !fitting.contains(type) {
            let wanted = fitting.joined(separator: " or ")
            add(
                "a \(type) does not fit the dataset \"\(dataset.name.shown)\", which is \(dataset.type) and wants \(wanted)",
                node["type"] ?? node,
                activity.file
            )
        }
        check(settings: node["storeSettings"], dataset, activity)
    }

    /// What reads and writes each type of dataset.
    private static let ends: [String: [String]] = [
        "DelimitedText": ["DelimitedText"], "Json": ["Json"], "Parquet": ["Parquet"], "Binary": ["Binary"],
        "OdbcTable": ["Odbc"],
        "AzureBlob": ["Blob"], "FileShare": ["FileSystem"], "AmazonS3Object": ["FileSystem", "Blob"],
        "HttpFile": ["Http"],
    ]

    /// Settings of a store and where the dataset is.
    private mutating func check(settings: JSONNode?, _ dataset: JobResource, _ activity: JobActivity) {
        guard let type = settings?["type"], let name = type.text,
            let location = dataset.node["typeProperties"]?["location"]?["type"]?.text
        else { return }
        let store = JobCheck.stores.first { name.hasPrefix($0.settings) }
        if let store, store.location != location {
            add(
                "\(name) does not fit the dataset \"\(dataset.name.shown)\", which is in a \(location)",
                type,
                activity.file
            )
        }
    }

    private static let stores: [(settings: String, location: String, service: String)] = [
        ("FileServer", "FileServerLocation", "FileServer"),
        ("AzureBlobStorage", "AzureBlobStorageLocation", "AzureBlobStorage"),
        ("AmazonS3Compatible", "AmazonS3CompatibleLocation", "AmazonS3Compatible"),
        ("AmazonS3", "AmazonS3Location", "AmazonS3"),
        ("Http", "HttpServerLocation", "HttpServer"),
    ]

    /// A dataset and its linked service.
    private mutating func check(_ dataset: JobResource) {
        guard let reference = dataset.node["linkedServiceName"], let service = resource(.linkedService, reference)
        else { return }
        let location = dataset.node["typeProperties"]?["location"]?["type"]
        let older = [
            "OdbcTable": "Odbc", "AzureBlob": "AzureBlobStorage", "FileShare": "FileServer",
            "AmazonS3Object": "AmazonS3", "HttpFile": "HttpServer",
        ]
        let wanted = JobCheck.stores.first { $0.location == location?.text }?.service ?? older[dataset.type]
        if let wanted, wanted != service.type {
            let what = location?.text ?? dataset.type
            add(
                "\(what) wants a linked service of the type \(wanted), and \"\(service.name.shown)\" is \(service.type)",
                location ?? reference,
                dataset.file
            )
        }
    }

    private mutating func check(service: JobResource) {
        guard let properties = service.node["typeProperties"] else { return }
        if let flag = properties["enableServerCertificateValidation"], flag.flag == false {
            add(
                "servers' certificates are always checked; trust this one's authority by --ca-certificate",
                flag,
                service.file
            )
        }
        if service.type == "Odbc", let string = properties["connectionString"], ValueText.holdsSecret(string.text ?? "")
        {
            add(
                "the connection string holds a password; write it as \"password\", or leave it to SLUICE_ODBC_PASSWORD",
                string,
                service.file
            )
        }
        guard service.type == "AzureBlobStorage" else { return }
        let ways = ["connectionString", "sasUri", "containerUri", "serviceEndpoint"].filter { properties[$0] != nil }
        if ways.count != 1 {
            let found = ways.isEmpty ? "none" : ways.joined(separator: " and ")
            add(
                "one of connectionString, sasUri, containerUri and serviceEndpoint says where the account is, and there is \(found)",
                properties,
                service.file
            )
        }
    }
}
