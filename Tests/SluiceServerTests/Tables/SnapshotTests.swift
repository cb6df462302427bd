import SluiceCore
import SluiceEngine
import SluiceODBC
import SluiceTables
import SluiceTestSupport
import Testing

/// What the partitions of a table show when others write to it meanwhile.
@Suite(.timeLimit(.minutes(30))) struct SnapshotTests {
    /// A source of three partitions of a table of 30,000 rows.
    private func source(_ database: DatabaseUnderTest, column: String?) throws -> any ObjectSource {
        try database.run(
            """
            drop table if exists snapshot;
            create table snapshot (number integer not null, amount bigint not null);
            insert into snapshot select n, n from (\(database.series(30_000))) as numbers;
            """
        )
        var specification = CopySpecification(source: try database.location(), sink: .standardStream)
        specification.environment = try database.environment()
        specification.table.query = .table("snapshot")
        specification.table.delimited.hasHeader = false
        specification.table.partitions = .fixed(3)
        specification.table.partitionColumn = column
        return try specification.makeSource()
    }

    private func objects(_ source: any ObjectSource) throws -> [any ReadableObject] {
        var items: [SourceItem] = []
        try source.list { entry in if case .item(let item) = entry { items.append(item) } }
        return try items.map { try source.open($0) }
    }

    /// Reads one buffer, or all that is left where there is no limit.
    private func read(_ object: any ReadableObject, _ text: inout [UInt8], most: Int = .max) throws {
        var buffer = [UInt8](repeating: 0, count: 1000)
        var left = most
        while left > 0 {
            let start = text.count
            let count = try buffer.withUnsafeMutableBytes { try object.read(at: start, into: $0) }
            text += buffer.prefix(count)
            if count < buffer.count { return }
            left -= count
        }
    }

    private func amounts(_ texts: [[UInt8]]) -> [Int] {
        texts.flatMap { String(decoding: $0, as: UTF8.self).split(separator: "\n") }.compactMap { line in
            line.split(separator: ",").last.flatMap { Int($0) }
        }
    }

    private static let change = """
        insert into snapshot values (40000, 1), (-5, 1);
        delete from snapshot where number in (1, 15000, 29999);
        update snapshot set amount = amount + 1000000;
        """

    @Test(
        "rows that are written between the partitions' beginnings are in none of them",
        arguments: [("postgresql", "number"), ("postgresql", nil), ("mariadb", "number"), ("sqlite", "number")]
    )
    func consistent(_ kind: String, _ column: String?) throws {
        // Of its own: other tests' statements would hold the snapshot up, or be held up.
        let database = DatabaseUnderTest(kind: kind, own: try Launcher(kind))
        // Whoever reads keeps nobody from writing then.
        if kind == "sqlite" { try database.run("pragma journal_mode = wal") }
        let source = try source(database, column: column)
        defer { source.finish() }
        let objects = try objects(source)
        try #require(objects.count == 3)
        var texts = [[UInt8]](repeating: [], count: 3)
        try read(objects[0], &texts[0], most: 1)
        try read(objects[1], &texts[1], most: 1)
        try database.run(Self.change)
        for index in [2, 1, 0] { try read(objects[index], &texts[index]) }
        let amounts = amounts(texts)
        #expect(amounts.count == 30_000 && amounts.reduce(0, +) == 30_000 * 30_001 / 2)
        #expect(source.rowFacts?.snapshot == "shared" && source.rowFacts?.notes == [])
        #expect(source.rowFacts?.read == 30_000)
        #expect(objects.compactMap(\.rows?.copied).reduce(0, +) == 30_000)
    }

    /// A source of which one partition is under way, when the connection that keeps its snapshot is ended.
    private func losing(_ database: DatabaseUnderTest, column: String?) throws -> (
        any ObjectSource, [any ReadableObject], [[UInt8]]
    ) {
        let source = try source(database, column: column)
        let objects = try objects(source)
        var texts = [[UInt8]](repeating: [], count: 3)
        try read(objects[0], &texts[0], most: 1)
        let ended = try database.run(
            // The first of the others has listed the table, and reads the first partition.
            """
            select count(pg_terminate_backend(pid, 10000)) from (select pid from pg_stat_activity
            where backend_type = 'client backend' and pid <> pg_backend_pid() order by backend_start desc limit 1) as keeper
            """
        )
        #expect(ended == "1\n")
        return (source, objects, texts)
    }

    @Test("partitions by blocks are not read without the snapshot that they were made in")
    func lostBlocks() throws {
        let database = DatabaseUnderTest(kind: "postgresql", own: try Launcher("postgresql"))
        var (source, objects, texts) = try losing(database, column: nil)
        defer { source.finish() }
        #expect { try read(objects[1], &texts[1]) } throws: {
            "\($0)".contains("has lost the snapshot that the table was divided in")
        }
        // What is under way keeps its snapshot.
        try read(objects[0], &texts[0])
        #expect((5000...15_000).contains(amounts(texts).count))
    }

    @Test("a snapshot that is lost with its connection is told of")
    func lost() throws {
        let database = DatabaseUnderTest(kind: "postgresql", own: try Launcher("postgresql"))
        var (source, objects, texts) = try losing(database, column: "number")
        defer { source.finish() }
        for index in [2, 1, 0] { try read(objects[index], &texts[index]) }
        #expect(amounts(texts).count == 30_000)
        #expect(source.rowFacts?.snapshot == "separate")
        #expect(source.rowFacts?.notes.joined().contains("has lost the snapshot") == true)
    }

    @Test("where changes can't be held up, that is told of")
    func refused() throws {
        let database = DatabaseUnderTest(kind: "mariadb", own: try Launcher("mariadb"))
        try database.run("revoke reload on *.* from mover@'127.0.0.1'; flush privileges;")
        let source = try source(database, column: "number")
        defer { source.finish() }
        var texts = [[UInt8]](repeating: [], count: 3)
        for (index, object) in try objects(source).enumerated() { try read(object, &texts[index]) }
        #expect(amounts(texts).count == 30_000)
        #expect(source.rowFacts?.snapshot == "separate")
        #expect(source.rowFacts?.notes.joined().contains("moments apart") == true)
    }

    @Test("what the database counts is compared where reading back is asked for", arguments: DatabaseUnderTest.all)
    func counted(_ database: DatabaseUnderTest) throws {
        let directory = try TemporaryDirectory()
        try database.run(
            "drop table if exists counted; create table counted as select n from (\(database.series(1000))) as numbers;"
        )
        var specification = CopySpecification(
            source: try database.location(),
            sink: try Location(parsing: directory.path + "/rows.csv")
        )
        specification.environment = try database.environment()
        specification.table.query = .table("counted")
        specification.verification = .readback
        let records = Locked<[ItemRecord]>([])
        let run = CopyRun(specification) { record in records.withLock { $0.append(record) } }
        let result = try run.execute()
        #expect(run.tally.reading.errors.map(\.failure.description) == [])
        #expect(records.withLock { $0.map(\.rows) } == [RowCount(read: 1000, copied: 1000)])
        #expect(run.tally.reading.rows == RowCount(read: 1000, copied: 1000))
        #expect(result.rowFacts?.read == 1000)
    }

    @Test("rows that the database counts and nobody has read fail the copy")
    func miscounted() throws {
        let database = DatabaseUnderTest(kind: "sqlite", own: try Launcher("sqlite"))
        try database.run("pragma journal_mode = wal; create table counted as \(database.series(10_000));")
        let directory = try TemporaryDirectory()
        var specification = CopySpecification(source: try database.location(), sink: .standardStream)
        specification.table.query = .table("counted")
        specification.verification = .readback
        // A profile without a snapshot: the count is of what there is later.
        specification.environment["SLUICE_ODBC_PROFILES"] = try directory.write(
            "profiles",
            Array("[mine]\ndrivers = sqlite\ntypes-are-claims = yes\n".utf8)
        )
        let source = try specification.makeSource()
        defer { source.finish() }
        let object = try objects(source)[0]
        var text: [UInt8] = []
        try read(object, &text, most: 1)
        try database.run("insert into counted values (0)")
        #expect { try read(object, &text) } throws: {
            "\($0)".contains("10000 rows were read, and the database counts 10001")
        }
        #expect(source.rowFacts?.snapshot == "unknown")
    }
}
