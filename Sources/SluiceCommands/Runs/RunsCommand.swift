internal import ArgumentParser
internal import SluiceCore
internal import SluiceLedger

/// `sluice runs`.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "Show and forget past and present runs.",
        discussion: """
            The ledger has every copy until it is forgotten: by prune, or, once there are more than 1,000 runs, 90 days \
            after it succeeded.
            """,
        subcommands: [RunsListCommand.self, RunsShowCommand.self, RunsPruneCommand.self],
        defaultSubcommand: RunsListCommand.self
    )
}

/// `sluice runs list`.
struct RunsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the newest runs, newest first.",
        discussion: "Times are in UTC. How long is that of a run's last attempt."
    )

    @Option(help: .init("Show no more than this many.", valueName: "n"))
    var limit = 20

    @Flag(help: "Write a line of JSON for each run.")
    var json = false

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit must be at least 1") }
    }

    func run() throws {
        let runs = try RunRegister.open(ProcessEnvironment.variables).runs(limit: limit)
        let file = try OutputFile(path: "-")
        if json {
            for run in runs { file.append(run.jsonLine) }
        } else if runs.isEmpty {
            StandardError.shared.write("There are no runs in the ledger.\n")
        } else {
            file.append(RunTable(runs, now: .now, columns: Terminal.outputColumns).text.utf8)
        }
        try file.finish()
    }
}

/// `sluice runs show`.
struct RunsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Tell all that is known of a run.")

    @Argument(help: .init("The run's identifier, or as much of its beginning as no other has.", valueName: "run"))
    var runID: String

    @Option(help: .init("Show no more than this many failures.", valueName: "n"))
    var failures = 10

    @Flag(help: "Write it as JSON.")
    var json = false

    func validate() throws {
        if failures < 0 { throw ValidationError("--failures must be at least 0") }
    }

    func run() throws {
        let ledger = try RunRegister.open(ProcessEnvironment.variables)
        let run = try RunsShowCommand.run(named: runID, in: ledger)
        let detail = RunDetail(
            run: run,
            command: CommandRecord(text: run.record.specification),
            uploads: try ledger.begun(of: run).count,
            failures: try ledger.failures(of: run, limit: failures),
            now: .now
        )
        let file = try OutputFile(path: "-")
        if json { file.append(detail.json) } else { file.append(detail.text.utf8) }
        try file.finish()
    }

    /// The run that `text` names or begins the name of.
    private static func run(named text: String, in ledger: Ledger) throws -> LedgerRun {
        let text = text.lowercased()
        let found = text.isEmpty ? [] : try ledger.runs(beginningWith: text)
        if let exact = found.first(where: { $0.record.identifier == text }) { return exact }
        guard let run = found.first else {
            throw UsageError("there is no run \(text.printable) in the ledger", advice: "See sluice runs list")
        }
        guard found.count == 1 else {
            let names = found.prefix(5).map(\.record.identifier).joined(separator: ", ")
            throw UsageError(
                "\(found.count) runs begin with \(text.printable)",
                cause: names,
                advice: "Give more of it"
            )
        }
        return run
    }
}
