import Glibc
import SluiceCore
import SluiceStores
import SluiceTestSupport
import Testing

@testable import SluiceEngine

/// Names as the kernel takes them: any bytes but NUL and the slash.
@Suite(.timeLimit(.minutes(30))) struct NameTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory(inMemory: true) }

    private static let oddNames = [
        " ", " a b ", "a%20b", "%", "%00", "a+b", "a?b=c", "a#b", "a\nb", "a\r\nb", "a\tb", "-rf", "--help", "...", ".hidden", "~",
        "*", "\\", "\"", "'", "$HOME", ";", "&", "|", "a:b", "\u{7F}", "\u{1B}[31m", "日本語", "🚰", "file:", "s3:", "x.gz",
        // One letter in one scalar and in two: two files.
        "é", "e\u{301}", "Å", "\u{212B}", "A\u{30A}",
        // A mark that makes one Character of itself and the slash beside it.
        "\u{301}mark", "end\u{600}", "\u{FE0F}",
        String(repeating: "n", count: 255), String(repeating: "é", count: 127),
    ]

    @Test("odd names, in files and folders, arrive byte by byte as they are")
    func odd() async throws {
        let source = try directory.folder("in")
        for name in NameTests.oddNames {
            _ = try directory.write("in/\(name)", Array(name.utf8))
            // The folder's name and the file's meet at a slash.
            let folder = try directory.folder("in/d\(String(decoding: name.utf8.prefix(250), as: UTF8.self))")
            try #require(mkdir("\(folder)/\(name)", 0o755) == 0)
            let file = open("\(folder)/\(name)/\(name)", O_WRONLY | O_CREAT, 0o644)
            try #require(file >= 0 && write(file, Array(name.utf8), name.utf8.count) == name.utf8.count && close(file) == 0)
        }
        let copy = try await LocalCopy.run(source, "\(directory.path)/out")
        #expect(copy.failures.isEmpty)
        #expect(copy.records.count == 2 * NameTests.oddNames.count)
        #expect(try Command.run(["diff", "-r", source, "\(directory.path)/out"]).status == 0)
        #expect(try directory.tree("in").map { Array($0.utf8) } == directory.tree("out").map { Array($0.utf8) })
    }

    @Test("a single file of an odd name keeps it in a folder", arguments: oddNames)
    func single(name: String) async throws {
        let source = try directory.write(name, Array("text".utf8))
        let copy = try await LocalCopy.run(source, "\(directory.path)/into/")
        #expect(copy.failures.isEmpty)
        #expect(copy.records.first.map { Array($0.name.utf8) } == Array(name.utf8))
        #expect(try directory.tree("into").map { Array($0.utf8) } == [Array(name.utf8)])
    }

    @Test("two spellings of one letter are two files, not one onto itself")
    func spellings() async throws {
        let source = try directory.write("é", Array("text".utf8))
        #expect(try await LocalCopy.run(source, "\(directory.path)/e\u{301}").copied.count == 1)
        #expect(try directory.tree().count == 2)
    }

    @Test("no name leads out of the sink", arguments: ["../x", "a/../../x", "../\u{301}x", "a\u{600}/../../\u{301}x", "/x", "a//b", "a/./b", "", "."])
    func escape(name: String) throws {
        #expect(throws: StoreError.self) { try FileSink(root: directory.path).validate(name: name) }
    }

    @Test("a name that the codec's suffix makes too long is one failure")
    func tooLong() async throws {
        let source = try directory.folder("in")
        let long = String(repeating: "n", count: 255)
        _ = try directory.write("in/\(long)", [1])
        _ = try directory.write("in/short", [1])
        let copy = try await LocalCopy.run(source, "\(directory.path)/out", codec: "gzip")
        #expect(copy.copied == ["short"])
        #expect(copy.failures[long]?.kind == .invalidName)
    }

    /// Object stores and manifests name objects in UTF-8: a name in another encoding is a failure of its own, told with
    /// U+FFFD for the bytes that are none, and nothing is made up for it in the sink. What stands beside it is copied;
    /// what is below a folder of such a name is not, and the folder is told.
    @Test("a name that is not UTF-8 is told and left out, and its siblings are copied")
    func notUTF8() async throws {
        let source = try directory.folder("in")
        _ = try directory.write("in/good", [1])
        let script = #"cd "$0" && printf x >$'latin-\xe9' && mkdir $'d-\xff' && printf x >$'d-\xff/below'"#
        try #require(try Command.run(["bash", "-c", script, source]).status == 0)
        let copy = try await LocalCopy.run(source, "\(directory.path)/out")
        #expect(copy.copied == ["good"])
        #expect(Set(copy.failures.keys) == ["latin-\u{FFFD}", "d-\u{FFFD}"])
        for failure in copy.failures.values { #expect(failure.kind == .invalidName && failure.description.contains("not UTF-8")) }
        #expect(try directory.tree("out") == ["good"])
    }

    @Test("a tree as deep as a path can be is copied, and what lies deeper is told by name")
    func deep() throws {
        let source = try directory.folder("in")
        // "in" and folders of one letter: the path of the file at the end has 4,000 bytes; some levels below, PATH_MAX.
        let depth = (4000 - source.utf8.count) / 2
        let script = """
            import os, sys
            os.chdir(sys.argv[1])
            for level in range(int(sys.argv[2]) + 80):
                if level in (0, int(sys.argv[2])): open("file", "w").write("deep")
                os.mkdir("d")
                os.chdir("d")
            """
        try #require(try Command.run(["python3", "-c", script, source, "\(depth)"]).status == 0)
        let errors = "\(directory.path)/errors"
        // "o" instead of "in": the copy's paths are no longer than the source's.
        let arguments = ["copy", source, "\(directory.path)/o", "--manifest", "\(directory.path)/m", "--quiet"]
        let copy = try Command.run(["bash", "-c", #"ulimit -Sn 1024; exec "$@""#, "-", sluiceProgram] + arguments, errors: errors)
        let told = String(decoding: try directory.read("errors"), as: UTF8.self)
        #expect(copy.status == 3, "\(told.prefix(500))")
        #expect(told.contains("File name too long"))
        let folders = String(repeating: "d/", count: depth)
        #expect(try directory.read("o/file") == Array("deep".utf8))
        #expect(try directory.read("o/\(folders)file") == Array("deep".utf8))
    }
}
