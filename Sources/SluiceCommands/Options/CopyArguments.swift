internal import ArgumentParser
internal import SluiceCodecs
internal import SluiceCore
internal import SluiceEngine
internal import SluicePipeline

extension CopySpecification.Verification: ExpressibleByArgument {}

/// What becomes of objects that are compressed in the source.
enum Decompression: String, CaseIterable, ExpressibleByArgument {
    case auto, none
}

extension CopySpecification.Overwrite: ExpressibleByArgument {}
extension CopySpecification.Layout: ExpressibleByArgument {}

/// What to copy and how.
struct CopyArguments: ParsableArguments {
    @Argument(
        help: .init("What to copy: a path, -, https://…, az://…, s3://… or odbc:….", valueName: "source"),
        completion: .file()
    )
    var source: String

    @Argument(help: .init("Where to: a path, -, https://…, az://…, s3://… or odbc:….", valueName: "sink"), completion: .file())
    var sink: String

    @Option(help: .init("The source's service, if not the public cloud's.", valueName: "url"))
    var sourceEndpoint: String?

    @Option(help: .init("The sink's service, if not the public cloud's.", valueName: "url"))
    var sinkEndpoint: String?

    @Option(
        help: .init("Connections to the sink at a time, or auto.", valueName: "n|auto"),
        completion: .list(["auto"])
    )
    var connections = "auto"

    @Option(help: .init("Bytes of one block before compression, as in 8MiB.", valueName: "size"))
    var blockSize: String?

    @Option(help: .init("Bound on everything buffered.", valueName: "size"))
    var memory = "256MiB"

    @Option(
        help: .init(
            "Bytes a second at most, over all connections: 10M, or by the clock, as in '08:00,10M 18:00,off'.",
            discussion: "Each rate holds from its time on, every day or on one: Mon-08:00,10M. It holds for each direction.",
            valueName: "rate"
        )
    )
    var bandwidth: String?

    @Option(help: .init("Requests that are started a second at most, over all connections.", valueName: "n"))
    var requestsPerSecond: Int?

    @Option(
        help: .init("Compress on the way: gzip, lz4 or zstd, with :LEVEL if you like, or none; snappy, gzip or zstd for Parquet's pages.", valueName: "codec"),
        completion: .list(["gzip", "lz4", "zstd", "snappy", "none"])
    )
    var compress = "none"

    @Option(
        help: .init(
            "What becomes of objects that are compressed in the source.",
            discussion: """
                auto: those whose names end with .gz, .zst or .lz4 are decompressed on the way, and lose that ending. What is \
                none of the three in truth, is damaged or ends too early fails, and nothing of it is left at the sink.
                """,
            valueName: "mode"
        )
    )
    var decompress = Decompression.none

    @Option(
        help: .init(
            "How far integrity is checked.",
            discussion: "transfer: the store checks each block. readback: everything is read back and compared, too.",
            valueName: "mode"
        )
    )
    var verify = CopySpecification.Verification.transfer

    @Option(
        help: .init(
            "What an object that stands at the sink already gets.",
            discussion: """
                if-newer: replaced by what was changed after it was written. if-different: replaced unless it has the same \
                size, and the same entity tag or nothing was changed since it was written.
                """,
            valueName: "mode"
        )
    )
    var overwrite = CopySpecification.Overwrite.always

    @Option(
        help: .init(
            "What becomes of folders.",
            discussion: """
                flatten: left out of names; what was in one gets a mark made of its whole name. merge: all objects become \
                one, in the order of the bytes of their names.
                """,
            valueName: "mode"
        )
    )
    var layout = CopySpecification.Layout.preserve

    @Flag(inversion: .prefixedNo, help: "Skip a file that vanishes meanwhile, rather than fail it.")
    var skipMissing = true

    @Flag(help: "Skip what may not be read, rather than fail it.")
    var skipForbidden = false

    @Option(
        help: .init(
            "What objects keep beside their bytes, with commas between: metadata, mode, owner, times.",
            discussion: """
                metadata: content headers and pairs, between stores. mode, owner, times: of files; S3 and Azure keep them as \
                the pairs sluicemode, sluiceowner and sluicemtime, from which they come back.
                """,
            valueName: "list"
        )
    )
    var preserve: String?

