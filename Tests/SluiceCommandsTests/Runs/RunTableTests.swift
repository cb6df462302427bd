import SluiceCore
import Testing

@testable import SluiceCommands

@Suite struct RunTableTests {
    @Test(
        "names are as long as tells them apart, and no shorter than their time",
        arguments: [
            (["019aa5f2-7c31-7aaa", "019aa5f2-7c32-7aaa"], ["019aa5f2-7c31", "019aa5f2-7c32"]),
            (["019aa5f2-7c31-7abc", "019aa5f2-7c31-7abd"], ["019aa5f2-7c31-7abc", "019aa5f2-7c31-7abd"]),
            (["short"], ["short"]),
        ]
    )
    func names(identifiers: [String], names: [String]) { #expect(RunTable.names(identifiers) == names) }

    @Test(
        "times are brief",
        arguments: [
            (0.04, "0.0s"), (9.94, "9.9s"), (9.96, "10s"), (59, "59s"), (65, "1m05s"), (10_925, "3h02m"),
            (198_000, "2d07h"),
        ] as [(Double, String)]
    )
    func times(seconds: Double, text: String) { #expect(RunTable.brief(.seconds(seconds)) == text) }

    @Test(
        "words are quoted so that a shell reads them back",
        arguments: [
            ("plain/path.csv", "plain/path.csv"), ("", "''"), ("two words", "'two words'"), ("it's", "'it'\\''s'"),
            ("*.csv", "'*.csv'"), ("$HOME", "'$HOME'"), ("a\nb'c\\", "$'a\\x0ab\\'c\\\\'"), ("é", "'é'"),
        ]
    )
    func quoting(word: String, quoted: String) { #expect(ShellWord.quoted(word) == quoted) }

    @Test(
        "ages are read",
        arguments: [
            ("30d", 2_592_000), ("12h", 43200), ("0m", 0), ("2w", 1_209_600), ("5", nil), ("d", nil), ("-1d", nil),
            ("1y", nil),
        ]
            as [(String, Int64?)]
    )
    func ages(text: String, seconds: Int64?) { #expect(RunAge(argument: text)?.seconds == seconds) }
}
