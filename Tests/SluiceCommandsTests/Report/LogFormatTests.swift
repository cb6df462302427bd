import SluiceCore
import Testing

@testable import SluiceCommands

@Suite struct LogFormatTests {
    private let error = Log.Message(level: .error, text: "it\u{1B}[31m broke", item: "a", code: "noSpace")
    private let time = Timestamp(seconds: 1_792_560_000)

    @Test("text says who speaks, and can't move the cursor")
    func text() {
        #expect(LogFormat.text.line(error, time: time, isForFile: false) == "sluice: it\\x1b[31m broke\n")
        let info = Log.Message(level: .info, text: "done")
        #expect(LogFormat.text.line(info, time: time, isForFile: false) == "done\n")
    }

    @Test("in a file it says when, too")
    func file() {
        #expect(
            LogFormat.text.line(error, time: time, isForFile: true)
                == "2026-10-21T05:20:00.000Z error: it\\x1b[31m broke\n"
        )
    }

    @Test("JSON has fields")
    func json() {
        let expected =
            #"{"time":"2026-10-21T05:20:00.000Z","level":"error","message":"it\u001b[31m broke","item":"a","code":"noSpace"}"#
        #expect(LogFormat.json.line(error, time: time, isForFile: false) == expected + "\n")
    }

    @Test("what is printable stays", arguments: ["", "plain", "ünïcode 😀", "\\x41"])
    func printable(text: String) { #expect(text.printable == text) }
}
