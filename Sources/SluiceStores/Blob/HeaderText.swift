internal import SluiceCore

/// Text of any alphabet in HTTP header values, which are ASCII: an encoded word where it must be.
///
/// Source: RFC 2047; Amazon S3 User Guide, "Working with object metadata", uses the same for what it can't put into a
/// header.
enum HeaderText {
    /// `text` itself when it is printable ASCII without a space at its ends, else `=?UTF-8?B?…?=`.
    static func encode(_ text: String) -> String {
        let isPlain =
            text.utf8.allSatisfy { 0x20...0x7E ~= $0 } && text.utf8.first != 0x20 && text.utf8.last != 0x20
            && !text.hasPrefix("=?")
        return isPlain ? text : "=?UTF-8?B?" + Base64.encode(Array(text.utf8)) + "?="
    }

    /// What `encode` was given, or the text itself when it is no such word. Quoted-printable words of UTF-8 are read
    /// too: S3 answers them.
    static func decode(_ text: String) -> String {
        guard text.hasPrefix("=?"), text.hasSuffix("?=") else { return text }
        let words = text.split(separator: " ").map { decodeWord($0) }
        return words.contains(nil) ? text : words.compactMap(\.self).joined()
    }

    private static func decodeWord(_ word: Substring) -> String? {
        let fields = word.split(separator: "?", omittingEmptySubsequences: false)
        guard fields.count == 5, fields[0] == "=", fields[4] == "=", fields[1].lowercased() == "utf-8" else {
            return nil
        }
        switch fields[2].lowercased() {
        case "b": return Base64.decode(String(fields[3])).flatMap { String(validating: $0, as: UTF8.self) }
        case "q":
            let spaced = fields[3].replacing("_", with: " ")
            return PercentEncoding.decode(spaced.replacing("%", with: "%25").replacing("=", with: "%"))
        default: return nil
        }
    }

    /// Whether a name can be part of a header's name (RFC 9110, 5.6.2).
    static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains($0)
                }
            }
    }
}
