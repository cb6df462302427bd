import SluiceCore
import SluiceStores
import Testing

/// Copies that S3 makes by itself: what is asked, and what an answer means.
@Suite struct S3CopyTests {
    private let now = S3Fixture.now
    private let digest = Checksum(algorithm: .crc64nvme, value: UInt64(0xAE8B_1486_0A79_9888))
    private static let base64 = "rosUhgp5mIg="

    /// A step that copies from `s3://from/ü b.csv`.
    private func step(
        _ action: SinkStep.Action = .whole,
        offset: Int = 0,
        count: Int = 9,
        size: Int = 9,
        digest: Checksum? = nil,
        condition: WriteCondition = .none
    ) throws -> SinkStep {
        let source = try #require(
            try S3Fixture.source("s3://from").copySource(name: "a/ü b.csv", entityTag: "\"of the source\"")
        )
        let upload = Upload(name: "to.csv", size: size, condition: condition, isCopy: true)
        upload.session = S3Upload(id: "id", checksum: .crc64nvme)
        let range = CopyRange(source: source, offset: offset, digest: digest)
        return SinkStep(upload: upload, action: action, body: StepBody(copying: range, count: count))
    }

    private func answer(_ document: String, tag: String = "&quot;e&quot;") -> HTTPResponse {
        HTTPResponse(
            status: 200,
            body: Array("<CopyObjectResult><ETag>\(tag)</ETag>\(document)</CopyObjectResult>".utf8)
        )
    }

    @Test func `a whole copy names its source, the version, and what is kept beside the bytes`() throws {
        let request = try #require(try S3Fixture.sink().request(for: step(), now: now))
        #expect(request.method == .put && request.address.path == "/bucket/to.csv")
        #expect(
            request.plainHeaders == [
                "content-type": "application/octet-stream", "x-amz-copy-source": "/from/a/%C3%BC%20b.csv",
                "x-amz-copy-source-if-match": "\"of the source\"", "x-amz-metadata-directive": "REPLACE",
                "x-amz-tagging-directive": "REPLACE", "x-amz-checksum-algorithm": "CRC64NVME",
            ]
        )
        #expect(request["authorization"]?.contains("x-amz-copy-source;x-amz-copy-source-if-match") == true)
    }

    @Test(arguments: [(0, 5, "bytes=0-4"), (5, 4, "bytes=5-8"), (0, 9, nil as String?)])
    func `a part names its range, unless it is the whole source`(_ offset: Int, _ count: Int, _ range: String?) throws {
        let step = try step(.block(ordinal: 2, offset: offset), offset: offset, count: count)
        let request = try #require(try S3Fixture.sink().request(for: step, now: now))
        #expect(request.address.query == "partNumber=3&uploadId=id")
        #expect(request["x-amz-copy-source-range"] == range)
        #expect(request["x-amz-metadata-directive"] == nil)
    }

    @Test func `a success with an error in it is none`() throws {
        let failed = HTTPResponse(status: 200, body: Array("<Error><Code>InternalError</Code></Error>".utf8))
        for action in [SinkStep.Action.whole, .block(ordinal: 0, offset: 0)] {
            let result = try S3Fixture.sink().result(of: step(action), failed, now: now)
            #expect(result.failure?.kind == .transient)
            #expect(try S3Fixture.sink().inquiry(after: failed, of: step(action), now: now) == nil)
        }
        for body in ["", "<CopyObjectResult><ETag>e</ET", "<CopyObjectResult></CopyObjectResult>", "<html></html>"] {
            let cut = HTTPResponse(status: 200, body: Array(body.utf8))
            #expect(try S3Fixture.sink().result(of: step(), cut, now: now).outcome == nil, "\(body)")
        }
    }

    @Test func `a copy with the source's digest is proven by its answer`() throws {
        let sink = try S3Fixture.sink()
        let same = answer(
            "<ChecksumCRC64NVME>\(Self.base64)</ChecksumCRC64NVME><ChecksumType>FULL_OBJECT</ChecksumType>"
        )
        #expect(try sink.inquiry(after: same, of: step(digest: digest), now: now) == nil)
        let outcome = try sink.result(of: step(digest: digest), same, now: now).outcome
        #expect(outcome?.storedChecksum == digest && outcome?.sentChecksum == digest && outcome?.bytesSent == 0)
        let other = answer("<ChecksumCRC64NVME>AAAAAAAAAAA=</ChecksumCRC64NVME>")
        #expect(try sink.result(of: step(digest: digest), other, now: now).failure?.kind == .integrity)
    }

    @Test func `without a digest the source's own tag proves it, and else the size is looked at`() throws {
        let sink = try S3Fixture.sink()
        #expect(try sink.inquiry(after: answer("", tag: "\"of the source\""), of: step(), now: now) == nil)
        let inquiry = try #require(try sink.inquiry(after: answer(""), of: step(), now: now))
        #expect(inquiry.method == .head && inquiry.address.path == "/bucket/to.csv")
        func found(_ size: Int) throws -> StepResult {
            let head = HTTPResponse(
                status: 200,
                headers: [.init("content-length", "\(size)"), .init("etag", "\"new\"")]
            )
            return try sink.result(of: step(), refusal: answer(""), inquiry: head, now: now)
        }
        #expect(try found(9).outcome?.tag == "\"new\"")
        #expect(try found(8).failure?.kind == .integrity)
        #expect(try found(8).failure?.description.contains("8 bytes of 9") == true)
    }

    @Test func `a part's digest is the service's own`() throws {
        let document =
            "<CopyPartResult><ETag>\"p\"</ETag><ChecksumCRC64NVME>\(Self.base64)</ChecksumCRC64NVME></CopyPartResult>"
        let response = HTTPResponse(status: 200, body: Array(document.utf8))
        let outcome = try S3Fixture.sink().result(of: step(.block(ordinal: 0, offset: 0)), response, now: now).outcome
        #expect(outcome?.tag == "\"p\"" && outcome?.storedChecksum == digest && outcome?.sentChecksum == digest)
    }

    @Test func `a condition that fails is the source's, or that of what stands there`() throws {
        let sink = try S3Fixture.sink()
        func kind(_ condition: WriteCondition, _ extra: String) throws -> FailureKind? {
            let refusal = S3Fixture.error("PreconditionFailed", status: 412, extra: extra)
            return try sink.result(of: step(condition: condition), refusal, now: now).failure?.kind
        }
        #expect(try kind(.none, "") == .sourceChanged)
        #expect(try kind(.absent, "<Condition>x-amz-copy-source-If-Match</Condition>") == .sourceChanged)
        #expect(try kind(.absent, "<Condition>If-None-Match</Condition>") == .precondition)
    }

    @Test func `only the same service in the name of the same keys copies`() throws {
        let sink = try S3Fixture.sink()
        #expect(sink.copies(from: try S3Fixture.source("s3://from")))
        #expect(!sink.copies(from: try S3Fixture.source("s3://from", endpoint: "https://localhost:9001")))
        #expect(!sink.copies(from: try AzureFixture.source()))
        let others = ["AWS_ACCESS_KEY_ID": "AKIAOTHER", "AWS_SECRET_ACCESS_KEY": "other"]
        #expect(try !S3Fixture.sink(variables: others).copies(from: S3Fixture.source("s3://from")))
        #expect(try !S3Fixture.sink(variables: [:]).copies(from: S3Fixture.source("s3://from")))
    }
}
