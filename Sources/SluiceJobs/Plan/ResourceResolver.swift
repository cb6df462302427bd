internal import SluiceCore

/// A dataset or a linked service with its values computed.
struct ResolvedResource {
    let name: String
    let type: String
    /// Its `typeProperties`.
    let node: JSONNode
    let file: String
}

/// A dataset with its linked service.
struct ResolvedDataset {
    let dataset: ResolvedResource
    let service: ResolvedResource

    var name: String { dataset.name }
    var type: String { dataset.type }
    var node: JSONNode { dataset.node }
}

/// Computes values, and follows references with their arguments.
struct ResourceResolver {
    let job: Job

    // MARK: Values

    /// `node` with its expressions computed, and held against `shape` once more.
    ///
    /// - Parameter mayMiss: required properties that have been left out on purpose.
    func computed(
        _ node: JSONNode,
        _ shape: String,
        _ scope: ExpressionScope,
        _ file: String,
        mayMiss: Set<String> = []
    ) throws(JobError) -> JSONNode {
        var findings: [Finding] = []
        let values = ResourceResolver.values(node, scope, file, &findings)
        guard findings.isEmpty else { throw JobError(findings) }
        var check = DocumentCheck(file, stage: .computed)
        let known = check.catalogue.shape(shape)
        let plain = check.object(
            values,
            Shape(known.name, known.meaning, known.properties.filter { !mayMiss.contains($0.name) })
        )
        guard check.findings.isEmpty else { throw JobError(check.findings) }
        return plain
    }

    static func values(_ node: JSONNode, _ scope: ExpressionScope, _ file: String, _ findings: inout [Finding])
        -> JSONNode
    {
        // A reference's arguments are computed when it is followed, and once only.
        if node["referenceName"] != nil { return node }
        if let text = node.expressionText {
            do throws(ExpressionError) {
                let value = try scope.value(of: try ExpressionParser.parse(text))
                return JSONNode(value, at: node.path, node.place)
            } catch {
                findings.append(Finding(error.sentence(text), file, node.path, node.place))
                return node
            }
        }
        var copy = node
        switch node.content {
        case .array(let elements): copy.content = .array(elements.map { values($0, scope, file, &findings) })
        case .object(let members):
            copy.content = .object(
                members.map { member in
                    JSONMember(
                        name: member.name,
                        place: member.place,
                        value: values(member.value, scope, file, &findings)
                    )
                }
            )
        default: break
        }
        return copy
    }

    // MARK: References

    func dataset(_ reference: JSONNode, _ scope: ExpressionScope, _ file: String) throws(JobError) -> ResolvedDataset {
        let (resource, inner) = try follow(.dataset, reference, scope, file)
        guard let service = resource.node["linkedServiceName"] else {
            preconditionFailure("a dataset without a linked service was checked")
        }
        let resolved = try resolve(resource, inner, ResourceResolver.shape(of: resource))
        return ResolvedDataset(dataset: resolved, service: try self.service(service, inner, resource.file))
    }

    func service(_ reference: JSONNode, _ scope: ExpressionScope, _ file: String) throws(JobError) -> ResolvedResource {
        let (resource, inner) = try follow(.linkedService, reference, scope, file)
        return try resolve(resource, inner, ResourceResolver.shape(of: resource))
    }

    /// The folder of a log or of staging.
    func folder(_ settings: JSONNode, _ scope: ExpressionScope, _ file: String) throws(JobError) -> StorePlan {
        guard let reference = settings["linkedServiceName"], let path = settings["path"] else {
            preconditionFailure("a folder without a place was checked")
        }
        return try StorePlanner(service: try service(reference, scope, file)).folder(path.text ?? "", path, file)
    }

    /// The resource, and the scope of its own expressions.
    private func follow(
        _ kind: ReferenceKind,
        _ reference: JSONNode,
        _ scope: ExpressionScope,
        _ file: String
    ) throws(JobError) -> (JobResource, ExpressionScope) {
        guard let name = reference["referenceName"]?.text, let resource = job.resource(kind, name) else {
            throw JobError([Finding("what is referred to is not there", file, reference.path, reference.place)])
        }
        var parameters: [String: JSONNode.Content] = [:]
        var findings: [Finding] = []
        for parameter in resource.parameters { parameters[parameter.name] = parameter.standard?.content }
        for argument in reference["parameters"]?.members ?? [] {
            parameters[argument.name] = ResourceResolver.values(argument.value, scope, file, &findings).content
        }
        guard findings.isEmpty else { throw JobError(findings) }
        return (
            resource,
            ExpressionScope(kind == .dataset ? .dataset : .linkedService, parameters: parameters, run: scope.run)
        )
    }

    private func resolve(_ resource: JobResource, _ scope: ExpressionScope, _ shape: String?) throws(JobError)
        -> ResolvedResource
    {
        let node = resource.node["typeProperties"] ?? JSONNode(.object([]), at: resource.node.path, resource.node.place)
        let computed = try shape.map { shape throws(JobError) in try self.computed(node, shape, scope, resource.file) }
        return ResolvedResource(name: resource.name, type: resource.type, node: computed ?? node, file: resource.file)
    }

    /// The shape of a resource's `typeProperties`.
    private static func shape(of resource: JobResource) -> String? {
        let family = Catalogue.standard.family(resource.kind.words)
        guard
            case .object(let name)? = family.variant(named: resource.type)?.shape?.property(named: "typeProperties")?
                .kind
        else { return nil }
        return name
    }
}
