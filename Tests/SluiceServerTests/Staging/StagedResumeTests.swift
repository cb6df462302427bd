import Glibc
import SluiceCore
import SluicePipeline
import SluiceTestSupport
import Testing

/// Staged copies whose process dies, and which another goes on with.
@Suite(.timeLimit(.minutes(30))) struct StagedResumeTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// Starts a copy of a table that takes its time, and kills it once `isMidway` says so; nil where it was too fast.
    private func kill(_ words: [String], _ environment: [String], when isMidway: () throws -> Bool) throws -> Bool {
        let start = #"out=$1; shift; "$@" > "$out" 2>&1 & echo $!"#
        let begun = try Command.run(
            ["bash", "-c", start, "bash", directory.path + "/first", "env"] + environment + [sluiceProgram] + words
        )
        let process = try #require(Int32(String(decoding: begun.output, as: UTF8.self).dropLast()))
        for _ in 0..<6000 {
            if try isMidway() || Glibc.kill(process, 0) != 0 { break }
            usleep(10_000)
        }
        let isKilled = Glibc.kill(process, SIGKILL) == 0
        let told = String(decoding: try directory.read("first"), as: UTF8.self)
        #expect(isKilled, "\(told)")
        return isKilled
    }

    @Test(
        "after a kill each row is there once, whatever had been staged and loaded, and nothing is left",
        arguments: [DatabaseUnderTest.postgresql, .mariadb]
    )
    func table(_ to: DatabaseUnderTest) throws {
        let from = DatabaseUnderTest.postgresql
        let (source, sink) = ("staged_kill_\(to.kind)", "staged_killed")
        try from.run(
            """
            drop table if exists \(source);
            create table \(source) as select n, repeat(md5(n::text), 4) as word from generate_series(1, 200000) as s(n);
            analyze \(source);
            """
        )
        try to.run("drop table if exists \(sink); create table \(sink) (n integer not null, word varchar(200));")
        let environment = [
            "SLUICE_ODBC_PASSWORD_SOURCE=" + (try from.launcher()["password"]),
            "SLUICE_ODBC_PASSWORD_SINK=" + (try to.launcher()["password"]),
            "XDG_STATE_HOME=" + directory.path + "/state",
        ]
        let words = [
            "copy", "odbc:" + (try from.launcher()["connection"]), "odbc:" + (try to.launcher()["connection"]),
            "--table",
            source, "--sink-table", sink, "--staging", directory.path + "/stage", "--partitions", "12",
            "--staging-compress", "none",
            "--staging-limit", "8MiB", "--bandwidth", "6M", "--progress", "none",
        ]
        func rows() throws -> Int { Int(try to.run("select count(*) from \(sink);").filter(\.isNumber)) ?? -1 }
        #expect(try kill(words, environment) { try rows() > 0 })
        let midway = try rows()
        #expect(midway > 0 && midway < 200_000 && midway % 1 == 0)
        let resume =
            ["env"] + environment + [
                sluiceProgram, "resume", "--progress", "none", "--report", directory.path + "/report.json",
            ]
        let said = try Command.run(resume, errors: directory.path + "/second")
        let told = String(decoding: try directory.read("second"), as: UTF8.self)
        #expect(said.status == 0, "\(told)")
        #expect(
            try to.run("select count(*), count(distinct n), sum(n) from \(sink);").replacing("\t", with: "|")
                == "200000|200000|20000100000\n"
        )
        let left = try Command.run(["find", directory.path + "/stage", "-mindepth", "1"]).output
        #expect(left.isEmpty, "\(String(decoding: left, as: UTF8.self))")
        let again = try Command.run(["env"] + environment + [sluiceProgram, "runs", "list", "--json"]).output
        let runs = String(decoding: again, as: UTF8.self).split(separator: "\n")
        #expect(runs.count == 1)
        let run = try #require(runs.first?.split(separator: "\"runId\":\"").last?.prefix { $0 != "\"" })
        let marks = "sluice_" + run.replacing("-", with: "_")
        #expect(try to.run("select count(*) from information_schema.tables where table_name = '\(marks)';") == "0\n")
    }

    @Test("after a kill files are at the sink, each once read back the same, and nothing is left")
    func files() throws {
        var generator = SeededGenerator(seed: 77)
        _ = try Command.run(["mkdir", "-p", directory.path + "/source/below"])
        for number in 0..<40 { _ = try directory.write("source/below/\(number)", generator.bytes(400_000)) }
        let environment = ["XDG_STATE_HOME=" + directory.path + "/state"]
        let words = [
            "copy", directory.path + "/source/", directory.path + "/sink/", "--staging", directory.path + "/stage",
            "--bandwidth", "8M", "--progress", "none",
        ]
        func copied() -> Int { (try? directory.tree("sink/below").count { !$0.hasPrefix(".") }) ?? 0 }
        #expect(try kill(words, environment) { copied() > 3 })
        #expect(copied() < 40)
        let resume = ["env"] + environment + [sluiceProgram, "resume", "--progress", "none"]
        #expect(try Command.run(resume, errors: directory.path + "/second").status == 0)
        #expect(try Command.run(["diff", "-r", directory.path + "/source", directory.path + "/sink"]).status == 0)
        let left = try Command.run(["find", directory.path + "/stage", "-mindepth", "1"]).output
        #expect(left.isEmpty, "\(String(decoding: left, as: UTF8.self))")
    }

    @Test("a table whose rows have moved since is not loaded a second time beside what is in")
    func moved() throws {
        let database = DatabaseUnderTest.postgresql
        try database.run(
            """
            drop table if exists staged_moved, staged_moved_sink;
            create table staged_moved as select n, repeat(md5(n::text), 4) as word from generate_series(1, 100000) as s(n);
            analyze staged_moved;
            create table staged_moved_sink (n integer not null, word varchar(200));
            """
        )
        let environment = [
            "SLUICE_ODBC_PASSWORD=" + (try database.launcher()["password"]), "XDG_STATE_HOME=" + directory.path + "/state",
        ]
        let location = "odbc:" + (try database.launcher()["connection"])
        let words = [
            "copy", location, location, "--table", "staged_moved", "--sink-table", "staged_moved_sink", "--staging",
            directory.path + "/stage", "--partitions", "8", "--staging-compress", "none", "--staging-limit", "4MiB", "--bandwidth", "4M",
            "--progress", "none",
        ]
        func rows() throws -> Int { Int(try database.run("select count(*) from staged_moved_sink;").filter(\.isNumber)) ?? -1 }
        #expect(try kill(words, environment) { try rows() > 0 })
        let midway = try rows()
        try database.run("update staged_moved set word = word where n % 2 = 0;")
        let resume = ["env"] + environment + [sluiceProgram, "resume", "--progress", "none"]
        let resumed = try Command.run(resume, errors: directory.path + "/second")
        let told = String(decoding: try directory.read("second"), as: UTF8.self)
        #expect(resumed.status == 3 || resumed.status == 1, "\(told)")
        #expect(told.contains("have been written since an earlier attempt, which has loaded some of them"), "\(told)")
        #expect(try rows() == midway)
    }

    @Test("what a killed copy has staged goes when the run is forgotten")
    func pruned() throws {
        var generator = SeededGenerator(seed: 79)
        _ = try Command.run(["mkdir", "-p", directory.path + "/source"])
        for number in 0..<40 { _ = try directory.write("source/\(number)", generator.bytes(400_000)) }
        let environment = ["XDG_STATE_HOME=" + directory.path + "/state"]
        let words = [
            "copy", directory.path + "/source/", directory.path + "/sink/", "--staging", directory.path + "/stage",
            "--bandwidth", "8M",
            "--progress", "none",
        ]
        func staged() -> Int { (try? directory.tree("stage").count { !$0.hasSuffix("/") }) ?? 0 }
        #expect(try kill(words, environment) { staged() > 0 })
        _ = try directory.write("stage/of-another", [1])
        let prune = ["env"] + environment + [sluiceProgram, "runs", "prune", "--older-than", "0m", "--interrupted"]
        let pruned = try Command.run(prune, errors: directory.path + "/second")
        let told = String(decoding: try directory.read("second"), as: UTF8.self)
        #expect(pruned.status == 0 && told.contains("1 run forgotten"), "\(told)")
        #expect(try directory.tree("stage") == ["of-another"])
        #expect(try Command.run(["env"] + environment + [sluiceProgram, "runs", "list", "--json"]).output.isEmpty)
    }

    @Test("an interrupted copy leaves nothing in between, and goes on")
    func interrupted() throws {
        var generator = SeededGenerator(seed: 78)
        _ = try Command.run(["mkdir", "-p", directory.path + "/source"])
        for number in 0..<40 { _ = try directory.write("source/\(number)", generator.bytes(400_000)) }
        let environment = ["XDG_STATE_HOME=" + directory.path + "/state"]
        let words = [
            "copy", directory.path + "/source/", directory.path + "/sink/", "--staging", directory.path + "/stage",
            "--bandwidth", "8M", "--progress", "none",
        ]
        let start =
            #"out=$1; shift; "$@" > "$out" 2>&1 & pid=$!; for i in $(seq 1 3000); do [ $(ls "$SINK" 2>/dev/null | wc -l) -gt 3 ] && break; sleep 0.01; done; kill -INT $pid; wait $pid"#
        let ended = try Command.run(
            ["env", "SINK=" + directory.path + "/sink", "bash", "-c", start, "bash", directory.path + "/first", "env"]
                + environment
                + [sluiceProgram] + words
        )
        let told = String(decoding: try directory.read("first"), as: UTF8.self)
        #expect(ended.status == 130, "\(told)")
        let left = try Command.run(["find", directory.path + "/stage", "-mindepth", "1"]).output
        #expect(left.isEmpty, "\(String(decoding: left, as: UTF8.self))")
        let resume = ["env"] + environment + [sluiceProgram, "resume", "--progress", "none"]
        #expect(try Command.run(resume, errors: directory.path + "/second").status == 0)
        #expect(try Command.run(["diff", "-r", directory.path + "/source", directory.path + "/sink"]).status == 0)
    }
}
