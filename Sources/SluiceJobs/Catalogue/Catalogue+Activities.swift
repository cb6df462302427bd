extension Catalogue {
    private static let noLog =
        "logs in stores are not in this version; leave it out, and have messages written by --log-file"

    static let copies = [
        Shape(
            "copy",
            "A copy activity's `typeProperties`.",
            [
                .variant("source", "copy source", "What is read").required,
                .variant("sink", "copy sink", "What is written").required,
                .variant("translator", "translator", "Which column goes where"),
                .flag("enableStaging", "Whether the copy goes by way of a staging store"),
                .object("stagingSettings", "staging", "The staging store"),
                .integer(
                    "parallelCopies",
                    1...10_000,
                    "Connections to the sink at most; found out where nothing is said"
                ),
                Property("dataIntegrationUnits", .anything, "Power that ADF rents").withoutEffect(
                    "this machine has what it has"
                ),
                Property("cloudDataMovementUnits", .anything, "First version: power that ADF rents").withoutEffect(
                    "this machine has what it has"
                ),
                .flag(
                    "enableSkipIncompatibleRow",
                    "Skip rows that can't be converted or are refused, rather than fail"
                ),
                .object("redirectIncompatibleRowSettings", "log location", "Where skipped rows are kept"),
                .object("skipErrorFile", "skipped files", "Files that are skipped, rather than fail the copy"),
                .flag(
                    "validateDataConsistency",
                    "Read everything back and compare; digests of blocks are checked in any case"
                ),
                .list(
                    "preserve",
                    .choice(["Attributes", "Mode", "Owner", "Times"]),
                    "What files keep: ADF has Attributes; permissions, owner and times of files are Sluice's"
                ),
                Property("preserveRules", .anything, "Access rules that files keep").refused(
                    "rules of access are not copied"
                ),
                Property("logSettings", .anything, "The log of what was skipped, or of everything").refused(noLog),
                Property("logStorageSettings", .anything, "The same in its older form").refused(noLog),
            ]
        ),
        Shape(
            "staging",
            "The store that a staged copy goes by.",
            [
                .reference("linkedServiceName", .linkedService, "The store").required,
                .text("path", "Container or bucket and folder, or a directory").required,
                .flag("enableCompression", "Whether what is staged is compressed"),
                .text("loadStatement", "The statement by which the sink's database fetches staged objects itself").own,
            ]
        ),
        Shape(
            "skipped files",
            "Each is a reason for which a file may be skipped.",
            [
                .flag("fileMissing", "It vanished after it was listed; true where nothing is said"),
                .flag("fileForbidden", "It may not be read"),
                Property("dataInconsistency", .flag, "What arrived differs").refused(
                    "an object that differs is a fault, and fails the copy"
                ),
                Property("invalidFileName", .flag, "The sink can't hold an object of its name").refused(
                    "a name that the sink can't hold fails the copy once all else is there"
                ),
            ]
        ),
        Shape(
            "log location",
            "A place for logs and skipped rows.",
            [
                .reference("linkedServiceName", .linkedService, "The store").required,
                .text("path", "Container or bucket and folder, or a directory").required,
            ]
        ),
    ]

    static let scripts = [
        Shape(
            "script",
            "A Script activity's `typeProperties`.",
            [
                .list("scripts", .object("script block"), "The statements, in their order").required,
                Property("scriptReference", .anything, "A script in a store").refused("give its text among scripts"),
                .duration("scriptBlockExecutionTimeout", "How long each block may take"),
                Property("logSettings", .anything, "Where what databases print goes").refused(
                    "databases' prints are not logged"
                ),
                Property("returnMultistatementResult", .flag, "Whether all results are put out").withoutEffect(
                    "all are"
                ),
                Property("treatDecimalAsString", .flag, "Whether decimals are put out as texts").withoutEffect(
                    "they are written digit by digit"
                ),
            ]
        ),
        Shape(
            "script block",
            "Statements that run together.",
            [
                .text("text", "The statements").required,
                .choice(
                    "type",
                    ["Query", "NonQuery"],
                    "Whether rows are put out, or their number; Query where nothing is said"
                ),
                Property("parameters", .list(.anything), "Values for the statement").refused(
                    "write them into the text: @{…}"
                ),
            ]
        ),
        Shape(
            "delete",
            "A Delete activity's `typeProperties`.",
            [
                .reference("dataset", .dataset, "What is deleted").required,
                .variant("storeSettings", "read settings", "Which of its files"),
                .flag(
                    "recursive",
                    "Whether what is in folders below goes, too; storeSettings has it in newer documents"
                ),
                .integer("maxConcurrentConnections", 1...10_000, "Connections at most"),
                Property("enableLogging", .flag, "Whether a log of what was deleted is kept").refused(noLog),
                Property("logStorageSettings", .object("log location"), "Where it is kept").withoutEffect(
                    "there is no log to be kept"
                ),
            ]
        ),
        Shape(
            "for each",
            "A ForEach activity's `typeProperties`.",
            [
                Property("items", .list(.anything), "An array, as an expression: `@pipeline().parameters.files`")
                    .required,
                .list(
                    "activities",
                    .variant("activity"),
                    "What is done for each: Copy, Script and Delete; `@item()` is the item"
                ).required,
                .flag("isSequential", "Whether one comes after another"),
                .integer("batchCount", 1...50, "How many are under way at a time; 20 where nothing is said"),
            ]
        ),
    ]
}
