/// Cuts delimited text of ours into its rows, whatever bytes are in them: LF ends one, but within quotes.
struct QuotedRows {
    private var held: [UInt8] = []
    private var isQuoted = false

    /// Hands each row that ends in these bytes to `body`, with its end. What has none yet is held for the next.
    mutating func take(_ bytes: ArraySlice<UInt8>, _ body: ([UInt8]) -> Void) {
        var start = bytes.startIndex
        for index in bytes.indices {
            if bytes[index] == UInt8(ascii: "\"") {
                // A doubled one changes it twice.
                isQuoted.toggle()
            } else if bytes[index] == UInt8(ascii: "\n"), !isQuoted {
                body(held + bytes[start...index])
                held.removeAll(keepingCapacity: true)
                start = index + 1
            }
        }
        held += bytes[start...]
    }

    /// A row's first value.
    static func firstValue(of row: [UInt8]) -> String {
        let quote = UInt8(ascii: "\"")
        guard row.first == quote else {
            return String(decoding: row.prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        }
        var value: [UInt8] = []
        var index = 1
        while index < row.count {
            if row[index] == quote {
                guard index + 1 < row.count, row[index + 1] == quote else { break }
                index += 1
            }
            value.append(row[index])
            index += 1
        }
        return String(decoding: value, as: UTF8.self)
    }
}
