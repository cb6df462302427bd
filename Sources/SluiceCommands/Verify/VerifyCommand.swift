internal import ArgumentParser
internal import SluiceCodecs
internal import SluiceCore
internal import SluiceEngine

/// `sluice verify`.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compare two locations without copying.",
        discussion: """
            Each object is compared by its size, and then by the digests that the stores keep; a local file is read where the \
            other side has a digest to hold it against. Without --read, what has no such digest counts as the same by its size alone, \
            and the last line says so.

            With one location and --manifest, what an earlier copy's manifest says is held against that location, without \
            the source. Differences go to standard output, a line each.
            """
    )

    @Argument(
        help: .init(
            "Source and sink, as for copy; with an earlier copy's manifest the sink alone.",
            valueName: "location"
        ),
        completion: .file()
    )
    var locations: [String]

    @Flag(help: "Read objects completely where no digest is kept of them.")
    var read = false

    @Flag(help: "What is at the sink and not in the source is a difference too.")
    var extra = false

    @Option(help: .init("The source's service, if not the public cloud's.", valueName: "url"))
    var sourceEndpoint: String?

    @Option(help: .init("The sink's service, if not the public cloud's.", valueName: "url"))
    var sinkEndpoint: String?

    @Option(
        help: .init("Objects that are compared at a time, or auto.", valueName: "n|auto"),
        completion: .list(["auto"])
    )
    var connections = "auto"

    @Option(help: .init("Bound on everything buffered.", valueName: "size"))
    var memory = "256MiB"

    @Option(
        help: .init(
            "The codec that the copy was made with.",
            discussion: "Names at the sink have its suffix; objects are read, and compared by what they stand for.",
            valueName: "codec"
        ),
        completion: .list(["gzip", "lz4", "zstd", "none"])
    )
    var compress = "none"

    @Option(help: .init("Whether the copy decompressed objects; those are read.", valueName: "mode"))
    var decompress = Decompression.none

    @Option(help: .init("What the copy made of folders.", valueName: "mode"))
    var layout = CopySpecification.Layout.preserve

    @OptionGroup(title: "Selection") var selection: SelectionArguments
    @OptionGroup(title: "Connections") var connection: ConnectionArguments
    @OptionGroup(title: "Output") var output: OutputArguments

    func validate() throws {
        guard 1...2 ~= locations.count else {
            throw ValidationError("Give a source and a sink, or a sink and --manifest")
        }
        guard locations.count == 1 else { return }
        if output.manifest == nil {
            throw ValidationError(
                "One location is compared with an earlier copy's manifest: give --manifest, or a second location"
            )
        }
        if extra { throw ValidationError("--extra and an earlier copy's manifest exclude each other") }
        if compress != "none" || decompress != .none {
            throw ValidationError(
                "A manifest tells of what is at the sink as it is: leave --compress and --decompress out"
            )
        }
        guard selection.isEverything else {
            throw ValidationError("An earlier copy's manifest is compared as a whole: leave the selection out")
        }
    }

    func run() throws {
        let specification = try specification()
        if output.report == "-" {
            throw UsageError(
                "the differences and --report can't go to standard output together",
                advice: "Give --report a file"
            )
        }
        if isOfManifest {
            throw ExitCode(
                try VerifySession.run(specification, manifest: output.manifest, read, extra, output.withoutManifest)
            )
        }
        if output.manifest == "-" {
            throw UsageError(
                "the differences and --manifest can't go to standard output together",
                advice: "Give --manifest a file"
            )
        }
        try output.check(specification)
        throw ExitCode(try VerifySession.run(specification, manifest: nil, read, extra, output))
    }

    /// Whether there is no source but an earlier copy's manifest.
    private var isOfManifest: Bool { locations.count == 1 }

    private func specification() throws -> CopySpecification {
        let sink = try Location(parsing: locations[locations.count - 1])
        // Without a source nothing is read but the sink.
        var specification = CopySpecification(
            source: isOfManifest ? sink : try Location(parsing: locations[0]),
            sink: sink
        )
        specification.sourceConnection = try connection.options(endpoint: sourceEndpoint, of: "--source-endpoint")
        specification.sinkConnection = try connection.options(endpoint: sinkEndpoint, of: "--sink-endpoint")
        try specification.checkEndpoints()
        specification.connections = try CopyArguments.connections(connections)
        specification.memory = try CopyArguments.size(memory, of: "--memory", atLeast: .mebibytes(16))
        specification.codec = try codec(named: compress)
        specification.decompresses = decompress == .auto
        specification.layout = layout
        try selection.apply(to: &specification)
        specification.environment = ProcessEnvironment.variables
        return specification
    }
}

extension OutputArguments {
    /// The same, where the manifest is one to be read.
    fileprivate var withoutManifest: OutputArguments {
        var output = self
        output.manifest = nil
        return output
    }
}
