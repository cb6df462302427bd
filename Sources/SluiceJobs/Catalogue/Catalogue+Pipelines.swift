extension Catalogue {
    static let documents = [
        Shape(
            "pipeline document",
            "A pipeline; datasets and linked services stand beside `properties`, or in files of their own.",
            [
                .text("name", "The pipeline's name").constant,
                .object("properties", "pipeline", "The pipeline").required,
                .list("datasets", .object("dataset document"), "Datasets that activities refer to"),
                .list("linkedServices", .object("linked service document"), "Linked services that these refer to"),
            ] + exported
        ),
        Shape(
            "dataset document",
            "A dataset, in `dataset/NAME.json` or among `datasets`.",
            [
                .text("name", "The dataset's name").required.constant,
                .variant("properties", "dataset", "The dataset").required,
            ] + exported
        ),
        Shape(
            "linked service document",
            "A linked service, in `linkedService/NAME.json` or among `linkedServices`.",
            [
                .text("name", "The linked service's name").required.constant,
                .variant("properties", "linked service", "The linked service").required,
            ] + exported
        ),
    ]

    /// What ADF writes around a resource.
    private static let exported = [
        Property("$schema", .text, "The schema that editors use").withoutEffect("it is for editors"),
        Property("type", .text, "The resource's type").withoutEffect("it is ADF's name of the resource"),
        Property("id", .text, "The resource's identifier").withoutEffect("it is ADF's name of the resource"),
        Property("etag", .text, "The resource's version").withoutEffect("it is ADF's version of the resource"),
    ]

    private static let schedule = "a document is run when it is called; put sluice into a scheduler"

    static let pipelines = [
        Shape(
            "pipeline",
            "Activities and the order they run in.",
            [
                .list("activities", .variant("activity"), "What is done").required,
                Property(
                    "parameters",
                    .map(.object("parameter")),
                    "Values that `--parameter` gives, as `@pipeline().parameters.NAME`"
                ),
                Property("variables", .map(.anything), "Values that activities set").refused(
                    "there are no activities that set variables"
                ),
                Property("concurrency", .integer(1...1000), "Runs at a time").withoutEffect("each call is one run"),
                Property("policy", .anything, "When ADF warns of a long run").withoutEffect("it is for ADF's monitor"),
                Property("lastPublishTime", .text, "When it was published").withoutEffect("it is for people"),
                Property("runDimensions", .anything, "Words to find runs by").withoutEffect("they are for ADF's lists"),
                Property("start", .text, "First version: when its schedule begins").withoutEffect(schedule),
                Property("end", .text, "First version: when its schedule ends").withoutEffect(schedule),
                Property("isPaused", .flag, "First version: whether its schedule rests").withoutEffect(schedule),
                Property("pipelineMode", .text, "First version: how it is scheduled").withoutEffect(schedule),
                Property("hubName", .text, "First version").withoutEffect("it is ADF's own"),
            ] + Property.decoration
        ),
        Shape(
            "parameter",
            "A parameter's declaration.",
            [
                .choice(
                    "type",
                    ["String", "SecureString", "Int", "Float", "Bool", "Array", "Object"],
                    "What values it takes"
                ).required.constant,
                Property("defaultValue", .anything, "Its value where none is given").constant,
            ]
        ),
        Shape(
            "dependency",
            "An activity that must have ended before, and how.",
            [
                .text("activity", "Its name").required.constant,
                .list(
                    "dependencyConditions",
                    .choice(["Succeeded", "Failed", "Completed", "Skipped"]),
                    "How it may have ended: one of these is enough"
                ).required.constant,
            ]
        ),
        Shape(
            "policy",
            "What bounds an activity, and when it is tried again.",
            [
                .duration("timeout", "How long it may take; 12 hours where nothing is said"),
                .integer("retry", 0...1000, "How often it is tried again"),
                .integer(
                    "retryIntervalInSeconds",
                    30...86_400,
                    "Seconds between two attempts; 30 where nothing is said"
                ),
                .flag("secureOutput", "Keep what it puts out from logs and reports"),
                .flag("secureInput", "Keep what it is given from logs and reports"),
                Property("concurrency", .integer(1...10), "First version: slices at a time").withoutEffect(schedule),
                Property("executionPriorityOrder", .text, "First version: which slices come first").withoutEffect(
                    schedule
                ),
                Property("style", .text, "First version: when a slice begins").withoutEffect(schedule),
                Property("delay", .text, "First version: how much later a slice begins").refused(schedule),
                Property("longRetry", .integer(0...10), "First version: a second round of attempts").refused(
                    "give a larger retry"
                ),
                Property("longRetryInterval", .text, "First version").refused("give a larger retry"),
            ]
        ),
    ]

    private static let anyActivity: [Property] =
        [
            .text("name", "The activity's name").required.constant,
            .list("dependsOn", .object("dependency"), "What must have ended before"),
            .object("policy", "policy", "Time and attempts"),
            .choice("state", ["Active", "Inactive"], "Whether it is run").constant,
            .choice("onInactiveMarkAs", ["Succeeded", "Failed", "Skipped"], "How it counts where it is inactive")
                .constant,
            Property("userProperties", .list(.anything), "Words for ADF's monitor").withoutEffect(
                "they are for ADF's monitor"
            ),
            Property("scheduler", .anything, "First version: its schedule").withoutEffect(schedule),
        ] + Property.decoration.prefix(1)

    private static let control =
        "only Copy, Script, Delete and ForEach are run; leave it to ADF, or to the script that calls sluice"

    static let activities = Family("activity", "What a pipeline does.")
        .with(
            "Copy",
            also: ["CopyActivity"],
            "Copies what a source has to a sink.",
            anyActivity + [
                .list("inputs", .reference(.dataset), "The source's dataset: one").required,
                .list("outputs", .reference(.dataset), "The sink's dataset: one").required,
                .object("typeProperties", "copy", "What is copied and how").required,
                Property("linkedServiceName", .reference(.linkedService), "Where it runs").withoutEffect(
                    "it runs here"
                ),
            ]
        )
        .with(
            "Script",
            "Runs statements of SQL in a database.",
            anyActivity + [
                .reference("linkedServiceName", .linkedService, "The database").required,
                .object("typeProperties", "script", "The statements").required,
            ]
        )
        .with(
            "Delete",
            "Deletes files or objects.",
            anyActivity + [
                .object("typeProperties", "delete", "What is deleted").required,
                Property("linkedServiceName", .reference(.linkedService), "Where it runs").withoutEffect(
                    "it runs here"
                ),
            ]
        )
        .with(
            "ForEach",
            "Runs activities for each of several items.",
            anyActivity + [.object("typeProperties", "for each", "Items and activities").required]
        )
        .without(
            [
                "IfCondition", "Switch", "Until", "Wait", "Fail", "Filter", "Lookup", "GetMetadata", "Validation",
                "SetVariable", "AppendVariable",
                "ExecutePipeline", "WebActivity", "WebHook", "ExecuteDataFlow", "ExecuteWranglingDataflow",
            ],
            control
        )
        .without(["SqlServerStoredProcedure"], "call the procedure in a Script activity")
        .without(
            [
                "AzureFunctionActivity", "Custom", "DatabricksNotebook", "DatabricksSparkJar", "DatabricksSparkPython",
                "HDInsightHive", "HDInsightPig",
                "HDInsightMapReduce", "HDInsightSpark", "HDInsightStreaming", "DataLakeAnalyticsU-SQL",
                "AzureMLExecutePipeline",
                "AzureMLBatchExecution", "ExecuteSSISPackage", "DotNetActivity", "SynapseNotebook", "SparkJob",
            ],
            control
        )
}
