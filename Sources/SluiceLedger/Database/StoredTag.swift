internal import SluiceCore

/// A tag in as few bytes as it can be told in: an MD5 in lower-case hexadecimal digits, as most stores' tags are, in
/// 16 bytes, and one in quotation marks in 17.
enum StoredTag: Equatable {
    case text(String)
    case digest([UInt8])

    private static let quote = UInt8(ascii: "\"")

    init(_ tag: String) {
        let utf8 = Array(tag.utf8)
        let isQuoted = utf8.count == 34 && utf8.first == StoredTag.quote && utf8.last == StoredTag.quote
        let digits = isQuoted ? utf8[1..<33] : utf8[...]
        guard digits.count == 32, let bytes = StoredTag.digest(digits) else {
            self = .text(tag)
            return
        }
        self = .digest(isQuoted ? [StoredTag.quote] + bytes : bytes)
    }

    private static func digest(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(17)
        var index = digits.startIndex
        while index < digits.endIndex {
            guard let high = nibble(digits[index]), let low = nibble(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
            index += 2
        }
        return bytes
    }

    /// Lower case only: what is read must be what was written.
    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    var tag: String {
        switch self {
        case .text(let tag): tag
        case .digest(let bytes) where bytes.count == 17: "\"" + Hex.encode(bytes.dropFirst()) + "\""
        case .digest(let bytes): Hex.encode(bytes)
        }
    }
}

/// A digest as the ledger has it: its bytes, whose number tells the algorithm.
enum StoredChecksum {
    static func checksum(_ bytes: [UInt8]) -> Checksum? {
        let algorithm: ChecksumAlgorithm? =
            switch bytes.count {
            case 4: .crc32c
            case 8: .crc64nvme
            case 16: .md5
            case 32: .sha256
            default: nil
            }
        return algorithm.map { Checksum(algorithm: $0, bytes: bytes) }
    }
}
