/// How bytes stand in a text.
package enum BinaryText: String, Sendable, Hashable, CaseIterable {
    case hexadecimal = "hex"
    case base64

    /// Writes bytes as text, which takes twice as many bytes at most, and four; how many they are.
    @unsafe func write(_ bytes: UnsafeBufferPointer<UInt8>, to place: UnsafeMutablePointer<UInt8>) -> Int {
        switch self {
        case .hexadecimal:
            for index in bytes.indices { unsafe CanonicalText.writeHexadecimal(bytes[index], at: place + 2 * index) }
            return 2 * bytes.count
        case .base64: return unsafe Base64Text.encode(bytes, to: place)
        }
    }
}

/// The bytes that the texts of a column stand for, for one batch at a time.
@safe package final class BytesColumn {
    private let binary: BinaryText
    private let length: Int?
    private let memory = PageMemory()
    private var offsets: [Int] = []
    private var lengths: [Int] = []
    private var bad: [Bool] = []
    private var kept: UnsafeMutablePointer<Int>
    private var capacity = 0

    /// - Parameter length: what a value may have; nil without a bound.
    package init(_ binary: BinaryText, _ length: Int? = nil) {
        self.binary = binary
        self.length = length
        unsafe kept = .allocate(capacity: 0)
    }

    deinit { unsafe kept.deallocate() }

    /// Whether a row's text stands for no bytes, or for too many.
    func isBad(_ row: Int) -> Bool { bad[row] }

    /// The values of a column of texts; they hold until the next call. A bad one is as long as its text.
    @unsafe package func decode(_ texts: ColumnValues, _ rows: Int) -> ColumnValues {
        if capacity < rows {
            unsafe kept.deallocate()
            unsafe kept = .allocate(capacity: 2 * rows)
            capacity = rows
        }
        bad = Array(repeating: false, count: rows)
        var used = 0
        for row in 0..<rows {
            guard let text = unsafe texts.bytes(row) else {
                unsafe kept[2 * row] = 0
                unsafe kept[2 * row + 1] = ColumnValues.null
                continue
            }
            memory.reserve(used + text.count, keeping: 0..<used)
            let made = unsafe make(text, at: memory.base + used)
            bad[row] = made.map { count in length.map { count > $0 } ?? false } ?? true
            unsafe kept[2 * row] = used
            unsafe kept[2 * row + 1] = made ?? 0
            used += made ?? 0
        }
        return unsafe ColumnValues(base: memory.base, offsets: kept, lengths: kept + 1, step: 2)
    }

    private func make(_ text: UnsafeBufferPointer<UInt8>, at place: UnsafeMutablePointer<UInt8>) -> Int? {
        switch binary {
        case .hexadecimal: return unsafe ValueText.hexadecimal(text.span, to: place)
        case .base64: return unsafe Base64Text.decode(text, to: place)
        }
    }
}

/// RFC 4648 base64 with padding, without an allocation.
enum Base64Text {
    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    /// Bytes of the text of so many.
    static func length(_ count: Int) -> Int { (count + 2) / 3 * 4 }

    /// Writes `length` bytes; how many they are.
    @unsafe static func encode(_ bytes: UnsafeBufferPointer<UInt8>, to place: UnsafeMutablePointer<UInt8>) -> Int {
        let digits = unsafe alphabet.utf8Start
        var next = unsafe place
        for index in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - index)
            var group: UInt32 = 0
            for part in 0..<3 { group = group << 8 | (part < count ? unsafe UInt32(bytes[index + part]) : 0) }
            for part in 0..<4 {
                unsafe next[part] = part <= count ? digits[Int(group >> UInt32(18 - 6 * part) & 63)] : UInt8(ascii: "=")
            }
            unsafe next += 4
        }
        return unsafe next - place
    }

    /// Writes three bytes at most for four of the text; how many they are, nil for what is not base64.
    @unsafe static func decode(_ text: UnsafeBufferPointer<UInt8>, to place: UnsafeMutablePointer<UInt8>) -> Int? {
        guard text.count % 4 == 0 else { return nil }
        var made = 0
        for index in stride(from: 0, to: text.count, by: 4) {
            let isLast = index + 4 == text.count
            let padding =
                unsafe !isLast || text[index + 3] != UInt8(ascii: "=")
                ? 0 : text[index + 2] == UInt8(ascii: "=") ? 2 : 1
            var group: UInt32 = 0
            for part in 0..<4 - padding {
                guard let digit = unsafe digit(text[index + part]) else { return nil }
                group |= digit << UInt32(18 - 6 * part)
            }
            // Bits that stand for nothing are zeros.
            guard padding == 0 || group & (padding == 2 ? 0xFFFF : 0xFF) == 0 else { return nil }
            for part in 0..<3 - padding {
                unsafe place[made] = UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * part))
                made += 1
            }
        }
        return made
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 65...90: UInt32(byte - 65)
        case 97...122: UInt32(byte - 71)
        case 48...57: UInt32(byte + 4)
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
