import SluiceCore
import SluiceEngine
import SluiceODBC
import SluiceTestSupport
import Testing

/// Copies of files and tables into a table of a database, for tests.
struct TableImport {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// What came of a copy.
    struct Ending {
        var errors: [String] = []
        /// Why it could not start.
        var start: String?
        let sums: Tally.Reading

        var rows: [Int?] { [sums.rows?.read, sums.rows?.copied, sums.rows?.skipped] }
    }

    /// Copies a text, which is written to a file of this name, into a table.
    func load(
        _ text: String,
        named name: String = "rows.csv",
        into database: DatabaseUnderTest,
        _ table: String,
        _ change: (inout CopySpecification) throws -> Void = { _ in }
    ) throws -> Ending {
        let path = try directory.write(name, Array(text.utf8))
        return try loadFile(path, into: database, table, change)
    }

    func loadFile(
        _ path: String,
        into database: DatabaseUnderTest,
        _ table: String,
        _ change: (inout CopySpecification) throws -> Void = { _ in }
    ) throws -> Ending {
        var specification = CopySpecification(source: try Location(parsing: path), sink: try database.location())
        specification.environment = try database.environment()
        specification.tableSink.table = table
        try change(&specification)
        return run(specification)
    }

    func run(_ specification: CopySpecification) -> Ending {
        let run = CopyRun(specification) { _ in }
        var start: String?
        do {
            _ = try run.execute()
        } catch {
            start = SluiceCore.failure(from: error).description
        }
        var ending = Ending(start: start, sums: run.tally.reading)
        ending.errors = ending.sums.errors.map(\.failure.description)
        return ending
    }

    /// Copies the rows of a query into a file.
    func export(_ database: DatabaseUnderTest, _ query: TableQuery, to name: String) throws -> Ending {
        var specification = CopySpecification(
            source: try database.location(),
            sink: try Location(parsing: directory.path + "/" + name)
        )
        specification.environment = try database.environment()
        specification.table.query = query
        return run(specification)
    }

    func text(_ name: String) throws -> String { String(decoding: try directory.read(name), as: UTF8.self) }
}
