import Glibc
import SluiceTestSupport
import Testing

@testable import SluiceCommands

/// `--decompress` from outside, on files that others' programs have compressed.
@Suite(.timeLimit(.minutes(30))) struct DecompressProgramTests {
    private let directory: TemporaryDirectory
    private var path: String { directory.path }

    init() throws {
        directory = try TemporaryDirectory()
        _ = try directory.folder("in")
    }

    private func copy(_ options: String...) throws -> SluiceProcess.Ending {
        try SluiceProcess(["copy", "\(path)/in", "\(path)/out/", "--decompress", "auto"] + options).wait()
    }

    private func shell(_ script: String) throws {
        try #require(try Command.run(["bash", "-c", "cd \"$1\" && \(script)", "bash", path]).status == 0)
    }

    private static let programs = [("gzip -c", "gz"), ("zstd -qc", "zst"), ("lz4 -qc", "lz4"), ("pigz -c", "gz")]
        .filter { (try? Command.run(["sh", "-c", "command -v \($0.0.split(separator: " ")[0])"]).status) == 0 }

    @Test(
        "what others have compressed comes out as it was, of any size, members one after another too",
        arguments: programs,
        [0, 1, 65_536, 1_048_576, 1_048_577, 9_000_000]
    )
    func sizes(program: (command: String, suffix: String), size: Int) throws {
        var generator = SeededGenerator(seed: UInt64(size))
        // Half of it compresses.
        let bytes = generator.bytes(size / 2) + [UInt8](repeating: 7, count: size - size / 2)
        _ = try directory.write("plain", bytes)
        try shell(
            "\(program.command) plain >in/one.\(program.suffix); cat in/one.\(program.suffix) in/one.\(program.suffix) >in/two.\(program.suffix.uppercased()); cp plain in/plain"
        )
        let ending = try copy("--verify", "readback")
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(try TestFile.names(in: "\(path)/out").sorted() == ["one", "plain", "two"])
        #expect(try TestFile.bytes("\(path)/out/one") == bytes)
        #expect(try TestFile.bytes("\(path)/out/two") == bytes + bytes)
        #expect(try TestFile.bytes("\(path)/out/plain") == bytes)
    }

    @Test("what was read is told as the source has it, and the size is that at the sink")
    func manifest() throws {
        _ = try directory.write("in/a", [UInt8](repeating: 7, count: 100_000))
        try shell("gzip in/a")
        let stored = try TestFile.bytes("\(path)/in/a.gz").count
        #expect(try copy("--manifest", "\(path)/manifest").status == 0)
        let line = try TestFile.read("\(path)/manifest")
        #expect(
            line.contains("\"name\":\"a.gz\"") && line.contains("/a\"") || line.contains("\"sinkName\":\"a\""),
            "\(line)"
        )
        #expect(line.contains("\"size\":100000,\"sourceSize\":\(stored)"), "\(line)")
    }

    @Test("one codec is made of another")
    func transcoding() throws {
        var generator = SeededGenerator(seed: 1)
        let bytes = generator.bytes(3_000_000)
        _ = try directory.write("in/a.csv", bytes)
        try shell("gzip in/a.csv")
        #expect(try copy("--compress", "zstd").status == 0)
        #expect(try TestFile.names(in: "\(path)/out") == ["a.csv.zst"])
        #expect(try Command.run(["zstd", "-dqc", "\(path)/out/a.csv.zst"]).output == bytes)
        let verified = try SluiceProcess.run(
            "verify",
            "\(path)/in",
            "\(path)/out",
            "--decompress",
            "auto",
            "--compress",
            "zstd"
        )
        #expect(verified.status == 0 && verified.errors.contains("1 by reading"), "\(verified.errors)")
    }

    @Test(
        "what is cut short, damaged, empty or something else fails by name, and nothing of it is left",
        arguments: [
            ("head -c 2000000 good.gz >in/bad.gz", "too early"),
            (
                "cp good.gz in/bad.gz; printf xxxx | dd of=in/bad.gz bs=1 seek=1500000 conv=notrunc status=none",
                "bad.gz"
            ),
            (": >in/bad.gz", "it is empty"), ("echo text >in/bad.gz", "neither gzip"),
            ("cat good.gz plain >in/bad.gz", "damaged"),
            ("head -c 2000000 good.zst >in/bad.zst", "too early"),
            ("head -c 2000000 good.lz4 >in/bad.lz4", "too early"),
            ("cp plain in/bad.bz2", "bzip2 is not in this version"),
        ] as [(String, String)]
    )
    func bad(script: String, sentence: String) throws {
        var generator = SeededGenerator(seed: 2)
        _ = try directory.write("plain", generator.bytes(4_000_000))
        try shell(
            "gzip -c plain >good.gz; zstd -qc plain >good.zst; lz4 -qc plain >good.lz4; \(script); echo beside >in/z"
        )
        let ending = try copy("--block-size", "256KiB")
        #expect(ending.status == 3, "\(ending.errors)")
        #expect(ending.errors.contains(sentence) && ending.errors.contains("bad."), "\(ending.errors)")
        #expect(try TestFile.names(in: "\(path)/out") == ["z"])
    }

    @Test("two objects that would get one name do not replace each other")
    func collision() throws {
        _ = try directory.write("in/a", Array("plain".utf8))
        try shell("echo other | gzip >in/a.gz")
        let ending = try copy()
        #expect(ending.status == 3 && ending.errors.contains("as another object does"))
        #expect(try TestFile.names(in: "\(path)/out") == ["a"])
    }

    @Test("one file goes to standard output, into a folder or under another name")
    func single() throws {
        try shell("printf hello | gzip >in/h.txt.gz")
        let file = "\(path)/in/h.txt.gz"
        #expect(try SluiceProcess.run("copy", file, "-", "--decompress", "auto", "--quiet").output == "hello")
        #expect(try SluiceProcess.run("copy", file, "\(path)/folder/", "--decompress", "auto").status == 0)
        #expect(try TestFile.read("\(path)/folder/h.txt") == "hello")
        #expect(try SluiceProcess.run("copy", file, "\(path)/name", "--decompress", "auto").status == 0)
        #expect(try TestFile.read("\(path)/name") == "hello")
    }

    @Test("a copied file is removed from the source, and a second run copies nothing")
    func keeping() throws {
        try shell("printf hello | gzip >in/h.gz")
        #expect(try copy().status == 0)
        #expect(try copy("--overwrite", "if-different").errors.contains("1 unchanged"))
        #expect(try copy("--delete-source").status == 0)
        #expect(try TestFile.names(in: "\(path)/in").isEmpty)
        #expect(try copy("--layout", "merge").status == 2)
    }
}
