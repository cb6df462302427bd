import Glibc
import SluiceCore
import SluiceTestSupport
import Testing

@testable import SluiceEngine

/// Destinations that can't be written, or that are what they should not be.
@Suite(.timeLimit(.minutes(30))) struct PlaceTests {
    private let directory: TemporaryDirectory
    private let source: String
    private var sink: String { "\(directory.path)/out" }

    init() throws {
        directory = try TemporaryDirectory(inMemory: true)
        source = try directory.folder("in")
        _ = try directory.write("in/a", Array("new a".utf8))
        _ = try directory.folder("in/b")
        _ = try directory.write("in/b/c", Array("new c".utf8))
    }

    @Test("a folder that may not be written to is refused before anything is read")
    func unwritable() throws {
        _ = try directory.folder("out")
        try #require(chmod(sink, 0o555) == 0)
        let errors = "\(directory.path)/errors"
        let copy = try Command.run(Privileges.none + [sluiceProgram, "copy", source, sink], errors: errors)
        #expect(copy.status == 1)
        let told = String(decoding: try directory.read("errors"), as: UTF8.self)
        #expect(told.contains("\"\(sink)\" can't be written to: Permission denied"), "\(told)")
        #expect(try directory.tree("out") == [])
    }

    @Test("a folder that may be written to but not listed is written to")
    func unlistable() throws {
        _ = try directory.folder("out")
        try #require(chmod(sink, 0o300) == 0)
        let errors = "\(directory.path)/errors"
        let copy = try Command.run(Privileges.none + [sluiceProgram, "copy", source, sink, "--quiet"], errors: errors)
        let told = String(decoding: try directory.read("errors"), as: UTF8.self)
        #expect(copy.status == 0, "\(told)")
        try #require(chmod(sink, 0o700) == 0)
        #expect(try directory.tree("out") == ["a", "b/", "b/c"])
    }

    @Test("where a folder is needed and a file stands, and the other way round, that item fails alone")
    func crossed() async throws {
        _ = try directory.folder("out")
        _ = try directory.folder("out/a")
        _ = try directory.write("out/a/inside", Array("old".utf8))
        _ = try directory.write("out/b", Array("old".utf8))
        _ = try directory.write("in/fine", Array("fine".utf8))
        let copy = try await LocalCopy.run(source, sink)
        #expect(copy.copied == ["fine"])
        #expect(copy.failures["a"]?.description.contains("is a directory") == true)
        #expect(copy.failures["b/c"]?.description.contains("a directory is needed") == true)
        #expect(try directory.tree("out") == ["a/", "a/inside", "b", "fine"])
        #expect(try directory.read("out/b") == Array("old".utf8))
    }

    @Test("a sink below a file is refused, and so are a pipe and a socket in a file's place")
    func belowFile() async throws {
        _ = try directory.write("file", Array("old".utf8))
        for place in ["\(directory.path)/file/", "\(directory.path)/file/x", "\(directory.path)/file/x/"] {
            await #expect(throws: (any Error).self) { try await LocalCopy.run(source, place) }
            await #expect(throws: (any Error).self) { try await LocalCopy.run("\(source)/a", place) }
        }
        try #require(mkfifo("\(directory.path)/pipe", 0o600) == 0)
        let copy = try await LocalCopy.run("\(source)/a", "\(directory.path)/pipe")
        #expect(copy.failures["a"]?.description.contains("a pipe or a socket") == true)
        #expect(try directory.read("file") == Array("old".utf8))
    }

    @Test("a file onto itself is refused, by a link too; onto another name of it, it is safe")
    func itself() async throws {
        try #require(symlink("a", "\(source)/alias") == 0 && link("\(source)/a", "\(source)/twin") == 0)
        for place in ["\(source)/a", "\(source)/alias", "\(source)/./a", "\(source)/b/../a"] {
            await #expect(throws: CopyError.self) { try await LocalCopy.run("\(source)/a", place) }
        }
        #expect(try await LocalCopy.run("\(source)/a", "\(source)/twin").copied == ["a"])
        #expect(try directory.read("in/a") == Array("new a".utf8))
        #expect(try directory.read("in/twin") == Array("new a".utf8))
    }

    @Test("a tree whose sink is made of links back to it keeps its contents")
    func linkedBack() async throws {
        _ = try directory.folder("out")
        try #require(symlink("../in/a", "\(sink)/a") == 0 && symlink("../in/b", "\(sink)/b") == 0)
        let copy = try await LocalCopy.run(source, sink)
        #expect(copy.failures.isEmpty)
        #expect(try directory.read("in/a") == Array("new a".utf8))
        #expect(try directory.read("in/b/c") == Array("new c".utf8))
        #expect(try directory.leftovers() == [])
    }

    @Test("what stood there keeps its permissions, and is never more open while it is written")
    func permissions() async throws {
        _ = try directory.folder("out")
        _ = try directory.write("out/a", Array("old".utf8))
        try #require(chmod("\(sink)/a", 0o640) == 0)
        _ = try await LocalCopy.run(source, sink)
        var status = stat()
        try #require(stat("\(sink)/a", &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o640)
        #expect(try directory.read("out/a") == Array("new a".utf8))
    }

    @Test("a link in the sink is written through, and one that leads nowhere fails")
    func throughLink() async throws {
        _ = try directory.folder("out")
        _ = try directory.write("real", Array("old".utf8))
        _ = try directory.folder("out/b")
        try #require(symlink("../real", "\(sink)/a") == 0 && symlink("none", "\(sink)/b/c") == 0)
        let copy = try await LocalCopy.run(source, sink)
        #expect(copy.copied == ["a"])
        #expect(copy.failures["b/c"]?.description.contains("can't be followed") == true)
        #expect(try directory.read("real") == Array("new a".utf8))
    }

    @Test("what must not be replaced is not, whatever it is")
    func never() async throws {
        _ = try directory.folder("out")
        _ = try directory.write("out/a", [])
        let copy = try await LocalCopy.run(source, sink) { $0.overwrite = .never }
        #expect(copy.copied == ["b/c"])
        #expect(copy.records.first { $0.name == "a" }?.outcome.isSkipped == true)
        #expect(try directory.read("out/a") == [])
        #expect(try directory.leftovers() == [])
    }
}
