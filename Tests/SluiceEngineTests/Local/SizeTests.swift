import SluiceCore
import SluiceTestSupport
import Testing

@testable import SluiceEngine

private let block = 4096

/// Whole copies of files of every length around a block, read back by the tools that everyone has.
@Suite(.timeLimit(.minutes(30))) struct SizeTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory(inMemory: true) }

    private static let sizes = [0, 1, block - 1, block, block + 1, 1000 * block]

    @Test(
        "a file of any size is copied, whatever it is compressed by",
        arguments: [("none", "", "cat"), ("gzip", ".gz", "gzip -dc"), ("zstd", ".zst", "zstd -dcq"), ("lz4", ".lz4", "lz4 -dcq")]
    )
    func files(codec: String, suffix: String, decoder: String) async throws {
        var generator = SeededGenerator(seed: 1)
        let source = try directory.folder("in")
        for size in SizeTests.sizes {
            // Half of it compresses.
            _ = try directory.write("in/\(size)", generator.bytes(size / 2) + [UInt8](repeating: 7, count: size - size / 2))
        }
        let copy = try await LocalCopy.run(source, "\(directory.path)/out", codec: codec, block: block)
        #expect(copy.records.count == SizeTests.sizes.count)
        for record in copy.records {
            let original = try directory.read("in/\(record.name)")
            let stored = try directory.read("out/\(record.name)\(suffix)")
            let words = decoder.split(separator: " ").map(String.init)
            let decoded = try Command.run(words + ["\(directory.path)/out/\(record.name)\(suffix)"])
            #expect(record.outcome.problem == nil && decoded.status == 0, "\(record.name)")
            #expect(decoded.output == original, "\(record.name)")
            #expect(record.bytesRead == original.count)
            #expect(record.bytesWritten == stored.count)
        }
        #expect(try directory.leftovers() == [])
    }

    @Test("standard input of any size becomes a file, and a file standard output", arguments: ["none", "gzip", "zstd", "lz4"])
    func streams(codec: String) throws {
        let decoders = ["none": ["cat"], "gzip": ["gzip", "-dc"], "zstd": ["zstd", "-dcq"], "lz4": ["lz4", "-dcq"]]
        var generator = SeededGenerator(seed: 2)
        let decoder = try #require(decoders[codec])
        for size in SizeTests.sizes {
            let bytes = generator.bytes(size)
            let source = try directory.write("\(size)", bytes)
            let options = ["--compress", codec, "--block-size", "\(block)", "--quiet"]
            let sink = "\(directory.path)/out-\(size)"
            let into = try Command.run([sluiceProgram, "copy", "-", sink] + options, input: source)
            let suffix = ["gzip": ".gz", "zstd": ".zst", "lz4": ".lz4"][codec] ?? ""
            #expect(into.status == 0 && into.output.isEmpty)
            #expect(try Command.run(decoder, input: sink + suffix).output == bytes, "\(size)")
            let outOf = try Command.run([sluiceProgram, "copy", source, "-"] + options)
            #expect(outOf.status == 0)
            let piped = try directory.write("piped", outOf.output)
            #expect(try Command.run(decoder, input: piped).output == bytes, "\(size)")
        }
        #expect(try directory.leftovers() == [])
    }

    @Test("a standard output that is gone, full or closed ends the copy with a sentence")
    func brokenOutput() throws {
        let source = try directory.write("in", [UInt8](repeating: 1, count: 3 << 20))
        let errors = "\(directory.path)/errors"
        let program = #"{ "$0" copy "$1" - --quiet 2>>"$2"; echo $? >"$3"; } | true"#
        let status = "\(directory.path)/status"
        _ = try Command.run(["bash", "-c", program, sluiceProgram, source, errors, status])
        #expect(try directory.read("status") == Array("1\n".utf8))
        #expect(String(decoding: try directory.read("errors"), as: UTF8.self).contains("standard output can't be written"))
        let closed = try Command.run(["bash", "-c", #""$0" copy "$1" - --quiet >&- 2>>"$2""#, sluiceProgram, source, errors])
        #expect(closed.status == 1)
    }
}
