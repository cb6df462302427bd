internal import SluiceCore

/// The strings, numbers and words of a JSON object's own level, and of the objects in it as `object.field`: what a token
/// endpoint answers, a manifest's line (RFC 8259).
///
/// What lies deeper, and arrays, are passed over, to a bounded depth.
package struct JSONFields {
    private let bytes: [UInt8]
    private var position = 0
    private var fields: [String: String] = [:]

    /// Nil when the text is no JSON object.
    package init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        guard readObject(keepingBehind: "", depth: 0) else { return nil }
        skipSpace()
        guard position == bytes.count else { return nil }
    }

    /// A string's text, a number's digits, or `true`, `false` and `null`.
    package subscript(_ name: String) -> String? { fields[name] }

    /// An answer is at most three deep.
    private static let depthLimit = 16

    /// - Parameter prefix: put in front of the names of fields; nil where none is kept.
    private mutating func readObject(keepingBehind prefix: String?, depth: Int) -> Bool {
        guard depth < JSONFields.depthLimit, take("{") else { return false }
        if take("}") { return true }
        repeat {
            guard let name = readString(), take(":"), let value = readValue(prefix.map { $0 + name }, depth: depth + 1) else {
                return false
            }
            if let prefix { fields[prefix + name] = value }
        } while take(",")
        return take("}")
    }

    private mutating func readArray(depth: Int) -> Bool {
        guard depth < JSONFields.depthLimit, take("[") else { return false }
        if take("]") { return true }
        repeat {
            guard readValue(nil, depth: depth + 1) != nil else { return false }
        } while take(",")
        return take("]")
    }

    /// A value as text; empty for an object or an array.
    ///
    /// - Parameter name: the field's; nil where it is not kept.
    private mutating func readValue(_ name: String?, depth: Int) -> String? {
        skipSpace()
        guard position < bytes.count else { return nil }
        switch bytes[position] {
        case UInt8(ascii: "\""): return readString()
        case UInt8(ascii: "{"): 
            let isOfOwnLevel = depth == 1
            return readObject(keepingBehind: isOfOwnLevel ? name.map { $0 + "." } : nil, depth: depth) ? "" : nil
        case UInt8(ascii: "["): return readArray(depth: depth) ? "" : nil
        default: return readWord()
        }
    }

    /// A number, `true`, `false` or `null`.
    private mutating func readWord() -> String? {
        let word = bytes[position...].prefix { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "E"),
                UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        position += word.count
        let text = String(decoding: word, as: UTF8.self)
        let isNumber = text.utf8.first.map { $0 == UInt8(ascii: "-") || 48...57 ~= $0 } ?? false
        return ["true", "false", "null"].contains(text) || isNumber && Double(text) != nil ? text : nil
    }

    private mutating func readString() -> String? {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { return nil }
        position += 1
        var text: [UInt16] = []
        var plain = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                text += Array(String(decoding: bytes[plain..<position], as: UTF8.self).utf16)
                position += 1
                return String(decoding: text, as: UTF16.self)
            case UInt8(ascii: "\\"):
                text += Array(String(decoding: bytes[plain..<position], as: UTF8.self).utf16)
                guard let unit = readEscape() else { return nil }
                text.append(unit)
                plain = position
            case 0..<0x20: return nil
            default: position += 1
            }
        }
        return nil
    }

    private mutating func readEscape() -> UInt16? {
        guard position + 1 < bytes.count else { return nil }
        let escape = bytes[position + 1]
        position += 2
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return UInt16(escape)
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "u"):
            let digits = bytes[position...].prefix(4)
            let nibbles = digits.compactMap(Hex.nibble)
            guard nibbles.count == 4 else { return nil }
            position += 4
            return nibbles.reduce(0) { $0 << 4 | UInt16($1) }
        default: return nil
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count, XMLReader.isSpace(bytes[position]) { position += 1 }
    }
}
