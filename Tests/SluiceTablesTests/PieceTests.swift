import Testing

@testable import SluiceTables

/// Rows whose long values come in pieces.
@Suite struct PieceTests {
    private static let columns = [
        Column("n", .integer(bits: 32, isSigned: true)), Column("t", .text(length: nil)),
        Column("y", .binary(length: nil)), Column("r", .real(bits: 64)), Column("z", .text(length: nil)),
    ]
    private let rows = Rows(
        Self.columns,
        [
            [
                .signed(1), .text("é\"\\\n, 😀\u{1}\u{0301}\r\"\"end"), .bytes(Array(0...40)), .double(1.5),
                .text("plain text of some length"),
            ],
            [.null, .null, .bytes([]), .double(.nan), .text("")],
            [.signed(-7), .text("\"\"\"\"\"\"\"\"\"\""), .null, .null, .text("\\\\\\\\\\\\\\\\\\\\ü")],
        ]
    )

    private func bytes(_ encoder: any RowEncoder, pieces size: Int) throws -> [UInt8] {
        let output = ByteOutput(capacity: 64)
        try encoder.begin(output)
        try rows.forEachPiece(of: size) { try encoder.encode($0, to: output) }
        try encoder.finish(output)
        return output.withBytes { Array($0) }
    }

    @Test(
        "JSON is the same, however long the pieces are",
        arguments: [1, 2, 3, 4, 7, 1000],
        [JSONFormat.Shape.lines, .array]
    )
    func json(_ size: Int, _ shape: JSONFormat.Shape) throws {
        for binary in BinaryText.allCases {
            var format = JSONFormat(shape)
            format.binary = binary
            let wanted = try rows.encoded(by: JSONRowEncoder(format, columns: Self.columns))
            #expect(try bytes(JSONRowEncoder(format, columns: Self.columns), pieces: size) == wanted)
        }
    }

    /// Formats of all kinds: with quotes, with an escape instead, and with bytes that need quotes themselves.
    private static let formats: [@Sendable (inout DelimitedFormat) -> Void] = [
        { _ in }, { $0.binary = .base64 }, { $0.escape = UInt8(ascii: "\\") },
        {
            $0.quote = nil
            $0.escape = UInt8(ascii: "\\")
            $0.null = Array("\\N".utf8)
        },
        { $0.delimiter = [UInt8(ascii: "1")] }, { $0.delimiter = Array("||".utf8) }, { $0.quotesAll = true },
        { $0.encoding = "UTF-16LE" }, { $0.hasHeader = false },
    ]

    @Test("delimited text is read back as the same values", arguments: formats.indices, [1, 2, 3, 4, 7, 1000])
    func delimited(_ index: Int, _ size: Int) throws {
        var format = DelimitedFormat()
        Self.formats[index](&format)
        func read(_ bytes: [UInt8]) throws -> [[String?]] {
            try everyText(DelimitedReader(format, BytesInput(bytes)))
        }
        let whole = try rows.encoded(by: format.makeEncoder(Self.columns))
        let pieced = try bytes(format.makeEncoder(Self.columns), pieces: size)
        #expect(try read(pieced) == read(whole))
        // Quotes are all that may be more.
        if size == 1000 || format.quotesAll { #expect(pieced == whole) }
    }

    @Test("what begins with a byte order mark keeps it")
    func byteOrderMark() throws {
        var format = DelimitedFormat()
        format.hasHeader = false
        let rows = Rows(texts("a", "b"), [[.text("\u{FEFF}first"), .text("\u{FEFF}second")]])
        for size in [3, 1000] {
            let output = ByteOutput()
            let encoder = try DelimitedEncoder(format, columns: rows.columns)
            try rows.forEachPiece(of: size) { try encoder.encode($0, to: output) }
            let text = output.withBytes { Array($0) }
            #expect(try everyText(DelimitedReader(format, BytesInput(text))) == [["\u{FEFF}first", "\u{FEFF}second"]])
        }
    }

    @Test("what can't be written without a quote is refused in a piece, too")
    func refused() throws {
        var format = DelimitedFormat()
        format.quote = nil
        format.hasHeader = false
        let encoder = try DelimitedEncoder(format, columns: texts("a"))
        let rows = Rows(texts("a"), [[.text("long enough, and with a comma")]])
        #expect(throws: TableError.self) {
            try rows.forEachPiece(of: 8) { try encoder.encode($0, to: ByteOutput()) }
        }
    }
}
