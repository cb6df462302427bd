extension Catalogue {
    private static let anyDataset: [Property] =
        [
            .reference("linkedServiceName", .linkedService, "The store").required,
            Property("parameters", .map(.object("parameter")), "Values that a reference gives, as `@dataset().NAME`"),
            Property("schema", .anything, "Columns as ADF has found them").withoutEffect(
                "columns are found in the data"
            ),
            Property("structure", .anything, "First version: columns").withoutEffect("columns are found in the data"),
            Property("availability", .anything, "First version: its schedule").withoutEffect(
                "a document is run when it is called"
            ),
            Property("external", .flag, "First version: whether ADF makes it").withoutEffect(
                "a document is run when it is called"
            ),
            Property("policy", .anything, "First version: what ADF waits for").withoutEffect(
                "a document is run when it is called"
            ),
            Property("published", .flag, "First version").withoutEffect("it is ADF's own"),
        ] + Property.decoration

    private static let location = Property.variant("location", "location", "Where it is").required
    private static let level = Property.choice("compressionLevel", ["Optimal", "Fastest"], "How hard is tried")
    private static let codecs = ["none", "gzip", "lz4", "zstd"]
    private static let codec = Property.choice(
        "compressionCodec",
        codecs,
        "How it is compressed; lz4 and zstd are Sluice's"
    )
    private static let nested = Property.object("compression", "compression", "How it is compressed")
    private static let encoding = Property.text("encodingName", "The text's encoding; UTF-8 where nothing is said")

    private static let text: [Property] = [
        .text("columnDelimiter", "Between columns; a comma where nothing is said"),
        .text("rowDelimiter", "Behind each row; any of CR LF, LF and CR where nothing is said"),
        .text("quoteChar", "Around values; `\"` where nothing is said, empty for none"),
        .text("escapeChar", "In front of a quote within quotes; `\\` where nothing is said"),
        .flag("firstRowAsHeader", "Whether the first row holds the columns' names"),
        .text("nullValue", "What stands for NULL; nothing where nothing is said"),
        encoding,
    ]

    /// The form of the first version, which says the format in the dataset.
    private static let legacy: [Property] = [
        .variant("format", "legacy format", "What the files hold; bytes as they are where nothing is said"),
        nested,
        .moment("modifiedDatetimeStart", "The first time of last change to take"),
        .moment("modifiedDatetimeEnd", "The first time of last change to leave again"),
        Property("partitionedBy", .anything, "First version: names made of a slice's time").refused(
            "slices have no meaning here; use @{formatDateTime(…)}"
        ),
    ]
    private static let bucket: [Property] = [.text("bucketName", "The bucket").required]
    private static let otherFormats = "there are delimited text, JSON, Parquet and bytes as they are"

    static let datasets = Family("dataset", "What data there is, and how it is written.")
        .with("DelimitedText", "Files of delimited text.", anyDataset + [typed("delimited text")])
        .with("Json", "Files of JSON.", anyDataset + [typed("json")])
        .with("Parquet", "Parquet files.", anyDataset + [typed("parquet")])
        .with("Binary", "Files as they are.", anyDataset + [typed("binary")])
        .with(
            "OdbcTable",
            also: ["RelationalTable"],
            "A table of a database.",
            anyDataset + [Property.object("typeProperties", "table", "The table")]
        )
        .with(
            "AzureBlob",
            also: ["AzureBlobDataset"],
            "Azure blobs, in the form of the first version.",
            anyDataset + [typed("blobs")]
        )
        .with(
            "AmazonS3Object",
            also: ["AmazonS3"],
            "Objects of S3, in the form of the first version.",
            anyDataset + [typed("objects")]
        )
        .with("FileShare", "Files of this machine, in the form of the first version.", anyDataset + [typed("files")])
        .with(
            "HttpFile",
            also: ["Http"],
            "What a server answers, in the form of the first version.",
            anyDataset + [typed("answer")]
        )
        .without(["Avro", "Orc", "Excel", "Xml", "Iceberg"], otherFormats)
        .without(
            [
                "AzureSqlTable", "AzureSqlDWTable", "AzureSqlMITable", "SqlServerTable", "OracleTable",
                "PostgreSqlTable", "PostgreSqlV2Table",
                "AzurePostgreSqlTable", "MySqlTable", "AzureMySqlTable", "MariaDBTable", "Db2Table", "TeradataTable",
                "SybaseTable", "SnowflakeTable",
                "SapHanaTable", "InformixTable", "MicrosoftAccessTable",
            ],
            throughODBC
        )

    private static func typed(_ shape: String) -> Property {
        Property.object("typeProperties", shape, "Where it is and how it is written").required
    }

    static let datasetParts =
        mappingShapes + [
            Shape("delimited text", "A DelimitedText dataset's `typeProperties`.", [location] + text + [codec, level]),
            Shape("json", "A Json dataset's `typeProperties`.", [location, encoding, nested]),
            Shape(
                "parquet",
                "A Parquet dataset's `typeProperties`.",
                [
                    location,
                    .choice(
                        "compressionCodec",
                        ["none", "gzip", "snappy", "zstd"],
                        "How its pages are compressed; zstd is Sluice's"
                    ), level,
                ]
            ),
            Shape("binary", "A Binary dataset's `typeProperties`.", [location, nested]),
            Shape(
                "table",
                "An OdbcTable dataset's `typeProperties`.",
                [.text("tableName", "The table; SCHEMA.NAME where need be")]
            ),
            Shape(
                "blobs",
                "An AzureBlob dataset's `typeProperties`.",
                [
                    .text("folderPath", "Container and folder").required,
                    .text("fileName", "The blob's name, or a pattern with `*` and `?`"),
                    Property("tableRootLocation", .text, "First version: a table's root").refused("use folderPath"),
                ] + legacy
            ),
            Shape(
                "objects",
                "An AmazonS3Object dataset's `typeProperties`.",
                bucket + [
                    .text("key", "The object's key, or a pattern with `*` and `?`"),
                    .text("prefix", "What keys begin with"),
                    .text("version", "The object's version"),
                ] + legacy
            ),
            Shape(
                "files",
                "A FileShare dataset's `typeProperties`.",
                [
                    .text("folderPath", "The folder, below the linked service's host"),
                    .text("fileName", "The file's name, or a pattern with `*` and `?`"),
                    .text("fileFilter", "Names of files, with `*` and `?`"),
                ] + legacy
            ),
            Shape(
                "answer",
                "An HttpFile dataset's `typeProperties`.",
                [
                    .text("relativeUrl", "What follows the linked service's address"),
                    .choice("requestMethod", ["GET"], "The request's method"),
                    headers,
                    Property("requestBody", .text, "What a request sends").refused("only GET is sent"),
                ] + legacy.prefix(2)
            ),
            Shape(
                "compression",
                "How files are compressed.",
                [
                    .choice("type", codecs, "The codec; lz4 and zstd are Sluice's").required,
                    .choice("level", ["Optimal", "Fastest"], "How hard is tried"),
                ]
            ),
        ]

    private static let object: [Property] = [
        .text("bucketName", "The bucket").required, .text("folderPath", "The folder"),
        .text("fileName", "The object's name in it"),
        .text("version", "The object's version"),
    ]

    static let locations = Family("location", "Where a dataset's files are.")
        .with(
            "FileServerLocation",
            "Files of this machine.",
            [.text("folderPath", "The folder, below the linked service's host"), .text("fileName", "The file's name")]
        )
        .with(
            "AzureBlobStorageLocation",
            "Azure blobs.",
            [
                .text("container", "The container").required, .text("folderPath", "The folder"),
                .text("fileName", "The blob's name in it"),
            ]
        )
        .with("AmazonS3Location", "Objects of S3.", object)
        .with("AmazonS3CompatibleLocation", "Objects of what speaks S3.", object)
        .with(
            "HttpServerLocation",
            "What a server has.",
            [.text("relativeUrl", "What follows the linked service's address").also("relativeURL")]
        )
        .without(
            [
                "AzureBlobFSLocation", "AzureDataLakeStoreLocation", "AzureFileStorageLocation", "SftpLocation",
                "FtpServerLocation", "HdfsLocation",
                "GoogleCloudStorageLocation", "OracleCloudStorageLocation", "LakeHouseLocation",
            ],
            "there are files of this machine (a share is one that is mounted), HTTPS, Azure Blob, S3 and what speaks it"
        )

    static let legacyFormats = Family("legacy format", "What files hold, in the form of the first version.")
        .with(
            "TextFormat",
            "Delimited text.",
            text + [
                .integer("skipLineCount", 0...1_000_000, "Lines that are passed over before anything is read"),
                Property("treatEmptyAsNull", .flag, "Whether an empty text is NULL").withoutEffect("nullValue says so"),
            ]
        )
        .with(
            "JsonFormat",
            "JSON.",
            [
                .choice("filePattern", ["setOfObjects", "arrayOfObjects"], "An object a line, or one array"), encoding,
                Property("nestingSeparator", .text, "Between names of nested values").refused("nested values are text"),
                Property("jsonNodeReference", .text, "The array whose values become rows").refused(
                    "rows are the document's own objects"
                ),
                Property("jsonPathDefinition", .anything, "Where columns are").refused(
                    "columns are the objects' own names"
                ),
            ]
        )
        .with("ParquetFormat", "Parquet.", [])
        .without(["AvroFormat", "OrcFormat"], otherFormats)
}
