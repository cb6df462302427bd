import SluiceCore
import Testing

private struct Told: Failure {
    var kind: FailureKind = .transient
    var what = "\"a\" can't be read"
    var cause: String?
    var advice: String?
}

private struct Foreign: Error, CustomStringConvertible {
    let description = "somebody else's words"
}

@Suite struct FailureTests {
    @Test(
        "a failure is one sentence: what, why and what to do",
        arguments: [
            (nil, nil, "\"a\" can't be read"),
            ("no such file", nil, "\"a\" can't be read: no such file"),
            (nil, "Check the path", "\"a\" can't be read. Check the path"),
            ("no such file", "Check the path", "\"a\" can't be read: no such file. Check the path"),
        ] as [(String?, String?, String)]
    )
    func sentence(cause: String?, advice: String?, text: String) {
        #expect(Told(cause: cause, advice: advice).description == text)
    }

    @Test("only what another attempt can mend is retryable", arguments: FailureKind.allCases)
    func retryable(kind: FailureKind) {
        #expect(Told(kind: kind).isRetryable == [.transient, .throttled].contains(kind))
    }

    @Test("an error that is not ours keeps its own words")
    func foreign() {
        let told = failure(from: Foreign())
        #expect(told.what == "somebody else's words")
        #expect(told.kind == .inputOutput)
        #expect(!told.isRetryable)
        #expect(told.retryAfter == nil)
    }

    @Test("our own error stays what it is")
    func own() {
        #expect(failure(from: Cancelled()) is Cancelled)
        #expect(Cancelled().kind == .cancelled)
    }
}
