import SluiceCore
import SluiceStores
import Testing

@Suite struct S3UploadTests {
    private let now = S3Fixture.now
    private let crc = Checksum(algorithm: .crc64nvme, value: UInt64(0xAE8B_1486_0A79_9888))

    private func response(_ body: String, status: Int = 200, _ headers: [HTTPRequest.Header] = []) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers, body: Array(body.utf8))
    }

    private func commit(_ body: String, status: Int = 200, attempt: Int = 0, condition: WriteCondition = .none) throws
        -> StepResult
    {
        let upload = S3Fixture.upload(condition: condition, session: S3Upload(id: "1", checksum: .crc64nvme))
        let receipt = BlockReceipt(ordinal: 0, length: 9, checksum: crc, tag: "\"e\"")
        var step = SinkStep(upload: upload, action: .commit([receipt]))
        step.attempt = attempt
        return try S3Fixture.sink().result(of: step, response(body, status: status), now: now)
    }

    @Test func `the upload's id is kept for its steps`() throws {
        let upload = S3Fixture.upload()
        let body =
            "<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>k</Key><UploadId>a&amp;b</UploadId></InitiateMultipartUploadResult>"
        let result = try S3Fixture.sink().result(of: SinkStep(upload: upload, action: .begin), response(body), now: now)
        #expect(result.outcome != nil)
        #expect(upload.session as? S3Upload == S3Upload(id: "a&b", checksum: .crc64nvme, began: now))
    }

    @Test(arguments: ["", "<html/>", "<InitiateMultipartUploadResult/>", "<InitiateMultipartUploadResult><UploadId>a"])
    func `a begin without an id is no answer of S3`(_ body: String) throws {
        let step = SinkStep(upload: S3Fixture.upload(), action: .begin)
        #expect(try S3Fixture.sink().result(of: step, response(body), now: now).failure?.kind == .unexpectedAnswer)
    }

    @Test func `a commit is confirmed by its document, with the object's digest`() throws {
        let body =
            "<?xml version=\"1.0\"?>\n<CompleteMultipartUploadResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            + "<ETag>&quot;x-1&quot;</ETag><ChecksumCRC64NVME>\(crc.base64)</ChecksumCRC64NVME>"
            + "<ChecksumType>FULL_OBJECT</ChecksumType></CompleteMultipartUploadResult>"
        let outcome = try commit(body).outcome
        #expect(outcome?.tag == "\"x-1\"")
        #expect(outcome?.storedChecksum == crc)
    }

    @Test func `a commit whose object has another digest is a failure`() throws {
        let body =
            "<CompleteMultipartUploadResult><ChecksumCRC64NVME>AAAAAAAAAAA=</ChecksumCRC64NVME></CompleteMultipartUploadResult>"
        #expect(try commit(body).failure?.kind == .integrity)
    }

    @Test func `a commit that answers 200 and an error has failed`() throws {
        let failure = try commit("  <Error><Code>InternalError</Code><Message>We erred.</Message></Error>").failure
        #expect(failure?.kind == .transient)
        #expect(try commit("<Error><Code>PreconditionFailed</Code></Error>").failure?.kind == .precondition)
    }

    @Test(arguments: ["", "   \n", "<CompleteMultipartUploadResult><ETag>"])
    func `a commit whose answer was cut can be asked for again`(_ body: String) throws {
        #expect(try commit(body).failure?.isRetryable == true)
    }

    @Test func `a commit that answers a web page has failed for good`() throws {
        #expect(try commit("<html><body>Welcome</body></html>").failure?.kind == .unexpectedAnswer)
    }

    @Test(arguments: [
        S3Fixture.error("NoSuchUpload", status: 404), HTTPResponse(status: 404), HTTPResponse(status: 204),
    ])
    func `an upload that is gone counts as given up`(_ answer: HTTPResponse) throws {
        let upload = S3Fixture.upload(session: S3Upload(id: "1", checksum: nil))
        let result = try S3Fixture.sink().result(of: SinkStep(upload: upload, action: .abort), answer, now: now)
        #expect(result.outcome != nil)
        #expect(upload.session == nil)
    }

    @Test func `giving up that is refused is a failure`() throws {
        let upload = S3Fixture.upload(session: S3Upload(id: "1", checksum: nil))
        let step = SinkStep(upload: upload, action: .abort)
        let result = try S3Fixture.sink().result(of: step, S3Fixture.error("AccessDenied", status: 403), now: now)
        #expect(result.failure?.what == "giving up the upload of \"a.csv\" to s3://bucket")
    }

    @Test(arguments: [
        (S3Fixture.error("AccessDenied", status: 403), nil), (HTTPResponse(status: 200), nil),
        (S3Fixture.error("NoSuchBucket", status: 404), FailureKind.notFound),
        (S3Fixture.error("InvalidAccessKeyId", status: 403), .forbidden),
        (S3Fixture.error("SignatureDoesNotMatch", status: 403), .forbidden),
        (HTTPResponse(status: 403), .forbidden), (HTTPResponse(status: 500), .transient),
    ])
    func `a probe fails for what no put could mend, and not for keys that may only put`(
        _ answer: HTTPResponse,
        _ kind: FailureKind?
    ) throws {
        let dialect = try S3Fixture.sink()
        let request = try #require(try dialect.probe(now: now))
        #expect(request.address.description == "https://localhost:9000/bucket?encoding-type=url&list-type=2&max-keys=1")
        guard let kind else {
            try dialect.checkProbe(answer, now: now)
            return
        }
        let error = #expect(throws: StoreError.self) { try dialect.checkProbe(answer, now: now) }
        #expect(error?.kind == kind)
    }
}
