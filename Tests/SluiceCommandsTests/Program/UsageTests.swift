import SluiceTestSupport
import Testing

@testable import SluiceCommands

/// The program from outside: help, and what it refuses.
@Suite struct UsageTests {
    @Test("it tells its version")
    func version() throws {
        let ending = try SluiceProcess.run("--version")
        #expect(ending.status == 0)
        #expect(ending.output == "sluice 0.1.0\n")
    }

    @Test(
        "every subcommand has help",
        arguments: [[], ["copy"], ["list"], ["runs"], ["verify"], ["bench"], ["completions"], ["manual"]]
    )
    func help(command: [String]) throws {
        let ending = try SluiceProcess(command + ["--help"]).wait()
        #expect(ending.status == 0)
        #expect(ending.errors.isEmpty)
        #expect(ending.output.contains("USAGE: sluice \(command.first ?? "<subcommand>")"))
    }

    @Test("completions are made for each shell", arguments: ["bash", "zsh", "fish"])
    func completions(shell: String) throws {
        for arguments in [["completions", shell], ["--generate-completion-script", shell]] {
            let ending = try SluiceProcess(arguments).wait()
            #expect(ending.status == 0)
            #expect(ending.output.contains("block-size"))
        }
    }

    @Test("the manual page is made")
    func manual() throws {
        let ending = try SluiceProcess.run("manual")
        #expect(ending.status == 0)
        #expect(ending.output.hasPrefix(".TH SLUICE 1"))
    }

    @Test(
        "wrong usage ends with 2 and one sentence that says what is wrong",
        arguments: [
            ([], "say what to do"), (["copy"], "<source>"), (["copy", "a"], "<sink>"),
            (["copy", "a", "b", "c"], "'c'"),
            (["copy", "a", "b", "--nonsense"], "--nonsense"), (["cpy", "a", "b"], "no subcommand 'cpy'"),
            (["copy", "a", "s3:/bucket/b"], "s3://"), (["frobnicate"], "frobnicate"),
            (["run", "job.json"], "there is no such file"),
            (["copy", "a", "b", "--bandwidth", "08:00,x"], "\"x\" is not a rate"),
            (["copy", "a", "b", "--csv-quote", "x"], "--csv-quote names rows of a database"),
            (["copy", "a", "b", "--verify", "twice"], "twice"), (["copy", "a", "b", "--compress", "brotli"], "brotli"),
            (["copy", "a", "b", "--compress", "gzip:99"], "99"),
            (["copy", "a", "b", "--block-size", "x"], "--block-size"),
            (["copy", "ftp://a", "b"], "ftp"), (["copy", "a", "http://example.com/b"], "not encrypted"),
            (["copy", "a", "b", "--report", "/nowhere/r.json"], "/nowhere/r.json"),
            (["copy", "a", "b", "--manifest", "/nowhere/m"], "/nowhere/m"),
            (["copy", "a", "-", "--report", "-"], "standard output"), (["list"], "<location>"),
        ]
    )
    func refusals(arguments: [String], word: String) throws {
        let ending = try SluiceProcess(arguments).wait()
        #expect(ending.status == 2)
        #expect(ending.output.isEmpty)
        #expect(ending.errors.hasPrefix("sluice: "))
        #expect(ending.errors.contains(word), "\(ending.errors)")
    }

    @Test(
        "a secret on the command line is refused, and not repeated",
        arguments: [
            ["copy", "a", "https://host/b?sv=2024&sig=hunter2"], ["copy", "https://user:hunter2@host/a", "b"],
            ["copy", "a", "https://account.blob.core.windows.net/c/n?sp=rw&sig=hunter2"],
            ["copy", "odbc:DSN=x;Pwd=hunter2", "b"], ["copy", "a", "b", "--proxy", "http://u:hunter2@p:1"],
            ["list", "https://host/a?X-Amz-Signature=hunter2"],
        ]
    )
    func secrets(arguments: [String]) throws {
        let ending = try SluiceProcess(arguments).wait()
        #expect(ending.status == 2)
        #expect(!ending.errors.contains("hunter2"))
        #expect(!ending.output.contains("hunter2"))
        #expect(
            ending.errors.contains("_") || ending.errors.contains("environment"),
            "it names the way: \(ending.errors)"
        )
    }
}
