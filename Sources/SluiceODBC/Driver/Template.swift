/// A statement of a profile, with names in braces for what it is about.
struct Template: Sendable {
    let text: String

    /// The text with what the names stand for, in one pass: what is filled in may have braces of its own.
    func filled(_ values: [String: String]) -> String {
        var result = ""
        var rest = text[...]
        while let brace = rest.firstIndex(of: "{") {
            result += rest[..<brace]
            rest = rest[brace...]
            guard let end = rest.firstIndex(of: "}"), let value = values[String(rest[..<end].dropFirst())] else {
                result.append(rest.removeFirst())
                continue
            }
            result += value
            rest = rest[end...].dropFirst()
        }
        return result + rest
    }
}
