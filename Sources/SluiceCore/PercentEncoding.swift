/// RFC 3986 percent-encoding.
package enum PercentEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Encodes every byte but the unreserved ones (letters, digits, `-._~`) and those in `keeping`.
    package static func encode(_ text: String, keeping kept: StaticString = "") -> String {
        func isKept(_ byte: UInt8) -> Bool {
            isUnreserved(byte) || kept.withUTF8Buffer { unsafe $0.contains(byte) }
        }
        guard !text.utf8.allSatisfy(isKept) else { return text }
        var encoded: [UInt8] = []
        encoded.reserveCapacity(text.utf8.count + 16)
        for byte in text.utf8 {
            if isKept(byte) {
                encoded.append(byte)
            } else {
                encoded.append(UInt8(ascii: "%"))
                encoded.append(digits[Int(byte >> 4)])
                encoded.append(digits[Int(byte & 15)])
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// As the one below; most texts have nothing to decode.
    package static func decode(_ text: String) -> String? {
        text.utf8.contains(UInt8(ascii: "%")) ? decode(text[...]) : text
    }

    /// Nil when a `%` is not followed by two hexadecimal digits or the result is not UTF-8.
    package static func decode(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let first = iterator.next(), let high = Hex.nibble(first),
                let second = iterator.next(), let low = Hex.nibble(second)
            else { return nil }
            bytes.append(high << 4 | low)
        }
        return String(utf8: bytes[...])
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
