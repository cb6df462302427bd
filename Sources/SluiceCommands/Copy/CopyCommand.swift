internal import ArgumentParser
internal import SluiceEngine

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
    @OptionGroup(title: "Connections") var connection: ConnectionArguments
    @OptionGroup(title: "Output") var output: OutputArguments

    func run() throws {
        let specification = try copy.specification(connection, environment: ProcessEnvironment.variables)
        try output.check(sink: specification.sink)
        let session = try CopySession(specification, output)
        let code = session.run()
        throw ExitCode(code)
    }
}
