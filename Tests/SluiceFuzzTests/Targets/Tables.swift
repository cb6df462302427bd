@testable import SluiceTables

extension FuzzTarget {
    /// Rows of users' files, and the values in them.
    static let tables = [delimited, tabs, bars, json, valueText, parquetFile, parquetPage]

    /// What a reader made of a text.
    private struct Reading: Equatable {
        var columns: [Column] = []
        var rows: [[[UInt8]?]] = []
        var bad: [BadRow] = []
        /// Whether the text was refused as a whole.
        var isRefused = false
    }

    /// Reads all rows by the reader that `open` makes.
    private static func read(_ open: (BadRows) throws -> any RowReader) throws -> Reading {
        var reading = Reading()
        do {
            let reader = try open(BadRows(limit: nil) { reading.bad.append($0) })
            reading.columns = reader.columns
            try reader.forEach { batch in
                for row in 0..<batch.count {
                    reading.rows.append(batch.values.map { $0.bytes(row).map { Array($0) } })
                }
            }
        } catch is TableError {
            reading.isRefused = true
        }
        return reading
    }

    private static func read(_ bytes: [UInt8], _ format: DelimitedFormat, piece: Int) throws -> Reading {
        try read { bad in
            try DelimitedReader(format, PiecesInput(bytes, piece: piece), badRows: bad, window: 64, longestRow: 1 << 20)
        }
    }

    private static func readJSON(_ bytes: [UInt8], _ columns: [Column]?, piece: Int) throws -> Reading {
        try read { bad in
            let input = PiecesInput(bytes, piece: piece)
            return try JSONRowReader(input, columns: columns, badRows: bad, window: 64, longestRow: 1 << 20)
        }
    }

    /// What must hold of rows and bad rows by themselves.
    private static func requireSound(_ reading: Reading) throws {
        for row in reading.rows {
            try require(row.count == reading.columns.count, "a row of \(row.count) cells")
            for cell in row {
                try require(cell.map { String(validating: $0, as: UTF8.self) != nil } ?? true, "no UTF-8")
            }
        }
        let places = reading.bad.map(\.place.number)
        try require(zip(places, places.dropFirst()).allSatisfy { $0 <= $1 }, "bad rows are on \(places)")
    }

    /// Text is read the same by any pieces, each row is taken or told of, and what was taken is written so that it is
    /// read back.
    private static func check(_ bytes: [UInt8], _ format: DelimitedFormat) throws {
        let whole = try read(bytes, format, piece: .max)
        try require(whole == read(bytes, format, piece: 1 + bytes.count % 13), "by pieces it is something else")
        try requireSound(whole)
        guard !whole.isRefused else { return }
        let copy = StoredRows(whole.columns, whole.rows)
        let again = try read(copy.written(format), format, piece: .max)
        try require(again.rows == whole.rows && again.bad.isEmpty, "what is written is read as something else")
    }

    private static let words = [
        ",", "\"", "\"\"", "\n", "\r\n", "\r", "\",\"", "\\", "a", "\u{FEFF}", "\t", "\\N", "||", "~\n", "NULL", "é",
    ]

    private static let delimited = FuzzTarget(
        "delimited",
        samples: ["a,b\n1,2\n\"x\"\"y\",\"l1\nl2\"\n,\"\"\n", "a\r\nb\r\n\r\n", "\u{FEFF}id;x\n5\" disk,é\n"],
        words: words
    ) { try check($0, DelimitedFormat()) }

    private static let tabs = FuzzTarget("delimited-tabs", samples: ["a\tb\n\\N\t\\\\\\\t\n"], words: words) { bytes in
        var format = DelimitedFormat()
        format.hasHeader = false
        format.delimiter = [9]
        format.quote = nil
        format.escape = UInt8(ascii: "\\")
        format.null = Array("\\N".utf8)
        try check(bytes, format)
    }

    private static let bars = FuzzTarget(
        "delimited-bars",
        samples: ["a||b~\nNULL||\"x\\\"||y\"~\n\"NULL\"||c|d~\n"],
        words: words
    ) { bytes in
        var format = DelimitedFormat()
        format.delimiter = Array("||".utf8)
        format.rowDelimiter = Array("~\n".utf8)
        format.escape = UInt8(ascii: "\\")
        format.null = Array("NULL".utf8)
        try check(bytes, format)
    }

