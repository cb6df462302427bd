import Glibc

/// A directory of its own for one test, removed with all that is in it.
package final class TemporaryDirectory: Sendable {
    package let path: String

    /// - Parameter inMemory: whether it should be on a file system in memory, where there is one: flushing thousands of
    ///   files to a disk takes a while.
    package init(inMemory: Bool = false) throws {
        let usual = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        let parent = inMemory && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : usual
        var template = Array("\(parent)/sluice-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemCallError(call: "mkdtemp", code: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { _ = try? Command.run(["rm", "-rf", path]) }

    /// The paths of all that is in `folder`, relative to it, folders with a slash behind them, sorted by their bytes.
    package func tree(_ folder: String = "") throws -> [String] {
        let found = try Command.run([
            "find", folder.isEmpty ? path : "\(path)/\(folder)", "-mindepth", "1", "(", "-type", "d", "-printf", "%P/\\0",
            "-o", "-printf", "%P\\0", ")",
        ])
        guard found.status == 0 else { throw SystemCallError(call: "find", code: found.status) }
        return found.output.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// All bytes of a file.
    package func read(_ name: String) throws -> [UInt8] {
        guard let stream = fopen("\(path)/\(name)", "r") else { throw SystemCallError(call: "fopen", code: errno) }
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&block, 1, block.count, stream), count > 0 { bytes += block.prefix(count) }
        return bytes
    }

    /// Makes a folder and gives its path.
    package func folder(_ name: String) throws -> String {
        guard mkdir("\(path)/\(name)", 0o755) == 0 else { throw SystemCallError(call: "mkdir", code: errno) }
        return "\(path)/\(name)"
    }

    /// Writes a file and gives its path.
    package func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = "\(path)/\(name)"
        guard let stream = fopen(file, "w") else { throw SystemCallError(call: "fopen", code: errno) }
        let written = fwrite(bytes, 1, bytes.count, stream)
        guard fclose(stream) == 0, written == bytes.count else { throw SystemCallError(call: "fwrite", code: errno) }
        return file
    }
}

/// A call that failed while a test was set up.
package struct SystemCallError: Error {
    package let call: String
    package let code: Int32

    package init(call: String, code: Int32) {
        self.call = call
        self.code = code
    }
}
