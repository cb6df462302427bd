import Glibc
import SluiceCore
import SluiceStores
import SluiceTestSupport
import Testing

@testable import SluiceEngine

/// `--symlinks copy`: links stay links, with the targets that they have.
@Suite(.timeLimit(.minutes(30))) struct LinkCopyTests {
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
        try #require(symlink(target, "\(directory.path)/\(name)") == 0)
    }

    /// What a link leads to; nil where none is.
    private func target(_ name: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { readlink("\(directory.path)/\(name)", $0.baseAddress!, $0.count) }
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }

    private func copy(
        _ from: String? = nil,
        _ to: String? = nil,
        change: (inout CopySpecification) -> Void = { _ in }
    ) async throws -> LocalCopy {
        try await LocalCopy.run(from ?? source, to ?? sink) { specification in
            specification.links = .copy
            change(&specification)
        }
    }

    @Test(
        "a link keeps its target, wherever it leads",
        arguments: [
            "file", "folder", "../in/file", "../elsewhere", "/no/such/place", "none", "link", "..", ".", "file/x",
            String(repeating: "a/", count: 2047), "é\u{301}\n",
        ]
    )
    func kept(target: String) async throws {
        try link("in/link", to: target)
        try link("in/folder/again", to: target)
        let copy = try await copy { $0.verification = .readback }
        #expect(copy.failures.isEmpty)
        #expect(copy.copied == ["file", "folder/again", "folder/below", "link"])
        for name in ["out/link", "out/folder/again"] { #expect(self.target(name)?.hasSameBytes(as: target) == true) }
        let record = try #require(copy.records.first { $0.name == "link" })
        #expect(record.link?.hasSameBytes(as: target) == true && record.isReadBack)
        #expect(record.bytesWritten == target.utf8.count)
        #expect(try directory.leftovers().isEmpty)
    }

    @Test("a target that is not UTF-8 is one failure, and all else is copied")
    func notUTF8() async throws {
        let target: [CChar] = [CChar(bitPattern: 0xff), 0]
        try #require(symlink(target, "\(source)/link") == 0)
        let copy = try await copy()
        #expect(copy.copied == ["file", "folder/below"])
        #expect(copy.failures["link"]?.description.contains("not UTF-8") == true)
    }

    @Test("a link takes the place of a file or a link, and a file that of a link, which is not followed")
    func replaced() async throws {
        try link("in/link", to: "file")
        try link("in/other", to: "file")
        _ = try directory.folder("out")
        _ = try directory.write("out/link", Array("old".utf8))
        _ = try directory.write("out/innocent", Array("innocent".utf8))
        try link("out/other", to: "innocent")
        try link("out/file", to: "innocent")
        let copy = try await copy()
        #expect(copy.failures.isEmpty)
        #expect(target("out/link") == "file" && target("out/other") == "file" && target("out/file") == nil)
        #expect(try directory.read("out/innocent") == Array("innocent".utf8))
        #expect(try directory.read("out/link") == Array("text".utf8))
    }

    @Test("a directory is not replaced by a link, and a link that stands where a directory is needed is not followed")
    func directories() async throws {
        try link("in/link", to: "file")
        _ = try directory.folder("out")
        _ = try directory.folder("out/link")
        _ = try directory.folder("elsewhere")
        try link("out/folder", to: "../elsewhere")
        let copy = try await copy()
        #expect(copy.copied == ["file"])
        #expect(copy.failures["link"]?.description.contains("is a directory") == true)
        #expect(copy.failures["folder/below"]?.description.contains("is a symbolic link") == true)
        #expect(try directory.tree("elsewhere").isEmpty)
        #expect(try directory.leftovers().isEmpty)
    }

    @Test("a source that is a link is copied as one, unless a slash at its end says what it leads to")
    func alone() async throws {
        try link("alone", to: "in/folder")
        try link("lost", to: "nowhere")
        for name in ["alone", "lost"] {
            let copy = try await copy("\(directory.path)/\(name)", "\(directory.path)/copy-of-\(name)")
            #expect(copy.copied == [name])
        }
        #expect(target("copy-of-alone") == "in/folder" && target("copy-of-lost") == "nowhere")
        #expect(try await copy("\(directory.path)/alone/").copied == ["below"])
        #expect(try directory.read("out/below") == Array("below".utf8))
    }

    @Test("a link is not copied onto itself or onto what it leads to")
    func ontoItself() async throws {
        try link("alone", to: "in/file")
        for name in ["alone", "in/file"] {
            await #expect(throws: CopyError.self) {
                try await copy("\(directory.path)/alone", "\(directory.path)/\(name)")
            }
        }
        // Another link to the same file is another link.
        try link("second", to: "in/file")
        #expect(try await copy("\(directory.path)/alone", "\(directory.path)/second").copied == ["alone"])
        #expect(try directory.read("in/file") == Array("text".utf8))
    }

    @Test(
        "what stands there counts as it does for files, a link being the same that has the same target",
        arguments: [CopySpecification.Overwrite.always, .never, .ifNewer, .ifDifferent]
    )
    func overwrite(mode: CopySpecification.Overwrite) async throws {
        try link("in/changed", to: "new")
        try link("in/same", to: "file")
        _ = try directory.folder("out")
        try link("out/changed", to: "old")
        try link("out/same", to: "file")
        let copy = try await copy { $0.overwrite = mode }
        let files = ["file", "folder/below"]
        switch mode {
        case .always: #expect(copy.copied == ["changed"] + files + ["same"])
        case .never:
            #expect(copy.copied == files)
            #expect(copy.records.count { $0.outcome.isSkipped } == 2)
        // Those at the sink were made later.
        case .ifNewer: #expect(copy.copied == files)
        case .ifDifferent: #expect(copy.copied == ["changed"] + files)
        }
        #expect(target("out/changed") == (mode == .always || mode == .ifDifferent ? "new" : "old"))
    }

    @Test("owner and time of a link are its own; it has no permissions")
    func preserved() async throws {
        try link("in/link", to: "none")
        let times = [timespec(tv_sec: 1, tv_nsec: 2), timespec(tv_sec: 1_000_000_000, tv_nsec: 7)]
        try #require(utimensat(AT_FDCWD, "\(source)/link", times, AT_SYMLINK_NOFOLLOW) == 0)
        let isRoot = geteuid() == 0
        if isRoot { try #require(lchown("\(source)/link", 12, 34) == 0) }
        let copy = try await copy { $0.preserved = isRoot ? [.mode, .owner, .times] : [.mode, .times] }
        #expect(copy.failures.isEmpty)
        var status = stat()
        try #require(lstat("\(sink)/link", &status) == 0)
        #expect(status.st_mtim.tv_sec == 1_000_000_000 && status.st_mtim.tv_nsec == 7)
        if isRoot { #expect(status.st_uid == 12 && status.st_gid == 34) }
    }

    @Test("with the source's removal the link goes, and what it leads to stays")
    func removed() async throws {
        _ = try directory.write("kept", Array("kept".utf8))
        try link("in/link", to: "../kept")
        let copy = try await copy { $0.deletesSource = true }
        #expect(copy.failures.isEmpty && target("in/link") == nil && target("out/link") == "../kept")
        #expect(try directory.read("kept") == Array("kept".utf8))
    }

    @Test("a link that leads elsewhere when its turn comes, or is none any more, is not copied")
    func changing() async throws {
        for name in ["moved", "file-now"] { try link("in/\(name)", to: "file") }
        let folder = source
        let touched = TouchedSource(source, links: .copy) { name in
            guard name != "file" else { return }
            unlink("\(folder)/\(name)")
            // Of equal length, or a file that is a link by now: neither shows in the size alone.
            switch name {
            case "moved": symlink("fold", "\(folder)/moved")
            case "file-now": Glibc.link("\(folder)/file", "\(folder)/file-now")
            default: symlink("../file", "\(folder)/\(name)")
            }
        }
        let copy = try await LocalCopy.run(source, sink, source: touched) { $0.links = .copy }
        #expect(copy.copied == ["file"])
        for name in ["moved", "file-now", "folder/below"] {
            #expect(copy.failures[name]?.kind == .sourceChanged, "\(name)")
            #expect(access("\(sink)/\(name)", F_OK) != 0)
        }
    }

    @Test("names of --files-from are links themselves, and none in front of a name is followed")
    func named() async throws {
        try link("in/link", to: "folder")
        let list = try directory.write("names", Array("link\nlink/below\nfile\n".utf8))
        // The source itself may be a link: names are relative to what it leads to.
        try link("alone", to: "in")
        let copy = try await copy("\(directory.path)/alone") { $0.filesFrom = list }
        #expect(copy.copied == ["file", "link"])
        #expect(copy.failures["link/below"]?.description.contains("is a symbolic link") == true)
        #expect(target("out/link") == "folder")
    }
}
