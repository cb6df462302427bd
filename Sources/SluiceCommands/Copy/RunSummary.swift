internal import SluiceCore
internal import SluiceEngine
internal import SluicePipeline

/// The last line of a run, for people.
struct RunSummary {
    private let report: RunReport

    init(_ report: RunReport) { self.report = report }

    var text: String {
        let sums = report.sums
        var parts = [copied]
        if sums.filesUnchanged > 0 { parts.append("\(sums.filesUnchanged) unchanged") }
        if sums.bytesResumed > 0 { parts.append("\(ByteCount(sums.bytesResumed)) were there from before") }
        if let rows = sums.rows?.skipped, rows > 0 { parts.append("\(rows) \(rows == 1 ? "row" : "rows") skipped") }
        if sums.filesSkipped > 0 { parts.append("\(sums.filesSkipped) skipped") }
        if sums.filesFailed > 0 { parts.append("\(sums.filesFailed) failed") }
        if let retries = report.counts?.retries, retries > 0 { parts.append("\(retries) retries") }
        let text = parts.joined(separator: ", ") + "."
        guard let bottleneck = report.bottleneck, report.duration >= RunSummary.leastTold else { return text }
        return text + " " + bottleneck.sentence
    }

    /// What was copied, how long it took and how fast it was.
    private var copied: String {
        let files = report.sums.filesWritten
        guard files > 0 else { return "Copied nothing in \(RunSummary.time(report.duration))" }
        var text = "Copied \(files) \(files == 1 ? "file" : "files"), "
        if let rows = report.sums.rows { text += "\(rows.copied) \(rows.copied == 1 ? "row" : "rows"), " }
        text += "\(ByteCount(report.bytesReadOfCopied))"
        if let codec = report.codec, let ratio = report.compressionRatio {
            text += " (\(codec): \(ByteCount(report.sums.bytesWritten)), \(fixed(ratio, 2)) : 1)"
        }
        text += " in \(RunSummary.time(report.duration))"
        let rate = Double(report.bytesReadOfCopied) / max(report.copyDuration, 1e-6)
        return report.bytesReadOfCopied > 0 ? text + ", \(ByteCount(Int(rate)))/s" : text
    }

    /// A run below this length is over before its stages say anything.
    private static let leastTold = Duration.seconds(1)

    /// `0.84 s`, `12.3 s`, `4 min 05 s`, `3 h 02 min`; without fractions where it is not exact.
    static func time(_ duration: Duration, isExact: Bool = true) -> String {
        let seconds = duration.seconds
        if !isExact, seconds < 60 { return "\(fixed(seconds, 0)) s" }
        if seconds < 10 { return "\(fixed(seconds, 2)) s" }
        if seconds < 60 { return "\(fixed(seconds, 1)) s" }
        let whole = Int(seconds.rounded())
        if whole < 3600 { return "\(whole / 60) min \(padded(whole % 60, 2)) s" }
        return "\(whole / 3600) h \(padded(whole / 60 % 60, 2)) min"
    }
}
