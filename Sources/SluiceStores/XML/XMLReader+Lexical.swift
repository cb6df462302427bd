internal import SluiceCore

/// The reader's smallest parts: names, attributes, text and references.
extension XMLReader {
    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

    /// Whether a byte may stand in a name. Bytes of characters beyond ASCII all may: what the services send has none.
    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "-"),
            UInt8(ascii: "."), 0x80...:
            true
        default: false
        }
    }

    static func string(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(XMLError) -> String {
        guard let text = String(utf8: bytes) else {
            throw XMLError("a name or a value that is not UTF-8", at: offset)
        }
        return text
    }

    func isAt(_ byte: UInt8) -> Bool { position < bytes.count && bytes[position] == byte }

    func isAt(_ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        guard position + length <= bytes.count else { return false }
        return text.withUTF8Buffer { expected in
            for index in 0..<length where unsafe bytes[position + index] != expected[index] { return false }
            return true
        }
    }

    /// Passes over white space; true when there was some.
    @discardableResult
    mutating func skipSpace() -> Bool {
        let start = position
        while position < bytes.count, XMLReader.isSpace(bytes[position]) { position += 1 }
        return position > start
    }

    mutating func name() throws(XMLError) -> ArraySlice<UInt8> {
        let start = position
        while position < bytes.count, XMLReader.isName(bytes[position]) { position += 1 }
        guard position > start else { throw XMLError("a name is missing", at: start) }
        guard position - start <= limits.name else {
            throw XMLError("a name of more than \(limits.name) bytes", at: start)
        }
        switch bytes[start] {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
            throw XMLError("a name that starts with a digit or a sign", at: start)
        default: return bytes[start..<position]
        }
    }

    mutating func attribute() throws(XMLError) -> (name: String, value: String) {
        let start = position
        let name = try XMLReader.string(self.name(), at: start)
        skipSpace()
        guard isAt(UInt8(ascii: "=")) else { throw XMLError("an attribute without a value", at: start) }
        position += 1
        skipSpace()
        guard isAt(UInt8(ascii: "\"")) || isAt(UInt8(ascii: "'")) else {
            throw XMLError("an attribute's value without quotes", at: start)
        }
        let quote = bytes[position]
        position += 1
        var value: [UInt8] = []
        while position < bytes.count, bytes[position] != quote {
            guard value.count < limits.attribute else {
                throw XMLError("an attribute's value of more than \(limits.attribute) bytes", at: start)
            }
            switch bytes[position] {
            case UInt8(ascii: "<"): throw XMLError("a < in an attribute's value", at: position)
            case UInt8(ascii: "&"): try appendReference(to: &value)
            default:
                value.append(bytes[position])
                position += 1
            }
        }
        guard position < bytes.count else { throw XMLError("an attribute's value that does not end", at: start) }
        position += 1
        return (name, try XMLReader.string(value[...], at: start))
    }

    /// The text up to the next tag, with references resolved and line ends made one line feed (XML 1.0, 2.11).
    mutating func characterData() throws(XMLError) -> [UInt8] {
        var text: [UInt8] = []
        while position < bytes.count, bytes[position] != UInt8(ascii: "<") {
            let start = position
            while position < bytes.count, !XMLReader.interruptsText(bytes[position]) { position += 1 }
            text += bytes[start..<position]
            guard position < bytes.count else { break }
            switch bytes[position] {
            case UInt8(ascii: "&"): try appendReference(to: &text)
            case 0x0D:
                text.append(0x0A)
                position += position + 1 < bytes.count && bytes[position + 1] == 0x0A ? 2 : 1
            case 0: throw XMLError("a NUL", at: position)
            default: break
            }
        }
        return text
    }

    /// The rest of an element that has nothing but text in it, as it stands there; nil where it has more. The position is
    /// at the end tag then.
    mutating func plainText() -> String? {
        var end = position
        while end < bytes.count, !XMLReader.interruptsText(bytes[end]) { end += 1 }
        guard end + 1 < bytes.count, bytes[end] == UInt8(ascii: "<"), bytes[end + 1] == UInt8(ascii: "/"),
            end - position <= limits.text, let text = String(utf8: bytes[position..<end])
        else { return nil }
        position = end
        return text
    }

    private static func interruptsText(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "<") || byte == UInt8(ascii: "&") || byte == 0x0D || byte == 0
    }

    /// What stands in front of `terminator`; the position is behind it afterwards.
    mutating func section(endingWith terminator: StaticString) throws(XMLError) -> ArraySlice<UInt8> {
        let start = position
        while position < bytes.count {
            if isAt(terminator) {
                let content = bytes[start..<position]
                position += terminator.utf8CodeUnitCount
                return content
            }
            position += 1
        }
        throw XMLError("the document ends where \(terminator) should be", at: start)
    }

    /// Resolves one of the five predefined entities or a character reference; the reader knows no others.
    private mutating func appendReference(to text: inout [UInt8]) throws(XMLError) {
        let start = position
        // The longest is `&#x10FFFF;`, or one with a few zeros in front.
        let name = bytes[(start + 1)...].prefix(16).prefix { $0 != UInt8(ascii: ";") }
        let end = start + 1 + name.count
        guard end < bytes.count, bytes[end] == UInt8(ascii: ";") else {
            throw XMLError("a & that starts no reference", at: start)
        }
        position = end + 1
        switch String(decoding: name, as: UTF8.self) {
        case "amp": text.append(UInt8(ascii: "&"))
        case "lt": text.append(UInt8(ascii: "<"))
        case "gt": text.append(UInt8(ascii: ">"))
        case "quot": text.append(UInt8(ascii: "\""))
        case "apos": text.append(UInt8(ascii: "'"))
        case let other:
            guard let scalar = XMLReader.scalar(other) else {
                throw XMLError("the reference &\(other); which means nothing", at: start)
            }
            text += Array(String(Character(scalar)).utf8)
        }
    }

    /// The character of `#65` or `#x41`; nil for NUL, surrogates and what is no number.
    private static func scalar(_ reference: String) -> Unicode.Scalar? {
        guard reference.utf8.first == UInt8(ascii: "#") else { return nil }
        let digits = reference.dropFirst()
        let value =
            digits.utf8.first == UInt8(ascii: "x")
            ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits, radix: 10)
        guard let value, value > 0, digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") })
        else { return nil }
        return Unicode.Scalar(value)
    }
}
