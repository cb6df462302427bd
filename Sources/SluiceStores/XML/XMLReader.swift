internal import SluiceCore

/// A pull reader for the XML that blob services answer: elements, text, attributes, CDATA and the predefined entities.
///
/// It is strict where an answer could be misread (nesting, UTF-8, entities, a cut document) and takes no document type,
/// so that nothing outside the document is ever read. Control characters but NUL are let pass: services list keys
/// that have them. Source: Extensible Markup Language (XML) 1.0, fifth edition.
package struct XMLReader: Sendable {
    let bytes: [UInt8]
    let limits: XMLLimits
    var position = 0
    /// The names of the open elements as written, prefix included; the root first.
    private var open: [ArraySlice<UInt8>] = []
    /// Whether the innermost element was written `<a/>` and has yet to end.
    private var isSelfClosed = false

    /// Starts at the beginning of a document in UTF-8.
    package init(_ bytes: [UInt8], limits: XMLLimits = XMLLimits()) {
        self.bytes = bytes
        self.limits = limits
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// Opens the root element.
    package mutating func root() throws(XMLError) -> XMLTag {
        precondition(open.isEmpty, "the root is opened once")
        while true {
            skipSpace()
            guard position < bytes.count else { throw XMLError("there is no element", at: position) }
            guard bytes[position] == UInt8(ascii: "<") else {
                throw XMLError("text in front of the root", at: position)
            }
            if case .open(let tag) = try next() { return tag }
        }
    }

    /// Opens the next child of the innermost open element; nil, and that element is closed, when there is none.
    package mutating func child() throws(XMLError) -> XMLTag? {
        while true {
            switch try next() {
            case .open(let tag): return tag
            case .close: return nil
            case .nothing: continue
            case .text(let text):
                guard text.allSatisfy(XMLReader.isSpace) else {
                    throw XMLError("text where an element should be", at: position)
                }
            }
        }
    }

    /// Closes the innermost open element, which has no children, and returns its text.
    package mutating func text() throws(XMLError) -> String {
        let start = position
        if !isSelfClosed, let text = plainText() {
            _ = try closeTag()
            return text
        }
        var content: [UInt8] = []
        reading: while true {
            switch try next() {
            case .open(let tag): throw XMLError("an element <\(tag.name)> where text should be", at: position)
            case .close: break reading
            case .nothing: continue
            case .text(let text):
                guard content.count + text.count <= limits.text else {
                    throw XMLError("a text of more than \(limits.text) bytes", at: start)
                }
                if content.isEmpty { content = text } else { content += text }
            }
        }
        guard let text = String(utf8: content[...]) else {
            throw XMLError("a text that is not UTF-8", at: start)
        }
        return text
    }

    /// Closes the innermost open element, whatever it holds.
    package mutating func skip() throws(XMLError) {
        let depth = open.count
        while open.count >= depth { _ = try next() }
    }

    /// Checks that nothing but space, comments and instructions follows the root.
    package mutating func end() throws(XMLError) {
        precondition(open.isEmpty, "the root is still open")
        while true {
            skipSpace()
            guard position < bytes.count else { return }
            guard isAt("<!--") || isAt("<?") else { throw XMLError("something behind the root", at: position) }
            _ = try next()
        }
    }
}

extension XMLReader {
    private enum Token {
        case open(XMLTag)
        case close
        case text([UInt8])
        /// A comment or an instruction.
        case nothing
    }

    private mutating func next() throws(XMLError) -> Token {
        if isSelfClosed {
            isSelfClosed = false
            open.removeLast()
            return .close
        }
        guard position < bytes.count else {
            let name = open.last.map { String(decoding: $0, as: UTF8.self) } ?? ""
            throw XMLError("the document ends inside <\(name)>", at: position)
        }
        guard bytes[position] == UInt8(ascii: "<") else { return .text(try characterData()) }
        switch position + 1 < bytes.count ? bytes[position + 1] : 0 {
        case UInt8(ascii: "/"): return try closeTag()
        case UInt8(ascii: "!"), UInt8(ascii: "?"): return try markup()
        default: return try openTag()
        }
    }

    /// Passes over what begins with `<!` or `<?`, or gives its text.
    private mutating func markup() throws(XMLError) -> Token {
        if isAt("<!--") {
            position += 4
            _ = try section(endingWith: "-->")
            return .nothing
        }
        if isAt("<![CDATA[") {
            position += 9
            return .text(Array(try section(endingWith: "]]>")))
        }
        guard isAt("<?") else { throw XMLError("a document type, which is not taken", at: position) }
        return try instruction()
    }

    private mutating func openTag() throws(XMLError) -> Token {
        let start = position
        position += 1
        let name = try self.name()
        guard open.count < limits.depth else {
            throw XMLError("elements more than \(limits.depth) deep", at: start)
        }
        var attributes: [String: String] = [:]
        while true {
            let hadSpace = skipSpace()
            if isAt(UInt8(ascii: ">")) {
                position += 1
                break
            }
            if isAt("/>") {
                position += 2
                isSelfClosed = true
                break
            }
            guard hadSpace else { throw XMLError("a start tag that is not closed", at: start) }
            let (attribute, value) = try self.attribute()
            guard !attribute.hasPrefix("xmlns") else { continue }
            guard attributes.count < limits.attributes else {
                throw XMLError("more than \(limits.attributes) attributes", at: start)
            }
            guard attributes.updateValue(value, forKey: attribute) == nil else {
                throw XMLError("the attribute \(attribute) twice", at: start)
            }
        }
        open.append(name)
        let local = name.lastIndex(of: UInt8(ascii: ":")).map { name[($0 + 1)...] } ?? name
        return .open(XMLTag(name: try XMLReader.string(local, at: start), attributes: attributes))
    }

    private mutating func closeTag() throws(XMLError) -> Token {
        let start = position
        position += 2
        let name = try self.name()
        skipSpace()
        guard isAt(UInt8(ascii: ">")) else { throw XMLError("an end tag that is not closed", at: start) }
        guard let expected = open.popLast(), expected.elementsEqual(name) else {
            throw XMLError("an end tag </\(String(decoding: name, as: UTF8.self))> that closes nothing", at: start)
        }
        position += 1
        return .close
    }

    /// Passes over `<?…?>`; of the XML declaration the encoding is checked.
    private mutating func instruction() throws(XMLError) -> Token {
        let start = position
        position += 2
        let content = try section(endingWith: "?>")
        guard content.starts(with: Array("xml ".utf8)) else { return .nothing }
        let declaration = String(decoding: content, as: UTF8.self).lowercased()
        guard let encoding = declaration.split(separator: "encoding", maxSplits: 1).dropFirst().first else {
            return .nothing
        }
        let name = encoding.drop { " \t\r\n='\"".contains($0) }.prefix { !"'\" ".contains($0) }
        guard ["utf-8", "utf8", "us-ascii"].contains(name) else {
            throw XMLError("the encoding \(name.prefix(40)), where UTF-8 is taken", at: start)
        }
        return .nothing
    }
}
