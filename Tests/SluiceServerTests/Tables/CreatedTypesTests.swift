import SluiceCore
import SluiceODBC
import SluiceTables
import SluiceTestSupport
import Testing

/// What TYPES.md says of the way back: a table that was made by the page's types is read as the page's types.
@Suite(.timeLimit(.minutes(30))) struct CreatedTypesTests {
    @Test("columns are read as the page says", arguments: [("postgresql", 1), ("mariadb", 3), ("sqlite", 5)])
    func types(_ name: String, _ place: Int) throws {
        let database = try #require(DatabaseUnderTest.all.first { $0.kind == name })
        let rows = try TypesPage.table("Into databases")
        let columns = rows.enumerated().map { "c\($0.offset) \(TypesPage.code($0.element[place]))" }
        try database.run(
            "drop table if exists created_types; create table created_types (\(columns.joined(separator: ", ")));"
        )
        guard case .odbc(let text) = try database.location() else { return }
        let connection = try Connection(
            ConnectionString(parsing: text),
            password: try database.environment()["SLUICE_ODBC_PASSWORD"],
            profiles: DriverProfiles()
        )
        let found = try TableScan(.table("created_types"), connection).columns
        #expect(found.count == rows.count)
        for (column, row) in zip(found, rows) {
            // What the driver makes up of a length is not the database's.
            let shown = column.type.description.prefix { $0 != "(" }
            let type = shown == "text" || shown == "binary" ? String(shown) : column.type.description
            #expect(type == TypesPage.code(row[place + 1]), "\(row[0]) by \(name)")
        }
    }
}
