internal import ArgumentParser

/// `sluice` itself: it only has subcommands.
struct SluiceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: Program.name,
        abstract: "Move bulk data between files and cloud stores, fast and whole.",
        version: "\(Program.name) \(Program.version)",
        subcommands: [CopyCommand.self]
    )

    func run() throws { throw ValidationError("Say what to do: copy or list") }
}
