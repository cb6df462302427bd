import CODBC
import SluiceTables
import SluiceTestSupport
import Testing

@testable import SluiceODBC

/// What TYPES.md says of columns as drivers tell of them.
@Suite struct TypesPageTests {
    private static let codes: [String: Int32] = [
        "SQL_BIT": SQL_BIT, "SQL_TINYINT": SQL_TINYINT, "SQL_SMALLINT": SQL_SMALLINT, "SQL_INTEGER": SQL_INTEGER,
        "SQL_BIGINT": SQL_BIGINT, "SQL_NUMERIC": SQL_NUMERIC, "SQL_DECIMAL": SQL_DECIMAL, "SQL_REAL": SQL_REAL,
        "SQL_FLOAT": SQL_FLOAT, "SQL_DOUBLE": SQL_DOUBLE, "SQL_TYPE_DATE": SQL_TYPE_DATE,
        "SQL_TYPE_TIME": SQL_TYPE_TIME, "SQL_TYPE_TIMESTAMP": SQL_TYPE_TIMESTAMP, "SQL_GUID": SQL_GUID,
        "SQL_CHAR": SQL_CHAR, "SQL_VARCHAR": SQL_VARCHAR, "SQL_LONGVARCHAR": SQL_LONGVARCHAR,
        "SQL_WVARCHAR": SQL_WVARCHAR, "SQL_BINARY": SQL_BINARY, "SQL_VARBINARY": SQL_VARBINARY,
        "SQL_LONGVARBINARY": SQL_LONGVARBINARY,
    ]

    @Test("each of ODBC's types is what the page says")
    func types() throws {
        let rows = try TypesPage.table("From databases")
        #expect(rows.count >= 20)
        for row in rows {
            let column = ResultColumn(
                name: "c",
                type: try #require(TypesPageTests.codes[row[0]]),
                typeName: TypesPage.code(row[1]),
                size: 12,
                digits: 2
            )
            #expect(CellBinding.type(of: column).description == TypesPage.code(row[2]), "\(row)")
        }
    }

    @Test("a table is made with the columns that the page says", arguments: [("psqlodbc", 1), ("maodbc", 3), ("sqlite", 5)])
    func made(_ driver: String, _ column: Int) throws {
        let profile = try DriverProfiles().profile(forDriver: driver)
        let rows = try TypesPage.table("Into databases")
        #expect(rows.count >= 20)
        for row in rows {
            let type = try ColumnType(parsing: TypesPage.code(row[0]))
            #expect(profile.writing.sql(for: type) == TypesPage.code(row[column]), "\(row)")
        }
    }
}
