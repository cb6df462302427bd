internal import Glibc
internal import SluiceCore
internal import SluiceEngine
internal import SluiceLedger
internal import SluicePipeline

/// Runs as a table, a line each.
///
/// On a terminal nothing is wider than it is: places are shortened in their middle, and stand in a line of their own
/// where there is no room beside the figures.
struct RunTable {
    private let runs: [LedgerRun]
    private let now: Timestamp
    private let columns: Int?

    /// - Parameter columns: the terminal's; nil where it is none, and nothing is shortened.
    init(_ runs: [LedgerRun], now: Timestamp, columns: Int?) {
        self.runs = runs
        self.now = now
        self.columns = columns
    }

    var text: String {
        guard !runs.isEmpty else { return "" }
        let names = RunTable.names(runs.map(\.record.identifier))
        let width = (names.map(\.count).max() ?? 0)
        let heads = ["RUN", "STATUS", "STARTED", "TOOK", "ITEMS", "BYTES"]
        let head = RunTable.line(heads, width)
        let room = columns.map { $0 - head.count - 2 }
        let isBeside = room.map { $0 >= RunTable.leastRoom } ?? true
        var text = head + (isBeside ? "  SOURCE → SINK" : "") + "\n"
        for (run, name) in zip(runs, names) {
            let figures = RunTable.line([name] + cells(run), width)
            if isBeside {
                text += figures + "  " + RunTable.places(run, room) + "\n"
            } else {
                let below = max(RunTable.leastRoom, (columns ?? 0) - 2)
                text += RunTable.withoutTrailingSpace(figures) + "\n  " + RunTable.places(run, below) + "\n"
            }
        }
        return text
    }

    /// Columns for source and sink below which they get a line of their own.
    private static let leastRoom = 24
    /// Of STATUS, STARTED, TOOK, ITEMS and BYTES: figures are on the right.
    private static let widths: [(width: Int, isFigure: Bool)] = [
        (11, false), (16, false), (7, true), (8, true), (8, true),
    ]

    private static func line(_ cells: [String], _ nameWidth: Int) -> String {
        var parts = [padded(cells[0], nameWidth, onLeft: false)]
        for (cell, column) in zip(cells.dropFirst(), widths) {
            parts.append(padded(cell, column.width, onLeft: column.isFigure))
        }
        return parts.joined(separator: " ")
    }

    private static func padded(_ cell: String, _ width: Int, onLeft: Bool) -> String {
        let space = String(repeating: " ", count: max(0, width - cell.count))
        return onLeft ? space + cell : cell + space
    }

    private static func withoutTrailingSpace(_ line: String) -> String {
        var line = line[...]
        while line.last == " " { line.removeLast() }
        return String(line)
    }

    private func cells(_ run: LedgerRun) -> [String] {
        let started = run.started.rfc3339.prefix(16).map { $0 == "T" ? " " : $0 }
        return [
            run.status.rawValue, String(started), run.attemptDuration(now: now).map(RunTable.brief) ?? "-",
            String(run.totals.done), "\(ByteCount(run.totals.bytes.read))",
        ]
    }

    /// `0.8s`, `12s`, `4m05s`, `3h02m`, `2d07h`.
    static func brief(_ time: Duration) -> String {
        let seconds = time.seconds
        if seconds < 9.95 { return fixed(seconds, 1) + "s" }
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole)s" }
        if whole < 3600 { return "\(whole / 60)m\(SluiceCore.padded(whole % 60, 2))s" }
        if whole < 86400 { return "\(whole / 3600)h\(SluiceCore.padded(whole / 60 % 60, 2))m" }
        return "\(whole / 86400)d\(SluiceCore.padded(whole / 3600 % 24, 2))h"
    }

    private static func places(_ run: LedgerRun, _ room: Int?) -> String {
        let (source, sink) = (run.record.source.printable, run.record.sink.printable)
        guard let room, source.count + sink.count + 3 > room else { return "\(source) → \(sink)" }
        let half = (room - 3) / 2
        // What one of them does not need the other one gets.
        let ofSource = min(source.count, max(half, room - 3 - sink.count))
        return "\(shortened(source, ofSource)) → \(shortened(sink, room - 3 - ofSource))"
    }

    private static func shortened(_ text: String, _ room: Int) -> String {
        guard text.count > room else { return text }
        let front = (room - 1) / 2
        return text.prefix(front) + "…" + text.suffix(room - 1 - front)
    }

    /// The beginnings of the identifiers that tell them apart: the time in milliseconds, and more where that is not
    /// enough.
    static func names(_ identifiers: [String]) -> [String] {
        identifiers.map { identifier in
            var length = leastName
            while length < identifier.count, identifiers.count(where: { $0.hasPrefix(identifier.prefix(length)) }) > 1 {
                length += 1
            }
            return String(identifier.prefix(length))
        }
    }

    /// `019aa5f2-7c31`: the 48 bits of an identifier that are its time.
    private static let leastName = 13
}

extension LedgerRun {
    /// How long its last attempt took, or has taken until now; nil where its process died and nobody knows.
    func attemptDuration(now: Timestamp) -> Duration? {
        guard let end = ended ?? (status == .running ? now : nil), end >= holder.since else { return nil }
        return .nanoseconds(end.nanoseconds - holder.since.nanoseconds)
    }
}

extension Terminal {
    /// The width of the terminal that standard output is; nil where it is none.
    static var outputColumns: Int? {
        var size = winsize()
        guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return nil
        }
        return Int(size.ws_col)
    }
}
