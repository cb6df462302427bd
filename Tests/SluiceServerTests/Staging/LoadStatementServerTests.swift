import Glibc
import SluiceCodecs
import SluiceCore
import SluiceEngine
import SluiceODBC
import SluicePipeline
import SluiceTestSupport
import Testing

/// Databases that load staged objects by a statement of their own.
@Suite(.timeLimit(.minutes(30))) struct LoadStatementServerTests {
    private let directory: TemporaryDirectory
    private static let to = DatabaseUnderTest.postgresql

    init() throws {
        directory = try TemporaryDirectory()
        // The database's programs run as another user.
        chmod(directory.path, 0o755)
    }

    private func specification(_ table: String, _ rows: Int, by statement: String) throws -> CopySpecification {
        try Self.to.run(
            """
            drop table if exists \(table), \(table)_sink;
            create table \(table) as select n, case when n % 3 = 0 then null when n % 3 = 1 then '' else 'a "b", ' || n end as word
            from generate_series(1, \(rows)) as s(n); analyze \(table);
            create table \(table)_sink (like \(table));
            """
        )
        var specification = CopySpecification(source: try Self.to.location(), sink: try Self.to.location())
        specification.environment = try Self.to.environment()
        specification.table.query = .table(table)
        specification.table.partitions = .fixed(3)
        specification.tableSink.table = table + "_sink"
        specification.staging = StagingOptions(location: try Location(parsing: directory.path + "/stage/"))
        specification.staging?.codec = try SluiceCodecs.codec(named: "gzip")
        specification.staging?.statement = try LoadStatement(statement)
        return specification
    }

    private func check(_ table: String, _ rows: Int) throws {
        let question = """
            select count(*) from \(table)_sink; select count(*) from (table \(table) except table \(table)_sink) as missing;
            """
        #expect(try Self.to.run(question) == "\(rows)\n0\n")
    }

    @Test("PostgreSQL fetches staged objects from a directory by its own COPY")
    func files() throws {
        let specification = try specification(
            "loaded_file",
            30_000,
            by: "copy {table} from program 'gunzip < \"{address}\"' (format csv, header)"
        )
        let run = CopyRun(specification)
        _ = try run.execute()
        #expect(run.tally.reading.errors.map(\.failure.description) == [])
        #expect(run.tally.reading.rows == RowCount(read: 30_000, copied: 30_000))
        try check("loaded_file", 30_000)
        #expect(((try? directory.tree("stage")) ?? []).isEmpty)
    }

    @Test(
        "PostgreSQL fetches staged objects by curl, with an address that is signed where the store wants that",
        arguments: ["s3-juicefs", "azure", "nginx"]
    )
    func stores(_ kind: String) throws {
        let store = try #require(Stores.all.first { $0.testDescription == kind })
        let ca = try Launcher.shared(kind)["ca"]
        let table = "loaded_" + kind.filter(\.isLetter)
        var specification = try specification(
            table,
            20_000,
            by: "copy {table} from program 'curl -sSf --cacert \(ca) \"{address}\" | gunzip' (format csv, header)"
        )
        let statement = specification.staging?.statement
        try TestedStore(store: store).stage(&specification, in: "loaded/")
        specification.staging?.codec = try SluiceCodecs.codec(named: "gzip")
        specification.staging?.statement = statement
        let run = CopyRun(specification)
        _ = try run.execute()
        #expect(run.tally.reading.errors.map(\.failure.description) == [])
        try check(table, 20_000)
        let left = try store.index("loaded/")
        #expect(left.objects.isEmpty && left.unfinished.isEmpty)
    }

    @Test(
        "a statement that fails, or takes fewer rows than were staged, leaves nothing in the table",
        arguments: [
            "copy {table} from program 'gunzip < \"{address}\" | head -n -1' (format csv, header)",
            "copy {table} from program 'cat \"{address}\"' (format csv, header)",
        ]
    )
    func failing(_ statement: String) throws {
        let table = "loaded_failing_\(statement.contains("head") ? "rows" : "text")"
        let run = CopyRun(try specification(table, 9000, by: statement))
        _ = try? run.execute()
        #expect(run.tally.reading.filesFailed >= 1 && run.tally.reading.rows == nil)
        #expect(try Self.to.run("select count(*) from \(table)_sink;") == "0\n")
        #expect(((try? directory.tree("stage")) ?? []).isEmpty)
    }
}
