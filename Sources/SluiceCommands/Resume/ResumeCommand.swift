internal import ArgumentParser
internal import Glibc
internal import SluiceCore
internal import SluiceEngine
internal import SluiceLedger

/// `sluice resume`.
struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Go on with an interrupted run.",
        discussion: """
            The run's command is carried out again, in the directory in which it was given. What the sink has confirmed is not sent
            again; a source that has changed since is. Credentials come from the environment, as always.
            """
    )

    @Argument(help: .init("The run, as sluice runs list shows it; the last one that was interrupted if not given.", valueName: "run"))
    var runID: String?

    @OptionGroup(title: "Output") var output: OutputArguments

    func run() throws {
        let environment = ProcessEnvironment.variables
        let ledger = try RunRegister.open(environment)
        let earlier = try find(in: ledger)
        guard let command = CommandRecord(text: earlier.record.specification) else {
            throw UsageError("run \(earlier.record.identifier) was made by another version of this program, and its command can't be read")
        }
        if let job = command.job {
            throw UsageError(
                "run \(earlier.record.identifier) is a copy of the job \"\(job)\"",
                advice: "Run the job again, in \"\(command.directory)\": a copy of files goes on where it was interrupted"
            )
        }
        guard chdir(command.directory) == 0 else {
            throw UsageError("the directory \"\(command.directory)\", in which the run was started, can't be entered: \(String(cString: strerror(errno)))")
        }
        guard let copy = try SluiceCommand.parseAsRoot(command.arguments) as? CopyCommand else {
            throw UsageError("run \(earlier.record.identifier) is no copy")
        }
        try copy.goOn(with: earlier, ledger, output.completed(by: copy.output))
    }

    private func find(in ledger: Ledger) throws -> LedgerRun {
        guard let run = runID else {
            guard let newest = try ledger.newestInterrupted() else {
                throw UsageError("there is no interrupted run", advice: "See sluice runs list")
            }
            return newest
        }
        guard let found = try ledger.run(matching: run) else {
            throw UsageError("there is no run \(run.printable) in the ledger", advice: "See sluice runs list")
        }
        guard found.status != .succeeded else {
            throw UsageError("run \(found.record.identifier) has succeeded: nothing of it is left to do")
        }
        return found
    }
}

extension OutputArguments {
    /// With the files that the run was to write, where this command names no others.
    fileprivate func completed(by earlier: OutputArguments) -> OutputArguments {
        var output = self
        output.report = report ?? earlier.report
        output.manifest = manifest ?? earlier.manifest
        output.logFile = logFile ?? earlier.logFile
        return output
    }
}
