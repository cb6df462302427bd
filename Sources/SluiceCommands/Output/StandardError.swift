internal import SluiceCore
internal import Glibc

/// The process's standard error, shared by messages and a progress bar that is redrawn in its last line.
final class StandardError: Sendable {
    static let shared = StandardError()

    /// Columns of the bar that stands in the last line; nil where there is none.
    private let bar = Locked<Int?>(nil)

    private init() {}

    /// Writes `text`, above the bar if one stands there.
    func write(_ text: String) {
        bar.withLock { bar in
            let clearing = bar.map { BarLine.clearing($0, columns: Terminal.columns, reflows: Terminal.reflows) }
            _ = Descriptor.write(Array(((clearing ?? "") + text).utf8), to: STDERR_FILENO)
            bar = nil
        }
    }

    /// Draws the bar anew, cut to what fits the terminal.
    func draw(bar text: String) {
        bar.withLock { bar in
            let columns = Terminal.columns
            // A line that reaches the edge may wrap.
            let line = String(text.prefix(max(0, columns - 1)))
            let clearing = BarLine.clearing(bar ?? 0, columns: columns, reflows: Terminal.reflows)
            _ = Descriptor.write(Array((clearing + line).utf8), to: STDERR_FILENO)
            bar = line.count
        }
    }

    /// Takes the bar away.
    func clearBar() { write("") }
}

/// A line that is redrawn in its place.
enum BarLine {
    /// What takes a line of `length` columns away, in a terminal that has `columns` now.
    ///
    /// - Parameter reflows: whether a terminal that was made narrower has broken the line into several; those that do
    ///   not cut it, and what stands above is somebody else's.
    static func clearing(_ length: Int, columns: Int, reflows: Bool) -> String {
        let above = reflows && columns > 0 ? max(0, length - 1) / columns : 0
        // ECMA-48: CUU goes up; EL erases to the end of the line, ED to the end of the screen.
        return above > 0 ? "\r\u{1B}[\(above)A\u{1B}[J" : "\r\u{1B}[K"
    }
}
