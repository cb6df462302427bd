import SluiceCore
import SluiceStores
import Testing

@Suite struct S3AnswerTests {
    private let now = S3Fixture.now
    private let crc = Checksum(algorithm: .crc64nvme, value: UInt64(0xAE8B_1486_0A79_9888))
    private let tag = HTTPRequest.Header("etag", "\"e\"")

    private func put(
        _ response: HTTPResponse,
        _ dialect: S3Dialect? = nil,
        condition: WriteCondition = .none,
        attempt: Int = 0
    ) throws -> StepResult {
        var step = SinkStep(
            upload: S3Fixture.upload(condition: condition),
            action: .whole,
            body: StepBody(slab: slab([1, 2, 3])),
            checksum: crc
        )
        step.attempt = attempt
        return try (dialect ?? S3Fixture.sink()).result(of: step, response, now: now)
    }

    @Test func `a put is confirmed by its tag`() throws {
        let outcome = try put(HTTPResponse(status: 200, headers: [tag])).outcome
        #expect(outcome?.tag == "\"e\"")
        #expect(outcome?.bytesSent == 3)
        #expect(outcome?.storedChecksum == nil)
    }

    @Test func `a success without a tag is no answer of S3`() throws {
        #expect(try put(HTTPResponse(status: 200)).failure?.kind == .unexpectedAnswer)
    }

    @Test func `a digest in the answer that differs is a failure`() throws {
        let other = HTTPRequest.Header("x-amz-checksum-crc64nvme", "AAAAAAAAAAA=")
        let failure = try put(HTTPResponse(status: 200, headers: [tag, other])).failure
        #expect(failure?.kind == .integrity)
        #expect(failure?.description.contains("ae8b14860a799888 was sent") == true)
    }

    @Test func `a service that repeats no digest is noted, once`() throws {
        let dialect = try S3Fixture.sink()
        for _ in 0..<3 { _ = try put(HTTPResponse(status: 200, headers: [tag]), dialect) }
        #expect(dialect.notes.count == 1)
        #expect(dialect.notes.first?.contains("does not confirm CRC64NVME") == true)
    }

