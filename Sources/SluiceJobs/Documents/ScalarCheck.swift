internal import SluiceCore

/// Single values in their plain form.
enum ScalarCheck {
    struct Problem: Error {
        let sentence: String
    }

    /// - Parameter isComputed: whether it comes of an expression, whose text may be a number and the other way round.
    static func plain(_ content: JSONNode.Content, _ kind: PropertyKind, isComputed: Bool) -> Result<
        JSONNode.Content, Problem
    > {
        switch (kind, content) {
        case (.text, .text): return .success(content)
        case (.text, .number), (.text, .boolean):
            if isComputed { return .success(.text(ExpressionScope.text(content))) }
        case (.flag, .boolean): return .success(content)
        case (.flag, .text(let text)):
            if isComputed, let flag = Bool(text.lowercased()) { return .success(.boolean(flag)) }
        case (.integer(let range), .number(let digits)): return integer(digits, range)
        case (.integer(let range), .text(let text)): if isComputed { return integer(text, range) }
        case (.duration, .text(let text)):
            if ValueText.duration(text) != nil { return .success(content) }
            return problem("is \"\(text.shown)\", and a time such as 12:00:00 or 1.00:00:00 is wanted")
        case (.moment, .text(let text)):
            if Timestamp(document: text) != nil { return .success(content) }
            return problem("is \"\(text.shown)\", and a moment such as 2026-11-21T05:19:51Z is wanted")
        case (.choice(let words), .text(let text)):
            if let word = words.first(where: { $0.lowercased() == text.lowercased() }) { return .success(.text(word)) }
            return problem("is \"\(text.shown)\", and \(list(words)) is wanted")
        default: break
        }
        return problem("is \(JSONNode(content).kindName), and \(wanted(kind)) is wanted")
    }

    private static func integer(_ digits: String, _ range: ClosedRange<Int>) -> Result<JSONNode.Content, Problem> {
        if let number = Int(digits), range.contains(number) { return .success(.number(String(number))) }
        let bounds =
            range.upperBound == .max ? "from \(range.lowerBound) on" : "from \(range.lowerBound) to \(range.upperBound)"
        return problem("is \(digits.shown), and a whole number \(bounds) is wanted")
    }

    private static func problem(_ sentence: String) -> Result<JSONNode.Content, Problem> {
        .failure(Problem(sentence: sentence))
    }

    private static func list(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "nothing" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }

    private static func wanted(_ kind: PropertyKind) -> String {
        switch kind {
        case .text: "a text"
        case .flag: "true or false"
        case .integer: "a whole number"
        case .duration: "a time such as 12:00:00"
        case .moment: "a moment such as 2026-11-21T05:19:51Z"
        case .choice(let words): list(words)
        case .object, .map, .variant: "an object"
        case .list: "an array"
        case .reference(let kind): "a reference to a \(kind.words)"
        case .secret: "a secret"
        case .anything: "a value"
        }
    }
}
