internal import SluiceCore
internal import SluiceEngine
internal import SluicePipeline

/// How far a run has come, at one moment.
struct ProgressSnapshot: Sendable {
    var elapsed = Duration.zero
    /// Bytes of the source that are done: sent to the sink, or, where a codec changes their number, read.
    var bytesDone = 0
    /// Bytes of the source that are known of.
    var bytesListed = 0
    /// Whether all items are known.
    var isListed = false
    var filesDone = 0
    var filesListed = 0
    var filesSkipped = 0
    var filesFailed = 0
    /// Rows that were read, and that there are about; nil where there are none, and where nobody says.
    var rowsDone: Int?
    var rowsExpected: Int?
    /// Requests under way at the sink.
    var connections = 0
    var retries = 0
    var stages = RunReport.Stages()

    /// All bytes that there will be; nil while they are being listed or where the source can't say.
    var total: Int? { isListed && bytesListed >= bytesDone && bytesListed > 0 ? bytesListed : nil }

    /// All rows that there are about; nil where nobody says, or where there are more already.
    var rowTotal: Int? { rowsExpected.flatMap { $0 > 0 && $0 >= rowsDone ?? 0 ? $0 : nil } }

    /// From 0 to 1; 1 only when everything is done. Of rows an estimate, and never 1.
    var fraction: Double? {
        if let total { return Double(bytesDone) / Double(total) }
        return rowTotal.map { min(0.99, Double(rowsDone ?? 0) / Double($0)) }
    }
}

/// Takes snapshots of a run.
struct ProgressProbe: Sendable {
    let copy: CopyRun
    let start: ContinuousClock.Instant

    var snapshot: ProgressSnapshot {
        let sums = copy.tally.reading
        let counts = copy.counts
        var snapshot = ProgressSnapshot()
        snapshot.elapsed = ContinuousClock.now - start
        snapshot.stages = RunReport.Stages(copy.meters)
        snapshot.bytesListed = sums.bytesListed
        snapshot.isListed = sums.isListed
        snapshot.bytesDone = bytesDone(snapshot.stages, sums)
        snapshot.filesDone = sums.filesWritten
        snapshot.filesListed = sums.filesListed
        snapshot.filesSkipped = sums.filesSkipped
        snapshot.filesFailed = sums.filesFailed
        let rows = copy.rowFacts
        snapshot.rowsDone = rows?.read
        snapshot.rowsExpected = rows?.expected
        snapshot.connections = counts?.active ?? 0
        snapshot.retries = counts?.retries ?? 0
        return snapshot
    }

    /// Whether only one worker can read the source.
    var isSerial: Bool { copy.specification.source == .standardStream }

    private func bytesDone(_ stages: RunReport.Stages, _ sums: Tally.Reading) -> Int {
        // Confirmed bytes are compressed ones; and a stream is confirmed as a whole, at its end.
        let isMeasuredAtSource = copy.specification.codec != nil || isSerial
        let confirmed = copy.tally.bytesConfirmed + copy.tally.bytesUnderWay
        let done = isMeasuredAtSource ? stages.reader.bytesIn : confirmed
        // What was read twice, because an item started over, is not done twice.
        return sums.isListed && sums.bytesListed > 0 ? min(done, sums.bytesListed) : done
    }
}
