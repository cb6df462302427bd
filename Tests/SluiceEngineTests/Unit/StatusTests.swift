import SluiceCore
import SluicePipeline
import SluiceStores
import Testing

@Suite struct StatusTests {
    @Test(
        "what a service answers decides whether it is asked again",
        arguments: [
            (408, FailureKind.transient), (429, .throttled), (500, .transient), (502, .transient), (503, .throttled), (504, .transient),
        ]
    )
    func retried(status: Int, kind: FailureKind) {
        let error = HTTPFailure.error(HTTPResponse(status: status), what: "PUT", now: Timestamp(seconds: 0))
        #expect(error.kind == kind)
        #expect(RetryPolicy().decision(attempt: 0, failure: error, jitter: 0) == .retry(after: .zero))
    }

    @Test("what can't be mended is not tried again", arguments: [300, 301, 307, 400, 401, 403, 404, 405, 409, 410, 411, 412, 413, 414, 416, 422, 501, 505, 507])
    func final(status: Int) {
        let error = HTTPFailure.error(HTTPResponse(status: status), what: "PUT", now: Timestamp(seconds: 0))
        #expect(RetryPolicy().decision(attempt: 0, failure: error, jitter: 0) == .giveUp)
        #expect(error.description.contains("\(status)"))
    }

    @Test(
        "the wait that an answer asks for is kept",
        arguments: [
            (["retry-after": "7"], 7000), (["retry-after": "0"], 0), (["retry-after": "Thu, 01 Jan 1970 00:01:30 GMT"], 30_000),
            (["retry-after": "Thu, 01 Jan 1970 00:00:30 GMT"], 0), (["x-ms-retry-after-ms": "250", "retry-after": "9"], 250),
            (["retry-after": "soon"], nil), (["retry-after": "-5"], nil), ([:], nil),
        ] as [([String: String], Int?)]
    )
    func retryAfter(headers: [String: String], milliseconds: Int?) {
        let response = HTTPResponse(status: 503, headers: headers.map { HTTPRequest.Header($0.key, $0.value) })
        let error = HTTPFailure.error(response, what: "PUT", now: Timestamp(seconds: 60))
        #expect(error.retryAfter == milliseconds.map { .milliseconds($0) })
        let expected = Duration.milliseconds(milliseconds ?? 0)
        #expect(RetryPolicy().decision(attempt: 0, failure: error, jitter: 0) == .retry(after: expected))
    }
}
