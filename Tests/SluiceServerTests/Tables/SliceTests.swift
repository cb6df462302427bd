import SluiceCore
import SluiceEngine
import SluiceODBC
import SluiceTables
import SluiceTestSupport
import Testing

/// Tables of a database whose driver holds the whole result of a statement are read in slices of their key: each row once.
@Suite(.timeLimit(.minutes(30))) struct SliceTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// Keys with gaps, below zero, with fractions, of time, of several columns of which the first has few values, and none.
    private static let tables: [(name: String, columns: String, values: String)] = [
        ("slices_number", "k bigint primary key, n int not null", "(cast(seq as signed) - 30000) * 977, seq"),
        ("slices_decimal", "k decimal(30, 5) primary key, n int not null", "seq * 1.00007 - 30000, seq"),
        ("slices_time", "k datetime(6) primary key, n int not null", "'2024-02-28' + interval seq * 7 second, seq"),
        ("slices_few", "k int, n int not null, primary key (k, n)", "seq div 20000, seq"),
        ("slices_text", "k varchar(20) primary key, n int not null", "concat('k', seq), seq"),
        ("slices_none", "k int, n int not null", "nullif(seq % 7, 3), seq"),
    ]

    private static let count = 60_000

    private func copy(_ table: String, partitions: Int) throws -> [String] {
        var specification = CopySpecification(
            source: try DatabaseUnderTest.mariadb.location(),
            sink: try Location(parsing: directory.path + "/rows/")
        )
        specification.environment = try DatabaseUnderTest.mariadb.environment()
        specification.table.query = .table(table)
        specification.table.format = .csv
        specification.table.delimited.hasHeader = false
        specification.table.partitions = .fixed(partitions)
        if partitions > 1 { specification.table.partitionColumn = "n" }
        let run = CopyRun(specification) { _ in }
        _ = try run.execute()
        #expect(run.tally.reading.errors.map(\.failure.description) == [])
        return try directory.tree("rows").flatMap { name in
            String(decoding: try directory.read("rows/" + name), as: UTF8.self).split(separator: "\n").map(String.init)
        }
    }

    @Test("each row comes once, whatever the key", arguments: tables.map(\.name), [1, 3])
    func rows(_ table: String, partitions: Int) throws {
        let (columns, values) = Self.tables.first { $0.name == table }.map { ($0.columns, $0.values) } ?? ("", "")
        let name = "\(table)_\(partitions)"
        try DatabaseUnderTest.mariadb.run(
            """
            drop table if exists \(name);
            create table \(name) (\(columns), filler mediumtext);
            insert into \(name) select \(values), if(seq % 9000 = 0, repeat('x', 100000), 'y') from seq_1_to_\(Self.count);
            """
        )
        let found = try copy(name, partitions: partitions).compactMap { line in
            line.split(separator: ",", omittingEmptySubsequences: false).dropFirst().first.flatMap { Int($0) }
        }
        #expect(found.count == Self.count)
        #expect(Set(found) == Set(1...Self.count))
    }

    @Test("a table without a row has no slice")
    func empty() throws {
        try DatabaseUnderTest.mariadb.run("create or replace table slices_empty (k int primary key, n int not null)")
        #expect(try copy("slices_empty", partitions: 1) == [])
    }
}
