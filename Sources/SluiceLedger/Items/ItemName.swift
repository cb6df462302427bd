/// The name of an item as the bytes that it is made of, which need not be UTF-8.
package struct ItemName: Sendable, Hashable {
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }

    package init(_ text: String) { bytes = Array(text.utf8) }

    /// FNV-1a of 64 bits. It stands in ledgers, so every version of the program must compute the same.
    var hash64: Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return Int64(bitPattern: hash)
    }
}

extension ItemName: ExpressibleByStringLiteral, CustomStringConvertible {
    package init(stringLiteral text: String) { self.init(text) }

    /// For people: what isn't UTF-8 is replaced.
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}
