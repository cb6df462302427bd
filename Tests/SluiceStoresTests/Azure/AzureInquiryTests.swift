import SluiceCore
import SluiceStores
import Testing

/// A step that is refused because an earlier attempt succeeded, whose answer was lost.
@Suite struct AzureInquiryTests {
    private let now = AzureFixture.now
    private let dialect: AzureDialect
    private let conflict = AzureFixture.error("BlobAlreadyExists", status: 409)

    init() throws { dialect = try AzureFixture.sink() }

    private func commit(_ condition: WriteCondition = .absent, attempt: Int = 0) -> SinkStep {
        let receipts = ["one", "two"].enumerated().map {
            BlockReceipt(ordinal: $0.offset, length: 1, checksum: nil, tag: $0.element)
        }
        var step = SinkStep(upload: AzureFixture.upload(condition: condition), action: .commit(receipts))
        step.attempt = attempt
        return step
    }

    private func put(attempt: Int) -> SinkStep {
        let upload = AzureFixture.upload(condition: .absent)
        var step = SinkStep(upload: upload, action: .whole, body: StepBody(slab: slab([97])))
        step.attempt = attempt
        return step
    }

    private func blocks(_ names: [String]) -> HTTPResponse {
        let list = names.map { "<Block><Name>\($0)</Name><Size>1</Size></Block>" }.joined()
        let body = "<?xml version=\"1.0\"?><BlockList><CommittedBlocks>\(list)</CommittedBlocks></BlockList>"
        return HTTPResponse(status: 200, headers: [.init("etag", "\"0x8D\"")], body: Array(body.utf8))
    }

    @Test func `the blob's blocks are asked for when it stands there already`() throws {
        let request = try #require(try dialect.inquiry(after: conflict, of: commit(), now: now))
        #expect(request.method == .get)
        #expect(request.address.query == "comp=blocklist&blocklisttype=committed")
        #expect(try dialect.inquiry(after: conflict, of: commit(.none, attempt: 1), now: now) == nil)
        let refusal = AzureFixture.error("AuthenticationFailed", status: 403)
        #expect(try dialect.inquiry(after: refusal, of: commit(attempt: 1), now: now) == nil)
    }

    @Test func `a whole blob is asked about only after an earlier attempt`() throws {
        #expect(try dialect.inquiry(after: conflict, of: put(attempt: 0), now: now) == nil)
        #expect(try dialect.inquiry(after: conflict, of: put(attempt: 1), now: now)?.method == .head)
    }

    @Test func `a blob of our blocks is ours, and no other`() throws {
        let ours = dialect.result(of: commit(), refusal: conflict, inquiry: blocks(["one", "two"]), now: now)
        #expect(ours.outcome?.tag == "\"0x8D\"")
        for names in [["two", "one"], ["one"], []] {
            let result = dialect.result(of: commit(), refusal: conflict, inquiry: blocks(names), now: now)
            #expect(result.failure?.kind == .precondition)
            #expect(result.failure?.cause?.hasSuffix("what stands there is another blob") == true)
        }
        let cut = HTTPResponse(status: 200, body: Array("<BlockList><CommittedBlocks>".utf8))
        #expect(dialect.result(of: commit(), refusal: conflict, inquiry: cut, now: now).failure?.kind == .precondition)
        let busy = HTTPResponse(status: 503)
        #expect(dialect.result(of: commit(), refusal: conflict, inquiry: busy, now: now).failure?.isRetryable == true)
    }

    @Test(arguments: [
        ("1", "DMF1ucDxtqgxw5niaXcmYQ==", true), ("2", "DMF1ucDxtqgxw5niaXcmYQ==", false), ("1", "AAAA", false),
    ])
    func `a whole blob is ours by its MD5`(_ size: String, _ digest: String, _ isOurs: Bool) throws {
        let blob = HTTPResponse(status: 200, headers: [.init("content-length", size), .init("content-md5", digest)])
        let result = dialect.result(of: put(attempt: 1), refusal: conflict, inquiry: blob, now: now)
        #expect((result.outcome?.bytesSent == 1) == isOurs)
    }
}
