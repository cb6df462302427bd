internal import ArgumentParser
internal import SluiceCore
internal import SluiceEngine

/// What becomes of rows that can't be taken.
struct BadRowArguments: ParsableArguments {
    @Flag(help: "Skip rows that can't be read, converted or taken by the table or format, rather than fail.")
    var skipBadRows = false

    @Option(help: .init("Skip so many such rows at most.", valueName: "n"))
    var maxBadRows: Int?

    @Option(
        help: .init(
            "Skip such rows, and keep them as delimited text: a file, or an object of a store.",
            discussion: "Its columns are file, line, row, column, code, message and text, which is the row.",
            valueName: "location"
        )
    )
    var badRows: String?

    func apply(to specification: inout CopySpecification, _ connection: ConnectionArguments) throws {
        let given = [
            ("--skip-bad-rows", skipBadRows), ("--max-bad-rows", maxBadRows != nil), ("--bad-rows", badRows != nil),
        ]
        guard let option = given.first(where: \.1)?.0 else { return }
        let isLoad = if case .odbc = specification.sink { true } else { false }
        guard isLoad || specification.table.conversion != nil else {
            throw UsageError(
                "\(option) is for rows that go into a table, or become another format",
                advice: "Leave it out"
            )
        }
        if let maxBadRows {
            guard maxBadRows >= 0 else { throw UsageError("--max-bad-rows \(maxBadRows) is no number of rows") }
            specification.tableSink.mostBadRows = maxBadRows
        } else {
            specification.tableSink.mostBadRows = nil
        }
        guard let badRows else { return }
        let place = try Location(parsing: badRows)
        if case .file(let path, false) = place { try specification.check(output: path, of: "--bad-rows") }
        specification.tableSink.badRows = place
        specification.badRowsConnection = try connection.options(endpoint: nil, of: "--bad-rows")
    }
}
