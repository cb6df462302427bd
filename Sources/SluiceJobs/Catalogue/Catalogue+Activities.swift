extension Catalogue {
    private static let logLevel: [Property] = [
        .choice(
            "logLevel",
            ["Info", "Warning"],
            "Whether all files are told, or what was skipped; Warning where nothing is said"
        ),
        .flag(
            "enableReliableLogging",
            "Whether a file's lines are in the store before its thread goes on; else they are brought there every few seconds"
        ),
    ]

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
                .object("logSettings", "log settings", "The log of what was skipped, or of everything"),
                .object("logStorageSettings", "log storage settings", "The same in its older form"),
            ]
        ),
        Shape(
            "log settings",
            "The log of a copy: `<path>/copyactivity-logs/<activity>/<run>/<GUID>.txt`, where it grows beyond 1 MiB in a store "
                + "going on in `<GUID>-2.txt`.",
            [
                .flag("enableCopyActivityLog", "Whether there is one; true where nothing is said"),
                .object("copyActivityLogSettings", "log level", "What is told, and when"),
                .object("logLocationSettings", "log location", "Where it is kept").required,
            ]
        ),
        Shape("log level", "What a log tells, and when.", logLevel),
        Shape(
            "log storage settings",
            "The log of a copy in its older form.",
            [
                .reference("linkedServiceName", .linkedService, "The store").required,
                .text("path", "Container or bucket and folder, or a directory").required,
            ] + logLevel
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
                .flag(
                    "dataInconsistency",
                    "It changed while it was read, or what arrived differs from it; nothing of it is left at the sink"
                ),
                .flag("invalidFileName", "The sink can't hold an object of its name"),
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
                .flag(
                    "enableLogging",
                    "Whether a log of what was deleted is kept: `<path>/<activity>/<run>/<GUID>.txt`"
                ),
                .object("logStorageSettings", "log storage settings", "Where it is kept; what is told is all"),
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
