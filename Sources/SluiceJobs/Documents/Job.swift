/// A job as its documents have it: a pipeline, or one activity, and all that it refers to. It is checked, and nothing is computed
/// yet.
package struct Job: Sendable {
    /// The pipeline's name, or the activity's.
    package let name: String
    /// The file that was named.
    package let file: String
    package let parameters: [JobParameter]
    /// In the order of the document.
    package let activities: [JobActivity]
    /// What has no effect.
    package let notes: [Finding]
    let datasets: [String: JobResource]
    let linkedServices: [String: JobResource]

    func resource(_ kind: ReferenceKind, _ name: String) -> JobResource? {
        kind == .dataset ? datasets[name] : linkedServices[name]
    }
}

/// An activity of a job.
package struct JobActivity: Sendable {
    package enum Kind: String, Sendable {
        case copy = "Copy"
        case script = "Script"
        case delete = "Delete"
        case forEach = "ForEach"
    }

    package let name: String
    package let kind: Kind
    package private(set) var dependencies: [ActivityDependency]
    /// How it counts without being run; nil where it is run.
    package let inactiveOutcome: ActivityOutcome?
    /// Those of a ForEach.
    package let activities: [JobActivity]
    /// Its plain form.
    let node: JSONNode
    let file: String

    /// The same, waiting for no other.
    package var alone: JobActivity {
        var activity = self
        activity.dependencies = []
        return activity
    }

    /// Nil for what is no activity, which has been told.
    init?(_ node: JSONNode, file: String) {
        guard let name = node["name"]?.text, let kind = (node["type"]?.text).flatMap(Kind.init) else { return nil }
        self.name = name
        self.kind = kind
        self.node = node
        self.file = file
        dependencies = (node["dependsOn"]?.elements ?? []).compactMap { ActivityDependency($0) }
        let isInactive = node["state"]?.text == "Inactive"
        inactiveOutcome =
            isInactive ? (node["onInactiveMarkAs"]?.text).flatMap(ActivityOutcome.init) ?? .succeeded : nil
        activities = (node["typeProperties"]?["activities"]?.elements ?? []).compactMap { JobActivity($0, file: file) }
    }
}

extension ActivityDependency {
    fileprivate init?(_ node: JSONNode) {
        guard let name = node["activity"]?.text else { return nil }
        let conditions = (node["dependencyConditions"]?.elements ?? []).compactMap { $0.text.flatMap(Condition.init) }
        self.init(name, conditions)
    }
}

/// A parameter of a pipeline, a dataset or a linked service.
package struct JobParameter: Sendable {
    package let name: String
    /// As ADF has it: `String`, `SecureString`, `Int`, `Float`, `Bool`, `Array` or `Object`.
    package let type: String
    package let standard: JSONNode?
    let declaration: JSONNode

    init(_ member: JSONMember) {
        name = member.name
        type = member.value["type"]?.text ?? "String"
        standard = member.value.members.first { $0.name == "defaultValue" }?.value
        declaration = member.value
    }
}

/// A dataset or a linked service, checked.
struct JobResource: Sendable {
    let kind: ReferenceKind
    let name: String
    let file: String
    /// Its `properties` in their plain form.
    let node: JSONNode
    let parameters: [JobParameter]

    /// The type of the dataset or the linked service.
    var type: String { node["type"]?.text ?? "" }
}
