internal import ArgumentParser
internal import Glibc
internal import SluiceBench
internal import SluiceCodecs
internal import SluiceCore
internal import SluiceEngine

/// `sluice bench`.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure source, codec, network and sink, and name the bottleneck.",
        usage: """
            sluice bench [<source>] [<sink>] [<options>]
            sluice bench compare <a.json> <b.json>
            """,
        discussion: """
            Without a source and a sink: what this machine can do at most, and the rate that it allows for a copy. \
            With one or both: each alone and together by real copies, and the settings that serve them best as a \
            command line. What it writes to the sink is named sluice-bench-… and taken back.

            sluice bench compare A.json B.json shows what changed from one --json to another, and what is only noise: \
            a figure has changed when no round of the one reached any round of the other, and the medians lie \
            further apart than the rounds of either vary by.
            """
    )

    @Argument(
        help: .init("What would be copied; - for nothing, to measure a sink alone.", valueName: "source"),
        completion: .file()
    )
    var source: String?

    @Argument(help: .init("Where it would be copied to.", valueName: "sink"), completion: .file())
    var sink: String?

    // As a subcommand, `compare` would never be reached: the words in front are taken first.
    @Argument(help: .hidden)
    var secondReport: String?

    @Option(help: .init("How long it may take, about.", valueName: "n"))
    var seconds = 45

    @Option(help: .init("Write all figures as JSON to this file, or to standard output (-).", valueName: "file"))
    var json: String?

    @Option(help: .init("Write a page with plots to this file.", valueName: "file"), completion: .file())
    var html: String?

    @Option(
        help: .init(
            "A codec to measure, also in copies; may be given more than once.",
            discussion: "Without it: gzip:1, gzip:6, zstd:1, zstd:3 and lz4:1 on a sample, and copies without a codec.",
            valueName: "codec"
        ),
        completion: .list(["gzip", "lz4", "zstd", "none"])
    )
    var compress: [String] = []

    @Option(help: .init("Bound on everything buffered.", valueName: "size"))
    var memory = "256MiB"

    @Option(help: .init("The source's service, if not the public cloud's.", valueName: "url"))
    var sourceEndpoint: String?

    @Option(help: .init("The sink's service, if not the public cloud's.", valueName: "url"))
    var sinkEndpoint: String?

    @Flag(name: .shortAndLong, help: "Don't tell what is being measured.")
    var quiet = false

    @OptionGroup(title: "Connections") var connection: ConnectionArguments

    func run() throws {
        if source == "compare" { return try compare() }
        if let secondReport { throw ValidationError("Unexpected argument '\(secondReport)'") }
        let options = try options()
        for path in [json, html].compactMap({ $0 }) { try WholeFile.check(path) }
        if json == "-", html == "-" {
            throw UsageError(
                "--json and --html can't go to standard output together",
                advice: "Give one of them a file"
            )
        }
        throw ExitCode(BenchSession(options, json: json, html: html, isQuiet: quiet).run())
    }

    private func compare() throws {
        guard let sink, let secondReport else {
            throw ValidationError("Give two files that sluice bench --json wrote: sluice bench compare A.json B.json")
        }
        let comparison = Comparison(try BenchReport(file: sink), try BenchReport(file: secondReport))
        StandardOutput.write(comparison.text.printableLines)
    }

    private static let mostSeconds = 86_400

    /// Stands for an end that is not given; the bench puts another in its place.
    private static let none = Location.file(path: "/", isDirectory: true)

    private func options() throws -> BenchOptions {
        guard 1...BenchCommand.mostSeconds ~= seconds else {
            throw UsageError("--seconds \(seconds) is not a time from 1 second to a day")
        }
        // A single location that is written to can't be told from one that is read: the first is the source, and
        // `-` in its place says that there is none.
        let sourceLocation = try source.flatMap { $0 == "-" && sink != nil ? nil : try Location(parsing: $0) }
        let sinkLocation = try sink.flatMap { $0 == "-" && source != "-" ? nil : try Location(parsing: $0) }
        var base = CopySpecification(
            source: sourceLocation ?? BenchCommand.none,
            sink: sinkLocation ?? BenchCommand.none
        )
        base.sourceConnection = try connection.options(endpoint: sourceEndpoint, of: "--source-endpoint")
        base.sinkConnection = try connection.options(endpoint: sinkEndpoint, of: "--sink-endpoint")
        base.memory = try CopyArguments.size(memory, of: "--memory", atLeast: .mebibytes(16))
        base.environment = ProcessEnvironment.variables
        var options = BenchOptions(base: base)
        options.source = sourceLocation
        options.sink = sinkLocation
        options.time = .seconds(seconds)
        if !compress.isEmpty {
            let choices = try compress.compactMap { try CodecChoice(parsing: $0) }
            options.codecs = choices
            options.copyCodecs = choices
        }
        options.temporaryDirectory = base.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        options.commandWords = commandWords
        options.version = Program.version
        return options
    }

    /// The options that a copy with these ends needs too, as they were given.
    private var commandWords: [String] {
        let valued = [
            ("--source-endpoint", sourceEndpoint), ("--sink-endpoint", sinkEndpoint),
            ("--ca-certificate", connection.caCertificate), ("--client-certificate", connection.clientCertificate),
            ("--client-key", connection.clientKey), ("--pin", connection.pin),
            ("--proxy", connection.proxy == "system" ? nil : connection.proxy),
            ("--memory", memory == "256MiB" ? nil : memory),
        ]
        let words = valued.flatMap { name, value in value.map { [name, $0] } ?? [] }
        return words + (connection.allowPlaintext ? ["--allow-plaintext"] : [])
    }
}
