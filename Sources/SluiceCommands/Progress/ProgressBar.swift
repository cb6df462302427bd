internal import SluiceCore
internal import SluicePipeline

/// One line that fits the terminal and is redrawn. Only ASCII: its width is its length in every terminal.
enum ProgressBar {
    /// The line, shorter than `columns`: a terminal that is filled to its edge may wrap.
    static func line(_ state: ProgressState, columns: Int) -> String {
        let room = max(0, columns - 1)
        let bar = state.snapshot.fraction.map { drawn($0, width: barWidth(columns)) } ?? ""
        return String((bar + words(state, room: room - bar.count)).prefix(room))
    }

    /// What fits of the words: what is least missed is left out first.
    private static func words(_ state: ProgressState, room: Int) -> String {
        let snapshot = state.snapshot
        let parts = [
            (rank: 1, text: bytes(snapshot)),
            (rank: 3, text: snapshot.rowsDone.map { "\($0) rows" } ?? ""),
            (rank: 4, text: files(snapshot)),
            (rank: 2, text: rate(state.rate)),
            (rank: 2, text: "ETA \(clock(state.timeLeft))"),
            (rank: 5, text: activity(state)),
            (rank: 3, text: troubles(snapshot)),
        ].filter { !$0.text.isEmpty }
        for rank in (1...5).reversed() {
            let text = parts.filter { $0.rank <= rank }.map(\.text).joined(separator: "  ")
            if text.count <= room { return text }
        }
        return bytes(snapshot)
    }

    /// A third of the line, and never so narrow that it says nothing: then there is none. It does not hang on the
    /// words beside it, which change their length.
    private static func barWidth(_ columns: Int) -> Int { columns < 48 ? 0 : min(32, columns / 3) }

    /// `[====>    ]  42%  `; full only when everything is done.
    private static func drawn(_ fraction: Double, width: Int) -> String {
        let percent = String(Int(fraction * 100))
        let number = String(repeating: " ", count: max(0, 4 - percent.count)) + percent + "%  "
        let inside = width - 2 - number.count
        guard inside > 0 else { return "" }
        let filled = min(inside, Int(fraction * Double(inside)))
        let fill = String(repeating: "=", count: max(0, filled - 1)) + (filled == 0 ? "" : filled < inside ? ">" : "=")
        return "[" + fill + String(repeating: " ", count: inside - filled) + "]" + number
    }

    private static func bytes(_ snapshot: ProgressSnapshot) -> String {
        let done = "\(ByteCount(snapshot.bytesDone))"
        guard snapshot.bytesListed > 0 else { return done }
        return done + "/\(ByteCount(snapshot.bytesListed))" + (snapshot.isListed ? "" : "+")
    }

    private static func files(_ snapshot: ProgressSnapshot) -> String {
        guard snapshot.filesListed > 1 || !snapshot.isListed else { return "" }
        return "\(snapshot.filesDone)/\(snapshot.filesListed)\(snapshot.isListed ? "" : "+") files"
    }

    private static func rate(_ rate: Double?) -> String { rate.map { "\(ByteCount(Int($0)))/s" } ?? "" }

    private static func activity(_ state: ProgressState) -> String {
        let connections = state.snapshot.connections
        return [state.stage?.activity, connections > 0 ? "x\(connections)" : nil].compactMap { $0 }.joined(
            separator: " "
        )
    }

    private static func troubles(_ snapshot: ProgressSnapshot) -> String {
        let counts = [
            (snapshot.filesFailed, "failed"), (snapshot.filesSkipped, "skipped"), (snapshot.retries, "retries"),
        ]
        return counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }

    /// `1:02:03`, `2:03`, or `--` for what is not known.
    static func clock(_ time: Duration?) -> String {
        guard let seconds = time?.seconds, seconds < 1000 * 3600 else { return "--" }
        let whole = Int(seconds.rounded(.up))
        let minutes = "\(whole / 60 % 60)"
        guard whole >= 3600 else { return "\(minutes):\(padded(whole % 60, 2))" }
        return "\(whole / 3600):\(padded(whole / 60 % 60, 2)):\(padded(whole % 60, 2))"
    }
}
