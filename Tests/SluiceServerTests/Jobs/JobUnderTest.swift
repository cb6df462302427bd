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

    /// A document that is only here.
    init(_ text: String) throws {
        directory = try TemporaryDirectory()
        document = try directory.write("job.json", Array(text.utf8))
        chmod(document, 0o600)
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

    /// The command that runs it.
    func words(_ parameters: [String: String] = [:], _ options: [String] = [], _ environment: [String: String] = [:])
        -> [String]
    {
        let variables = environment.merging(["XDG_STATE_HOME": directory.path + "/state"]) { first, _ in first }
        return ["env"] + variables.map { "\($0.key)=\($0.value)" } + [sluiceProgram, "run", document]
            + parameters.flatMap { ["--parameter", "\($0.key)=\($0.value)"] } + options
    }

    /// Runs it to its end.
    func run(_ parameters: [String: String], _ options: [String] = [], environment: [String: String]) throws -> Ending {
        let words = words(parameters, options, environment)
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

extension JobUnderTest {
    /// A run that is under way, which this process may end.
    final class Begun {
        private let process: pid_t

        fileprivate init(_ process: pid_t) { self.process = process }

        var hasEnded: Bool { Glibc.kill(process, 0) != 0 }

        /// Sends a signal, and waits until the process is gone: two minutes at most.
        func kill(_ signal: Int32 = SIGKILL) {
            Glibc.kill(process, signal)
            for _ in 0..<12_000 {
                if hasEnded { return }
                usleep(10_000)
            }
        }

        /// The same as soon as something has come about, or after two minutes.
        func kill(_ signal: Int32 = SIGKILL, once isTime: () throws -> Bool) rethrows {
            let end = ContinuousClock.now + .seconds(120)
            while try !isTime(), !hasEnded, ContinuousClock.now < end { usleep(5000) }
            kill(signal)
        }
    }

    /// What came of one that was begun: its exit code, and what it put out.
    func ending() throws -> (code: Int32?, output: JobOutputText?) {
        let end = ContinuousClock.now + .seconds(60)
        var code: Int32?
        // The shell that waits for it writes the code down a moment later.
        while code == nil, ContinuousClock.now < end {
            code = (try? directory.read("code")).flatMap {
                Int32(String(decoding: $0, as: UTF8.self).filter(\.isNumber))
            }
            usleep(5000)
        }
        return (code, try? JSONDecoder().decode(JobOutputText.self, from: Data(try directory.read("out"))))
    }

    /// Begins to run it; what it says goes to `out` and `errors` in its directory, and its exit code to `code`.
    func start(_ options: [String] = [], _ environment: [String: String] = [:]) throws -> Begun {
        // A shell that has gone leaves it to init, which waits for it.
        let script = #"d=$1; shift; ( "$@" > "$d/out" 2> "$d/errors" & echo $!; wait $!; echo $? > "$d/code" ) "#
        let begin =
            #"s=$1; shift; setsid bash -c "$s" bash "$@" > "$1/pid" 2> /dev/null & for n in $(seq 2000); do test -s "$1/pid" && break; sleep 0.01; done; cat "$1/pid""#
        let begun = try Command.run(
            ["bash", "-c", begin, "bash", script, directory.path] + words([:], options, environment)
        )
        let text = String(decoding: begun.output, as: UTF8.self).filter(\.isNumber)
        guard let process = pid_t(text) else { throw SystemCallError(call: "start: \(text)", code: 0) }
        return Begun(process)
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
            let logFilePath: String?
            let logPath: String?
            let filesSkipped: Int?
        }

        struct Failure: Decodable {
            let errorCode: String
            let message: String
        }

        let activityName: String
        let status: String
        let item: Int?
        let retryAttempt: Int
        let output: Output
        let error: Failure?
    }

    let runId: String
    let status: String
    let activities: [Activity]

    /// `NAME status`, of all that ended, in the order of their names.
    var endings: [String] { activities.map { "\($0.activityName) \($0.status)" }.sorted() }

    subscript(_ name: String) -> Activity? { activities.first { $0.activityName == name } }
}
