internal import CScan

/// Text as it stands in JSON.
enum JSONText {
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")

    /// In quotes, with escapes where they must be.
    static func quoted(_ text: [UInt8]) -> [UInt8] {
        let output = ByteOutput(capacity: 64)
        unsafe text.withUnsafeBufferPointer { bytes in
            var pen = unsafe Pen(output, room: 2)
            unsafe write(bytes, &pen, room: 2)
            unsafe pen.lift()
        }
        return unsafe output.withBytes { unsafe Array($0) }
    }

    /// Writes a text in quotes, and leaves room for `room` bytes behind it.
    @unsafe static func write(_ text: UnsafeBufferPointer<UInt8>, _ pen: inout Pen, room: Int) {
        unsafe pen.need(text.count + 2 + ByteOutput.slack + room)
        unsafe pen.put(quote)
        unsafe writeWithin(text, &pen, room: room)
        unsafe pen.put(quote)
    }

    /// Writes what stands between quotes, where there is room for the text as it is.
    @unsafe static func writeWithin(_ text: UnsafeBufferPointer<UInt8>, _ pen: inout Pen, room: Int) {
        guard let start = text.baseAddress, text.count > 0 else { return }
        if unsafe cscan_copy(start, pen.next, text.count, cscan_make_care(quote, backslash, quote)) {
            unsafe writeEscaped(text, &pen, room: room)
        } else {
            unsafe pen.next += text.count
        }
    }

    @unsafe private static func writeEscaped(_ text: UnsafeBufferPointer<UInt8>, _ pen: inout Pen, room: Int) {
        // `\u0000` is the longest.
        let special = unsafe text.count { $0 < 32 || $0 == quote || $0 == backslash }
        unsafe pen.need(text.count + 5 * special + 1 + room)
        for index in text.indices {
            let byte = unsafe text[index]
            guard byte < 32 || byte == quote || byte == backslash else {
                unsafe pen.put(byte)
                continue
            }
            unsafe pen.put(backslash)
            switch byte {
            case 8: unsafe pen.put(UInt8(ascii: "b"))
            case 9: unsafe pen.put(UInt8(ascii: "t"))
            case 10: unsafe pen.put(UInt8(ascii: "n"))
            case 12: unsafe pen.put(UInt8(ascii: "f"))
            case 13: unsafe pen.put(UInt8(ascii: "r"))
            case quote, backslash: unsafe pen.put(byte)
            default:
                unsafe pen.put("u00")
                unsafe CanonicalText.writeHexadecimal(byte, at: pen.next)
                unsafe pen.next += 2
            }
        }
    }

    /// Writes bytes as their text in quotes, and leaves room for `room` bytes behind them.
    @unsafe static func write(
        _ bytes: UnsafeBufferPointer<UInt8>,
        as binary: BinaryText,
        _ pen: inout Pen,
        room: Int
    ) {
        unsafe pen.need(2 * bytes.count + 6 + room)
        unsafe pen.put(quote)
        unsafe pen.next += binary.write(bytes, to: pen.next)
        unsafe pen.put(quote)
    }

    /// Whether a text is a number or a boolean as JSON writes them.
    static func isLiteral(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        if unsafe text.elementsEqual("true".utf8) || text.elementsEqual("false".utf8) { return true }
        let bytes = unsafe Span(_unsafeElements: text)
        return numberLength(bytes, from: 0) == bytes.count
    }

    /// Bytes of the number that begins at `start`, as far as it goes; nil where there is none.
    static func numberLength(_ text: Span<UInt8>, from start: Int) -> Int? {
        var index = start
        if index < text.count, text[index] == UInt8(ascii: "-") { index += 1 }
        let whole = digits(text, from: index)
        guard whole > 0, whole == 1 || text[index] != 48 else { return nil }
        index += whole
        if index < text.count, text[index] == UInt8(ascii: ".") {
            let fraction = digits(text, from: index + 1)
            guard fraction > 0 else { return nil }
            index += 1 + fraction
        }
        if index < text.count, text[index] | 32 == UInt8(ascii: "e") {
            index += 1
            if index < text.count, text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-") { index += 1 }
            let exponent = digits(text, from: index)
            guard exponent > 0 else { return nil }
            index += exponent
        }
        return index - start
    }

    private static func digits(_ text: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index < text.count, text[index] &- 48 < 10 { index += 1 }
        return index - start
    }

    /// Takes the escapes, which were checked, out of a text of `count` bytes in place; how many are left.
    @unsafe static func removeEscapes(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        var kept = 0
        var index = 0
        while index < count {
            guard unsafe text[index] == backslash else {
                unsafe text[kept] = text[index]
                (kept, index) = (kept + 1, index + 1)
                continue
            }
            guard unsafe text[index + 1] == UInt8(ascii: "u") else {
                unsafe text[kept] = plain(text[index + 1])
                (kept, index) = (kept + 1, index + 2)
                continue
            }
            var scalar = unsafe codeUnit(text + index)
            index += 6
            if scalar & 0xF800 == 0xD800 {
                scalar = unsafe 0x10000 + (scalar & 0x3FF) << 10 + codeUnit(text + index) & 0x3FF
                index += 6
            }
            for byte in UTF8.encode(Unicode.Scalar(scalar) ?? "\u{FFFD}")! {
                unsafe text[kept] = byte
                kept += 1
            }
        }
        return kept
    }

    private static func plain(_ escaped: UInt8) -> UInt8 {
        switch escaped {
        case UInt8(ascii: "b"): 8
        case UInt8(ascii: "t"): 9
        case UInt8(ascii: "n"): 10
        case UInt8(ascii: "f"): 12
        case UInt8(ascii: "r"): 13
        default: escaped
        }
    }

    /// Of `\u00e9`.
    @unsafe private static func codeUnit(_ escape: UnsafePointer<UInt8>) -> UInt32 {
        var unit: UInt32 = 0
        for index in 2..<6 { unit = unsafe unit << 4 | UInt32(ValueText.nibble(escape[index]) ?? 0) }
        return unit
    }
}
