internal import SluiceCore
internal import SluiceEngine
internal import SluicePipeline

/// The last line of a run, for people.
struct RunSummary {
    private let report: RunReport

    init(_ report: RunReport) { self.report = report }

    var text: String {
        let sums = report.sums
        var parts = ["\(sums.filesWritten) \(sums.filesWritten == 1 ? "file" : "files"), \(ByteCount(sums.bytesRead))"]
        if let codec = report.codec, let ratio = report.compressionRatio {
            parts[0] += " (\(codec): \(ByteCount(sums.bytesWritten)), \(fixed(ratio, 2)) : 1)"
        }
        parts[0] += " in \(Self.time(report.duration))"
        if let throughput = report.throughput, sums.bytesRead > 0 {
            parts.append("\(ByteCount(Int(throughput * 1024)))/s")
        }
        if sums.filesSkipped > 0 { parts.append("\(sums.filesSkipped) skipped") }
        if sums.filesFailed > 0 { parts.append("\(sums.filesFailed) failed") }
        if let retries = report.counts?.retries, retries > 0 { parts.append("\(retries) retries") }
        var text = "Copied " + parts.joined(separator: ", ") + "."
        if let bottleneck = report.stages.bottleneck, report.duration >= Self.leastTold {
            text += " " + bottleneck.sentence
        }
        return text
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
