internal import ArgumentParser

/// `sluice` itself: it only has subcommands.
struct SluiceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: Program.name,
        abstract: "Move bulk data between files and cloud stores, fast and whole.",
        discussion: """
            Every store is a source and a sink. Files are read, compressed and sent in parallel, also within one file, \
            in bounded memory. What stands at the sink stays as it is until the new object is whole.
            """,
        version: "\(Program.name) \(Program.version)",
        subcommands: [
            CopyCommand.self, RunCommand.self, ResumeCommand.self, RunsCommand.self, VerifyCommand.self, ListCommand.self, BenchCommand.self, CompletionsCommand.self,
            ManualCommand.self,
        ]
    )

    func run() throws { throw ValidationError("Say what to do: copy, list or bench") }
}
