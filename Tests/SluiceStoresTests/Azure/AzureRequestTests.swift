import SluiceCore
import Testing

@testable import SluiceStores

@Suite struct AzureRequestTests {
    private let now = AzureFixture.now
    private let crc = Checksum(algorithm: .crc64nvme, value: UInt64(0xAE8B_1486_0A79_9888))

    private func request(_ step: consuming SinkStep, of dialect: AzureDialect? = nil) throws -> HTTPRequest {
        try #require(try (dialect ?? AzureFixture.sink()).request(for: step, now: now))
    }

    @Test func `a whole blob is one Put Blob with its metadata, digest and condition`() throws {
        var metadata = ObjectMetadata(
            contentType: "text/csv",
            contentEncoding: "gzip",
            user: ["Mode": "0644", "title": "Übung"]
        )
        metadata.cacheControl = "no-cache"
        metadata.contentLanguage = "de"
        metadata.contentDisposition = "inline"
        let upload = Upload(
            name: "dir/a b.csv",
            size: 3,
            metadata: metadata,
            condition: .unchanged(entityTag: "\"0x1\"")
        )
        let request = try request(
            SinkStep(upload: upload, action: .whole, body: StepBody(slab: slab([1])), checksum: crc)
        )
        #expect(request.method == .put)
        #expect(request.address.description == "https://acct.blob.core.windows.net/data/dir/a%20b.csv")
        #expect(
            request.plainHeaders == [
                "x-ms-blob-type": "BlockBlob", "x-ms-blob-content-type": "text/csv",
                "x-ms-blob-content-encoding": "gzip",
                "x-ms-blob-cache-control": "no-cache", "x-ms-blob-content-language": "de",
                "x-ms-blob-content-disposition": "inline", "x-ms-meta-mode": "0644",
                "x-ms-meta-title": "=?UTF-8?B?w5xidW5n?=", "if-match": "\"0x1\"", "x-ms-content-crc64": "iJh5CoYUi64=",
            ]
        )
        #expect(request["x-ms-version"] == "2021-12-02")
        #expect(request["x-ms-date"] == "Fri, 24 May 2013 00:00:00 GMT")
        #expect(request["authorization"]?.hasPrefix("SharedKey acct:") == true)
    }

    @Test func `blocks are put under names of this run and committed in order`() throws {
        let dialect = try AzureFixture.sink()
        let upload = AzureFixture.upload(condition: .absent)
        #expect(try dialect.request(for: SinkStep(upload: upload, action: .begin), now: now) == nil)
        var receipts: [BlockReceipt] = []
        for ordinal in [0, 1, 49_999] {
            let action = SinkStep.Action.block(ordinal: ordinal, offset: 0)
            let block = try request(SinkStep(upload: upload, action: action, checksum: crc), of: dialect)
            let step = SinkStep(upload: upload, action: action, checksum: crc)
            #expect(block.method == .put)
            #expect(block.plainHeaders == ["x-ms-content-crc64": "iJh5CoYUi64="])
            let answer = HTTPResponse(status: 201, headers: [.init("x-ms-request-id", "1")])
            let tag = try #require(dialect.result(of: step, answer, now: now).outcome?.tag)
            #expect(block.address.query == "comp=block&blockid=\(PercentEncoding.encode(tag))")
            receipts.append(BlockReceipt(ordinal: ordinal, length: 1, checksum: crc, tag: tag))
        }
        #expect(Set(receipts.map(\.tag)).count == 3)
        #expect(Set(receipts.map(\.tag.utf8.count)) == [28])
        #expect(receipts.allSatisfy { Base64.decode($0.tag)?.count == 21 })
        let commit = try request(SinkStep(upload: upload, action: .commit(receipts)), of: dialect)
        #expect(commit.address.query == "comp=blocklist")
        #expect(
            commit.plainHeaders == [
                "content-type": "application/xml", "x-ms-blob-content-type": "application/octet-stream",
                "if-none-match": "*",
            ]
        )
        #expect(
            commit.text == "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>"
                + receipts.map { "<Latest>\($0.tag)</Latest>" }.joined() + "</BlockList>"
        )
        #expect(try dialect.request(for: SinkStep(upload: upload, action: .abort), now: now) == nil)
    }

    @Test func `two runs never give a block the same name`() throws {
        #expect(try AzureFixture.sink().names(of: AzureFixture.upload()).name(0) != AzureFixture.sink().names(of: AzureFixture.upload()).name(0))
        let name = AzureBlockName(nonce: Array(repeating: 0, count: 18))
        #expect(name.name(258) == "AAAAAAAAAAAAAAAAAAAAAAAAAAEC")
    }

    @Test func `a digest of MD5 goes as Content-MD5, and others not at all`() throws {
        let md5 = Checksum(algorithm: .md5, bytes: Array(repeating: 1, count: 16))
        let whole = SinkStep(upload: AzureFixture.upload(), action: .whole, checksum: md5)
        #expect(try request(whole)["content-md5"] == md5.base64)
        let other = SinkStep(
            upload: AzureFixture.upload(),
            action: .whole,
            checksum: Checksum(algorithm: .crc32c, bytes: [1, 2, 3, 4])
        )
        #expect(try request(other).plainHeaders.keys.sorted() == ["x-ms-blob-content-type", "x-ms-blob-type"])
    }

    @Test(
        arguments: [
            (nil, [:], "https://acct.blob.core.windows.net/data/k"),
            ("https://localhost:10000", [:], "https://localhost:10000/acct/data/k"),
            ("https://localhost:10000/acct/", [:], "https://localhost:10000/acct/data/k"),
            ("https://127.0.0.1:443/acct", [:], "https://127.0.0.1/acct/data/k"),
            ("https://acct.blob.localhost:1", [:], "https://acct.blob.localhost:1/data/k"),
            ("https://blobs.corp.example/base", [:], "https://blobs.corp.example/base/acct/data/k"),
            (nil, ["BlobEndpoint": "https://files.example"], "https://files.example/data/k"),
            (nil, ["BlobEndpoint": "https://127.0.0.1:9/acct/"], "https://127.0.0.1:9/acct/data/k"),
            (nil, ["EndpointSuffix": "core.chinacloudapi.cn"], "https://acct.blob.core.chinacloudapi.cn/data/k"),
            ("https://localhost:1", ["BlobEndpoint": "https://files.example"], "https://localhost:1/acct/data/k"),
        ] as [(String?, [String: String], String)]
    )
    func `a container is addressed by host in the cloud and by path elsewhere`(
        _ endpoint: String?,
        _ connection: [String: String],
        _ address: String
    ) throws {
        var variables = AzureFixture.shared
        if !connection.isEmpty {
            let text = connection.map { "\($0.key)=\($0.value)" }.joined(separator: ";")
            variables = ["AZURE_STORAGE_CONNECTION_STRING": "AccountName=acct;AccountKey=\(AzureFixture.key);\(text)"]
        }
        let dialect = try AzureFixture.sink(endpoint: endpoint, variables: variables)
        let request = try request(SinkStep(upload: AzureFixture.upload("k"), action: .whole), of: dialect)
        #expect(request.address.description == address)
    }

    @Test(arguments: [
        ("az://Acct/data", nil, AzureFixture.shared), ("az://acct/Data", nil, AzureFixture.shared),
        ("az://acct/a--b", nil, AzureFixture.shared), ("az://acct/ab", nil, AzureFixture.shared),
        ("az://acct/-ab", nil, AzureFixture.shared), ("az://acct/data", "https://x.example/?a=b", AzureFixture.shared),
        ("az://acct/data", "http://x.example", AzureFixture.shared),
    ])
    func `what can't be an account, a container or an endpoint is a usage error`(
        _ location: String,
        _ endpoint: String?,
        _ variables: [String: String]
    ) {
        let error = #expect(throws: StoreError.self) {
            try AzureFixture.sink(location, endpoint: endpoint, variables: variables)
        }
        #expect(error?.kind == .usage)
    }

    @Test(arguments: ["$root", "$web", "$logs", "a-b-1"])
    func `the service's own containers can be named`(_ container: String) throws {
        let dialect = try AzureFixture.sink("az://acct/\(container)")
        let request = try request(SinkStep(upload: AzureFixture.upload("k"), action: .whole), of: dialect)
        #expect(request.address.path == "/\(container)/k")
    }

    @Test func `a token never goes over plain HTTP, and a signature may`() throws {
        for variables in [AzureFixture.client, ["AZURE_STORAGE_SAS_TOKEN": "sig=a"]] {
            let error = #expect(throws: StoreError.self) {
                try AzureFixture.sink(endpoint: "http://x.example", variables: variables, allowsPlaintext: true)
            }
            #expect(error?.kind == .usage)
            _ = try AzureFixture.sink(endpoint: "http://127.0.0.1:1", variables: variables)
        }
        _ = try AzureFixture.sink(endpoint: "http://x.example", allowsPlaintext: true)
    }

    @Test func `a SAS token is added to every query, and nothing is signed`() throws {
        let dialect = try AzureFixture.sink(variables: ["AZURE_STORAGE_SAS_TOKEN": "?sv=2022-11-02&sig=a%2Bb"])
        let whole = try request(SinkStep(upload: AzureFixture.upload("k"), action: .whole), of: dialect)
        #expect(whole.address.query == "sv=2022-11-02&sig=a%2Bb")
        #expect(whole["authorization"] == nil)
        let commit = try request(SinkStep(upload: AzureFixture.upload("k"), action: .commit([])), of: dialect)
        #expect(commit.address.query == "comp=blocklist&sv=2022-11-02&sig=a%2Bb")
    }

    @Test(arguments: [
        ("a b", "a%20b"), ("100%+?#&=;@:!$'()*,[]", "100%25%2B%3F%23%26%3D%3B%40%3A%21%24%27%28%29%2A%2C%5B%5D"),
        ("日本/語", "%E6%97%A5%E6%9C%AC/%E8%AA%9E"), ("a//b", "a//b"), ("trail/", "trail/"), ("..hid", "..hid"),
        (String(repeating: "ü", count: 1024), String(repeating: "%C3%BC", count: 1024)),
        (String(repeating: "s/", count: 253), String(repeating: "s/", count: 253)),
    ])
    func `a name is sent encoded once`(_ name: String, _ path: String) throws {
        let dialect = try AzureFixture.sink()
        try dialect.validate(name: name)
        let request = try request(SinkStep(upload: AzureFixture.upload(name), action: .whole), of: dialect)
        #expect(request.address.path == "/data/" + path)
    }

    @Test(arguments: [
        "", "a\0b", "a\u{1}", "a\u{81}", "a\u{FFFF}", "a/./b", "../a", ".", String(repeating: "x", count: 1025),
        String(repeating: "😀", count: 513), String(repeating: "s/", count: 254),
    ])
    func `a name that Azure can't hold is refused beforehand`(_ name: String) throws {
        let error = #expect(throws: StoreError.self) { try AzureFixture.sink().validate(name: name) }
        #expect(error?.kind == .invalidName)
    }

    @Test(arguments: ["a-b", "1a", "", "ü", "a b"])
    func `metadata whose name is no identifier is refused`(_ name: String) throws {
        let upload = Upload(name: "k", size: 0, metadata: ObjectMetadata(user: [name: "v"]))
        let error = #expect(throws: StoreError.self) { try request(SinkStep(upload: upload, action: .whole)) }
        #expect(error?.kind == .invalidName)
    }

    @Test func `a blob is deleted by its name`() throws {
        let request = try #require(try AzureFixture.sink().deleteRequest(name: "a b", now: now))
        #expect(request.method == .delete)
        #expect(request.address.description == "https://acct.blob.core.windows.net/data/a%20b")
    }

    @Test func `the limits are those of block blobs`() throws {
        let traits = try AzureFixture.sink().traits
        #expect(
            traits.maximumBlocks == 50_000 && traits.maximumBlock == 4000 << 20 && traits.maximumWhole == 5000 << 20
        )
        #expect(ByteCount(traits.maximumObject).description == "191 TiB")
    }
}
