internal import Glibc
internal import SluiceCore

/// The lines of a file, read one by one and never held.
struct LineReader: Sendable {
    /// A file, or `-` for standard input.
    let path: String
    /// What names the file, for messages: `the list of --files-from`.
    let what: String
    let advice: String

    /// Calls `body` for each line, without its line feed; blocks.
    /// - Throws: a `CopyError` of kind `.usage` when the file can't be read, and whatever `body` throws.
    func read(_ body: ([UInt8]) throws -> Void) throws {
        guard let file = path == "-" ? fdopen(dup(STDIN_FILENO), "r") : fopen(path, "re") else {
            throw unreadable(errno)
        }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while true {
            errno = 0
            let count = getline(&line, &capacity, file)
            guard count >= 0, let line else {
                // A directory opens well and fails here.
                guard ferror(file) == 0 else { throw unreadable(errno) }
                return
            }
            let bytes = UnsafeRawBufferPointer(start: line, count: count)
            try body(Array(bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...]))
        }
    }

    private func unreadable(_ code: Int32) -> CopyError {
        CopyError(.usage, "\(what) \"\(path)\" can't be read", cause: String(cString: strerror(code)), advice: advice)
    }
}
