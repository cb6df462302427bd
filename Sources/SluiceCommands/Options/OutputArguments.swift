internal import ArgumentParser

/// What a run tells while it goes and when it has ended. Progress and messages go to standard error only.
struct OutputArguments: ParsableArguments {
    enum ProgressMode: String, CaseIterable, ExpressibleByArgument {
        case auto, bar, plain, json, none
    }

    @Option(
        help: .init("How progress is shown; auto is a bar on a terminal and plain lines elsewhere.", valueName: "mode")
    )
    var progress = ProgressMode.auto

    @Flag(name: .shortAndLong, help: "Show neither progress nor the summary, only errors.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Tell of each item.")
    var verbose = false

    @Option(help: .init("How messages are written.", valueName: "format"))
    var logFormat = LogFormat.text

    @Option(help: .init("Write messages to this file too, with each item.", valueName: "file"), completion: .file())
    var logFile: String?

    @Option(
        help: .init("Write the run report as JSON to this file, or to standard output (-).", valueName: "file"),
        completion: .file()
    )
    var report: String?

    @Option(help: .init("Write a line of JSON for each item to this file.", valueName: "file"), completion: .file())
    var manifest: String?

    func validate() throws {
        if quiet, verbose { throw ValidationError("--quiet and --verbose exclude each other") }
        for (name, value) in [("--report", report), ("--manifest", manifest), ("--log-file", logFile)] {
            guard let value else { continue }
            if value.isEmpty { throw ValidationError("\(name) names no file") }
            if value.contains("://") {
                throw ValidationError("\(name) at a location is not in this version: give a file")
            }
        }
    }
}
