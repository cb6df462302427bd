internal import SluiceEngine
internal import SluicePipeline

/// An object a line, for programs.
enum JSONProgress {
    static func line(_ state: ProgressState, isLast: Bool) -> String {
        let snapshot = state.snapshot
        var json = JSONWriter()
        json.object { json in
            json.field("type", "progress")
            json.field("elapsed", snapshot.elapsed.seconds, places: 3)
            json.field("bytesDone", snapshot.bytesDone)
            json.field("bytesListed", snapshot.bytesListed)
            json.field("listed", snapshot.isListed)
            json.field("filesDone", snapshot.filesDone)
            json.field("filesListed", snapshot.filesListed)
            json.field("filesSkipped", snapshot.filesSkipped)
            json.field("filesFailed", snapshot.filesFailed)
            json.field("rowsDone", snapshot.rowsDone)
            json.field("rowsExpected", snapshot.rowsExpected)
            json.field("bytesPerSecond", state.rate.map { Int($0) })
            json.field("secondsLeft", state.timeLeft?.seconds, places: 1)
            json.field("stage", state.stage?.rawValue)
            json.field("connections", snapshot.connections)
            json.field("retries", snapshot.retries)
            json.field("last", isLast)
        }
        json.endLine()
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
