import SluiceCodecs
import SluiceTestSupport
import Testing

@testable import SluiceTables

/// TYPES.md says what the code does.
@Suite struct TypesPageTests {
    private func text(_ reader: any RowReader, _ encoder: any RowEncoder) throws -> [UInt8] {
        let output = ByteOutput()
        try encoder.begin(output)
        try reader.forEach { try encoder.encode($0, to: output) }
        try encoder.finish(output)
        return output.withBytes { Array($0) }
    }

    /// A column of one text that is given a type.
    private func typed(_ value: String, _ type: ColumnType) throws -> TypedReader {
        let quoted = "\"" + value.replacing("\"", with: "\"\"") + "\""
        return try TypedReader(DelimitedReader(DelimitedFormat(), BytesInput("v\n\(quoted)\n")), types: ["v": type])
    }

    private func line(_ reader: any RowReader) throws -> String {
        var format = DelimitedFormat()
        format.hasHeader = false
        let bytes = try text(reader, format.makeEncoder(reader.columns))
        return String(decoding: bytes.dropLast(), as: UTF8.self)
    }

    /// As the page writes it.
    private static func name(_ type: ParquetType) -> String {
        let physical =
            switch type.physical {
            case .boolean: "BOOLEAN"
            case .int32: "INT32"
            case .int64: "INT64"
            case .int96: "INT96"
            case .float: "FLOAT"
            case .double: "DOUBLE"
            case .bytes: "BYTE_ARRAY"
            case .fixed: "FIXED(\(type.width))"
            }
        let logical =
            switch type.logical {
            case .none: ""
            case .string: ", STRING"
            case .decimal(let precision, let scale): ", DECIMAL(\(precision),\(scale))"
            case .date: ", DATE"
            case .time(let isNanoseconds): ", TIME(\(isNanoseconds ? "ns" : "µs"))"
            case .timestamp(let isInstant, let isNanoseconds):
                ", TIMESTAMP(\(isNanoseconds ? "ns" : "µs")\(isInstant ? ", UTC" : ""))"
            case .integer(let bits, let isSigned): ", INTEGER(\(bits)\(isSigned ? "" : ", unsigned"))"
            case .uuid: ", UUID"
            }
        return physical + logical
    }

    @Test("each type becomes what the page says, and comes back")
    func written() throws {
        let rows = try TypesPage.table("What values become")
        #expect(rows.count >= 30)
        for row in rows {
            let (name, example, json) = (TypesPage.code(row[0]), TypesPage.code(row[1]), TypesPage.code(row[2]))
            let type = try ColumnType(parsing: name)
            #expect(type.description == name)
            #expect(try line(typed(example, type)) == example, "\(name)")
            let reader = try typed(example, type)
            let object = try text(reader, JSONRowEncoder(JSONFormat(), columns: reader.columns))
            #expect(String(decoding: object, as: UTF8.self) == "{\"v\":\(json)}\n", "\(name)")
            #expect(TypesPageTests.name(ParquetType(type)) == row[3], "\(name)")
            let again = try typed(example, type)
            let file = try ParquetReader(text(again, ParquetEncoder(columns: again.columns)))
            #expect(file.columns.map(\.type.description) == [TypesPage.code(row[4])], "\(name)")
            #expect(try line(file) == example, "\(name)")
        }
        // Every kind of type has a row.
        let kinds = Set(rows.map { TypesPage.code($0[0]).prefix { $0 != "(" } })
        #expect(kinds.isSuperset(of: ["boolean", "int8", "uint64", "decimal", "float32", "float64", "text", "binary"]))
        #expect(kinds.isSuperset(of: ["date", "time", "timestamp", "instant", "uuid"]))
    }

    private static let converted: [String: Int32] = [
        "UTF8": 0, "ENUM": 4, "DECIMAL": 5, "DATE": 6, "TIME_MILLIS": 7, "TIME_MICROS": 8, "TIMESTAMP_MILLIS": 9,
        "TIMESTAMP_MICROS": 10, "UINT_8": 11, "UINT_16": 12, "UINT_32": 13, "UINT_64": 14, "INT_8": 15, "INT_16": 16,
        "INT_32": 17, "INT_64": 18, "JSON": 19, "BSON": 20, "INTERVAL": 21,
    ]
    private static let physical: [String: Int32] = [
        "BOOLEAN": 0, "INT32": 1, "INT64": 2, "INT96": 3, "FLOAT": 4, "DOUBLE": 5, "BYTE_ARRAY": 6, "FIXED": 7,
    ]

    @Test("each type of other writers' files is read as the page says")
    func read() throws {
        let rows = try TypesPage.table("From Parquet that others write")
        #expect(rows.count >= 25)
        for row in rows {
            let parts = row[0].split(separator: "(")
            var writer = ThriftWriter()
            writer.field(1, try #require(TypesPageTests.physical[String(parts[0])]))
            writer.field(2, parts.count > 1 ? Int32(parts[1].dropLast()) ?? 0 : 0 as Int32)
            writer.field(3, 1 as Int32)
            writer.field(4, Array("c".utf8))
            if let number = TypesPageTests.converted[row[1]] { writer.field(6, number) }
            writer.field(7, 2 as Int32)
            writer.field(8, 20 as Int32)
            if row[1] == "FLOAT16" { writer.field(10) { $0.field(15) { _ in } } }
            writer.end()
            var reader = ThriftReader(writer.bytes)
            let leaf = try ParquetLeaf(SchemaElement(&reader))
            #expect(leaf.column.type.description == TypesPage.code(row[2]), "\(row)")
        }
        let named = Set(rows.map { $0[1] })
        #expect(Set(TypesPageTests.converted.keys).isSubset(of: named), "a converted type has no row")
    }

    @Test("an interval is ISO 8601")
    func interval() throws {
        let maker = CellMaker(.interval)
        let window = CellWindow(capacity: 1)
        let bytes: [UInt8] = [14, 0, 0, 0, 3, 0, 0, 0, 0xDC, 5, 0, 0]
        let made = bytes.withUnsafeBufferPointer { bytes in
            window.base = bytes.baseAddress!
            window.describe(0, at: 0, 12)
            try? maker.make(1, window, areCells: false)
            return String(decoding: window.bytes(0), as: UTF8.self)
        }
        #expect(made == "P14M3DT1.5S")
    }

    @Test("each kind of values in JSON is read as the page says")
    func json() throws {
        let rows = try TypesPage.table("From JSON")
        #expect(rows.count >= 7)
        for row in rows {
            let values = row[0].split(separator: "`").filter { $0 != " " }
            let lines = values.map { "{\"v\":\($0)}\n" }.joined()
            let reader = try JSONRowReader(BytesInput(lines))
            #expect(reader.columns.map(\.type.description) == [TypesPage.code(row[1])], "\(row)")
        }
    }
}
