extension Catalogue {
    private static let batches: [Property] = [
        .integer("writeBatchSize", 0...1_000_000, "Rows of a transaction; 10,000 where nothing or 0 is said"),
        .duration("writeBatchTimeout", "How long one may take"),
    ]
    private static let tries = [
        Property("sinkRetryCount", .integer(0...1000), "First version: attempts").withoutEffect(
            "each request is tried again by itself"
        ),
        Property("sinkRetryWait", .duration, "First version: time between attempts").withoutEffect(
            "each request is tried again by itself"
        ),
    ]
    private static let settings = Property.variant("storeSettings", "write settings", "How files are written")
    private static let format = Property.variant("formatSettings", "write format", "How rows become files")
    private static let anySink = tries + [connections, metrics]
    private static let behaviors = ["PreserveHierarchy", "FlattenHierarchy", "MergeFiles"]
    private static let behavior = Property.choice("copyBehavior", behaviors, "What becomes of folders")
    private static let shapes = Property.choice(
        "filePattern",
        ["setOfObjects", "arrayOfObjects"],
        "An object a line, or one array"
    )
    private static let metadata = Property.list(
        "metadata",
        .object("metadata pair"),
        "Pairs that each object gets, over those that it keeps"
    )

    static let pairs = [
        Shape(
            "metadata pair",
            "What an object has beside its bytes.",
            [
                .text("name", "Its name").required,
                .text("value", "Its value; `$$LASTMODIFIED` is the source's time of last change").required,
            ]
        )
    ]

    static let copySinks = Family("copy sink", "What a copy writes.")
        .with(
            "DelimitedTextSink",
            "Files of delimited text.",
            [settings, format] + batches.map { $0.withoutEffect("files have no transactions") } + anySink
        )
        .with("JsonSink", "Files of JSON.", [settings, format, shapes] + anySink)
        .with("ParquetSink", "Parquet files.", [settings, format] + anySink)
        .with("BinarySink", "Files as they are.", [settings] + anySink)
        .with(
            "OdbcSink",
            "A table.",
            batches + [
                .text("preCopyScript", "A statement that runs before the first row"),
                .choice("tableOption", ["none", "autoCreate"], "Whether the table is made where there is none").own,
                .choice("writeBehavior", ["Insert", "Upsert"], "Whether a row replaces the one that has its key").own,
                .object("upsertSettings", "upsert", "The key").own,
            ] + anySink
        )
        .with(
            "BlobSink",
            "Blobs of the dataset's format, in the form of the first version.",
            [
                behavior, metadata,
                .flag("blobWriterAddHeader", "Whether the first row holds the columns' names"),
                Property("blobWriterOverwriteFiles", .flag, "Whether what stands there is replaced").withoutEffect(
                    "it is, once the new object is whole"
                ),
                Property("blobWriterDateTimeFormat", .text, "How times are written").refused(
                    "times are written in ISO 8601"
                ),
            ] + batches.map { $0.withoutEffect("files have no transactions") } + anySink
        )
        .with(
            "FileSystemSink",
            "Files of the dataset's format, in the form of the first version.",
            [behavior] + batches.map { $0.withoutEffect("files have no transactions") } + anySink
        )
        .without(
            [
                "SqlSink", "SqlServerSink", "AzureSqlSink", "SqlDWSink", "SqlMISink", "OracleSink",
                "AzurePostgreSqlSink", "AzureMySqlSink",
                "SnowflakeSink", "SapHanaSink", "InformixSink", "MicrosoftAccessSink",
            ],
            throughODBC
        )
        .without(["AvroSink", "OrcSink"], "there are delimited text, JSON, Parquet and bytes as they are")

    private static let blocks = Property.integer(
        "blockSizeInMB",
        4...100,
        "MiB of one block; chosen from the object's size where nothing is said"
    )

