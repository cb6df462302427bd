internal import SluiceCore

/// Holds a document's values against the catalogue, and makes them plain: other names and forms of the same thing become one,
/// nulls and what has no effect are left out. All that is wrong is gathered.
struct DocumentCheck {
    /// What values are taken for.
    enum Stage {
        /// Texts may be expressions, which are looked at and stay.
        case written
        /// Expressions have been computed; where a text or a number is wanted, the other will do.
        case computed
    }

    /// A reference to a dataset or a linked service, and where it stands.
    struct Reference {
        let kind: ReferenceKind
        let name: String
        let node: JSONNode
        /// What its arguments may refer to.
        let names: ExpressionNames?
    }

    let catalogue = Catalogue.standard
    let file: String
    /// Whether secrets in it are open.
    let isReadableByOthers: Bool
    let stage: Stage
    /// What expressions may refer to; nil where there are none.
    var names: ExpressionNames?
    private(set) var findings: [Finding] = []
    var references: [Reference] = []

    init(_ file: String, isReadableByOthers: Bool = false, stage: Stage = .written, names: ExpressionNames? = nil) {
        self.file = file
        self.isReadableByOthers = isReadableByOthers
        self.stage = stage
        self.names = names
    }

    // MARK: Findings

    mutating func add(_ sentence: String, _ node: JSONNode) {
        findings.append(Finding(sentence, file, node.path, node.place))
    }

    private mutating func add(_ sentence: String, _ member: JSONMember, severity: Finding.Severity = .error) {
        findings.append(Finding(sentence, file, member.value.path, member.place, severity: severity))
    }

    // MARK: Objects

    /// An object with the properties of `shape`, in its plain form.
    mutating func object(_ node: JSONNode, _ shape: Shape, besides others: Set<String> = []) -> JSONNode {
        guard case .object(let members) = node.content else {
            add("\(node.kindName) stands where an object is wanted: \(shape.meaning.uncapitalised)", node)
            return node
        }
        var plain: [JSONMember] = members.filter { others.contains($0.name) }
        var seen: Set<String> = []
        for member in members where !others.contains(member.name) {
            guard let property = shape.property(named: member.name) else {
                add(unknown(member.name, in: shape), member)
                continue
            }
            guard seen.insert(property.name).inserted else {
                add("\"\(member.name)\" is another name of a property that stands here already", member)
                continue
            }
            if let value = self.member(member, property, shape) {
                plain.append(JSONMember(name: property.name, place: member.place, value: value))
            }
        }
        for property in shape.properties
        where property.isRequired && !plain.contains(where: { $0.name == property.name }) {
            // What is there and wrong has been told.
            let isWritten = members.contains {
                $0.value.content != .null && shape.property(named: $0.name)?.name == property.name
            }
            if !isWritten { add("\"\(property.name)\" is missing: \(property.meaning.uncapitalised)", node) }
        }
        return JSONNode(.object(plain), at: node.path, node.place)
    }

    private func unknown(_ name: String, in shape: Shape) -> String {
        let near = shape.properties.flatMap { [$0.name] + $0.aliases }.first { $0.lowercased() == name.lowercased() }
        let hint = near.map { "; it is written \"\($0)\"" } ?? ""
        return
            "there is no property \"\(name.shown)\" in \(shape.isNamedByType ? shape.name : "a \(shape.name)")\(hint)"
    }

    /// A property's value in its plain form; nil where it counts as not there.
    private mutating func member(_ member: JSONMember, _ property: Property, _ shape: Shape) -> JSONNode? {
        guard member.value.content != .null else { return nil }
        switch property.support {
        case .refused(let reason):
            // What is switched off asks for nothing.
            if !member.value.isEmpty, member.value.flag != false { add("\"\(member.name)\" is not supported: \(reason)", member) }
            return nil
        case .withoutEffect(let reason):
            // A secret is open whether it is used or not.
            if case .secret = property.kind { _ = value(member.value, property) }
            if stage == .written { add("\"\(member.name)\" has no effect: \(reason)", member, severity: .note) }
            return nil
        case .supported:
            let outer = names
            defer { names = outer }
            // Only the activities of a ForEach have an item.
            if shape.name == "for each", property.name == "activities" { names?.hasItem = true }
            return value(member.value, property)
        }
    }

    // MARK: Values

