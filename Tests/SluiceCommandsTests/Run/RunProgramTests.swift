import Glibc
import SluiceTestSupport
import Testing

/// `sluice run` as users start it.
@Suite struct RunProgramTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private static let jobs =
        "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/Fixtures/jobs"

    private func sluice(_ arguments: [String], environment: [String: String] = [:]) throws -> SluiceProcess.Ending {
        try SluiceProcess(["run"] + arguments, environment: environment).wait()
    }

    @Test("a document that is right is told to be, with what has no effect")
    func check() throws {
        let ending = try sluice(["\(RunProgramTests.jobs)/first-version.json", "--check"])
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(
            ending.output.contains(
                "first-version.json:46:9: $.properties.activities[0].scheduler: \"scheduler\" has no effect"
            ),
            "\(ending.output)"
        )
        #expect(ending.output.hasSuffix("first-version.json: nothing is wrong with 1 activity\n"))
        #expect(ending.errors.isEmpty)
    }

    @Test("all that is wrong is told, each on a line, with exit code 2, and a secret is not shown")
    func errors() throws {
        let secret = "{\"type\":\"SecureString\",\"value\":\"hunter2\"}"
        let text = """
            {"name":"P","properties":{"activities":[{"name":"W","type":"Wait","typeProperties":{}}]},
             "linkedServices":[{"name":"L","properties":{"type":"Odbc","typeProperties":{"connectionString":"DSN=x","password":\(secret)}}}]}
            """
        let path = try directory.write("job.json", Array(text.utf8))
        chmod(path, 0o644)
        let ending = try sluice([path, "--check"])
        #expect(ending.status == 2)
        let lines = ending.errors.split(separator: "\n")
        #expect(lines.count == 2, "\(ending.errors)")
        #expect(
            lines.first?.contains("$.properties.activities[0].type: the type Wait is not supported") == true,
            "\(ending.errors)"
        )
        #expect(lines.last?.contains("others can read this file") == true)
        #expect(!ending.errors.contains("hunter2"))
        chmod(path, 0o600)
        #expect(try sluice([path, "--check"]).errors.split(separator: "\n").count == 1)
    }

    @Test("what would be done is told in words, of the Git folders, with parameters")
    func dryRun() throws {
        let arguments = [
            "--parameter", "root=/srv", "--parameter", "database=Server=db", "--parameter", "endpoint=https://s3",
            "--dry-run",
        ]
        let pipeline = "\(RunProgramTests.jobs)/factory/pipeline/FilesToWarehouse.json"
        let ending = try sluice([pipeline] + arguments)
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(
            ending.output.contains("\n  Load, once Empty has succeeded:\n    copies /srv/in/ (Files), delimited text"),
            "\(ending.output)"
        )
        let one = try sluice([pipeline, "--activity", "Empty"] + arguments)
        #expect(!one.output.contains("Load"))
        #expect(try directory.tree().isEmpty)
        let missing = try sluice([pipeline, "--dry-run"])
        #expect(missing.status == 2)
        #expect(missing.errors.contains("the parameter \"database\" has no value; give --parameter database=…"))
    }

    @Test(
        "a command line that can't be is refused",
        arguments: [
            (["--check", "--dry-run"], "exclude each other"),
            (["--progress", "bar"], "are of one copy"), (["--memory", "1M"], "is too small"),
            (["--dry-run", "--parameter", "x"], "has no name with ="),
            (["--check", "--parameter", "x=1", "--parameter", "x=2"], "is given twice"),
        ]
    )
    func usage(options: [String], sentence: String) throws {
        let ending = try sluice(["\(RunProgramTests.jobs)/first-version.json"] + options)
        #expect(ending.status == 2)
        #expect(ending.errors.contains(sentence), "\(ending.errors)")
    }

    @Test("a file that is not there, and a directory, are told")
    func files() throws {
        #expect(try sluice(["\(directory.path)/none.json", "--check"]).errors.contains("there is no such file"))
        #expect(try sluice([directory.path, "--check"]).errors.contains("is a directory"))
    }

    @Test("a secret parameter comes from the environment, and never from the command line")
    func secrets() throws {
        let text = """
            {"properties":{"parameters":{"key":{"type":"SecureString"}},"activities":[{"name":"S","type":"Script","linkedServiceName":"L","typeProperties":{"scripts":[{"text":"select 1"}]}}]},
             "linkedServices":[{"name":"L","properties":{"type":"Odbc","typeProperties":{"connectionString":"DSN=x","userName":"me"}}}]}
            """
        let path = try directory.write("job.json", Array(text.utf8))
        let shown = try sluice([path, "--dry-run", "--parameter", "key=hunter2"])
        #expect(shown.status == 2)
        #expect(shown.errors.contains("Set SLUICE_PARAMETER_key instead"))
        #expect(!shown.errors.contains("hunter2"))
        let hidden = try sluice([path, "--dry-run"], environment: ["SLUICE_PARAMETER_key": "hunter2"])
        #expect(hidden.status == 0, "\(hidden.errors)")
        #expect(!hidden.output.contains("hunter2"))
    }
}
