internal import ArgumentParser
internal import SluiceCore
internal import SluiceEngine

/// `sluice list`.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show what a copy from a location would see.",
        discussion: """
            A line for each object with its size in bytes, its time of last change and its name, as they are found. \
            The sum goes to standard error.
            """
    )

    @Argument(help: .init("A path, https://…, az://… or s3://….", valueName: "location"), completion: .file())
    var location: String

    @Flag(help: "Write a line of JSON for each object.")
    var json = false

    @Flag(name: .shortAndLong, help: "Leave the sum out.")
    var quiet = false

    @Option(help: .init("The service, if not the public cloud's.", valueName: "url"))
    var sourceEndpoint: String?

    @OptionGroup(title: "Selection") var selection: SelectionArguments
    @OptionGroup(title: "Connections") var connection: ConnectionArguments

    func run() throws {
        // Nothing is written: the sink stands for none.
        var specification = CopySpecification(source: try Location(parsing: location), sink: .standardStream)
        specification.sourceConnection = try connection.options(endpoint: sourceEndpoint, of: "--source-endpoint")
        try specification.checkEndpoints()
        try selection.apply(to: &specification)
        specification.environment = ProcessEnvironment.variables
        let preview = CopyPreview(specification)
        let listing = try Listing(of: specification.source)
        try listing.run(isQuiet: quiet) {
            try preview.list { entry in
                switch entry {
                case .item(let item), .unchanged(let item):
                    try listing.add(json ? ListLine.json(item) : ListLine.text(item), size: item.size)
                case .failure(let name, let failure):
                    try listing.fail(json ? ListLine.json(failure, name) : "", failure)
                }
            }
        }
        throw ExitCode(listing.outcome.exitCode)
    }
}