    mutating func value(_ node: JSONNode, _ property: Property) -> JSONNode? {
        if stage == .written, let text = node.expressionText {
            guard !property.isConstant else {
                if text.isComputed { add("\"\(property.name)\" must not be an expression", node) }
                return value(node, property.kind, property.name)
            }
            guard let expression = expression(text, node) else { return nil }
            let plain = JSONNode(.text(text), at: node.path, node.place)
            return expression.isLiteral ? value(plain, property.kind, property.name) : plain
        }
        return value(node, property.kind, property.name)
    }

    /// What `text` computes; nil where it can't be.
    private mutating func expression(_ text: String, _ node: JSONNode) -> Expression? {
        do {
            let expression = try ExpressionParser.parse(text)
            guard !expression.isLiteral else { return expression }
            guard let names else {
                add("an expression can't stand here", node)
                return nil
            }
            for problem in names.problems(expression) { add(problem.sentence(text), node) }
            return expression
        } catch {
            add(error.sentence(text), node)
            return nil
        }
    }

    private mutating func value(_ node: JSONNode, _ kind: PropertyKind, _ name: String) -> JSONNode? {
        switch kind {
        case .anything:
            look(node)
            return node
        case .object(let shape): return object(node, catalogue.shape(shape))
        case .variant(let family): return variant(node, catalogue.family(family))
        case .list(let kind): return list(node, kind, name)
        case .map(let kind): return map(node, kind, name)
        case .reference(let kind): return reference(node, kind)
        case .secret: return secret(node, name)
        case .text, .flag, .integer, .duration, .moment, .choice:
            switch ScalarCheck.plain(node.content, kind, isComputed: stage == .computed) {
            case .success(let content): return JSONNode(content, at: node.path, node.place)
            case .failure(let problem):
                add("\"\(name)\" \(problem.sentence)", node)
                return nil
            }
        }
    }

    /// An object of the family that its `type` names.
    mutating func variant(_ node: JSONNode, _ family: Family, besides others: Set<String> = []) -> JSONNode? {
        guard case .object = node.content else {
            add("\(node.kindName) stands where an object is wanted: \(family.meaning.uncapitalised)", node)
            return nil
        }
        guard let type = node["type"] else {
            add("\"type\" is missing: it says which \(family.name) it is", node)
            return nil
        }
        guard let name = type.text else {
            add("\"type\" is \(type.kindName), and a text is wanted", type)
            return nil
        }
        guard let variant = family.variant(named: name) else {
            let known = family.variants.filter { $0.shape != nil }.map(\.name).joined(separator: ", ")
            add("there is no \(family.name) of the type \"\(name.shown)\"; there are \(known)", type)
            return nil
        }
        guard let shape = variant.shape else {
            add("the type \(variant.name) is not supported: \(variant.refusal ?? "")", type)
            return nil
        }
        let plain = object(node, shape, besides: others.union(["type"]))
        return plain.replacing("type", with: .text(variant.name))
    }

    private mutating func list(_ node: JSONNode, _ kind: PropertyKind, _ name: String) -> JSONNode? {
        guard case .array(let elements) = node.content else {
            add("\"\(name)\" is \(node.kindName), and an array is wanted", node)
            return nil
        }
        let plain = elements.compactMap { value($0, Property(name, kind, "")) }
        return JSONNode(.array(plain), at: node.path, node.place)
    }

    private mutating func map(_ node: JSONNode, _ kind: PropertyKind, _ name: String) -> JSONNode? {
        guard case .object(let members) = node.content else {
            add("\"\(name)\" is \(node.kindName), and an object is wanted", node)
            return nil
        }
        let plain = members.compactMap { member in
            value(member.value, Property(member.name, kind, "")).map {
                JSONMember(name: member.name, place: member.place, value: $0)
            }
        }
        return JSONNode(.object(plain), at: node.path, node.place)
    }

    /// Looks at the expressions in what has no form of its own.
    mutating func look(_ node: JSONNode) {
        guard stage == .written, names != nil else { return }
        if let text = node.expressionText {
            _ = expression(text, node)
        } else {
            for element in node.elements { look(element) }
            for member in node.members { look(member.value) }
        }
    }
}

extension Shape {
    /// Whether its name is what people write.
    fileprivate var isNamedByType: Bool { name.first?.isUppercase ?? false }
}
