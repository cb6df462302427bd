/// What stands in front of a page.
struct PageHeader: Equatable {
    enum Kind: Equatable {
        /// `levels` is how many bytes of definition levels stand in front; nil where that is said there (version 1).
        case data(values: Int, encoding: Int, levels: Int?, isCompressed: Bool)
        case dictionary(values: Int, encoding: Int)
        /// To be passed over.
        case other
    }

    let kind: Kind
    /// Bytes of the page without compression, and as it stands there.
    let length: Int
    let stored: Int
    let checksum: UInt32?
    /// Bytes of the header itself.
    let count: Int

    /// - Throws: `truncated` where `bytes` end within it.
    init(_ bytes: [UInt8]) throws(ParquetDamage) {
        var reader = ThriftReader(bytes)
        var (type, length, stored) = (-1, -1, -1)
        var checksum: UInt32?
        var parts: [Int: Part] = [:]
        try reader.structure { reader, field throws(ParquetDamage) in
            switch field.number {
            case 1: type = try reader.integer(field)
            case 2: length = try reader.integer(field)
            case 3: stored = try reader.integer(field)
            case 4: checksum = UInt32(truncatingIfNeeded: try reader.integer(field))
            case 5 where field.kind == .structure, 7 where field.kind == .structure, 8 where field.kind == .structure:
                parts[field.number] = try Part(&reader)
            default: return false
            }
            return true
        }
        guard 0...Int(Int32.max) ~= length, 0...Int(Int32.max) ~= stored else {
            throw .malformed("its header tells no length")
        }
        kind = try PageHeader.kind(type, parts)
        (self.length, self.stored, self.checksum, count) = (length, stored, checksum, reader.position)
    }

    private static func kind(_ type: Int, _ parts: [Int: Part]) throws(ParquetDamage) -> Kind {
        switch type {
        case 0:
            guard let part = parts[5], let values = part[1], let encoding = part[2] else { break }
            guard part[3] ?? 3 == 3 else {
                throw .unsupported(
                    "has definition levels in the encoding \(part[3] ?? 0)",
                    advice: "Have it written again by a program of this decade"
                )
            }
            return .data(values: values, encoding: encoding, levels: nil, isCompressed: true)
        case 2:
            guard let part = parts[7], let values = part[1], let encoding = part[2] else { break }
            return .dictionary(values: values, encoding: encoding)
        case 3:
            guard let part = parts[8], let values = part[1], let encoding = part[4], let levels = part[5] else { break }
            guard part[6] ?? 0 == 0 else { throw .malformed("it has repetition levels") }
            return .data(values: values, encoding: encoding, levels: levels, isCompressed: part[7] != 0)
        default: return .other
        }
        throw .malformed("its header does not tell of its values")
    }

    /// The numbers of a structure by their fields, none of which is negative; booleans are 0 and 1.
    private struct Part {
        private var numbers: [Int: Int] = [:]

        init(_ reader: inout ThriftReader) throws(ParquetDamage) {
            var numbers: [Int: Int] = [:]
            try reader.structure { reader, field throws(ParquetDamage) in
                switch field.kind {
                case .yes: numbers[field.number] = 1
                case .no: numbers[field.number] = 0
                case .int32:
                    let number = try reader.integer(field)
                    guard 0...Int(Int32.max) ~= number else { throw .malformed("its header has the number \(number)") }
                    numbers[field.number] = number
                default: return false
                }
                return true
            }
            self.numbers = numbers
        }

        subscript(_ field: Int) -> Int? { numbers[field] }
    }
}
