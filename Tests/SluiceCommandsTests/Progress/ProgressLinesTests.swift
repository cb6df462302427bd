import FoundationEssentials
import SluicePipeline
import Testing

@testable import SluiceCommands
@testable import SluiceEngine

/// What is shown after so many seconds of a copy of 100 MiB at 10 MiB a second.
private func state(after seconds: Int, _ change: (inout ProgressSnapshot) -> Void = { _ in }) -> ProgressState {
    var state = ProgressState()
    for second in 0...seconds {
        var snapshot = ProgressSnapshot()
        snapshot.elapsed = .seconds(second)
        snapshot.bytesDone = second * 10 << 20
        snapshot.bytesListed = 100 << 20
        snapshot.isListed = true
        snapshot.filesDone = second
        snapshot.filesListed = 10
        snapshot.connections = 8
        snapshot.stages.reader = StageReading(
            busy: .milliseconds(second * 100),
            waitingForInput: .milliseconds(second * 900)
        )
        snapshot.stages.writer = StageReading(busy: .seconds(second * 8))
        if second == seconds { change(&snapshot) }
        state.add(snapshot)
    }
    return state
}

@Suite struct ProgressLinesTests {
    @Test(
        "the bar fits its terminal, and leaves out what is least missed",
        arguments: [
            (120, "[========>              ]  40%  40.0 MiB/100 MiB  4/10 files  10.0 MiB/s  ETA 0:06  writing x8"),
            (80, "[=====>           ]  40%  40.0 MiB/100 MiB  4/10 files  10.0 MiB/s  ETA 0:06"),
            (70, "[====>         ]  40%  40.0 MiB/100 MiB  10.0 MiB/s  ETA 0:06"),
            (44, "40.0 MiB/100 MiB  10.0 MiB/s  ETA 0:06"), (20, "40.0 MiB/100 MiB"), (10, "40.0 MiB/"), (1, ""),
            (0, ""),
        ]
    )
    func widths(columns: Int, expected: String) {
        #expect(ProgressBar.line(state(after: 4), columns: columns) == expected)
    }

    @Test("no line reaches its terminal's edge, whatever there is to tell", arguments: 0...200)
    func edges(columns: Int) {
        let busy = state(after: 7) { snapshot in
            snapshot.filesListed = 123_456_789
            snapshot.filesDone = 99_999_999
            snapshot.filesFailed = 1234
            snapshot.filesSkipped = 9
            snapshot.retries = 77
        }
        #expect(ProgressBar.line(busy, columns: columns).count < max(1, columns))
    }

    @Test("while the list is not complete there is neither a bar nor a time, but a plus")
    func listing() {
        let listing = state(after: 4) { $0.isListed = false }
        #expect(
            ProgressBar.line(listing, columns: 120) == "40.0 MiB/100 MiB+  4/10+ files  10.0 MiB/s  ETA --  writing x8"
        )
        #expect(
            PlainProgress.line(listing).hasPrefix(
                "40.0 MiB of 100 MiB and more, 4 of 10 and more files, 10.0 MiB/s, writing"
            )
        )
    }

    @Test("a stream of unknown length shows what was done")
    func unknown() {
        let stream = state(after: 4) { snapshot in
            snapshot.bytesListed = 0
            snapshot.filesListed = 1
            snapshot.filesDone = 0
        }
        #expect(ProgressBar.line(stream, columns: 120) == "40.0 MiB  10.0 MiB/s  ETA --  writing x8")
    }

    @Test("it is never more than everything, and full only at the end")
    func full() {
        let nearly = state(after: 10) { $0.bytesDone = (100 << 20) - 1 }
        #expect(ProgressBar.line(nearly, columns: 120).contains("]  99%"))
        #expect(ProgressBar.line(nearly, columns: 120).contains("> ]"))
        #expect(ProgressBar.line(state(after: 10), columns: 120).contains("=] 100%"))
        // A file that has grown since it was listed: how much there is, is not known any more.
        let above = state(after: 10) { $0.bytesDone = 101 << 20 }
        #expect(!ProgressBar.line(above, columns: 120).contains("%"))
    }

    @Test("plain lines are words")
    func plain() {
        let line = PlainProgress.line(state(after: 4) { $0.filesFailed = 2 })
        #expect(
            line
                == "40.0 MiB of 100 MiB (40 %), 4 of 10 files, 10.0 MiB/s, 6 s left, 2 failed, writing most, 8 connections"
        )
    }

    @Test("lines for programs are exact")
    func json() throws {
        struct Line: Decodable {
            let type: String
            let bytesDone, bytesListed, filesDone, filesListed, bytesPerSecond, connections: Int
            let listed, last: Bool
            let elapsed, secondsLeft: Double
            let stage: String
        }
        let text = JSONProgress.line(state(after: 4), isLast: false)
        #expect(text.filter(\.isNewline).count == 1)
        let line = try JSONDecoder().decode(Line.self, from: Data(text.utf8))
        #expect(line.type == "progress" && line.stage == "sink" && line.listed && !line.last)
        #expect(line.bytesDone == 40 << 20 && line.bytesListed == 100 << 20 && line.bytesPerSecond == 10 << 20)
        #expect(line.filesDone == 4 && line.filesListed == 10 && line.connections == 8)
        #expect(line.elapsed == 4 && line.secondsLeft == 6)
    }

    @Test(
        "times are written as clocks",
        arguments: [(0.2, "0:01"), (59.5, "1:00"), (61, "1:01"), (3600, "1:00:00"), (36_061, "10:01:01")]
    )
    func clocks(seconds: Double, expected: String) { #expect(ProgressBar.clock(.seconds(seconds)) == expected) }

    @Test("a time that nobody would believe is not told")
    func absurd() {
        #expect(ProgressBar.clock(nil) == "--")
        #expect(ProgressBar.clock(.seconds(1e9)) == "--")
    }
}
