/// A value of a JSON document, and where it stands.
package struct JSONNode: Sendable, Hashable {
    package enum Content: Sendable, Hashable {
        case null
        case boolean(Bool)
        /// Its digits, as they were written.
        case number(String)
        case text(String)
        case array([JSONNode])
        /// In the order of the document; no name comes twice.
        case object([JSONMember])
    }

    package var content: Content
    package let path: JSONPath
    package let place: JSONPlace

    package init(_ content: Content, at path: JSONPath = .root, _ place: JSONPlace = JSONPlace()) {
        self.content = content
        self.path = path
        self.place = place
    }
}

/// A field of an object.
package struct JSONMember: Sendable, Hashable {
    package let name: String
    /// Where the name stands.
    package let place: JSONPlace
    package var value: JSONNode

    package init(name: String, place: JSONPlace = JSONPlace(), value: JSONNode) {
        self.name = name
        self.place = place
        self.value = value
    }
}

/// A line and a column, both from 1 on; columns count Unicode scalars.
package struct JSONPlace: Sendable, Hashable, Comparable {
    package var line = 1
    package var column = 1

    package init(line: Int = 1, column: Int = 1) {
        self.line = line
        self.column = column
    }

    package static func < (left: JSONPlace, right: JSONPlace) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

extension JSONNode {
    /// A field's value; nil where there is none, where it is `null`, and in what is no object.
    package subscript(_ name: String) -> JSONNode? {
        guard let value = members.first(where: { $0.name == name })?.value, value.content != .null else { return nil }
        return value
    }

    /// The fields of an object; none in anything else.
    package var members: [JSONMember] { if case .object(let members) = content { members } else { [] } }

    /// The values of an array; none in anything else.
    package var elements: [JSONNode] { if case .array(let elements) = content { elements } else { [] } }

    package var text: String? { if case .text(let text) = content { text } else { nil } }

    package var flag: Bool? { if case .boolean(let flag) = content { flag } else { nil } }

    /// A number without fraction and exponent.
    package var integer: Int? { if case .number(let digits) = content { Int(digits) } else { nil } }

    /// What kind of value it is, as messages say it.
    var kindName: String {
        switch content {
        case .null: "null"
        case .boolean: "true or false"
        case .number: "a number"
        case .text: "a text"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// The same value at another place.
    func moved(to path: JSONPath, _ place: JSONPlace) -> JSONNode { JSONNode(content, at: path, place) }
}
