import Glibc
import SluiceCore
import SluiceTestSupport
import Testing

@testable import SluiceEngine

/// What a tree holds beside plain files.
@Suite(.timeLimit(.minutes(30))) struct LinkTests {
    private let directory: TemporaryDirectory
    private let source: String
    private var sink: String { "\(directory.path)/out" }

    init() throws {
        directory = try TemporaryDirectory(inMemory: true)
        source = try directory.folder("in")
        _ = try directory.write("in/file", Array("text".utf8))
        _ = try directory.folder("in/folder")
        _ = try directory.write("in/folder/below", Array("below".utf8))
    }

    private func link(_ name: String, to target: String) throws {
        try #require(symlink(target, "\(source)/\(name)") == 0)
    }

    @Test("links are followed: to a file, to a folder, out of the tree, and through each other")
    func followed() async throws {
        _ = try directory.folder("elsewhere")
        _ = try directory.write("elsewhere/other", Array("other".utf8))
        try link("to-file", to: "file")
        try link("to-folder", to: "folder")
        try link("out", to: "../elsewhere")
        try link("absolute", to: "\(directory.path)/elsewhere/other")
        try link("twice", to: "to-file")
        let copy = try await LocalCopy.run(source, sink)
        #expect(copy.failures.isEmpty)
        #expect(copy.copied == ["absolute", "file", "folder/below", "out/other", "to-file", "to-folder/below", "twice"])
        let files = try Command.run(["find", sink, "-type", "l"])
        #expect(files.output.isEmpty)
        #expect(try directory.read("out/twice") == Array("text".utf8))
    }

    @Test("a link that leads nowhere, to itself or in a circle is one failure, and all else is copied")
    func broken() async throws {
        try link("dangling", to: "none")
        try link("below-a-file", to: "file/x")
        try link("self", to: "self")
        try link("ping", to: "pong")
        try link("pong", to: "ping")
        try link("folder/up", to: "..")
        try link("folder/here", to: ".")
        let copy = try await LocalCopy.run(source, sink)
        #expect(copy.copied == ["file", "folder/below"])
        #expect(Set(copy.failures.keys) == ["dangling", "below-a-file", "self", "ping", "pong", "folder/up", "folder/here"])
        #expect(copy.failures["dangling"]?.description.contains("leads nowhere") == true)
        #expect(copy.failures["self"]?.description.contains("in a circle") == true)
        #expect(copy.failures["folder/up"]?.description.contains("leads back") == true)
    }

    @Test("a link above the source is followed, but neither into the source nor into the sink", arguments: [false, true])
    func above(isSinkThere: Bool) async throws {
        if isSinkThere { _ = try directory.folder("out") }
        _ = try directory.write("beside", Array("beside".utf8))
        try link("up", to: "..")
        let copy = try await LocalCopy.run(source, sink)
        #expect(copy.copied == ["file", "folder/below", "up/beside"])
        #expect(copy.failures["up/in"]?.description.contains("leads back") == true)
        // The sink's folder may not have been there when the list came by.
        if isSinkThere { #expect(copy.failures["up/out"]?.description.contains("which is written to") == true) }
    }

    @Test("a link into a folder of the sink, which grows meanwhile, is not followed")
    func intoSink() async throws {
        _ = try directory.folder("out")
        _ = try directory.folder("out/folder")
        try link("folder/sink", to: "\(directory.path)/out/folder")
        let copy = try await LocalCopy.run(source, sink)
        #expect(copy.copied == ["file", "folder/below"])
        #expect(copy.failures["folder/sink"]?.description.contains("which is written to") == true)
    }

    @Test("a source inside the sink follows its own links all the same")
    func sinkAbove() async throws {
        try link("to-folder", to: "folder")
        let copy = try await LocalCopy.run(source, "\(directory.path)/")
        #expect(copy.failures.isEmpty)
        #expect(copy.copied == ["file", "folder/below", "to-folder/below"])
    }

    @Test("pipes, sockets and devices in a tree are told and not opened")
    func special() async throws {
        try #require(mkfifo("\(source)/pipe", 0o600) == 0)
        let socket = try Command.run(["python3", "-c", "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])", "\(source)/socket"])
        try #require(socket.status == 0)
        // 1:3, null: harmless should it be opened. Only root may make it.
        let hasDevice = mknod("\(source)/device", S_IFCHR | 0o600, 1 << 8 | 3) == 0
        try link("to-pipe", to: "pipe")
        let copy = try await LocalCopy.run(source, sink)
        #expect(copy.copied == ["file", "folder/below"])
        #expect(Set(copy.failures.keys) == Set(["pipe", "socket", "to-pipe"] + (hasDevice ? ["device"] : [])))
        for failure in copy.failures.values { #expect(failure.description.contains("neither a file nor a directory")) }
    }

    @Test("a pipe that takes the place of a file between list and reading is not waited for")
    func becomesPipe() async throws {
        let path = "\(source)/file"
        let source = TouchedSource(source) { name in
            guard name == "file" else { return }
            unlink(path)
            mkfifo(path, 0o600)
        }
        let copy = try await LocalCopy.run(self.source, sink, source: source)
        #expect(copy.copied == ["folder/below"])
        #expect(copy.failures["file"]?.description.contains("not a regular file") == true)
    }

    @Test("a pipe, and nothing at all, alone as the source are refused with what to do")
    func alone() throws {
        try #require(mkfifo("\(directory.path)/pipe", 0o600) == 0)
        let errors = "\(directory.path)/errors"
        #expect(try Command.run([sluiceProgram, "copy", "\(directory.path)/pipe", sink], errors: errors).status == 2)
        #expect(String(decoding: try directory.read("errors"), as: UTF8.self).contains("sluice copy - SINK <"))
        #expect(try Command.run([sluiceProgram, "copy", "\(source)/file/", sink], errors: errors).status == 2)
        #expect(try Command.run([sluiceProgram, "copy", "\(directory.path)/none", sink], errors: errors).status == 5)
    }

    @Test("what may not be read is one failure each, and all else is copied")
    func unreadable() throws {
        for name in ["in/secret", "in/closed/inside"] {
            if name.contains("closed") { _ = try directory.folder("in/closed") }
            _ = try directory.write(name, Array("x".utf8))
        }
        try #require(chmod("\(source)/secret", 0) == 0 && chmod("\(source)/closed", 0) == 0)
        let errors = "\(directory.path)/errors"
        let copy = try Command.run(Privileges.none + [sluiceProgram, "copy", source, sink, "--quiet"], errors: errors)
        let told = String(decoding: try directory.read("errors"), as: UTF8.self)
        #expect(copy.status == 3, "\(told)")
        #expect(told.contains("in/secret\"") && told.contains("in/closed\"") && told.contains("Permission denied"))
        #expect(try directory.tree("out") == ["file", "folder/", "folder/below"])
        try #require(chmod("\(source)/closed", 0o700) == 0)
    }
}

/// What a child is started by so that permissions hold for it: root's capabilities are taken away.
enum Privileges {
    static let none = geteuid() == 0 ? ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"] : []
}
