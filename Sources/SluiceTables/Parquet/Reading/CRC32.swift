/// The checksum that pages may carry: the CRC-32 of gzip.
enum CRC32 {
    /// Eight tables, by which eight bytes are taken at a time.
    private static let tables: [[UInt32]] = {
        var first = [UInt32](repeating: 0, count: 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
            first[byte] = value
        }
        var tables = [first]
        for _ in 1..<8 { tables.append(tables.last!.map { $0 >> 8 ^ first[Int($0 & 255)] }) }
        return tables
    }()

    @unsafe static func of(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var value: UInt32 = .max
        var index = 0
        let raw = UnsafeRawBufferPointer(bytes)
        while index + 8 <= raw.count {
            let word = unsafe raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ UInt64(value)
            value = 0
            for place in 0..<8 { value ^= tables[7 - place][Int(truncatingIfNeeded: word >> UInt64(8 * place) & 255)] }
            index += 8
        }
        while index < raw.count {
            value = value >> 8 ^ tables[0][Int((value ^ UInt32(unsafe raw[index])) & 255)]
            index += 1
        }
        return ~value
    }
}
