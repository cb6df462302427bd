internal import ArgumentParser
internal import SluiceCore
internal import SluiceEngine
internal import SluiceJobs

/// `sluice run`.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Check a job document of Azure Data Factory's shape, and show what it would do.",
        discussion: """
            The document is a pipeline, or one copy activity, with its datasets and linked services in it or in dataset/ and \
            linkedService/ beside it, as ADF's Git folders have them. This version carries out none: it checks them (--check) and \
            shows what they would do (--dry-run).
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

    func run() throws {
        guard check != dryRun else {
            if check { throw UsageError("--check and --dry-run exclude each other", advice: "--dry-run checks, too") }
            throw UsageError("running a job is not in this version", advice: "Give --check or --dry-run")
        }
        let given = try values()
        let documents = try Job.load(job, given: Set(given.keys), read: JobFile.read)
        if check {
            for note in documents.notes { StandardOutput.write("\(note)\n") }
            let count = documents.activities.count
            StandardOutput.write("\(job): nothing is wrong with \(count) \(count == 1 ? "activity" : "activities")\n")
        } else {
            let start = Timestamp.now
            let run = JobRun(identifier: "\(RunIdentifier(start: start))", pipeline: documents.name, start: start) {
                Timestamp.now
            }
            let planner = try JobPlanner(documents, given: try withSecrets(given, documents), run: run)
            StandardOutput.write(try planner.words(activity: activity).joined(separator: "\n") + "\n")
        }
    }

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