    @Test(arguments: [
        (400, "InvalidArgument", "Unsupported header 'x-amz-checksum-crc64nvme' received for this API call."),
        (501, "NotImplemented", "Header 'x-amz-checksum-crc64nvme' with value 'a' not implemented"),
        (501, "NotImplemented", "A header you provided implies functionality that is not implemented"),
        (
            400, "InvalidRequest",
            "Checksum algorithm provided is unsupported. Please try again with any of the valid types"
        ),
    ])
    func `a service that refuses digests gets none from then on`(_ status: Int, _ code: String, _ message: String)
        throws
    {
        let dialect = try S3Fixture.sink()
        let failure = try put(S3Fixture.error(code, message, status: status), dialect).failure
        #expect(failure?.isRetryable == true)
        #expect(dialect.notes.first?.contains("refuses checksums") == true)
        #expect(dialect.traits.blockChecksum == nil)
        let step = SinkStep(upload: S3Fixture.upload(), action: .whole, checksum: crc)
        #expect(try dialect.request(for: step, now: now)?["x-amz-checksum-crc64nvme"] == nil)
        let begin = SinkStep(upload: S3Fixture.upload(), action: .begin)
        #expect(try dialect.request(for: begin, now: now)?["x-amz-checksum-algorithm"] == nil)
        #expect(
            try put(S3Fixture.error(code, message, status: status), dialect, attempt: 1).failure?.isRetryable == false
        )
    }

    @Test func `a digest that is wrong is not a refusal of digests`() throws {
        let dialect = try S3Fixture.sink()
        let answer = S3Fixture.error(
            "XAmzContentChecksumMismatch",
            "The provided 'x-amz-checksum' header does not match what was computed.",
            status: 400
        )
        #expect(try put(answer, dialect).failure?.kind == .integrity)
        #expect(dialect.notes.isEmpty)
    }

    @Test func `a refused condition is not taken for a refused digest`() throws {
        let dialect = try S3Fixture.sink()
        let answer = S3Fixture.error(
            "NotImplemented",
            "A header you provided implies functionality that is not implemented",
            status: 501,
            extra: "<Header>If-None-Match</Header>"
        )
        let failure = try put(answer, dialect, condition: .absent).failure
        #expect(failure?.kind == .unexpectedAnswer)
        #expect(failure?.advice?.contains("--overwrite always") == true)
    }

    @Test(arguments: [
        S3Fixture.error("AuthorizationHeaderMalformed", status: 400, extra: "<Region>eu-west-1</Region>"),
        HTTPResponse(status: 301, headers: [.init("x-amz-bucket-region", "eu-west-1")]),
        HTTPResponse(status: 400, headers: [.init("x-amz-bucket-region", "eu-west-1")]),
    ])
    func `the bucket's region is learned, and the next request goes there`(_ answer: HTTPResponse) throws {
        let dialect = try S3Fixture.sink(endpoint: nil)
        #expect(try put(answer, dialect).failure?.kind == .transient)
        let step = SinkStep(upload: S3Fixture.upload(), action: .whole)
        let request = try #require(try dialect.request(for: step, now: now))
        #expect(request.address.host == "bucket.s3.eu-west-1.amazonaws.com")
        #expect(request["authorization"]?.contains("/20130524/eu-west-1/s3/") == true)
        #expect(try put(answer, dialect, attempt: 1).failure?.isRetryable == false)
    }

    @Test func `a service's clock is learned, and the next request is signed by it`() throws {
        let dialect = try S3Fixture.sink()
        let date = HTTPRequest.Header("date", "Fri, 24 May 2013 03:00:00 GMT")
        let refusal = S3Fixture.error("RequestTimeTooSkewed", status: 403)
        let answer = HTTPResponse(status: 403, headers: [date], body: refusal.body)
        #expect(try put(answer, dialect).failure?.kind == .transient)
        let step = SinkStep(upload: S3Fixture.upload(), action: .whole)
        #expect(try dialect.request(for: step, now: now)?["x-amz-date"] == "20130524T030000Z")
        #expect(dialect.notes == ["this machine's clock is 10800 s behind: set it"])
        let again = try put(answer, dialect, attempt: 1).failure
        #expect(again?.kind == .forbidden)
    }

    @Test func `a forbidden HEAD from a service with another clock is a matter of the clock`() throws {
        let source = try S3Fixture.source()
        let date = HTTPRequest.Header("date", "Fri, 24 May 2013 03:00:00 GMT")
        #expect(source.failure(HTTPResponse(status: 403, headers: [date]), name: "a", now: now).kind == .transient)
        let near = HTTPRequest.Header("date", "Fri, 24 May 2013 03:00:10 GMT")
        #expect(source.failure(HTTPResponse(status: 403, headers: [near]), name: "a", now: now).kind == .forbidden)
    }

    @Test(arguments: [
        ("NoSuchBucket", 404, FailureKind.notFound, "Create the bucket"),
        ("NoSuchKey", 404, .notFound, "name"), ("NoSuchUpload", 404, .notFound, "given up"),
        ("AccessDenied", 403, .forbidden, "policy"), ("InvalidAccessKeyId", 403, .forbidden, "AWS_ACCESS_KEY_ID"),
        ("SignatureDoesNotMatch", 403, .forbidden, "AWS_SECRET_ACCESS_KEY"),
        ("ExpiredToken", 400, .forbidden, "expired"), ("InvalidToken", 400, .forbidden, "AWS_SESSION_TOKEN"),
        ("SlowDown", 503, .throttled, "--connections"), ("ServiceUnavailable", 503, .throttled, "--connections"),
        ("InternalError", 500, .transient, ""), ("RequestTimeout", 400, .transient, ""),
        ("OperationAborted", 409, .transient, ""), ("ConditionalRequestConflict", 409, .transient, ""),
        ("PreconditionFailed", 412, .precondition, "--overwrite"), ("EntityTooLarge", 400, .tooLarge, "--block-size"),
        ("MetadataTooLarge", 400, .tooLarge, "--preserve"), ("BadDigest", 400, .integrity, "changed"),
        ("InvalidDigest", 400, .integrity, "changed"), ("XAmzContentChecksumMismatch", 400, .integrity, "changed"),
        ("InvalidPart", 400, .integrity, "again"), ("KeyTooLongError", 400, .invalidName, "rename"),
        ("XMinioStorageFull", 507, .noSpace, "space"), ("InvalidBucketName", 400, .usage, "name"),
        ("InvalidObjectState", 403, .forbidden, "archived"), ("Unheard", 503, .throttled, ""),
        ("Unheard", 418, .unexpectedAnswer, ""),
    ])
    func `every refusal is told with its cause and with advice`(
        _ code: String,
        _ status: Int,
        _ kind: FailureKind,
        _ advice: String
    ) throws {
        let failure = try #require(try put(S3Fixture.error(code, status: status)).failure)
        #expect(failure.kind == kind)
        #expect(failure.status == status)
        #expect(failure.what == "putting \"a.csv\" into s3://bucket")
        #expect(failure.cause == "\(code): It is so. (HTTP \(status))")
        #expect(failure.advice?.contains(advice) ?? advice.isEmpty)
    }

    @Test(arguments: [
        (403, FailureKind.forbidden), (404, .notFound), (408, .transient), (409, .precondition), (412, .precondition),
        (413, .tooLarge), (429, .throttled), (500, .transient), (502, .transient), (503, .throttled), (504, .transient),
        (507, .noSpace), (302, .unexpectedAnswer), (405, .unexpectedAnswer),
    ])
    func `an answer without a document is told by its status`(_ status: Int, _ kind: FailureKind) throws {
        let retry = HTTPRequest.Header("retry-after", "7")
        let failure = try put(HTTPResponse(status: status, headers: [retry])).failure
        #expect(failure?.kind == kind)
        #expect(failure?.retryAfter == .seconds(7))
    }

    @Test(arguments: [
        (403, FailureKind.unexpectedAnswer), (404, .unexpectedAnswer), (503, .throttled), (502, .transient),
    ])
    func `a web page is told as such, unless another attempt can help`(_ status: Int, _ kind: FailureKind) throws {
        let page = HTTPResponse(
            status: status,
            headers: [.init("content-type", "text/html")],
            body: Array("<!DOCTYPE html><html></html>".utf8)
        )
        let failure = try put(page).failure
        #expect(failure?.kind == kind)
        if kind == .unexpectedAnswer { #expect(failure?.cause?.contains("web page") == true) }
    }

    @Test(arguments: ["a//b", "a/./b", "../a", "trailing/"])
    func `a name that the service's file system can't hold is told as such`(_ name: String) throws {
        let step = SinkStep(upload: S3Fixture.upload(name), action: .whole)
        let failure = try S3Fixture.sink().result(of: step, S3Fixture.error("InvalidRequest", status: 400), now: now)
            .failure
        #expect(failure?.kind == .invalidName)
    }

    @Test func `without keys a refusal says so`() throws {
        let dialect = try S3Fixture.sink(variables: [:])
        let failure = try put(S3Fixture.error("AccessDenied", status: 403), dialect).failure
        #expect(failure?.advice?.contains("not signed") == true)
    }

    @Test func `a condition that fails on a second attempt may be our own doing`() throws {
        let answer = S3Fixture.error("PreconditionFailed", status: 412)
        #expect(try put(answer, condition: .absent, attempt: 1).failure?.advice?.contains("earlier attempt") == true)
        #expect(try put(answer, condition: .absent).failure?.advice?.contains("earlier attempt") == false)
    }

    @Test func `no error shows a key or a signature`() throws {
        let message = "Signature=0123456789abcdef and sig=abc&amp;x, \(String(repeating: "long ", count: 500))"
        let failure = try #require(try put(S3Fixture.error("SignatureDoesNotMatch", message, status: 403)).failure)
        for text in ["\(failure)", String(reflecting: failure), dumped(failure)] {
            #expect(!text.contains("0123456789abcdef") && !text.contains("sig=abc") && !text.contains("wJalrXUtnFEMI"))
        }
        #expect((failure.cause?.count ?? 0) < 400)
        let dialect = try S3Fixture.sink()
        #expect(!dumped(dialect).contains("wJalrXUtnFEMI"))
    }
}
