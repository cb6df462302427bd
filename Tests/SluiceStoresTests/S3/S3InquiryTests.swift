import SluiceCore
import SluiceStores
import Testing

/// A step that is refused because an earlier attempt succeeded, whose answer was lost.
@Suite struct S3InquiryTests {
    private let now = S3Fixture.now
    private let dialect: S3Dialect
    private let gone = S3Fixture.error("NoSuchUpload", status: 404)
    private let conflict = S3Fixture.error("PreconditionFailed", status: 412)
    /// Two parts, "a" and "b": their MD5s, and the MD5 of both with their number, by md5sum.
    private let tags = ["0cc175b9c0f1b6a831c399e269772661", "92eb5ffee6ae2fec3ad71c777531578f"]
    private let tag = "96e024ba2074fe77e8e965ba43a704be-2"

    init() throws { dialect = try S3Fixture.sink() }

    private func commit(attempt: Int = 1, condition: WriteCondition = .none, checksums: [Checksum?] = [nil, nil])
        -> SinkStep
    {
        let upload = S3Fixture.upload(condition: condition, session: S3Upload(id: "1", checksum: .crc64nvme))
        let receipts = zip(tags, checksums).enumerated().map { ordinal, part in
            BlockReceipt(ordinal: ordinal, length: 1, checksum: part.1, tag: "\"\(part.0)\"")
        }
        var step = SinkStep(upload: upload, action: .commit(receipts))
        step.attempt = attempt
        return step
    }

    private func put(attempt: Int, condition: WriteCondition, checksum: Checksum? = nil) -> SinkStep {
        let upload = S3Fixture.upload(condition: condition)
        var step = SinkStep(upload: upload, action: .whole, body: StepBody(slab: slab([97])), checksum: checksum)
        step.attempt = attempt
        return step
    }

    private func object(size: Int, _ headers: [String: String]) -> HTTPResponse {
        let all = headers.map { HTTPRequest.Header($0, $1) } + [.init("content-length", "\(size)")]
        return HTTPResponse(status: 200, headers: all)
    }

    @Test func `the object is asked about when the upload is gone`() throws {
        let request = try #require(try dialect.inquiry(after: gone, of: commit(attempt: 0), now: now))
        #expect(request.method == .head && request.address.path == "/bucket/a.csv")
        #expect(request.plainHeaders == ["x-amz-checksum-mode": "ENABLED"])
    }

    @Test func `a condition is doubted only after an earlier attempt`() throws {
        #expect(try dialect.inquiry(after: conflict, of: put(attempt: 0, condition: .absent), now: now) == nil)
        #expect(try dialect.inquiry(after: conflict, of: put(attempt: 1, condition: .absent), now: now) != nil)
        #expect(try dialect.inquiry(after: conflict, of: commit(attempt: 0, condition: .absent), now: now) != nil)
        #expect(try dialect.inquiry(after: conflict, of: commit(attempt: 1), now: now) == nil)
        #expect(try dialect.inquiry(after: gone, of: put(attempt: 1, condition: .absent), now: now) == nil)
        let success = HTTPResponse(status: 200, headers: [.init("etag", "\"e\"")])
        #expect(try dialect.inquiry(after: success, of: put(attempt: 1, condition: .absent), now: now) == nil)
        #expect(try dialect.inquiry(after: success, of: commit(), now: now) == nil)
        let late = S3Fixture.error("PreconditionFailed", status: 200)
        #expect(try dialect.inquiry(after: late, of: commit(attempt: 0, condition: .absent), now: now) != nil)
    }

    @Test func `an object with the parts' tag is ours`() throws {
        let step = commit()
        let result = dialect.result(of: step, refusal: gone, inquiry: object(size: 2, ["etag": "\"\(tag)\""]), now: now)
        #expect(result.outcome?.tag == "\"\(tag)\"")
        #expect(step.upload.session == nil)
    }

