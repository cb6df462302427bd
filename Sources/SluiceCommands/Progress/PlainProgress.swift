internal import SluiceCore

/// A line of words now and then, for logs and for screen readers.
enum PlainProgress {
    static func line(_ state: ProgressState) -> String {
        let snapshot = state.snapshot
        var parts = [bytes(snapshot), files(snapshot)]
        if let rows = snapshot.rowsDone {
            parts.insert("\(rows)\(snapshot.rowTotal.map { " of about \($0)" } ?? "") rows", at: 0)
        }
        if let rate = state.rate { parts.append("\(ByteCount(Int(rate)))/s") }
        if let left = state.timeLeft { parts.append("\(RunSummary.time(left, isExact: false)) left") }
        if snapshot.filesSkipped > 0 { parts.append("\(snapshot.filesSkipped) skipped") }
        if snapshot.filesFailed > 0 { parts.append("\(snapshot.filesFailed) failed") }
        if snapshot.retries > 0 { parts.append("\(snapshot.retries) retries") }
        if let stage = state.stage { parts.append("\(stage.activity) most") }
        if snapshot.connections > 0 {
            parts.append("\(snapshot.connections) \(snapshot.connections == 1 ? "connection" : "connections")")
        }
        return parts.joined(separator: ", ")
    }

    private static func bytes(_ snapshot: ProgressSnapshot) -> String {
        let done = "\(ByteCount(snapshot.bytesDone))"
        guard snapshot.bytesListed > 0 else { return done }
        guard let fraction = snapshot.fraction else { return "\(done) of \(ByteCount(snapshot.bytesListed)) and more" }
        return "\(done) of \(ByteCount(snapshot.bytesListed)) (\(Int(fraction * 100)) %)"
    }

    private static func files(_ snapshot: ProgressSnapshot) -> String {
        "\(snapshot.filesDone) of \(snapshot.filesListed)\(snapshot.isListed ? "" : " and more") files"
    }
}