    static let writeSettings = Family("write settings", "How files are written into a store.")
        .with("FileServerWriteSettings", "Files of this machine.", [behavior, connections, metrics])
        .with("AzureBlobStorageWriteSettings", "Azure blobs.", [behavior, blocks, metadata, connections, metrics])
        .with(
            "AmazonS3WriteSettings",
            "Objects of S3: ADF has them as a source only.",
            [behavior, blocks, metadata, connections, metrics].map(\.own)
        )
        .with(
            "AmazonS3CompatibleWriteSettings",
            "Objects of what speaks S3: ADF has them as a source only.",
            [behavior, blocks, metadata, connections, metrics].map(\.own)
        )
        .with(
            "HttpWriteSettings",
            "What is put to a server: ADF has it as a source only.",
            [
                behavior, headers, requestTimeout,
                connections, metrics,
            ].map(
                \.own
            )
        )
        .without(
            [
                "AzureBlobFSWriteSettings", "AzureDataLakeStoreWriteSettings", "AzureFileStorageWriteSettings",
                "SftpWriteSettings", "LakeHouseWriteSettings",
            ],
            "there are files of this machine (a share is one that is mounted), HTTPS, Azure Blob, S3 and what speaks it"
        )

    private static let pieces: [Property] = [
        .integer(
            "maxRowsPerFile",
            1...Int.max,
            "Rows of a file at most: a table, or each partition of it, becomes several; not for rows that come from files"
        ),
        .text("fileNamePrefix", "What names begin with of the several files that a table becomes"),
    ]

    static let writeFormats = Family("write format", "How rows become files.")
        .with(
            "DelimitedTextWriteSettings",
            "Delimited text.",
            [
                .flag("quoteAllText", "Whether every value is quoted"),
                .text("fileExtension", "What the name of a table's file ends with, where the dataset names none"),
            ] + pieces
        )
        .with("JsonWriteSettings", "JSON.", [shapes])
        .with("ParquetWriteSettings", "Parquet.", pieces)

    // MARK: Columns

    private static let column: [Property] = [
        .text("name", "The column's name"),
        .integer("ordinal", 1...100_000, "Its place, from 1 on, where the text has no header"),
        .text("path", "Its place in an object of JSON: `$['name']`"),
        Property("type", .text, "Its type in ADF").withoutEffect("types are the source's and the table's own"),
        Property("physicalType", .text, "Its type in the store").withoutEffect(
            "types are the source's and the table's own"
        ),
        Property("length", .anything, "Its length").withoutEffect("what is too long is a bad row"),
        Property("precision", .anything, "Its digits").withoutEffect("a digit too many is a bad row"),
        Property("scale", .anything, "Its digits behind the point").withoutEffect("a digit too many is a bad row"),
        Property("format", .text, "How its times are written").refused("times are read and written in ISO 8601"),
        Property("culture", .text, "How its numbers are written").refused(
            "numbers are read and written without a culture"
        ),
    ]

    static let mappingShapes = [
        Shape(
            "mapping",
            "A column of the source and the sink's column that it goes into.",
            [
                .object("source", "mapped column", "In the source").required,
                .object("sink", "mapped column", "In the sink").required,
            ]
        ),
        Shape("mapped column", "A column.", column),
        Shape(
            "type conversion",
            "What values may become.",
            [
                .flag(
                    "allowDataTruncation",
                    "Whether a value may lose what does not fit; an error where nothing is said"
                ),
                Property("treatBooleanAsNumber", .flag, "Whether true is 1 where a number is wanted").refused(
                    "a truth is no number in this version; convert it in the query"
                ),
                Property("dateTimeFormat", .text, "How times are written").refused(
                    "times are read and written in ISO 8601"
                ),
                Property("dateTimeOffsetFormat", .text, "How times with a zone are written").refused(
                    "times are read and written in ISO 8601"
                ),
                Property("timeSpanFormat", .text, "How durations are written").refused(
                    "durations are read and written as the database has them"
                ),
                Property("culture", .text, "How numbers are written").refused(
                    "numbers are read and written without a culture"
                ),
            ]
        ),
    ]

    static let translators = Family("translator", "Which column goes where; by name without one.")
        .with(
            "TabularTranslator",
            "Columns of rows.",
            [
                .list("mappings", .object("mapping"), "Each column that is copied"),
                Property("columnMappings", .anything, "The same in its older form: `a: b, c: d`, or an object").also(
                    "columnMapping"
                ),
                Property(
                    "schemaMapping",
                    .map(.text),
                    "The same in another older form: a column, and its path in objects"
                ),
                Property("collectionReference", .text, "The array within each object whose values become rows").refused(
                    "rows are the document's own objects"
                ),
                Property("mapComplexValuesToString", .flag, "Whether nested values become text").withoutEffect(
                    "they do"
                ),
                Property("typeConversion", .flag, "Whether values are converted").withoutEffect(
                    "they are, as far as it is exact"
                ),
                .object("typeConversionSettings", "type conversion", "What they may become"),
            ]
        )
}
