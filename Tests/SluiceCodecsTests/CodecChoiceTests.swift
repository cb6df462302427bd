import SluiceCore
import Testing

@testable import SluiceCodecs

@Suite struct CodecChoiceTests {
    @Test(
        "a name and a level choose a codec",
        arguments: [
            ("gzip", "gzip:1"), ("gzip:0", "gzip:0"), ("GZIP:9", "gzip:9"), ("zstd", "zstd:3"), ("zstd:-5", "zstd:-5"),
            ("zstd:19", "zstd:19"), ("lz4", "lz4:1"), ("lz4:12", "lz4:12"),
        ]
    )
    func choice(text: String, expected: String) throws {
        let choice = try #require(try CodecChoice(parsing: text))
        #expect(choice.description == expected)
        #expect(choice.codec.name == choice.format.rawValue)
        #expect(try codec(named: text)?.name == choice.format.rawValue)
    }

    @Test("none is no codec")
    func none() throws {
        #expect(try codec(named: "none") == nil)
        #expect(try CodecChoice(parsing: "NONE") == nil)
    }

    @Test(
        "what is no choice is told with what would be",
        arguments: [
            ("", #"there is no codec "". Use gzip, zstd, lz4 or none, with a level if you like: gzip:6"#),
            ("bzip2:9", #"there is no codec "bzip2". Use gzip, zstd, lz4 or none, with a level if you like: gzip:6"#),
            ("gzip:10", #"gzip has no level "10". Its levels are 0 to 9, and 1 when none is given"#),
            ("gzip:", #"gzip has no level "". Its levels are 0 to 9, and 1 when none is given"#),
            ("zstd:20", #"zstd has no level "20". Its levels are -5 to 19, and 3 when none is given"#),
            ("lz4:fast", #"lz4 has no level "fast". Its levels are 1 to 12, and 1 when none is given"#),
            ("lz4:0", #"lz4 has no level "0". Its levels are 1 to 12, and 1 when none is given"#),
            ("none:1", #""none" takes no level. Write none, or name a codec"#),
        ]
    )
    func refusal(text: String, sentence: String) {
        let problem = #expect(throws: CodecError.self) { try CodecChoice(parsing: text) }
        #expect(problem?.kind == .usage)
        #expect(problem?.description == sentence)
    }

    @Test(
        "each error has its kind and tells where",
        arguments: [
            (CodecError.corrupt(.gzip, offset: 7, "why"), .integrity, "the gzip data are damaged near byte 7: why"),
            (.truncated(.lz4, offset: 9), .integrity, "the lz4 data end too early: 9 bytes came"),
            (
                .windowTooLarge(.zstd, offset: 6, "why"), .tooLarge,
                "the zstd data at byte 6 want a window above 128 MiB"
            ),
            (.refused(.zstd, "ZSTD_createCCtx", "no memory"), .inputOutput, "zstd failed: ZSTD_createCCtx: no memory"),
        ] as [(CodecError, FailureKind, String)]
    )
    func errors(error: CodecError, kind: FailureKind, beginning: String) {
        #expect(error.kind == kind)
        #expect(error.description.hasPrefix(beginning))
        #expect(error.advice != nil)
    }
}
