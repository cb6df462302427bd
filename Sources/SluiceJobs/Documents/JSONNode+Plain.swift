extension String {
    /// As it stands within a sentence.
    var uncapitalised: String {
        guard dropFirst().first?.isLowercase ?? true else { return withoutStop }
        return prefix(1).lowercased() + withoutStop.dropFirst()
    }

    private var withoutStop: String { hasSuffix(".") ? String(dropLast()) : self }

    /// Whether it is an expression, or has one in it.
    var isComputed: Bool { hasPrefix("@") && !hasPrefix("@@") || contains("@{") }
}

extension JSONNode {
    /// A text that may be an expression: as it stands, or as `{"value": "@…", "type": "Expression"}`.
    var expressionText: String? {
        if let text { return text }
        guard members.count == 2, self["type"]?.text?.lowercased() == "expression" else { return nil }
        return self["value"]?.text
    }

    /// Whether nothing is in it.
    var isEmpty: Bool {
        switch content {
        case .null: true
        case .text(let text): text.isEmpty
        case .array(let elements): elements.isEmpty
        case .object(let members): members.isEmpty
        case .boolean, .number: false
        }
    }

    func replacing(_ name: String, with content: Content) -> JSONNode {
        var copy = self
        copy.content = .object(
            members.map { member in
                guard member.name == name else { return member }
                return JSONMember(
                    name: name,
                    place: member.place,
                    value: JSONNode(content, at: member.value.path, member.value.place)
                )
            }
        )
        return copy
    }
}

extension ExpressionError {
    /// What is wrong with the expression in `text`.
    func sentence(_ text: String) -> String { "\"\(text.shown)\": \(reason) (character \(offset + 1))" }
}
