internal import ArgumentParser

/// `sluice completions`.
struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Write the completion script of a shell.",
        discussion: "For bash: sluice completions bash >/etc/bash_completion.d/sluice"
    )

    enum Shell: String, CaseIterable, ExpressibleByArgument { case bash, zsh, fish }

    @Argument(help: "The shell.")
    var shell: Shell

    func run() {
        let script: String =
            switch shell {
            case .bash: SluiceCommand.completionScript(for: .bash)
            case .zsh: SluiceCommand.completionScript(for: .zsh)
            case .fish: SluiceCommand.completionScript(for: .fish)
            }
        StandardOutput.write(script + "\n")
    }
}

/// `sluice manual`: for packagers, and for `Scripts/build`.
struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual",
        abstract: "Write the manual page.",
        shouldDisplay: false
    )

    func run() throws {
        let program = try CommandDescription.program()
        StandardOutput.write(ManualPage(program, version: Program.version, reference: Reference.sections).text)
    }
}