    @Flag(
        inversion: .prefixedNo,
        help: .init(
            "Let the service copy by itself where it holds both ends.",
            discussion: "S3 and Azure; never where bytes have to be seen here: for a codec, a digest, one object made of many."
        )
    )
    var serverSideCopy = true

    @Flag(help: "Remove each object from the source when the sink has confirmed it.")
    var deleteSource = false

    /// The engine's form of the options.
    func specification(
        _ connection: ConnectionArguments,
        _ selection: SelectionArguments,
        environment: [String: String]
    ) throws -> CopySpecification {
        var specification = CopySpecification(source: try Location(parsing: source), sink: try Location(parsing: sink))
        specification.sourceConnection = try connection.options(endpoint: sourceEndpoint, of: "--source-endpoint")
        specification.sinkConnection = try connection.options(endpoint: sinkEndpoint, of: "--sink-endpoint")
        try specification.checkEndpoints()
        specification.connections = try CopyArguments.connections(connections)
        specification.blockSize = try blockSize.map {
            try CopyArguments.size($0, of: "--block-size", atLeast: .kibibytes(4))
        }
        specification.memory = try CopyArguments.size(memory, of: "--memory", atLeast: .mebibytes(16))
        specification.bandwidth = try bandwidth.map(CopyArguments.schedule)
        specification.requestsPerSecond = try CopyArguments.requestRate(requestsPerSecond)
        // Blocks of snappy are pages of Parquet files, and no files.
        specification.codec = compress.lowercased() == SnappyCodec().name ? SnappyCodec() : try codec(named: compress)
        specification.decompresses = decompress == .auto
        specification.verification = verify
        specification.overwrite = overwrite
        specification.layout = layout
        try selection.apply(to: &specification)
        specification.skipsMissing = skipMissing
        specification.skipsForbidden = skipForbidden
        specification.preserved = try CopyArguments.preserved(preserve)
        specification.deletesSource = deleteSource
        specification.copiesByService = serverSideCopy
        specification.environment = environment
        return specification
    }

    /// Threads take connections many at a time, and a process has descriptors for so many.
    private static let mostConnections = 10_000

    static func connections(_ text: String) throws -> CopySpecification.Connections {
        if text == "auto" { return .automatic }
        guard let count = Int(text), 1...mostConnections ~= count else {
            throw UsageError("--connections \"\(text)\" is neither auto nor a number from 1 to \(mostConnections)")
        }
        return .fixed(count)
    }

    private static func schedule(_ text: String) throws -> BandwidthSchedule {
        do {
            return try BandwidthSchedule(parsing: text)
        } catch {
            throw UsageError(
                "--bandwidth \"\(text)\": \(error.what)",
                advice: "Write a rate such as 10M, or times and rates such as '08:00,10M 18:00,off' or 'Mon-08:00,512K Sat-00:00,off'"
            )
        }
    }

    private static func requestRate(_ count: Int?) throws -> Int? {
        guard let count, count < 1 else { return count }
        throw UsageError("--requests-per-second \(count) lets nothing through", advice: "Give a number from 1 on, or leave it out")
    }

    private static func preserved(_ text: String?) throws -> Set<CopySpecification.Preserved> {
        guard let text else { return [] }
        let kinds = try text.split(separator: ",", omittingEmptySubsequences: false).map { word in
            guard let kind = CopySpecification.Preserved(rawValue: String(word)) else {
                throw UsageError("--preserve \"\(word)\" is not known", advice: "Give metadata, mode, owner or times, with commas between")
            }
            return kind
        }
        return Set(kinds)
    }

    static func size(_ text: String, of option: String, atLeast least: ByteCount) throws -> ByteCount {
        guard let size = ByteCount(parsing: text) else {
            throw UsageError(
                "\(option) \"\(text)\" is not a size",
                advice: "Write it as 8M or 8MiB (1024 × 1024 × 8) or 8MB (1000 × 1000 × 8)"
            )
        }
        guard size >= least else {
            throw UsageError("\(option) \(text) is too small", advice: "It must be at least \(least)")
        }
        return size
    }
}
