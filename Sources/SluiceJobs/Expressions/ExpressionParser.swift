/// Reads ADF's expressions: `@f(x)` as a whole, `a@{f(x)}b` in between, `@@` for the character itself.
package struct ExpressionParser: ~Copyable {
    /// Calls and brackets within each other; ADF's own bound is not told, people need five.
    private static let mostDepth = 50

    private let text: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    private init(_ text: String) { self.text = Array(text.unicodeScalars) }

    /// What `text` computes; a literal where it computes nothing.
    package static func parse(_ text: String) throws(ExpressionError) -> Expression {
        guard text.unicodeScalars.contains("@") else { return .literal(.text(text)) }
        var parser = ExpressionParser(text)
        if parser.isAt("@"), !parser.isAt("@{"), !parser.isAt("@@") {
            parser.position = 1
            let expression = try parser.expression()
            guard parser.position == parser.text.count else { throw parser.unexpected("behind the expression's end") }
            return expression
        }
        return try parser.template()
    }

    // MARK: Texts with expressions in between

    private mutating func template() throws(ExpressionError) -> Expression {
        var parts: [Expression] = []
        var plain = String.UnicodeScalarView()
        if isAt("@@"), !isAt("@@{") {
            plain.append("@")
            position = 2
        }
        while position < text.count {
            if isAt("@@{") {
                plain.append(contentsOf: "@{".unicodeScalars)
                position += 3
            } else if isAt("@{") {
                if !plain.isEmpty { parts.append(.literal(.text(String(plain)))) }
                plain = String.UnicodeScalarView()
                position += 2
                parts.append(try expression())
                guard take("}") else { throw unexpected("where } is missing") }
            } else {
                plain.append(text[position])
                position += 1
            }
        }
        if parts.isEmpty { return .literal(.text(String(plain))) }
        if !plain.isEmpty { parts.append(.literal(.text(String(plain)))) }
        return .template(parts)
    }

    // MARK: Expressions

    private mutating func expression() throws(ExpressionError) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= ExpressionParser.mostDepth else {
            throw ExpressionError("more than \(ExpressionParser.mostDepth) calls stand within each other", at: position)
        }
        var value = try primary()
        while true {
            skipSpace()
            let offset = position
            let isOptional = isAt("?.") || isAt("?[")
            if isOptional { throw ExpressionError("the operator ? is not supported", at: position) }
            if take(".") {
                guard let name = identifier() else { throw unexpected("where a name is missing behind the dot") }
                value = .member(value, .literal(.text(name)), offset: offset)
            } else if take("[") {
                let index = try expression()
                guard take("]") else { throw unexpected("where ] is missing") }
                value = .member(value, index, offset: offset)
            } else {
                return value
            }
        }
    }

    private mutating func primary() throws(ExpressionError) -> Expression {
        skipSpace()
        let offset = position
        if isAt("'") { return .literal(.text(try quoted())) }
        if let digits = number() { return .literal(.number(digits)) }
        guard let name = identifier() else { throw unexpected("where a function or a value is missing") }
        if take("(") { return .call(name, try arguments(), offset: offset) }
        switch name.lowercased() {
        case "true": return .literal(.boolean(true))
        case "false": return .literal(.boolean(false))
        case "null": return .literal(.null)
        default:
            throw ExpressionError(
                "\(name.shown) is no value; texts stand in single quotes, functions have ()",
                at: offset
            )
        }
    }

    private mutating func arguments() throws(ExpressionError) -> [Expression] {
        var arguments: [Expression] = []
        if take(")") { return arguments }
        repeat { arguments.append(try expression()) } while take(",")
        guard take(")") else { throw unexpected("where ) or a comma is missing") }
        return arguments
    }

    /// A text in single quotes; two of them stand for one.
    private mutating func quoted() throws(ExpressionError) -> String {
        let start = position
        var value = String.UnicodeScalarView()
        position += 1
        while position < text.count {
            if isAt("''") {
                value.append("'")
                position += 2
            } else if isAt("'") {
                position += 1
                return String(value)
            } else {
                value.append(text[position])
                position += 1
            }
        }
        throw ExpressionError("the text that begins here has no end", at: start)
    }

    private mutating func number() -> String? {
        var end = position
        if end < text.count, text[end] == "-" { end += 1 }
        let first = end
        while end < text.count, "0"..."9" ~= text[end] { end += 1 }
        guard end > first else { return nil }
        if end + 1 < text.count, text[end] == ".", "0"..."9" ~= text[end + 1] {
            end += 1
            while end < text.count, "0"..."9" ~= text[end] { end += 1 }
        }
        defer { position = end }
        // JSON has no zeros in front.
        let sign = first > position ? "-" : ""
        let digits = text[first..<end].drop { $0 == "0" }
        let needsZero = digits.first.map { $0 == "." } ?? true
        return sign + (needsZero ? "0" : "") + String(String.UnicodeScalarView(digits))
    }

    private mutating func identifier() -> String? {
        skipSpace()
        let start = position
        while position < text.count, ExpressionParser.isWord(text[position]) { position += 1 }
        guard position > start else { return nil }
        return String(String.UnicodeScalarView(text[start..<position]))
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isAlphabetic || "0"..."9" ~= scalar
    }

    // MARK: Characters

    private func isAt(_ word: String) -> Bool { text[position...].starts(with: word.unicodeScalars) }

    private mutating func take(_ word: String) -> Bool {
        skipSpace()
        guard isAt(word) else { return false }
        position += word.unicodeScalars.count
        return true
    }

    private mutating func skipSpace() {
        while position < text.count, text[position].properties.isWhitespace { position += 1 }
    }

    /// What stands here, and where that is.
    private func unexpected(_ place: String) -> ExpressionError {
        guard position < text.count else { return ExpressionError("the expression ends \(place)", at: position) }
        return ExpressionError("\"\(text[position])\" stands \(place)", at: position)
    }
}
