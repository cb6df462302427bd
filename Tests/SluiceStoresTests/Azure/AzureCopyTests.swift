import SluiceCore
import SluiceStores
import Testing

/// Copies that the Blob service makes by itself: what is asked, and what an answer means.
@Suite struct AzureCopyTests {
    private let now = AzureFixture.now
    private let md5 = Checksum(algorithm: .md5, bytes: [UInt8](repeating: 7, count: 16))

    /// A step that copies from `az://acct/data/from/ä b.csv`.
    private func step(
        _ action: SinkStep.Action = .whole,
        offset: Int = 0,
        digest: Checksum? = nil,
        variables: [String: String] = AzureFixture.shared
    ) throws -> SinkStep {
        let source = try #require(
            try AzureFixture.source(variables: variables).copySource(name: "from/ä b.csv", entityTag: "\"0x1\"")
        )
        let upload = Upload(name: "to.csv", size: 9, isCopy: true)
        let range = CopyRange(source: source, offset: offset, digest: digest)
        return SinkStep(upload: upload, action: action, body: StepBody(copying: range, count: 9))
    }

    @Test func `the key makes a signature that lets its bearer read the source for an hour`() throws {
        let request = try #require(try AzureFixture.sink().request(for: step(), now: now))
        let source = try #require(request["x-ms-copy-source"])
        let parts = source.split(separator: "?", maxSplits: 1)
        #expect(parts[0] == "https://acct.blob.core.windows.net/data/from/%C3%A4%20b.csv")
        // As the official SDK for Python makes it for the same version and time.
        #expect(
            parts[1]
                == "sp=r&se=2013-05-24T01%3A00%3A00Z&spr=https&sv=2021-12-02&sr=b&sig=1iLgOx0X%2BS6sxgt1aInO4vsshUA%2BmZ9%2FdszOQvHYg8Y%3D"
        )
        #expect(request["x-ms-source-if-match"] == "\"0x1\"" && request["x-ms-blob-type"] == "BlockBlob")
        #expect(request["x-ms-copy-source-blob-properties"] == "false")
    }

    @Test func `a SAS goes with the source, a token beside it`() throws {
        let shared = ["AZURE_STORAGE_SAS_TOKEN": "sv=2021-12-02&sp=r&sr=c&sig=c2ln"]
        let request = try #require(try AzureFixture.sink().request(for: step(variables: shared), now: now))
        #expect(request["x-ms-copy-source"]?.hasSuffix("?sv=2021-12-02&sp=r&sr=c&sig=c2ln") == true)
        #expect(request["x-ms-copy-source-authorization"] == nil)
    }

    @Test func `a block names its range`() throws {
        let step = try step(.block(ordinal: 1, offset: 9), offset: 9)
        let request = try #require(try AzureFixture.sink().request(for: step, now: now))
        #expect(request["x-ms-source-range"] == "bytes=9-17")
        #expect(request.address.query?.hasPrefix("comp=block&blockid=") == true)
        #expect(request["x-ms-blob-type"] == nil)
    }

    @Test func `a copy with the source's MD5 is proven by its answer, and else looked at`() throws {
        let sink = try AzureFixture.sink()
        func answer(_ digest: String) -> HTTPResponse {
            HTTPResponse(status: 201, headers: [.init("etag", "\"0x2\""), .init("content-md5", digest)])
        }
        let same = answer(md5.base64)
        #expect(try sink.inquiry(after: same, of: step(digest: md5), now: now) == nil)
        let outcome = try sink.result(of: step(digest: md5), same, now: now).outcome
        #expect(outcome?.storedChecksum == md5 && outcome?.sentChecksum == md5 && outcome?.bytesSent == 0)
        let other = answer("AAAAAAAAAAAAAAAAAAAAAA==")
        #expect(try sink.result(of: step(digest: md5), other, now: now).failure?.kind == .integrity)
        #expect(try sink.inquiry(after: same, of: step(), now: now)?.method == .head)
        let short = HTTPResponse(status: 200, headers: [.init("content-length", "8")])
        let result = try sink.result(of: step(), refusal: same, inquiry: short, now: now)
        #expect(result.failure?.kind == .integrity)
    }

    @Test func `a source that was replaced, and one that the service can't read, are told`() throws {
        func kind(_ code: String, _ status: Int) throws -> FailureKind? {
            try AzureFixture.sink().result(of: step(), AzureFixture.error(code, status: status), now: now).failure?.kind
        }
        #expect(try kind("SourceConditionNotMet", 412) == .sourceChanged)
        #expect(try kind("CannotVerifyCopySource", 403) == .notFound)
        #expect(try kind("BlobAlreadyExists", 409) == .precondition)
    }
}
