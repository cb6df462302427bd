import FoundationEssentials
import Glibc
import SluiceTestSupport

/// A job document of Fixtures/jobs, run by the program as users start it.
struct JobUnderTest {
    let directory: TemporaryDirectory
    private let document: String

    /// - Parameters:
    ///   - name: the document's, below Fixtures/jobs; with one of ADF's Git folders all that is beside it is taken.
    ///   - changes: texts that are replaced wherever they stand.
    ///   - isSecret: whether nobody else may read the documents.
    init(_ name: String, _ changes: [(String, String)] = [], isSecret: Bool = false) throws {
        directory = try TemporaryDirectory()
        let whole = name.split(separator: "/").count > 1
        let from = Project.root + "/Fixtures/jobs/" + (whole ? String(name.split(separator: "/")[0]) : name)
        let status = try Command.run(["cp", "-r", from, directory.path + "/"]).status
        precondition(status == 0)
        document = directory.path + "/" + name
        let files = try Command.run(["find", directory.path, "-name", "*.json"]).output
        for file in String(decoding: files, as: UTF8.self).split(separator: "\n").map(String.init) {
            var text = try String(contentsOfFile: file, encoding: .utf8)
            for (old, new) in changes { text = text.replacing(old, with: new) }
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            chmod(file, isSecret ? 0o600 : 0o644)
        }
    }

    /// Makes a folder in its directory, with those above it.
    func makeFolder(_ name: String) throws {
        let status = try Command.run(["mkdir", "-p", directory.path + "/" + name]).status
        guard status == 0 else { throw SystemCallError(call: "mkdir \(name)", code: status) }
    }

    struct Ending {
        let status: Int32
        let output: JobOutputText?
        let errors: String
    }

    /// Runs it to its end.
    func run(_ parameters: [String: String], _ options: [String] = [], environment: [String: String]) throws -> Ending {
        let variables = environment.merging(["XDG_STATE_HOME": directory.path + "/state"]) { first, _ in first }
        let words =
            ["env"] + variables.map { "\($0.key)=\($0.value)" } + [sluiceProgram, "run", document]
            + parameters.flatMap { ["--parameter", "\($0.key)=\($0.value)"] } + options
        let errors = directory.path + "/errors"
        unlink(errors)
        let ended = try Command.run(words, errors: errors)
        return Ending(
            status: ended.status,
            output: try? JSONDecoder().decode(JobOutputText.self, from: Data(ended.output)),
            errors: (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
        )
    }
}

/// What a job puts out, as far as tests look at it.
struct JobOutputText: Decodable {
    struct Activity: Decodable {
        struct Output: Decodable {
            let rowsRead: Int?
            let rowsCopied: Int?
            let rowsSkipped: Int?
            let filesRead: Int?
            let filesWritten: Int?
            let filesDeleted: Int?
            let resultSetCount: Int?
            let dataConsistencyVerification: [String: String]?
        }

        struct Failure: Decodable {
            let errorCode: String
            let message: String
        }

        let activityName: String
        let status: String
        let item: Int?
        let output: Output
        let error: Failure?
    }

    let status: String
    let activities: [Activity]

    /// `NAME status`, of all that ended, in the order of their names.
    var endings: [String] { activities.map { "\($0.activityName) \($0.status)" }.sorted() }

    subscript(_ name: String) -> Activity? { activities.first { $0.activityName == name } }
}
