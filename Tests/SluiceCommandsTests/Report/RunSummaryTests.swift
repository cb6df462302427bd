import SluiceCore
import SluicePipeline
import Testing

@testable import SluiceCommands
@testable import SluiceEngine

private func summary(_ change: (inout RunReport) -> Void) -> String {
    let specification = CopySpecification(source: .standardStream, sink: .standardStream)
    var report = RunReport(
        specification,
        command: "copy",
        version: "0",
        outcome: .succeeded,
        startedAt: Timestamp(seconds: 0),
        duration: .milliseconds(2000)
    )
    change(&report)
    return RunSummary(report).text
}

@Suite struct RunSummaryTests {
    @Test("it says what was copied, how long it took and how fast it was")
    func plain() {
        let text = summary { report in
            report.sums.filesWritten = 3
            report.bytesReadOfCopied = 10 << 20
        }
        #expect(text == "Copied 3 files, 10.0 MiB in 2.00 s, 5.00 MiB/s.")
    }

    @Test("with a codec it says what became of the bytes")
    func compressed() {
        let text = summary { report in
            report.codec = "zstd"
            report.sums.filesWritten = 1
            report.bytesReadOfCopied = 10 << 20
            report.sums.bytesWritten = 4 << 20
        }
        #expect(text == "Copied 1 file, 10.0 MiB (zstd: 4.00 MiB, 2.50 : 1) in 2.00 s, 5.00 MiB/s.")
    }

    @Test("failures are counted, and bytes of failed items are not boasted of")
    func failures() {
        let text = summary { report in
            report.sums.bytesRead = 10 << 20
            report.sums.filesFailed = 2
            report.sums.filesSkipped = 1
        }
        #expect(text == "Copied nothing in 2.00 s, 1 skipped, 2 failed.")
    }

    @Test("a run long enough names its bottleneck")
    func bottleneck() {
        let text = summary { report in
            report.sums.filesWritten = 1
            report.stages.reader = StageReading(busy: .seconds(2))
        }
        #expect(text == "Copied 1 file, 0 B in 2.00 s. The source held the rest up: it was busy 100 % of the time.")
    }

    @Test(
        "times are short",
        arguments: [(0.84, "0.84 s"), (12.34, "12.3 s"), (245, "4 min 05 s"), (7320, "2 h 02 min"), (59.99, "60.0 s")]
    )
    func times(seconds: Double, expected: String) { #expect(RunSummary.time(.seconds(seconds)) == expected) }
}
