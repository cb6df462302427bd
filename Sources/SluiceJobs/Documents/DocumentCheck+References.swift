/// References and secrets.
extension DocumentCheck {
    mutating func reference(_ node: JSONNode, _ kind: ReferenceKind) -> JSONNode? {
        let name: String
        switch node.content {
        case .text(let text): name = text
        case .object:
            let plain = object(node, DocumentCheck.referenceShape)
            if let type = plain["type"], type.text?.lowercased() != kind.rawValue.lowercased() {
                add("a reference to a \(kind.words) is wanted here, whose type is \(kind.rawValue)", type)
            }
            guard let text = plain["referenceName"]?.text else { return nil }
            name = text
            if let parameters = plain["parameters"] { look(parameters) }
        default:
            add("\(node.kindName) stands where a \(kind.words) is named", node)
            return nil
        }
        references.append(Reference(kind: kind, name: name, node: node, names: names))
        let members = [JSONMember(name: "referenceName", value: JSONNode(.text(name), at: node.path, node.place))]
        let arguments = node.members.filter { $0.name == "parameters" && $0.value.content != .null }
        return JSONNode(.object(members + arguments), at: node.path, node.place)
    }

    private static let referenceShape = Shape(
        "reference",
        "The name of a dataset or a linked service",
        [
            .text("referenceName", "The name that it has").also("name").required.constant,
            .text("type", "What it leads to").constant,
            Property("parameters", .map(.anything), "Values of its parameters"),
        ]
    )

    mutating func secret(_ node: JSONNode, _ name: String) -> JSONNode? {
        var value = node
        if case .object = node.content {
            guard let found = variant(node, catalogue.family("secret"))?["value"] else { return nil }
            value = found
        }
        guard let text = value.text else {
            add("\"\(name)\" is \(value.kindName), and a text or a SecureString is wanted", value)
            return nil
        }
        // Addresses and connection strings are secret only as far as there is a secret in them.
        let mayBePlain = ["connectionString", "sasUri"].contains(name)
        let isOpen = mayBePlain ? ValueText.holdsSecret(text) : !text.isEmpty
        if isReadableByOthers, isOpen, !text.isComputed {
            add(
                "\"\(name)\" holds a secret, and others can read this file: take the right from them (chmod 600), or leave the secret out and give it by the environment",
                value
            )
        }
        return JSONNode(.text(text), at: node.path, node.place)
    }
}
