import Glibc
import SluiceCore
import SluiceTestSupport
import Testing

@testable import SluiceEngine

/// No room where the bytes go: one sentence, nothing half-written, and what stood there intact.
@Suite(.timeLimit(.minutes(30))) struct DiskFullTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory(inMemory: true) }

    /// Whether this user may mount a file system of its own.
    private static let canMount: Bool = {
        let mount = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
        return (try? Command.run(mount, errors: "/dev/null").status) == 0
    }()

    /// A full copy of `in` into 4 MiB, which hold `out/old` before; lists what is there after it.
    private static let script = """
        mount -t tmpfs -o size=4m none "$1/out" || exit 99
        echo old >"$1/out/large"
        echo old >"$1/out/large.lz4"
        "${@:2}" 2>"$1/errors"
        status=$?
        ls -A "$1/out" >"$1/names"
        cat "$1/out/large" "$1/out/large.lz4" >"$1/kept"
        [[ ! -e $1/out/small ]] || cp "$1/out/small" "$1/small"
        exit $status
        """

    private func fill(_ options: [String], input: String = "/dev/null", from source: String) throws -> Int32 {
        _ = try directory.folder("out")
        let copy = [sluiceProgram, "copy", source, source == "-" ? "\(directory.path)/out/large" : "\(directory.path)/out", "--quiet"]
        let words = ["unshare", "-rm", "bash", "-c", DiskFullTests.script, "-", directory.path] + copy + options
        return try Command.run(words, input: input).status
    }

    private func text(_ name: String) throws -> String { String(decoding: try directory.read(name), as: UTF8.self) }

    @Test(
        "a full disk is told once and leaves what was there, and what has room is copied",
        .enabled(if: canMount, "no name space of mounts for this user"),
        arguments: ["none", "lz4"]
    )
    func full(codec: String) throws {
        var generator = SeededGenerator(seed: 5)
        let source = try directory.folder("in")
        _ = try directory.write("in/large", generator.bytes(6 << 20))
        _ = try directory.write("in/small", Array("small".utf8))
        #expect(try fill(["--compress", codec], from: source) == 3)
        let errors = try text("errors")
        #expect(errors.split(separator: "\n").count { $0.contains("No space left on device") } == 1, "\(errors)")
        #expect(errors.contains("large") && errors.contains("Free some space"))
        let small = codec == "none" ? "small" : "small.lz4"
        #expect(try text("names").split(separator: "\n").map(String.init) == ["large", "large.lz4", small])
        #expect(try text("kept") == "old\nold\n")
    }

    @Test("so it is for a stream whose length nobody knew", .enabled(if: canMount, "no name space of mounts for this user"))
    func stream() throws {
        var generator = SeededGenerator(seed: 6)
        let input = try directory.write("input", generator.bytes(6 << 20))
        #expect(try fill([], input: input, from: "-") == 1)
        #expect(try text("errors").contains("No space left on device"))
        #expect(try text("names").split(separator: "\n") == ["large", "large.lz4"])
        #expect(try text("kept") == "old\nold\n")
    }

    @Test("a limit of file sizes is an error, not the end of the process", arguments: ["none", "lz4"])
    func limited(codec: String) throws {
        var generator = SeededGenerator(seed: 7)
        let source = try directory.folder("in")
        let sink = try directory.folder("out")
        _ = try directory.write("in/large", generator.bytes(6 << 20))
        _ = try directory.write("in/small", Array("small".utf8))
        _ = try directory.write("out/large", Array("old".utf8))
        // In KiB.
        let words = ["bash", "-c", #"ulimit -f 2048; exec "$@""#, "-", sluiceProgram, "copy", source, sink]
        let copy = try Command.run(words + ["--quiet", "--compress", codec], errors: "\(directory.path)/errors")
        #expect(copy.status == 3)
        #expect(try text("errors").contains("File too large"))
        #expect(try directory.tree("out") == ["large", codec == "none" ? "small" : "small.lz4"])
        #expect(try text("out/large") == "old")
    }
}
