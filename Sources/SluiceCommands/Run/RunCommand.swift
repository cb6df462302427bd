internal import ArgumentParser
internal import Glibc
internal import SluiceCore
internal import SluiceEngine
internal import SluiceJobs

/// `sluice run`.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a job document of Azure Data Factory's shape.",
        discussion: """
            The document is a pipeline, or one copy activity, with its datasets and linked services in it or in dataset/ and \
            linkedService/ beside it, as ADF's Git folders have them. Activities run in the order of their dependencies, each with \
            its timeout and its attempts. What came of them goes to standard output, or to --report, in the shape that ADF has \
            for it. Staged copies are not in this version.
            """
    )

    @Argument(help: .init("The document.", valueName: "job.json"), completion: .file(extensions: ["json"]))
    var job: String

    @Option(help: .init("Take this activity alone, whatever it waits for.", valueName: "name"))
    var activity: String?

    @Option(
        parsing: .singleValue,
        help: .init(
            "Give a parameter of the pipeline its value; repeatable.",
            discussion: """
                Arrays and objects are written as JSON. A secret is given by the environment, as SLUICE_PARAMETER_NAME, where \
                neither ps nor the shell's history shows it.
                """,
            valueName: "name=value"
        )
    )
    var parameter: [String] = []

    @Flag(help: "Tell all that is wrong in the documents, and what in them has no effect.")
    var check = false

    @Flag(help: "Show what would be done, in words, and do nothing.")
    var dryRun = false

    @Flag(
        help: .init(
            "Copy what has come since the last time that this was given.",
            discussion: """
                Of a table the rows above the highest value that the column of its source's incrementalSettings had then; of files \
                those that were changed since that run began. A copy that fails or is killed is made again from where it began.
                """
        )
    )
    var incremental = false

    @Option(help: .init("Bound on everything buffered, by all copies at a time.", valueName: "size"))
    var memory = "256MiB"

    @OptionGroup(title: "Connections") var connection: ConnectionArguments
    @OptionGroup(title: "Output") var output: OutputArguments

    func run() throws {
        guard !check || !dryRun else {
            throw UsageError("--check and --dry-run exclude each other", advice: "--dry-run checks, too")
        }
        let given = try values()
        let documents = try Job.load(job, given: Set(given.keys), read: JobFile.read)
        if check {
            for note in documents.notes { StandardOutput.write("\(note)\n") }
            let count = documents.activities.count
            StandardOutput.write("\(job): nothing is wrong with \(count) \(count == 1 ? "activity" : "activities")\n")
            return
        }
        let start = Timestamp.now
        let identifier = "\(RunIdentifier(start: start))"
        let run = JobRun(identifier: identifier, pipeline: documents.name, start: start) { Timestamp.now }
        let planner = try JobPlanner(documents, given: try withSecrets(given, documents), run: run)
        let words = try planner.words(activity: activity)
        if dryRun { return StandardOutput.write(words.joined(separator: "\n") + "\n") }
        throw ExitCode(try carryOut(planner))
    }

    // MARK: Running

    /// Carries the job out; the exit code.
    private func carryOut(_ planner: JobPlanner) throws -> Int32 {
        guard output.manifest == nil, ![.bar, .plain, .json].contains(output.progress) else {
            throw UsageError(
                "--manifest and --progress are of one copy, and a job may have many",
                advice: "Leave them out"
            )
        }
        if let report = output.report { try WholeFile.check(report) }
        let activities = planner.job.activities.filter { activity == nil || $0.name == activity }
        let settings = JobSettings(
            job: job,
            connection: try connection.options(endpoint: nil, of: ""),
            memory: try CopyArguments.size(memory, of: "--memory", atLeast: JobWidth.least),
            environment: ProcessEnvironment.variables,
            run: planner.run,
            isIncremental: incremental,
            runtime: RunCommand.host
        )
        let width = try JobWidth(planner, activities, settings)
        let log = try Log(format: output.logFormat, threshold: output.threshold, file: output.logFile)
        let increments = incremental ? try JobIncrements(planner.run, settings.environment) : nil
        let session = JobSession(planner, settings.sharing(width), log, width: width.copies, increments)
        let ended = session.run(activity == nil ? activities : activities.map(\.alone))
        var code = ended.exitCode
        do {
            try WholeFile.write(Array(ended.output.json.utf8), to: output.report ?? "-")
            try log.finish()
        } catch {
            log.error(SluiceCore.failure(from: error))
            if code == 0 { code = RunOutcome.failed.exitCode }
        }
        // Threads may still hang in what gives nothing; exit(3) would take libraries from under them.
        if ended.output.status == .cancelled { _exit(code) }
        return code
    }

    /// This machine's name.
    private static var host: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return Program.name }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    // MARK: Parameters

    /// The parameters of the command line.
    private func values() throws -> [String: String] {
        var values: [String: String] = [:]
        for text in parameter {
            guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
                throw UsageError("--parameter \"\(text)\" has no name with = behind it")
            }
            let name = String(text[..<sign])
            guard values.updateValue(String(text[sign...].dropFirst()), forKey: name) == nil else {
                throw UsageError("--parameter \(name) is given twice", advice: "Leave one of them out")
            }
        }
        return values
    }

    /// The same with secrets from the environment, of which none may be on the command line.
    private func withSecrets(_ given: [String: String], _ job: Job) throws -> [String: String] {
        var values = given
        let environment = ProcessEnvironment.variables
        for parameter in job.parameters where parameter.type == "SecureString" {
            let variable = "SLUICE_PARAMETER_" + parameter.name
            if given[parameter.name] != nil {
                throw UsageError(
                    "the parameter \"\(parameter.name)\" is a secret, and the command line shows it to everyone",
                    advice: "Set \(variable) instead"
                )
            }
            if let value = environment[variable] { values[parameter.name] = value }
        }
        return values
    }
}
