internal import ArgumentParser
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
            """
    )

    @OptionGroup var copy: CopyArguments
    @OptionGroup(title: "Selection") var selection: SelectionArguments
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
                throw UsageError("--dry-run moves nothing that --report or --manifest could tell of", advice: "Leave them out")
            }
            throw ExitCode(try plan(specification))
        }
        try output.check(specification)
        throw ExitCode(try CopySession.run(specification, output, .begin(CommandRecord.current, resumes: resume)))
    }

    /// What the command asks for, with this environment's credentials.
    func specification() throws -> CopySpecification {
        try copy.specification(connection, selection, environment: ProcessEnvironment.variables)
    }

    /// Goes on with an earlier run of this command.
    func goOn(with run: LedgerRun, _ ledger: Ledger, _ output: OutputArguments) throws {
        let specification = try specification()
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
