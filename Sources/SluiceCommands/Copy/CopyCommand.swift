internal import ArgumentParser
internal import SluiceCodecs
internal import SluiceCore
internal import SluiceEngine
internal import SluiceLedger

/// `sluice copy`.
struct CopyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Move data now.",
        discussion: """
            SIZE takes K, M, G, T and KiB, MiB, GiB, TiB (1024) or KB, MB, GB, TB (1000).
            A location never holds a secret: credentials come from the environment.
            While the network is gone a copy waits, up to ten minutes; after that, or when it is interrupted or killed, \
            sluice resume goes on.
            """
    )

    @OptionGroup var copy: CopyArguments
    @OptionGroup(title: "Selection") var selection: SelectionArguments
    @OptionGroup(title: "Tables") var table: TableArguments
    @OptionGroup(title: "Files of rows") var conversion: ConversionArguments
    @OptionGroup(title: "Writing to tables") var tableSink: TableSinkArguments
    @OptionGroup(title: "Bad rows") var badRows: BadRowArguments
    @OptionGroup(title: "Staging") var staging: StagingArguments
    @OptionGroup(title: "Connections") var connection: ConnectionArguments
    @OptionGroup(title: "Output") var output: OutputArguments

    @Flag(help: "Show the plan, item by item, and move nothing.")
    var dryRun = false

    @Flag(inversion: .prefixedNo, help: "Go on where the same copy was interrupted before.")
    var resume = true

    func run() throws {
        let specification = try specification()
        if dryRun {
            guard output.report == nil, output.manifest == nil else {
                throw UsageError(
                    "--dry-run moves nothing that --report or --manifest could tell of",
                    advice: "Leave them out"
                )
            }
            throw ExitCode(try plan(specification))
        }
        try output.check(specification)
        // A table is another one each time, and rows that are in one can't be told from those to come: only who says so goes
        // on with what was done of it before.
        let isTable = if case .odbc = specification.sink { true } else { specification.table.query != nil }
        throw ExitCode(try CopySession.run(specification, output, .begin(CommandRecord.current, resumes: resume && !isTable)))
    }

    /// Refuses bytes of one format under the name of another, which whoever reads them believes.
    private func checkNames(_ specification: CopySpecification) throws {
        guard table.format == .auto, specification.table.query == nil, specification.table.conversion == nil,
            let from = Conversion.stated(by: specification.source.description),
            let to = Conversion.stated(by: specification.sink.description), from != to
        else { return }
        throw UsageError(
            "the source's name says \(from.rawValue), and the sink's \(to.rawValue)",
            advice: "Give --format \(to.rawValue) to have the rows converted, or --format binary to have the bytes copied"
        )
    }

    /// What the command asks for, with this environment's credentials.
    func specification() throws -> CopySpecification {
        var specification = try directSpecification()
        specification.staging = try staging.options(connection)
        try specification.checkStaging()
        return specification
    }

    /// The same as far as staging has no part in it.
    private func directSpecification() throws -> CopySpecification {
        var specification = try copy.specification(connection, selection, environment: ProcessEnvironment.variables)
        specification.tableSink = try tableSink.options(for: specification.sink, table, conversion)
        if case .odbc = specification.sink {
            specification.table = try table.rows(from: specification.source, isStaged: staging.staging != nil)
            try badRows.apply(to: &specification, connection)
            try specification.checkTableSink()
            specification.decompresses = true
            return specification
        }
        specification.table = try table.options(for: specification.source, conversion)
        try badRows.apply(to: &specification, connection)
        try checkNames(specification)
        // Rows are in what was compressed.
        if specification.table.conversion != nil { specification.decompresses = true }
        if specification.table.query != nil || specification.table.conversion != nil,
            specification.table.format(forName: specification.sink.description) == .parquet
        {
            // A Parquet file is compressed page by page, and keeps its name.
            specification.table.pageCodec = specification.codec
            specification.codec = nil
        }
        guard specification.codec?.name != SnappyCodec().name else {
            throw UsageError(
                "--compress snappy is for Parquet files, and the sink's are none",
                advice: "Give gzip, lz4 or zstd, or --format parquet"
            )
        }
        return specification
    }

    /// What the command asks for, where that leads to the same stores as it did in an earlier run of it.
    ///
    /// - Throws: `UsageError` when the environment names other services now: nothing of what the run has done is there.
    func specification(goingOnWith run: LedgerRun) throws -> CopySpecification {
        let specification = try specification()
        let services = try specification.servicesOfEnvironment()
        guard let then = CommandRecord(text: run.record.specification)?.services, then != services else {
            return specification
        }
        throw UsageError(
            "run \(run.record.identifier) was made with \(CopyCommand.named(then)), and the environment now names \(CopyCommand.named(services))",
            advice: "Set AWS_ENDPOINT_URL, AWS_PROFILE or the connection string as they were"
        )
    }

    private static func named(_ services: [String]) -> String {
        let named = services.filter { !$0.isEmpty }
        return named.isEmpty ? "no service" : named.joined(separator: " and ")
    }

    /// Goes on with an earlier run of this command.
    func goOn(with run: LedgerRun, _ ledger: Ledger, _ output: OutputArguments) throws {
        let specification = try specification(goingOnWith: run)
        try output.check(specification)
        throw ExitCode(try CopySession.run(specification, output, .goOn(run, ledger)))
    }

    /// Prints what would be done; the exit code.
    private func plan(_ specification: CopySpecification) throws -> Int32 {
        try specification.check()
        let listing = try Listing(of: specification.source)
        try listing.run(isQuiet: output.quiet) {
            try CopyPreview(specification).plan { planned in
                let line = ListLine.text(planned)
                if let failure = planned.failure {
                    try listing.fail(line, failure)
                } else {
                    try listing.add(line, size: planned.item.size)
                }
            }
        }
        return listing.outcome.exitCode
    }
}
