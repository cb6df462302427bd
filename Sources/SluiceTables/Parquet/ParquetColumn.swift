internal import SluiceCore

/// Gathers the values of one column for a row group.
final class ParquetColumn {
    let column: Column
    let type: ParquetType
    private let value: ParquetValue
    private let pages: PageWriter

    private var page: OpenPage
    private let seen = SeenTexts()
    private var done: [UInt8] = []
    private var uncompressed = 0
    private var rows = 0

    /// Rows of a page, as others make them.
    private static let pageRows = 1 << 20
    /// A page's length has 31 bits.
    private static let longestValue = 1 << 30

    init(_ column: Column, _ pages: PageWriter) {
        self.column = column
        self.pages = pages
        type = ParquetType(column.type)
        value = ParquetValue(column)
        page = OpenPage(type)
    }

    /// Bytes that are held.
    var held: Int { done.count + page.held }

    /// Takes the values of some rows.
    /// - Throws: a `TableError` for one that does not fit the column exactly.
    @unsafe func append(_ batch: borrowing RowBatch, _ range: Range<Int>, _ cells: ColumnValues) throws {
        // Taken out while it changes, so that each change need not be checked against others.
        var page = OpenPage(type, isEmpty: true)
        swap(&page, &self.page)
        defer { swap(&page, &self.page) }
        let isText = column.form == .text || column.form == .binary
        for row in range {
            let length = unsafe cells.length(row)
            guard length >= 0 else {
                guard column.isNullable else { throw refused("NULL", batch.place(of: row)) }
                page.addNull()
                continue
            }
            // What has a text is parsed once as long as it is remembered.
            let key =
                unsafe isText && length <= SeenTexts.Key.longest && page.usesDictionary
                ? SeenTexts.Key(cells.start(row), length) : nil
            if let key, let place = seen.place(of: key) {
                page.add(place: place)
                if page.isFull { try end(&page) }
                continue
            }
            guard let stored = unsafe value.make(cells, row, length) else {
                let shown = unsafe column.form == .text ? BadRow.shown(cells.bytes(row)!) : "a value"
                throw refused(shown, batch.place(of: row))
            }
            guard stored.count <= ParquetColumn.longestValue else {
                throw refused("\(ByteCount(stored.count))", batch.place(of: row))
            }
            let place = unsafe page.add(stored)
            if let key, let place { seen.keep(key, place) }
            if page.isFull { try end(&page) }
        }
        rows += range.count
        if page.count >= ParquetColumn.pageRows { try end(&page) }
    }

    private func end(_ page: inout OpenPage) throws {
        guard page.count > 0 else { return }
        let usesDictionary = page.usesDictionary
        let count = Int32(page.count)
        let body = page.end(isNullable: column.isNullable)
        let made = try pages.page(type: 0, body) { writer in
            writer.field(5) {
                $0.field(1, count)
                $0.field(2, usesDictionary ? 8 : 0 as Int32)
                $0.field(3, 3 as Int32)
                $0.field(4, 3 as Int32)
            }
        }
        done += made.bytes
        uncompressed += made.uncompressed
    }

    /// Appends the column's part of the row group, whose first byte has the place `offset` in the file, and begins
    /// anew.
    func finish(at offset: Int, to output: ByteOutput) throws -> ParquetChunk {
        try end(&page)
        var dictionaryPage: [UInt8] = []
        let dictionary = page.dictionary
        if let dictionary {
            let made = try pages.page(type: 2, dictionary.bytes) { writer in
                writer.field(7) {
                    $0.field(1, Int32(dictionary.count))
                    $0.field(2, 0 as Int32)
                }
            }
            dictionaryPage = made.bytes
            uncompressed += made.uncompressed
        }
        output.append(dictionaryPage)
        output.append(done)
        let chunk = ParquetChunk(
            column: column,
            type: type,
            encodings: (dictionary == nil ? [0, 3] : !page.usesDictionary ? [0, 3, 8] : [3, 8, 0]),
            values: rows,
            uncompressed: uncompressed,
            compressed: dictionaryPage.count + done.count,
            dictionaryOffset: dictionary == nil ? nil : offset,
            dataOffset: offset + dictionaryPage.count,
            statistics: page.statistics
        )
        page = OpenPage(type)
        seen.removeAll()
        done = []
        (uncompressed, rows) = (0, 0)
        return chunk
    }

    private func refused(_ shown: String, _ place: RowPlace) -> TableError {
        TableError(
            .integrity,
            "column \(column.name) of \(place) holds \(shown), which does not fit \(column.type) exactly",
            advice: "Give the column a type that holds all its values"
        )
    }
}

/// What a file's footer tells of a column in a row group.
struct ParquetChunk {
    let column: Column
    let type: ParquetType
    let encodings: [Int32]
    let values: Int
    let uncompressed: Int
    let compressed: Int
    let dictionaryOffset: Int?
    let dataOffset: Int
    let statistics: ParquetStatistics

    func write(_ writer: inout ThriftWriter, codec: Int32) {
        writer.field(2, Int64(dictionaryOffset ?? dataOffset))
        writer.field(3) { writer in
            writer.field(1, type.physical.rawValue)
            writer.field(2, encodings)
            writer.field(3, [Array(column.name.utf8)])
            writer.field(4, codec)
            writer.field(5, Int64(values))
            writer.field(6, Int64(uncompressed))
            writer.field(7, Int64(compressed))
            writer.field(9, Int64(dataOffset))
            if let dictionaryOffset { writer.field(11, Int64(dictionaryOffset)) }
            writer.field(12) { statistics.write(&$0) }
        }
    }
}
