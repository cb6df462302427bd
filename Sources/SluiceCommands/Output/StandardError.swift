internal import Glibc
internal import Synchronization

/// The process's standard error, shared by messages and a progress bar that is redrawn in its last line.
final class StandardError: Sendable {
    static let shared = StandardError()

    /// Whether a bar stands in the last line.
    private let hasBar = Mutex(false)

    private init() {}

    /// Writes `text`, above the bar if one stands there.
    func write(_ text: String) {
        hasBar.withLock { hasBar in
            _ = Descriptor.write(Array(((hasBar ? StandardError.clearLine : "") + text).utf8), to: STDERR_FILENO)
            hasBar = false
        }
    }

    /// Draws the bar anew.
    func draw(bar: String) {
        hasBar.withLock { hasBar in
            _ = Descriptor.write(Array((StandardError.clearLine + bar).utf8), to: STDERR_FILENO)
            hasBar = true
        }
    }

    /// Takes the bar away.
    func clearBar() { write("") }

    /// Back to the line's start, and erase to its end (ECMA-48: EL).
    private static let clearLine = "\r\u{1B}[K"
}
