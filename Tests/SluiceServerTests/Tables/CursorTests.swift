import SluiceCore
import SluiceODBC
import SluiceTables
import SluiceTestSupport
import Testing

/// Rows by the ordinary cursor, which fetches some while others are taken.
@Suite(.timeLimit(.minutes(30))) struct CursorTests {
    private func connect(_ database: DatabaseUnderTest) throws -> Connection {
        guard case .odbc(let text) = try database.location() else { preconditionFailure("a database") }
        let password = try database.environment()["SLUICE_ODBC_PASSWORD"]
        return try Connection(ConnectionString(parsing: text), password: password, profiles: DriverProfiles())
    }

    /// The values of all rows, as texts.
    private func read(_ reader: any RowReader) throws -> [[String?]] {
        var rows: [[String?]] = []
        try reader.forEach { batch in
            #expect(batch.rowsBefore == rows.count)
            for row in 0..<batch.count {
                rows.append(
                    unsafe batch.values.map { unsafe $0.bytes(row).map { unsafe String(decoding: $0, as: UTF8.self) } }
                )
            }
        }
        return rows
    }

    /// Of the number n: sometimes nothing, and sometimes far more than usual.
    private static func word(_ n: Int, longest: Int) -> String? {
        n % 10 == 3 ? nil : n % 97 == 0 ? String(repeating: "x", count: longest) + "\(n)" : "word \(n)"
    }

    @Test(
        "rows come whole and in order, whatever some of them hold",
        arguments: DatabaseUnderTest.all,
        [(1, 40), (1, 3000), (7, 40), (7, 3000), (1000, 40), (1000, 3000), (1000, 9000)]
    )
    func order(_ database: DatabaseUnderTest, _ shape: (mostRows: Int, longest: Int)) throws {
        let (mostRows, longest) = shape
        let count = mostRows == 1 ? 300 : 5000
        let name = "cursor_\(mostRows)_\(longest)"
        let x = database.kind == "sqlite" ? "printf('%.*c', \(longest), 'x')" : "repeat('x', \(longest))"
        let (long, short) =
            database.kind == "mariadb"
            ? ("concat(\(x), n)", "concat('word ', n)") : ("\(x) || n", "'word ' || n")
        try database.run(
            """
            drop table if exists \(name);
            create table \(name) (n integer, word \(longest < 1000 ? "varchar(50)" : "text"), twice integer);
            insert into \(name) select n, case when n % 10 = 3 then null when n % 97 = 0 then \(long) else \(short) end, 2 * n
            from (\(database.series(count))) as numbers;
            """
        )
        let connection = try connect(database)
        let scan = try TableScan(.query("select * from \(name) order by n"), connection)
        let reader = try scan.rows(of: connection, bytes: 1 << 18, mostRows: mostRows, longValues: .whole(1 << 20))
        let found = try read(reader)
        #expect(found.count == count)
        for (n, row) in zip(1..., found) {
            let wanted = ["\(n)", Self.word(n, longest: longest), "\(2 * n)"]
            #expect(row == wanted)
            if row != wanted { break }
        }
    }

    @Test("what fails is told behind the rows that came before")
    func failure() throws {
        let connection = try connect(.postgresql)
        let query = TableQuery.query("select n, 100 / (25001 - n) from generate_series(1, 30000) as s(n)")
        let reader = try TableScan(query, connection).rows(of: connection, bytes: 1 << 20, longValues: .pieces)
        var rows = 0
        let error = #expect(throws: ODBCError.self) {
            try reader.forEach { batch in
                #expect(batch.rowsBefore == rows)
                rows += batch.count
            }
        }
        #expect(error?.description.contains("division by zero") == true)
        // The driver asks for 10,000 at a time, or for as many as it has room for then.
        #expect((10_000...25_000).contains(rows))
    }

    @Test("a reader that is dropped on its way leaves the connection to others", arguments: DatabaseUnderTest.all)
    func dropped(_ database: DatabaseUnderTest) throws {
        try database.run(
            """
            drop table if exists dropped_cursor;
            create table dropped_cursor (n integer, word varchar(40));
            insert into dropped_cursor select n, 'word' from (\(database.series(30_000))) as numbers;
            """
        )
        let connection = try connect(database)
        let scan = try TableScan(.table("dropped_cursor"), connection)
        for taken in 1...20 {
            do {
                let reader = try scan.rows(of: connection, bytes: 1 << 18, mostRows: 500, longValues: .pieces)
                for _ in 1...taken { #expect(try reader.next { _ in }) }
            }
            #expect(try scan.count(of: connection, TablePartition(condition: nil)) == 30_000)
        }
    }
}
