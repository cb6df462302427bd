import SluiceCore
import SluiceTestSupport
import Testing

private let canTrace = (try? Command.run(["strace", "-qo", "/dev/null", "true"], errors: "/dev/null").status) == 0

/// The order in which files reach the disk, as the kernel was asked for it.
@Suite(.timeLimit(.minutes(30)), .enabled(if: canTrace, "strace is not installed, or may not trace"))
struct FlushOrderTests {
    /// A call that succeeded and the paths that it was about.
    private struct Call {
        let name: String
        let paths: [String]
    }

    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test("data is flushed before the name is given, and the folders after it", arguments: ["always", "never"])
    func order(overwrite: String) throws {
        let source = try directory.folder("in")
        _ = try directory.folder("in/new")
        _ = try directory.write("in/small", Array("x".utf8))
        _ = try directory.write("in/new/large", [UInt8](repeating: 1, count: 3 << 20))
        let calls = try trace([sluiceProgram, "copy", source, "\(directory.path)/out", "--quiet", "--overwrite", overwrite])
        for name in ["small", "new/large"] {
            let place = "\(directory.path)/out/\(name)"
            let rename = try #require(calls.firstIndex { $0.name.hasPrefix("rename") && $0.paths.last == place }, "\(name)")
            let temporary = try #require(calls[rename].paths.first)
            #expect(temporary.parentPath == place.parentPath, "renamed within one folder")
            let flush = calls.firstIndex { $0.name == "fsync" && $0.paths == [temporary] }
            #expect(flush.map { $0 < rename } == true, "\(name) is flushed first")
            let write = calls.lastIndex { $0.name.hasPrefix("pwrite") && $0.paths == [temporary] }
            #expect(write.map { $0 < flush ?? 0 } == true, "all of \(name) is written before it is flushed")
            let folder = calls.lastIndex { $0.name == "fsync" && $0.paths == [place.parentPath] }
            #expect(folder.map { $0 > rename } == true, "the folder of \(name) is flushed after it")
        }
        for made in ["out", "out/new"] {
            let path = "\(directory.path)/\(made)"
            let making = try #require(calls.firstIndex { $0.name == "mkdir" && $0.paths == [path] })
            let flush = calls[making...].contains { $0.name == "fsync" && $0.paths == [path.parentPath] }
            #expect(flush, "the folder that \(made) was made in is flushed")
        }
    }

    /// Runs a program; its calls in the order in which they returned.
    private func trace(_ words: [String]) throws -> [Call] {
        let log = "\(directory.path)/trace"
        let calls = "trace=fsync,fdatasync,syncfs,rename,renameat,renameat2,link,mkdir,pwrite64"
        let run = try Command.run(["strace", "-f", "-y", "-qq", "-s", "0", "-o", log, "-e", calls] + words)
        try #require(run.status == 0)
        var begun: [Substring: Substring] = [:]
        return String(decoding: try directory.read("trace"), as: UTF8.self).split(separator: "\n").compactMap { line in
            // "PID call(…) = 0"; a call that others interrupt is on two lines, "PID call(… <unfinished ...>" and
            // "PID <... call resumed>…) = 0".
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            let rest = parts[1].drop { $0 == " " }
            if rest.hasSuffix("<unfinished ...>") {
                begun[parts[0]] = rest
                return nil
            }
            let isResumed = rest.hasPrefix("<... ")
            guard let text = isResumed ? begun.removeValue(forKey: parts[0]) : rest, let open = text.firstIndex(of: "(") else { return nil }
            guard let result = rest.split(separator: " ").last, let code = Int(result), code >= 0 else { return nil }
            return Call(name: String(text[..<open]), paths: paths(in: text[open...]))
        }
    }

    /// What stands in quotes, and in angle brackets behind descriptors; a call's data is left out by `-s 0`.
    private func paths(in text: Substring) -> [String] {
        var paths: [String] = []
        // Calls relative to the working directory name that as well.
        let named = text.replacing(/AT_FDCWD<[^>]*>/, with: "AT_FDCWD")
        var rest = named[...]
        while let start = rest.firstIndex(where: { $0 == "\"" || $0 == "<" }) {
            let close: Character = rest[start] == "<" ? ">" : "\""
            rest = rest[rest.index(after: start)...]
            guard let end = rest.firstIndex(of: close) else { break }
            if rest[..<end].hasPrefix("/") { paths.append(String(rest[..<end])) }
            rest = rest[rest.index(after: end)...]
        }
        return paths
    }
}
