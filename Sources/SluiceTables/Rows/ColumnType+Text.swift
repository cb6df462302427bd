internal import SluiceCore

extension ColumnType: CustomStringConvertible {
    /// As users write it: `int64`, `decimal(12,2)`, `timestamp(6)`.
    package var description: String {
        switch self {
        case .boolean: "boolean"
        case .integer(let bits, let isSigned): (isSigned ? "int" : "uint") + "\(bits)"
        case .decimal(let precision?, let scale): "decimal(\(precision),\(scale ?? 0))"
        case .decimal(nil, _): "decimal"
        case .real(let bits): "float\(bits)"
        case .text(let length): length.map { "text(\($0))" } ?? "text"
        case .binary(let length): length.map { "binary(\($0))" } ?? "binary"
        case .date: "date"
        case .time(let digits): "time(\(digits))"
        case .timestamp(let digits): "timestamp(\(digits))"
        case .instant(let digits): "instant(\(digits))"
        case .uuid: "uuid"
        }
    }

    /// Digits of a second where none are named: what most databases keep.
    private static let usualDigits = 6

    /// Reads what `description` writes, and SQL's usual names of the same; numbers in brackets may be left out.
    /// - Throws: a `TableError` of kind `.usage` for what is no type.
    package init(parsing text: String) throws(TableError) {
        var name = text.lowercased().filter { $0 != " " }
        var numbers: [Int] = []
        if let open = name.firstIndex(of: "("), name.hasSuffix(")") {
            let inner = name[open...].dropFirst().dropLast()
            for part in inner.split(separator: ",", omittingEmptySubsequences: false) {
                guard let number = Int(part), number >= 0 else { throw ColumnType.unknown(text) }
                numbers.append(number)
            }
            name = String(name[..<open])
        }
        guard let type = ColumnType.type(name, numbers) else { throw ColumnType.unknown(text) }
        self = type
    }

    private static func type(_ name: String, _ numbers: [Int]) -> ColumnType? {
        let first = numbers.first
        let digits = first ?? usualDigits
        switch (name, numbers.count) {
        case ("boolean", 0), ("bool", 0): return .boolean
        case ("int8", 0), ("tinyint", 0): return .integer(bits: 8, isSigned: true)
        case ("int16", 0), ("smallint", 0): return .integer(bits: 16, isSigned: true)
        case ("int32", 0), ("integer", 0), ("int", 0): return .integer(bits: 32, isSigned: true)
        case ("int64", 0), ("bigint", 0): return .integer(bits: 64, isSigned: true)
        case ("uint8", 0): return .integer(bits: 8, isSigned: false)
        case ("uint16", 0): return .integer(bits: 16, isSigned: false)
        case ("uint32", 0): return .integer(bits: 32, isSigned: false)
        case ("uint64", 0): return .integer(bits: 64, isSigned: false)
        case ("decimal", 0), ("numeric", 0): return .decimal(precision: nil, scale: nil)
        case ("decimal", 1...2), ("numeric", 1...2):
            let scale = numbers.count == 2 ? numbers[1] : 0
            return numbers[0] >= 1 && scale <= numbers[0] ? .decimal(precision: numbers[0], scale: scale) : nil
        case ("float32", 0), ("real", 0): return .real(bits: 32)
        case ("float64", 0), ("double", 0), ("doubleprecision", 0), ("float", 0): return .real(bits: 64)
        case ("text", 0...1), ("varchar", 0...1), ("string", 0...1): return .text(length: first)
        case ("binary", 0...1), ("varbinary", 0...1), ("bytes", 0...1): return .binary(length: first)
        case ("date", 0): return .date
        case ("time", 0...1): return digits <= 9 ? .time(digits: digits) : nil
        case ("timestamp", 0...1), ("datetime", 0...1): return digits <= 9 ? .timestamp(digits: digits) : nil
        case ("instant", 0...1), ("timestamptz", 0...1): return digits <= 9 ? .instant(digits: digits) : nil
        case ("uuid", 0): return .uuid
        default: return nil
        }
    }

    private static func unknown(_ text: String) -> TableError {
        TableError(
            .usage,
            "there is no column type \"\(text)\"",
            advice: """
                Use boolean, int8 to int64, uint8 to uint64, decimal(P,S), float32, float64, text, binary, date, time(D), \
                timestamp(D), instant(D) or uuid
                """
        )
    }
}
