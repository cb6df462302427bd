extension JSONNode {
    /// The value as JSON again, on one line, its names in their order and its numbers as they were written.
    package var json: String {
        var text = ""
        write(to: &text)
        return text
    }

    /// The same over several lines, two spaces a level, with a line end; what is short stays on one line.
    package var indentedJSON: String {
        var text = ""
        write(to: &text, indent: 0)
        return text + "\n"
    }

    /// Characters of a line, about.
    private static let shortest = 100

    /// - Parameter indent: levels to the left; nil for one line.
    private func write(to text: inout String, indent: Int? = nil) {
        if let indent, indent > 0, !members.isEmpty || !elements.isEmpty {
            let line = json
            if line.utf8.count + 2 * indent <= JSONNode.shortest {
                text += line
                return
            }
        }
        switch content {
        case .null: text += "null"
        case .boolean(let flag): text += flag ? "true" : "false"
        case .number(let digits): text += digits
        case .text(let value): JSONNode.quote(value, to: &text)
        case .array(let elements):
            JSONNode.list(elements, "[", "]", indent, to: &text) { element, indent, text in
                element.write(to: &text, indent: indent)
            }
        case .object(let members):
            JSONNode.list(members, "{", "}", indent, to: &text) { member, indent, text in
                JSONNode.quote(member.name, to: &text)
                text += indent == nil ? ":" : ": "
                member.value.write(to: &text, indent: indent)
            }
        }
    }

    private static func list<Item>(
        _ items: [Item],
        _ open: String,
        _ close: String,
        _ indent: Int?,
        to text: inout String,
        _ write: (Item, Int?, inout String) -> Void
    ) {
        text += open
        for (index, item) in items.enumerated() {
            if index > 0 { text += "," }
            if let indent { text += "\n" + String(repeating: "  ", count: indent + 1) }
            write(item, indent.map { $0 + 1 }, &text)
        }
        if let indent, !items.isEmpty { text += "\n" + String(repeating: "  ", count: indent) }
        text += close
    }

    /// `value` in quotes (RFC 8259, 7).
    static func quote(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\0"..<" ": text += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