    @Test(arguments: [(60, true), (62, true), (63, false)])
    func `an object that is older than the upload is not ours`(_ age: Int64, _ isOurs: Bool) throws {
        let upload = S3Fixture.upload(condition: .absent, session: S3Upload(id: "1", checksum: nil, began: now))
        let receipts = tags.enumerated().map {
            BlockReceipt(ordinal: $0.offset, length: 1, checksum: nil, tag: $0.element)
        }
        // The service's clock is an hour behind.
        let date = Timestamp(seconds: now.seconds - 3600)
        let headers = [
            "etag": tag, "date": date.httpDate, "last-modified": Timestamp(seconds: date.seconds - age).httpDate,
        ]
        let result = dialect.result(
            of: SinkStep(upload: upload, action: .commit(receipts)),
            refusal: conflict,
            inquiry: object(size: 2, headers),
            now: Timestamp(seconds: now.seconds + 60)
        )
        #expect((result.outcome != nil) == isOurs)
        #expect(isOurs || result.failure?.kind == .precondition)
    }

    @Test func `an object with the parts' digest is ours`() throws {
        let parts = try [UInt8(97), 98].map { try checksum([$0]) }
        let whole = try checksum([97, 98])
        let right = object(size: 2, ["etag": "\"x-2\"", "x-amz-checksum-crc64nvme": whole.base64])
        #expect(dialect.result(of: commit(checksums: parts), refusal: gone, inquiry: right, now: now).outcome != nil)
        let wrong = object(size: 2, ["etag": "\"x-2\"", "x-amz-checksum-crc64nvme": parts[0].base64])
        #expect(dialect.result(of: commit(checksums: parts), refusal: gone, inquiry: wrong, now: now).failure != nil)
        var headers = ["etag": "\"x-2\"", "x-amz-checksum-crc64nvme": whole.base64]
        headers["x-amz-checksum-type"] = "COMPOSITE"
        let composite = object(size: 2, headers)
        #expect(
            dialect.result(of: commit(checksums: parts), refusal: gone, inquiry: composite, now: now).failure != nil
        )
    }

    /// By known answers, of a program of ten lines that gives the check value of CRC-64/NVME.
    private func checksum(_ bytes: [UInt8]) throws -> Checksum {
        let known: [[UInt8]: UInt64] = [
            [97]: 0x8C2F_8445_B4CB_FC3C, [98]: 0x0D9C_951D_E495_67B7, [97, 98]: 0xEB4F_B212_C8B6_5432,
        ]
        return Checksum(algorithm: .crc64nvme, value: try #require(known[bytes]))
    }

    @Test(arguments: [(3, "96e024ba2074fe77e8e965ba43a704be-2"), (2, "96e024ba2074fe77e8e965ba43a704be-3"), (2, "")])
    func `another object is not`(_ size: Int, _ tag: String) throws {
        let result = dialect.result(
            of: commit(),
            refusal: gone,
            inquiry: object(size: size, ["etag": "\"\(tag)\""]),
            now: now
        )
        #expect(result.failure?.kind == .notFound)
        #expect(result.failure?.cause?.hasSuffix("what stands there is another object of \(size) bytes") == true)
    }

    @Test func `no object, no answer and a passing failure are told apart`() throws {
        func failure(_ status: Int) -> StoreError? {
            dialect.result(of: commit(), refusal: gone, inquiry: HTTPResponse(status: status), now: now).failure
        }
        #expect(failure(404)?.cause?.hasSuffix("nothing of this name stands there") == true)
        #expect(failure(503)?.isRetryable == true)
        #expect(failure(403)?.kind == .notFound)
        #expect(failure(403)?.advice?.contains("may have succeeded") == true)
    }

    @Test func `a whole object is ours by its digest or its tag`() throws {
        func outcome(_ checksum: Checksum?, _ headers: [String: String], size: Int = 1) -> StepOutcome? {
            let step = put(attempt: 1, condition: .absent, checksum: checksum)
            return dialect.result(of: step, refusal: conflict, inquiry: object(size: size, headers), now: now).outcome
        }
        let crc = try checksum([97])
        #expect(outcome(crc, ["etag": "\"e\"", "x-amz-checksum-crc64nvme": crc.base64])?.bytesSent == 1)
        #expect(outcome(crc, ["etag": "\"\(tags[0])\"", "x-amz-checksum-crc64nvme": try checksum([98]).base64]) == nil)
        #expect(outcome(nil, ["etag": "\"\(tags[0])\""]) != nil)
        #expect(outcome(nil, ["etag": "\"\(tags[1])\""]) == nil)
        #expect(outcome(nil, [:]) == nil)
        #expect(outcome(nil, ["etag": "\"\(tags[0])\""], size: 2) == nil)
    }
}
