import ArgumentParser
import Glibc
import SluiceTestSupport
import Testing

@testable import SluiceCommands

/// The contract of `sluice copy`, option by option: each works, or is refused by its name with exit code 2 and before
/// anything is touched. What the options do has tests of its own; here none is forgotten.
@Suite(.timeLimit(.minutes(30))) struct ContractProgramTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path }

    init() throws {
        directory = try TemporaryDirectory(inMemory: true)
        _ = try directory.folder("in")
        _ = try directory.write("in/file", Array("text".utf8))
        _ = try directory.write("list", Array("file\n".utf8))
    }

    /// Options that work between files, each with every value that the contract has for it.
    private static let working: [[String]] = [
        ["--ca-certificate", "ca.pem"], ["--client-certificate", "c.pem"], ["--client-key", "k.pem"],
        ["--pin", String(repeating: "0", count: 64)], ["--allow-plaintext"],
        ["--proxy", "system"], ["--proxy", "none"], ["--proxy", "http://localhost:1"],
        ["--connections", "3"], ["--connections", "auto"], ["--block-size", "1MiB"], ["--memory", "64M"],
        ["--bandwidth", "1G"], ["--bandwidth", "1GB/s"], ["--bandwidth", "08:00,1G 18:00,off"],
        ["--requests-per-second", "100"],
        ["--compress", "none"], ["--compress", "gzip"], ["--compress", "gzip:9"], ["--compress", "lz4"],
        ["--compress", "zstd:3"],
        ["--decompress", "auto"], ["--decompress", "none"],
        ["--include", "f*"], ["--include", "f*", "--include", "x"], ["--exclude", "x"],
        ["--exclude", "x", "--exclude", "y"],
        ["--modified-after", "2000-01-01"], ["--modified-before", "2100-01-01"], ["--min-size", "1"],
        ["--max-size", "1K"],
        ["--files-from", "list"], ["--recursive"], ["--no-recursive"],
        ["--symlinks", "follow"], ["--symlinks", "skip"], ["--symlinks", "copy"],
        ["--overwrite", "always"], ["--overwrite", "never"], ["--overwrite", "if-newer"],
        ["--overwrite", "if-different"],
        ["--layout", "preserve"], ["--layout", "flatten"],
        ["--verify", "none"], ["--verify", "transfer"], ["--verify", "readback"],
        ["--preserve", "mode"], ["--preserve", "owner"], ["--preserve", "times"], ["--preserve", "mode,owner,times"],
        ["--skip-missing"], ["--no-skip-missing"], ["--skip-forbidden"], ["--delete-source"],
        ["--progress", "auto"], ["--progress", "bar"], ["--progress", "plain"], ["--progress", "json"],
        ["--progress", "none"],
        ["--quiet"], ["--verbose"], ["--log-format", "text"], ["--log-format", "json"], ["--log-file", "log"],
        ["--report", "report"], ["--report", "-"], ["--manifest", "manifest"], ["--resume"], ["--no-resume"],
        ["--server-side-copy"], ["--no-server-side-copy"],
    ]

    /// Options that work where there is something for them, which these tests have not.
    private static let elsewhere: Set<String> = [
        // Stores: StoreContractTests, SelectionTests.
        "--source-endpoint", "--sink-endpoint",
        // The plan, not a copy: SelectionProgramTests.
        "--dry-run",
        // Rows of databases: TableExportTests, TableProgramTests.
        "--table", "--query", "--format", "--csv-delimiter", "--csv-quote", "--csv-escape", "--csv-null",
        "--csv-header",
        "--no-csv-header", "--csv-row-delimiter", "--csv-quote-all", "--csv-encoding",
        "--partition-column", "--partition-method", "--partitions", "--batch-rows", "--file-prefix", "--max-rows-per-file",
        "--pushdown", "--no-pushdown",
        // Files of rows: ConversionProgramTests.
        "--source-format", "--column-type", "--binary-text", "--json-pattern", "--source-csv-delimiter", "--source-csv-quote",
        "--source-csv-escape", "--source-csv-null", "--source-csv-header", "--no-source-csv-header",
        "--source-csv-row-delimiter", "--source-csv-encoding", "--source-csv-skip-lines",
        // Rows that go into tables: TableImportTests, TableImportProgramTests.
        "--sink-table", "--create-table", "--pre-copy-sql", "--mapping", "--add-column", "--upsert", "--skip-bad-rows",
        "--bad-rows", "--max-bad-rows", "--allow-truncation", "--batch-timeout",
        // A staging store: StagedCopyTests, StagedResumeTests, LoadStatementServerTests.
        "--staging", "--staging-endpoint", "--staging-compress", "--staging-limit", "--keep-staging", "--load-statement",
        "--help", "--version",
    ]

    /// Options, and values of them, that this version does not have, or that have no sense between files.
    private static let refused: [[String]] = [
        ["--source-endpoint", "https://localhost:1"], ["--sink-endpoint", "https://localhost:1"],
        ["--preserve", "metadata"],
        // One object of many needs its whole name.
        ["--layout", "merge"],
        ["--manifest", "s3://bucket/manifest"], ["--report", "https://localhost/report"],
        // Without --staging, which StagedCopyTests have.
        ["--staging-endpoint", "https://localhost"], ["--staging-compress", "gzip"], ["--keep-staging"], ["--staging-limit", "1G"],
        ["--load-statement", "copy {address}"],
        ["--source-credential", "x"], ["--sink-credential", "x"], ["--staging-credential", "x"],
        ["--source-format", "csv"], ["--column-type", "a=int32"], ["--binary-text", "hex"], ["--table", "t"], ["--query", "q"], ["--partition-column", "c"], ["--partition-method", "hash"], ["--partitions", "2"],
        ["--batch-rows", "2"], ["--max-rows-per-file", "2"], ["--file-prefix", "p"],
        ["--csv-delimiter", ";"], ["--csv-quote", "x"], ["--csv-escape", "x"], ["--csv-null", "x"],
        ["--no-csv-header"], ["--no-pushdown"],
        ["--csv-encoding", "x"], ["--csv-row-delimiter", "x"], ["--csv-quote-all"],
        ["--sink-table", "t"], ["--create-table"], ["--pre-copy-sql", "select 1"],
        ["--mapping", "a=b"], ["--add-column", "a=b"], ["--upsert", "a"],
        ["--skip-bad-rows"], ["--bad-rows", "x"], ["--max-bad-rows", "1"],
        ["--json-pattern", "arrayOfObjects"], ["--allow-truncation"], ["--batch-timeout", "1"],
    ]

    private func copy(_ options: [String]) throws -> SluiceProcess.Ending {
        let paths: Set = ["list", "log", "report", "manifest"]
        let options = options.map { paths.contains($0) ? "\(path)/\($0)" : $0 }
        return try SluiceProcess(["copy", "\(path)/in", "\(path)/out/"] + options).wait()
    }

    @Test("what the contract names works", arguments: working)
    func works(options: [String]) throws {
        let ending = try copy(options)
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(try directory.tree("out").count == 1)
    }

    @Test("what it names and is not there is refused by its name, and nothing is touched", arguments: refused)
    func refusals(options: [String]) throws {
        let ending = try copy(options)
        #expect(ending.status == 2)
        let sentence = ending.errors.split(separator: "\n").first ?? ""
        #expect(sentence.hasPrefix("sluice: ") && sentence.contains(options[0]), "\(ending.errors)")
        #expect(try directory.tree() == ["in/", "in/file", "list"])
    }

    @Test("the help and the tables here name the same options")
    func complete() {
        let help = SluiceCommand.helpMessage(for: CopyCommand.self, columns: 1000)
        let words = help.split { !$0.isLetter && $0 != "-" }
        let told = Set(words.filter { $0.hasPrefix("--") && $0.count > 2 }.map(String.init))
        let works = Set(Self.working.map { $0[0] }).union(Self.elsewhere)
        #expect(told.subtracting(works).isEmpty, "no row for these")
        #expect(works.subtracting(told).isEmpty, "the help lacks these")
    }

    @Test("the manual page has every option of copy")
    func manual() throws {
        let page = try SluiceProcess.run("manual").output.replacing("\\-", with: "-")
        for options in Self.working { #expect(page.contains(options[0]), "\(options[0])") }
    }
}
