internal import SluiceCore

/// The tokens of a JSON text, and where they stand.
struct JSONTextScanner: ~Copyable {
    private let bytes: [UInt8]
    private var position = 0
    private(set) var place = JSONPlace()

    init(_ bytes: [UInt8]) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        self.bytes = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Throws where the text is no UTF-8.
    mutating func checkEncoding() throws(JSONError) {
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            while position < error.byteOffsets.lowerBound { skip() }
            throw JSONError("the document is no UTF-8", place, .root, advice: "Save it as UTF-8")
        }
    }

    /// Passes one byte.
    mutating func skip() {
        let byte = bytes[position]
        position += 1
        if byte == UInt8(ascii: "\n") {
            place = JSONPlace(line: place.line + 1, column: 1)
        } else if byte & 0xC0 != 0x80 {
            // Those that continue a scalar are of its column.
            place.column += 1
        }
    }

    mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { skip() }
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        skip()
        return true
    }

    /// The ASCII letters that stand here; others are left.
    mutating func word() -> String {
        var word = ""
        // No value is longer; more would only fill a message.
        while word.utf8.count < 20, let byte = next, byte | 0x20 >= UInt8(ascii: "a"), byte | 0x20 <= UInt8(ascii: "z")
        {
            word.unicodeScalars.append(Unicode.Scalar(byte))
            skip()
        }
        return word
    }

    // MARK: Numbers

    /// Reads `-12.5e+3`; what stands behind it must not belong to it.
    mutating func number(_ path: JSONPath) throws(JSONError) -> String {
        let (start, begin) = (position, place)
        _ = take("-")
        let isZero = take("0")
        var isSound = isZero || digits()
        if isSound, take(".") { isSound = digits() }
        if isSound, next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            skip()
            if !take("+") { _ = take("-") }
            isSound = digits()
        }
        if let byte = next, byte == UInt8(ascii: ".") || byte == UInt8(ascii: "+") || isWordByte(byte) {
            isSound = false
        }
        guard isSound else {
            throw JSONError(
                "a number is none of JSON's",
                begin,
                path,
                advice: "Write it as 12, -0.5 or 1e6, or as a text"
            )
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func digits() -> Bool {
        let start = position
        while let byte = next, 48...57 ~= byte { skip() }
        return position > start
    }

    private func isWordByte(_ byte: UInt8) -> Bool {
        48...57 ~= byte || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
    }

    // MARK: Strings

    /// Reads a string, whose quote is next.
    mutating func string(_ path: JSONPath) throws(JSONError) -> String {
        let begin = place
        skip()
        var text: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                skip()
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text += Array(String(try escape(path)).utf8)
            case 0..<0x20:
                throw JSONError(
                    "a text holds a line end or a control character",
                    place,
                    path,
                    advice: "Write it as \\n, \\t or \\u00XX"
                )
            default:
                text.append(byte)
                skip()
            }
        }
        throw JSONError("the document ends within the text that begins here", begin, path)
    }

    private mutating func escape(_ path: JSONPath) throws(JSONError) -> Unicode.Scalar {
        let begin = place
        skip()
        let letter = next
        if letter != nil { skip() }
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter!)
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            if let unit = codeUnit() {
                if let scalar = Unicode.Scalar(unit) { return scalar }
                // Two halves of a character beyond 16 bits (RFC 8259, 7).
                if unit < 0xDC00, take("\\"), take("u"), let low = codeUnit(), 0xDC00..<0xE000 ~= low,
                    let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
                {
                    return scalar
                }
                throw JSONError("a text holds half a character (\\u)", begin, path)
            }
        default: break
        }
        throw JSONError(
            "a text holds an escape that there is not",
            begin,
            path,
            advice: "Write a backslash as \\\\"
        )
    }

    private mutating func codeUnit() -> UInt32? {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Hex.nibble(byte) else { return nil }
            unit = unit << 4 | UInt32(digit)
            skip()
        }
        return unit
    }
}
