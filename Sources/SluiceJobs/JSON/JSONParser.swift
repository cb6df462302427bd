internal import SluiceCore

/// Reads a JSON document as RFC 8259 has it, no more: a name that comes twice, a comment and a comma behind the last
/// value are errors that say so.
package struct JSONParser: ~Copyable {
    /// Arrays and objects within each other; ADF's documents stay below twenty.
    static let mostDepth = 100

    private var scanner: JSONTextScanner
    private var depth = 0

    private init(_ bytes: [UInt8]) { scanner = JSONTextScanner(bytes) }

    /// The document in `bytes`, which may begin with a byte order mark.
    package static func document(_ bytes: [UInt8]) throws(JSONError) -> JSONNode {
        var parser = JSONParser(bytes)
        try parser.scanner.checkEncoding()
        let root = try parser.value(.root)
        try parser.skipSpace(.root)
        guard parser.scanner.isAtEnd else {
            throw parser.error("something stands behind the document's end", .root)
        }
        return root
    }

    private func error(_ reason: String, _ path: JSONPath, advice: String? = nil) -> JSONError {
        JSONError(reason, scanner.place, path, advice: advice)
    }

    private mutating func skipSpace(_ path: JSONPath) throws(JSONError) {
        scanner.skipSpace()
        if scanner.next == UInt8(ascii: "/") {
            throw error("a comment stands here, and JSON has none", path, advice: "Leave it out")
        }
    }

    private mutating func value(_ path: JSONPath) throws(JSONError) -> JSONNode {
        try skipSpace(path)
        let place = scanner.place
        let content: JSONNode.Content
        switch scanner.next {
        case nil: throw error("the document ends where a value is missing", path)
        case UInt8(ascii: "{"): content = .object(try members(path))
        case UInt8(ascii: "["): content = .array(try elements(path))
        case UInt8(ascii: "\""): content = .text(try scanner.string(path))
        case let byte? where byte == UInt8(ascii: "-") || 48...57 ~= byte: content = .number(try scanner.number(path))
        default:
            switch scanner.word() {
            case "true": content = .boolean(true)
            case "false": content = .boolean(false)
            case "null": content = .null
            case "": throw error("a value is missing", path)
            case let word:
                throw JSONError("\(word) is no value of JSON", place, path, advice: "Write texts in double quotes")
            }
        }
        return JSONNode(content, at: path, place)
    }

    private mutating func elements(_ path: JSONPath) throws(JSONError) -> [JSONNode] {
        var elements: [JSONNode] = []
        try enter(path)
        if scanner.take("]") { return elements }
        while true {
            elements.append(try value(.element(path, elements.count)))
            guard try goesOn("]", path) else { return elements }
        }
    }

    private mutating func members(_ path: JSONPath) throws(JSONError) -> [JSONMember] {
        var members: [JSONMember] = []
        var names: Set<[UInt8]> = []
        try enter(path)
        if scanner.take("}") { return members }
        while true {
            try skipSpace(path)
            let place = scanner.place
            guard scanner.next == UInt8(ascii: "\"") else { throw error("a name in double quotes is missing", path) }
            let name = try scanner.string(path)
            guard names.insert(Array(name.utf8)).inserted else {
                throw JSONError(
                    "\"\(name.shown)\" stands twice in one object",
                    place,
                    path,
                    advice: "Leave one of them out"
                )
            }
            try skipSpace(path)
            guard scanner.take(":") else { throw error("a colon is missing behind \"\(name.shown)\"", path) }
            members.append(JSONMember(name: name, place: place, value: try value(.member(path, name))))
            guard try goesOn("}", path) else { return members }
        }
    }

    /// Takes the bracket that opens.
    private mutating func enter(_ path: JSONPath) throws(JSONError) {
        depth += 1
        guard depth <= JSONParser.mostDepth else {
            throw error("more than \(JSONParser.mostDepth) arrays and objects stand within each other", path)
        }
        scanner.skip()
        try skipSpace(path)
        // An empty one ends here.
        if scanner.next == UInt8(ascii: "]") || scanner.next == UInt8(ascii: "}") { depth -= 1 }
    }

    /// Whether another value follows; else takes the bracket that closes.
    private mutating func goesOn(_ end: Unicode.Scalar, _ path: JSONPath) throws(JSONError) -> Bool {
        try skipSpace(path)
        let comma = scanner.place
        if scanner.take(",") {
            try skipSpace(path)
            guard scanner.next != UInt8(ascii: end) else {
                throw JSONError("a comma stands behind the last value", comma, path, advice: "Leave it out")
            }
            return true
        }
        guard scanner.take(end) else {
            throw error(
                scanner.isAtEnd ? "the document ends where \(end) is missing" : "a comma or \(end) is missing",
                path
            )
        }
        depth -= 1
        return false
    }
}
