import Glibc
import SluiceCore
import SluiceEngine
import SluiceTestSupport
import Testing

/// What stands where a file is to go, and files that are not what they say.
@Suite(.timeLimit(.minutes(30)))
struct DestinationTests {
    private let directory: TemporaryDirectory
    private let source: String

    init() throws {
        directory = try TemporaryDirectory()
        source = try directory.write("source", Array("content".utf8))
    }

    private func copy(_ from: String, to name: String) throws -> [any Failure] {
        let specification = CopySpecification(
            source: try Location(parsing: from),
            sink: try Location(parsing: directory.path + "/" + name)
        )
        return try StoreContractTests.copy(specification).failures
    }

    private func shell(_ script: String) throws -> String {
        let output = try Command.run(["bash", "-c", "cd \"$1\" && " + script, "bash", directory.path]).output
        return String(decoding: output, as: UTF8.self)
    }

    @Test("a pipe, a device or a socket is not replaced by a file")
    func specialFiles() throws {
        _ = try shell("mkfifo pipe")
        #expect(try copy(source, to: "pipe").map(\.kind) == [.usage])
        #expect(try shell("stat -c %F pipe") == "fifo\n")
    }

    @Test("behind a link, what it leads to is written, and the link stays")
    func links() throws {
        _ = try shell("echo old > target && ln -s target link")
        #expect(try copy(source, to: "link").isEmpty)
        #expect(try shell("readlink link; cat target") == "target\ncontent")
    }

    @Test("a new version keeps the permissions of the old one")
    func permissions() throws {
        _ = try shell("echo old > private && chmod 600 private")
        #expect(try copy(source, to: "private").isEmpty)
        #expect(try shell("stat -c %a private") == "600\n")
    }

    @Test("a file of the kernel, which says that it is empty, is read to its end")
    func kernelFiles() throws {
        #expect(try copy("/proc/filesystems", to: "copy").isEmpty)
        #expect(try shell("cmp copy /proc/filesystems && echo same") == "same\n")
    }

    @Test("more connections than threads can be had do no harm to a local copy")
    func manyConnections() throws {
        var specification = CopySpecification(
            source: try Location(parsing: source),
            sink: try Location(parsing: directory.path + "/many")
        )
        specification.connections = .fixed(1000)
        #expect(try StoreContractTests.copy(specification).failures.isEmpty)
    }

    @Test("a report or manifest that would meet what is copied is refused", arguments: [
        ("source", "sink", "source"), ("source", "sink", "sink"), (".", "/nonexistent/", "manifest"),
    ])
    func outputs(_ from: String, _ to: String, _ output: String) throws {
        let specification = CopySpecification(
            source: try Location(parsing: directory.path + "/" + from),
            sink: try Location(parsing: to.hasPrefix("/") ? to : directory.path + "/" + to)
        )
        #expect(throws: CopyError.self) { try specification.check(output: directory.path + "/" + output, of: "--report") }
        #expect(throws: Never.self) { try specification.check(output: "/tmp/elsewhere", of: "--report") }
    }
}
