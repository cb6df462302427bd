extension Catalogue {
    static let connections = Property.integer(
        "maxConcurrentConnections",
        1...10_000,
        "Connections to this store at most"
    )
    static let metrics = Property("disableMetricsCollection", .flag, "Whether ADF measures")
        .withoutEffect("nothing is measured but what the report shows")

    private static let tries = [
        Property("sourceRetryCount", .integer(0...1000), "First version: attempts").withoutEffect(
            "each request is tried again by itself"
        ),
        Property("sourceRetryWait", .duration, "First version: time between attempts").withoutEffect(
            "each request is tried again by itself"
        ),
    ]
    static let additionalColumns = Property.list(
        "additionalColumns",
        .object("additional column"),
        "Columns with the same value in every row, or `$$FILEPATH`"
    )
    private static let settings = Property.variant(
        "storeSettings",
        "read settings",
        "Which files, and how they are read"
    )
    private static let format = Property.variant("formatSettings", "read format", "How they are decoded")
    private static let anySource = tries + [connections, metrics]

    static let requestTimeout = Property.duration(
        "requestTimeout",
        "How long a server may send nothing before the request is made again; 1 min where nothing is said"
    )
    static let headers = Property.text("additionalHeaders", "More headers, each on a line: `Name: value`")
    private static let partitions: [Property] = [
        .flag(
            "enablePartitionDiscovery",
            "Whether folders such as `year=2026` become columns of the rows of their files"
        ),
        .text(
            "partitionRootPath",
            "The folder below which they do, as the dataset has folders; the source's own where nothing is said"
        ),
    ]

    static let throughODBC =
        "databases are reached through ODBC: use an Odbc linked service, an OdbcTable dataset, OdbcSource and OdbcSink"
    private static let otherFormats = "there are delimited text, JSON, Parquet and bytes as they are"

    static let copySources = Family("copy source", "What a copy reads.")
        .with("DelimitedTextSource", "Files of delimited text.", [settings, format, additionalColumns] + anySource)
        .with(
            "JsonSource",
            "Files of JSON: an object a line, or an array of them.",
            [settings, format, additionalColumns] + anySource
        )
        .with("ParquetSource", "Parquet files.", [settings, format, additionalColumns] + anySource)
        .with("BinarySource", "Files as they are.", [settings, format] + anySource)
        .with(
            "OdbcSource",
            also: ["RelationalSource"],
            "A table, or what a query gives.",
            [
                .text("query", "The query; the dataset's table where there is none"),
                .duration("queryTimeout", "How long the query may take until its first row").refused(
                    "a query is not limited by itself in this version; the activity's policy has a timeout"
                ),
                additionalColumns,
                .choice(
                    "partitionOption",
                    ["None", "PhysicalPartitionsOfTable", "DynamicRange"],
                    "How a table is read over several connections: the database's own division, or ranges of a column"
                ).also("partitionOptions").own,
                .object("partitionSettings", "partitions", "The column and its bounds").own,
                .object("incrementalSettings", "increment", "What `run --incremental` knows new rows by").own,
            ] + anySource
        )
        .with(
            "BlobSource",
            "Blobs of the dataset's format, in the form of the first version.",
            [
                .flag("recursive", "Whether what is in folders below is taken, too"),
                .integer("skipHeaderLineCount", 0...1_000_000, "Lines that are passed over"),
                Property("treatEmptyAsNull", .flag, "Whether an empty text is NULL").withoutEffect(
                    "the format's nullValue says so"
                ),
            ] + anySource
        )
        .with(
            "FileSystemSource",
            "Files of the dataset's format, in the form of the first version.",
            [.flag("recursive", "Whether what is in folders below is taken, too")] + anySource
        )
        .with(
            "HttpSource",
            "What a server answers, in the form of the first version.",
            [
                Property(
                    "httpRequestTimeout",
                    .duration,
                    "How long a server may send nothing before the request is made again; 1 min where nothing is said"
                )
            ] + anySource
        )
        .without(
            [
                "SqlSource", "SqlServerSource", "AzureSqlSource", "SqlDWSource", "SqlMISource", "OracleSource",
                "PostgreSqlSource",
                "PostgreSqlV2Source", "AzurePostgreSqlSource", "MySqlSource", "AzureMySqlSource", "MariaDBSource",
                "Db2Source", "TeradataSource",
                "SybaseSource", "SnowflakeSource", "SapHanaSource", "InformixSource", "MicrosoftAccessSource",
            ],
            throughODBC
        )
        .without(["AvroSource", "OrcSource", "ExcelSource", "XmlSource"], otherFormats)

    static let tables = [
        Shape(
            "additional column",
            "A column that the source has not.",
            [
                .text("name", "Its name").required,
                .text("value", "Its value; `$$FILEPATH` is the file that a row comes from").required,
            ]
        ),
        Shape(
            "partitions",
            "How a table is divided.",
            [
                .text("partitionColumnName", "The column whose ranges are partitions"),
                .text("partitionLowerBound", "Where the ranges begin").refused(
                    "ranges are cut from a sample of the column, and no row is left out"
                ),
                .text("partitionUpperBound", "Where the ranges end").refused(
                    "ranges are cut from a sample of the column, and no row is left out"
                ),
                .integer("partitionCount", 1...10_000, "How many there are; by the table's size where nothing is said")
                    .own,
            ]
        ),
        Shape(
            "increment",
            "How new rows are known.",
            [
                .text(
                    "watermarkColumnName",
                    "A column of integers, decimals, times or texts that only grows: `run --incremental` takes rows above the value that "
                        + "was the highest the last time, and rows without one the first time only"
                ).required
            ]
        ),
        Shape("upsert", "The rows that are replaced.", [.list("keys", .text, "Columns of a unique key").required]),
    ]

    // MARK: What is read of a store

    private static let files: [Property] =
        [
            .flag("recursive", "Whether what is in folders below is taken, too; true where nothing is said"),
            .text("wildcardFolderPath", "Folders, with `*`, `?` and `^` as escape, instead of the dataset's"),
            .text("wildcardFileName", "Names of files, with `*`, `?` and `^` as escape"),
            .moment("modifiedDatetimeStart", "The first time of last change to take"),
            .moment("modifiedDatetimeEnd", "The first time of last change to leave again"),
            .flag("deleteFilesAfterCompletion", "Remove each file once the sink has confirmed it"),
            connections, metrics,
        ] + partitions
    private static let list = Property.text(
        "fileListPath",
        "A file of the same store that names those to take, one a line, each relative to the dataset's folder"
    )
    private static let prefix = Property.text("prefix", "What names begin with")
    private static let otherStores =
        "there are files of this machine (a share is one that is mounted), HTTPS, Azure Blob, S3 and what speaks it"

    static let readSettings = Family("read settings", "Which files of a store are taken.")
        .with(
            "FileServerReadSettings",
            "Files of this machine.",
            files + [list, .text("fileFilter", "Names of files, with `*` and `?`: the older form")]
        )
        .with("AzureBlobStorageReadSettings", "Azure blobs.", files + [list, prefix])
        .with("AmazonS3ReadSettings", "Objects of S3.", files + [list, prefix])
        .with("AmazonS3CompatibleReadSettings", "Objects of what speaks S3.", files + [list, prefix])
        .with(
            "HttpReadSettings",
            also: ["HttpServerReadSettings"],
            "What a server answers.",
            [
                .choice("requestMethod", ["GET"], "The request's method"),
                headers,
                Property("requestBody", .text, "What a request sends").refused("only GET is sent"),
                requestTimeout.also("httpRequestTimeout"),
                list.own, connections, metrics,
            ] + partitions
        )
        .without(
            [
                "AzureBlobFSReadSettings", "AzureDataLakeStoreReadSettings", "AzureFileStorageReadSettings",
                "SftpReadSettings", "FtpReadSettings",
                "HdfsReadSettings", "OracleCloudStorageReadSettings", "LakeHouseReadSettings",
            ],
            otherStores
        )
        .without(["GoogleCloudStorageReadSettings"], "reach it as S3, by AmazonS3CompatibleReadSettings")

    private static let archives = Property("compressionProperties", .anything, "How archives are read")
        .refused("archives (zip, tar) are not taken apart")

    static let readFormats = Family("read format", "How files are decoded.")
        .with(
            "DelimitedTextReadSettings",
            "Delimited text.",
            [.integer("skipLineCount", 0...1_000_000, "Lines that are passed over before anything is read"), archives]
        )
        .with("JsonReadSettings", "JSON.", [archives])
        .with("ParquetReadSettings", "Parquet.", [archives])
        .with("BinaryReadSettings", "Bytes.", [archives])
}