    private static let json = FuzzTarget(
        "json-rows",
        samples: [
            "{\"a\":1,\"b\":\"x\\u00e9\\ud83d\\ude00\\n\"}\n{\"b\":null,\"a\":-1.5e3}\n",
            "[{\"a\":true},\n{\"a\":[1,{\"b\":[]}]}]\n",
            "{ \"a\" : \"\" }{}\n\u{FEFF}x\n{\"a\":false}",
        ],
        words: [
            "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "d83d", "\\ude00", "\\u0000", "null", "true", "false",
            "1e5", "-0", "\"a\":",
            "{\"a\":1}", "\n", "[[", "\\\"",
        ]
    ) { bytes in
        let first = try readJSON(bytes, nil, piece: .max)
        try requireSound(first)
        // The columns are those of the first window, which is another one by other pieces.
        let columns = Array(first.columns.prefix(3))
        let whole = try readJSON(bytes, columns, piece: .max)
        try require(whole == readJSON(bytes, columns, piece: 1 + bytes.count % 13), "by pieces it is something else")
        guard !whole.isRefused else { return }
        for shape in [JSONFormat.Shape.lines, .array] {
            let texts = columns.map { Column($0.name, .text(length: nil)) }
            let copy = try StoredRows(texts, whole.rows).written(by: JSONRowEncoder(JSONFormat(shape), columns: texts))
            let again = try readJSON(copy, columns, piece: .max)
            try require(again.rows == whole.rows && again.bad.isEmpty, "what is written is read as something else")
        }
    }

    /// What is read as a value is written as a text that is read as the same value.
    private static let valueText = FuzzTarget(
        "value-text",
        samples: [
            "-9223372036854775808", "18446744073709551615", "-12.50e3", "1.7976931348623157e308", "NaN", "-inf",
            "2024-02-29",
            "+12024-01-01", "23:59:59.123456789", "1970-01-01 00:00:00.5+02:00",
            "{01234567-89ab-cdef-0123-456789abcdef}", "0x00ff",
        ],
        words: ["-", "+", ".", "e", ":", "T", "Z", "0", "9", "24:00:00", "02-29"]
    ) { bytes in
        let text = bytes.span
        try requireSame(ValueText.signed(text), ValueText.signed) { CanonicalText.write($0, at: $1) }
        try requireSame(ValueText.unsigned(text), ValueText.unsigned) { CanonicalText.write($0, at: $1) }
        try requireSame(ValueText.boolean(text), ValueText.boolean) { CanonicalText.write($0, at: $1) }
        try requireSame(ValueText.days(text), ValueText.days) { CanonicalText.write(days: Int64($0), at: $1) }
        try requireSame(ValueText.nanoseconds(text), ValueText.nanoseconds) {
            CanonicalText.write(nanoseconds: $0, at: $1)
        }
        for isInstant in [false, true] {
            try requireSame(
                ValueText.moment(text, isInstant: isInstant),
                { ValueText.moment($0, isInstant: isInstant) }
            ) { CanonicalText.write($0, isInstant: isInstant, at: $1) }
        }
        if let value = ValueText.double(text), !value.isNaN {
            try requireSame(value, ValueText.double) { CanonicalText.write($0, at: $1) }
        }
        if let value = ValueText.float(text), !value.isNaN {
            try requireSame(value, ValueText.float) { CanonicalText.write($0, at: $1) }
        }
        let once = decimal(bytes)
        try require(once == nil || decimal(once!) == once, "a decimal that is not canonical")
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(16, bytes.count)) { place in
            _ = ValueText.uuid(text, to: place.baseAddress!)
            _ = ValueText.hexadecimal(text, to: place.baseAddress!)
        }
    }

    private static func decimal(_ bytes: [UInt8]) -> [UInt8]? {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes.count + ValueText.mostZeros + 3) { place in
            ValueText.decimal(bytes.span, to: place.baseAddress!).map { Array(place.prefix($0)) }
        }
    }

    private static func requireSame<Value: Equatable>(
        _ value: Value?,
        _ read: (Span<UInt8>) -> Value?,
        _ write: (Value, UnsafeMutablePointer<UInt8>) -> Int
    ) throws(Violation) {
        guard let value else { return }
        let text = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: CanonicalText.most) { place in
            Array(place.prefix(write(value, place.baseAddress!)))
        }
        try require(text.count <= CanonicalText.most, "\(text.count) bytes")
        try require(read(text.span) == value, "\(value) is read back as another")
    }
}

extension RowPlace {
    fileprivate var number: Int {
        switch self {
        case .line(let number), .row(let number): number
        }
    }
}
