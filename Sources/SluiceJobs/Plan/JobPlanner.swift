internal import SluiceCore

/// Computes what a job's activities ask for.
package struct JobPlanner: Sendable {
    package let job: Job
    package let parameters: [String: JSONNode.Content]
    package let run: JobRun

    /// - Parameter given: values of parameters from outside, as texts.
    /// - Throws: a `JobError` that names parameters that are not there, have no value, or have one of another type.
    package init(_ job: Job, given: [String: String], run: JobRun) throws(JobError) {
        self.job = job
        self.run = run
        parameters = try ParameterValues.make(job, given)
    }

    /// What an activity asks for now.
    ///
    /// - Parameter item: what a ForEach is at.
    /// - Throws: a `JobError` with all that can't be computed, or is of another type than it must be.
    package func plan(_ activity: JobActivity, item: JSONNode.Content? = nil) throws(JobError) -> ActivityPlan {
        let scope = ExpressionScope(.pipeline, parameters: parameters, item: item, run: run)
        let resolver = ResourceResolver(job: job)
        let policy = try activity.node["policy"].map { node throws(JobError) in
            try resolver.computed(node, "policy", scope, activity.file)
        }
        let shape = activity.kind == .forEach ? "for each" : activity.kind.rawValue.lowercased()
        guard let node = activity.node["typeProperties"] else {
            preconditionFailure("an activity without properties was checked")
        }
        // A ForEach's activities are computed for each item.
        let own = JSONNode(.object(node.members.filter { $0.name != "activities" }), at: node.path, node.place)
        let properties = try resolver.computed(own, shape, scope, activity.file, mayMiss: ["activities"])
        let work: ActivityPlan.Work =
            switch activity.kind {
            case .copy: .copy(try CopyPlanner(resolver: resolver, scope: scope, activity: activity).plan(properties))
            case .script: .script(try script(properties, activity, scope, resolver))
            case .delete: .delete(try delete(properties, activity, scope, resolver))
            case .forEach: .forEach(forEach(properties))
            }
        return ActivityPlan(name: activity.name, policy: JobPlanner.policy(policy), work: work)
    }

    private static func policy(_ node: JSONNode?) -> ActivityPolicy {
        var policy = ActivityPolicy()
        guard let node else { return policy }
        if let timeout = node.duration("timeout") { policy.timeout = timeout }
        policy.retries = node["retry"]?.integer ?? 0
        if let seconds = node["retryIntervalInSeconds"]?.integer { policy.interval = .seconds(seconds) }
        policy.concealsOutput = node["secureOutput"]?.flag ?? false
        policy.concealsInput = node["secureInput"]?.flag ?? false
        return policy
    }

    private func script(
        _ node: JSONNode,
        _ activity: JobActivity,
        _ scope: ExpressionScope,
        _ resolver: ResourceResolver
    ) throws(JobError) -> ScriptPlan {
        guard let reference = activity.node["linkedServiceName"] else {
            preconditionFailure("a script without a database was checked")
        }
        let service = try resolver.service(reference, scope, activity.file)
        let blocks = (node["scripts"]?.elements ?? []).map { block in
            ScriptPlan.Block(text: block["text"]?.text ?? "", isQuery: block["type"]?.text != "NonQuery")
        }
        let store = try StorePlanner(service: service).database()
        return ScriptPlan(store: store, blocks: blocks, blockTimeout: node.duration("scriptBlockExecutionTimeout"))
    }

    private func delete(
        _ node: JSONNode,
        _ activity: JobActivity,
        _ scope: ExpressionScope,
        _ resolver: ResourceResolver
    ) throws(JobError) -> DeletePlan {
        guard let reference = node["dataset"] else { preconditionFailure("a Delete without a dataset was checked") }
        let dataset = try resolver.dataset(reference, scope, activity.file)
        var source = try ObjectPlanner(dataset: dataset).source(
            settings: node["storeSettings"],
            formatSettings: nil,
            end: nil
        )
        // Of folders below nothing goes unless it is said, other than with copies.
        source.selection.recursive = (node["storeSettings"]?["recursive"] ?? node["recursive"])?.flag ?? false
        source.connections = node["maxConcurrentConnections"]?.integer ?? source.connections
        var log: StorePlan?
        if node["enableLogging"]?.flag == true {
            guard let place = node["logStorageSettings"] else {
                throw JobError([
                    Finding(
                        "\"logStorageSettings\" is missing: where the log is kept",
                        activity.file,
                        node.path,
                        node.place
                    )
                ])
            }
            log = try resolver.folder(place, scope, activity.file)
        }
        return DeletePlan(source: source, log: log, datasetName: dataset.name, datasetType: dataset.type)
    }

    private func forEach(_ node: JSONNode) -> ForEachPlan {
        let isSequential = node["isSequential"]?.flag ?? false
        let items = (node["items"]?.elements ?? []).map(\.content)
        return ForEachPlan(
            items: items,
            width: isSequential ? 1 : node["batchCount"]?.integer ?? JobPlanner.standardWidth
        )
    }

    /// ADF's, where no batchCount is said.
    private static let standardWidth = 20
}

extension JSONNode {
    func duration(_ name: String) -> Duration? { self[name]?.text.flatMap(ValueText.duration) }

    func moment(_ name: String) -> Timestamp? { self[name]?.text.flatMap { Timestamp(document: $0) } }
}
