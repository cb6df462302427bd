internal import ArgumentParser
internal import SluiceCodecs
internal import SluiceCore
internal import SluiceEngine

/// Where a copy lies on its way.
struct StagingArguments: ParsableArguments {
    @Option(
        help: .init(
            "A folder of a blob store, or a directory, by way of which the copy goes.",
            discussion: """
                What is staged whole is taken on to the sink at once, in a folder of the run's own, which is gone at the end. A \
                table is staged as text, in objects that each go in whole and once.
                """,
            valueName: "location"
        ),
        completion: .directory
    )
    var staging: String?

    @Option(help: .init("The staging store's service, if not the public cloud's.", valueName: "url"))
    var stagingEndpoint: String?

    @Option(
        help: .init(
            "Compress what is staged: gzip, lz4 or zstd, with :LEVEL if you like, or none.",
            valueName: "codec"
        ),
        completion: .list(["gzip", "lz4", "zstd", "none"])
    )
    var stagingCompress: String?

    @Option(help: .init("Bytes that may lie in the staging store at a time, as in 20GiB.", valueName: "size"))
    var stagingLimit: String?

    @Option(
        help: .init(
            "The statement by which the sink's database loads each staged object itself.",
            discussion: """
                {address} in it is the object's, with a credential of six hours where the store signs addresses; {bare-address}, \
                {credential}, {name} and {table} stand for what they say, {{ and }} for braces.
                """,
            valueName: "sql"
        )
    )
    var loadStatement: String?

    @Flag(help: "Leave what is staged where it is.")
    var keepStaging = false

    /// What goes by the staging store; nil for a direct copy.
    func options(_ connection: ConnectionArguments) throws -> StagingOptions? {
        guard let staging else {
            let others = [
                (stagingEndpoint != nil, "--staging-endpoint"), (stagingCompress != nil, "--staging-compress"),
                (stagingLimit != nil, "--staging-limit"), (keepStaging, "--keep-staging"),
                (loadStatement != nil, "--load-statement"),
            ]
            guard let other = others.first(where: \.0)?.1 else { return nil }
            throw UsageError("\(other) is for copies by way of a staging store", advice: "Name one with --staging")
        }
        var options = StagingOptions(location: try Location(parsing: staging))
        options.connection = try connection.options(endpoint: stagingEndpoint, of: "--staging-endpoint")
        if stagingEndpoint != nil, !options.location.isContainer {
            throw UsageError(
                "--staging-endpoint names the service of s3:// and az://, and the staging store is \"\(options.location)\"",
                advice: "Leave --staging-endpoint out"
            )
        }
        options.codec = try codec(named: stagingCompress ?? "gzip")
        options.keeps = keepStaging
        options.statement = try loadStatement.map { try LoadStatement($0) }
        options.limit = try stagingLimit.map {
            try CopyArguments.size($0, of: "--staging-limit", atLeast: .mebibytes(1))
        }
        return options
    }
}
