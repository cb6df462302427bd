import SluiceCore
import SluiceStores
import Testing

@Suite struct S3RequestTests {
    private let crc = Checksum(algorithm: .crc64nvme, value: UInt64(0xAE8B_1486_0A79_9888))

    private func request(_ step: consuming SinkStep, of dialect: S3Dialect? = nil) throws -> HTTPRequest {
        try #require(try (dialect ?? S3Fixture.sink()).request(for: step, now: S3Fixture.now))
    }

    @Test func `a whole object is one PUT with its metadata, digest and condition`() throws {
        var metadata = ObjectMetadata(
            contentType: "text/csv",
            contentEncoding: "gzip",
            user: ["Mode": "0644", "title": "Übung"]
        )
        metadata.cacheControl = "no-cache"
        metadata.contentLanguage = "de"
        metadata.contentDisposition = "inline"
        let upload = Upload(name: "dir/a b.csv", size: 3, metadata: metadata, condition: .absent)
        let request = try request(
            SinkStep(upload: upload, action: .whole, body: StepBody(slab: slab([1, 2, 3])), checksum: crc)
        )
        #expect(request.method == .put)
        #expect(request.address.description == "https://localhost:9000/bucket/dir/a%20b.csv")
        #expect(
            request.plainHeaders == [
                "content-type": "text/csv", "content-encoding": "gzip", "cache-control": "no-cache",
                "content-language": "de", "content-disposition": "inline", "x-amz-meta-mode": "0644",
                "x-amz-meta-title": "=?UTF-8?B?w5xidW5n?=", "if-none-match": "*",
                "x-amz-checksum-crc64nvme": "rosUhgp5mIg=",
            ]
        )
        #expect(request["x-amz-content-sha256"] == "UNSIGNED-PAYLOAD")
        #expect(request["x-amz-date"] == "20130524T000000Z")
        #expect(
            request["authorization"]?.hasPrefix(
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=cache-control;content-disposition;"
            ) == true
        )
        guard case .step = request.body else {
            Issue.record("the body is the step's")
            return
        }
    }

    @Test func `an upload begins with its type of digest and ends with its parts`() throws {
        let dialect = try S3Fixture.sink()
        let upload = S3Fixture.upload(condition: .unchanged(entityTag: "\"old\""))
        let begin = try request(SinkStep(upload: upload, action: .begin), of: dialect)
        #expect(begin.method == .post)
        #expect(begin.address.query == "uploads=")
        #expect(
            begin.plainHeaders == [
                "content-type": "application/octet-stream", "x-amz-checksum-algorithm": "CRC64NVME",
                "x-amz-checksum-type": "FULL_OBJECT",
            ]
        )
        #expect(begin["x-amz-content-sha256"] == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")

        upload.session = S3Upload(id: "id/+=", checksum: .crc64nvme)
        let block = try request(
            SinkStep(upload: upload, action: .block(ordinal: 0, offset: 0), checksum: crc),
            of: dialect
        )
        #expect(block.method == .put)
        #expect(block.address.query == "partNumber=1&uploadId=id%2F%2B%3D")
        #expect(block.plainHeaders == ["x-amz-checksum-crc64nvme": "rosUhgp5mIg="])

        let receipts = [
            BlockReceipt(ordinal: 0, length: 9, checksum: crc, tag: "\"e1\""),
            BlockReceipt(ordinal: 1, length: 9, checksum: crc, tag: "\"e2\""),
        ]
        let commit = try request(SinkStep(upload: upload, action: .commit(receipts)), of: dialect)
        #expect(commit.method == .post)
        #expect(commit.address.query == "uploadId=id%2F%2B%3D")
        #expect(commit.plainHeaders == ["content-type": "application/xml", "if-match": "\"old\""])
        #expect(
            commit.text == "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                + "<Part><ETag>&quot;e1&quot;</ETag><PartNumber>1</PartNumber></Part>"
                + "<Part><ETag>&quot;e2&quot;</ETag><PartNumber>2</PartNumber></Part></CompleteMultipartUpload>"
        )
        #expect(commit["x-amz-content-sha256"]?.count == 64)
    }

    @Test func `an upload is given up by its id`() throws {
        let dialect = try S3Fixture.sink()
        let upload = S3Fixture.upload(session: S3Upload(id: "id/+=", checksum: nil))
        let abort = try request(SinkStep(upload: upload, action: .abort), of: dialect)
        #expect(abort.method == .delete)
        #expect(abort.address.query == "uploadId=id%2F%2B%3D")
    }

    @Test func `a commit names digests once the service has shown that it knows them`() throws {
        let dialect = try S3Fixture.sink()
        let upload = S3Fixture.upload(session: S3Upload(id: "1", checksum: .crc64nvme))
        let part = SinkStep(upload: upload, action: .block(ordinal: 0, offset: 0), checksum: crc)
        let answer = HTTPResponse(
            status: 200,
            headers: [.init("etag", "\"e\""), .init("x-amz-checksum-crc64nvme", crc.base64)]
        )
        #expect(dialect.result(of: part, answer, now: S3Fixture.now).outcome?.storedChecksum == crc)
        let receipts = [BlockReceipt(ordinal: 0, length: 9, checksum: crc, tag: "\"e\"")]
        let commit = try request(SinkStep(upload: upload, action: .commit(receipts)), of: dialect)
        #expect(commit.text.contains("<Part><ChecksumCRC64NVME>rosUhgp5mIg=</ChecksumCRC64NVME><ETag>"))
        #expect(commit["x-amz-checksum-crc64nvme"] == crc.base64)
        #expect(commit["x-amz-checksum-type"] == "FULL_OBJECT")
    }

    @Test func `an upload that never began needs no request to be given up`() throws {
        #expect(
            try S3Fixture.sink().request(for: SinkStep(upload: S3Fixture.upload(), action: .abort), now: S3Fixture.now)
                == nil
        )
    }

    @Test(arguments: [
        ("plain.csv", "plain.csv"),
        ("a b", "a%20b"),
        ("100%+?#&=;@:!$'()*,[]", "100%25%2B%3F%23%26%3D%3B%40%3A%21%24%27%28%29%2A%2C%5B%5D"),
        ("ü/日本/語", "%C3%BC/%E6%97%A5%E6%9C%AC/%E8%AA%9E"),
        ("a//b", "a//b"), ("/lead", "/lead"), ("trail/", "trail/"), ("a/./../b", "a/./../b"), ("\\x\u{1}", "%5Cx%01"),
        (String(repeating: "x", count: 1024), String(repeating: "x", count: 1024)),
    ])
    func `a name is sent encoded once and not normalised`(_ name: String, _ path: String) throws {
        let dialect = try S3Fixture.sink()
        try dialect.validate(name: name)
        let request = try request(SinkStep(upload: S3Fixture.upload(name), action: .whole), of: dialect)
        #expect(request.address.path == "/bucket/" + path)
    }

    @Test(arguments: ["", "a\0b", String(repeating: "x", count: 1025), String(repeating: "ü", count: 513)])
    func `a name that S3 can't hold is refused beforehand`(_ name: String) throws {
        let error = #expect(throws: StoreError.self) { try S3Fixture.sink().validate(name: name) }
        #expect(error?.kind == .invalidName)
    }

    @Test(
        arguments: [
            ("s3://bucket", nil, nil, [:], "https://bucket.s3.us-east-1.amazonaws.com/k"),
            ("s3://bucket", nil, nil, ["AWS_REGION": "cn-north-1"], "https://bucket.s3.cn-north-1.amazonaws.com.cn/k"),
            ("s3://bucket", nil, S3Addressing.path, [:], "https://s3.us-east-1.amazonaws.com/bucket/k"),
            ("s3://b.with.dots", nil, nil, [:], "https://s3.us-east-1.amazonaws.com/b.with.dots/k"),
            ("s3://OldBucket", nil, nil, [:], "https://s3.us-east-1.amazonaws.com/OldBucket/k"),
            ("s3://under_score", nil, .virtual, [:], "https://s3.us-east-1.amazonaws.com/under_score/k"),
            ("s3://bucket", "https://s3.example:9000", nil, [:], "https://s3.example:9000/bucket/k"),
            ("s3://bucket", "https://s3.example:443/base/", nil, [:], "https://s3.example/base/bucket/k"),
            ("s3://bucket", "https://s3.example", .virtual, [:], "https://bucket.s3.example/k"),
            ("s3://bucket", nil, nil, ["AWS_ENDPOINT_URL_S3": "https://e.example"], "https://e.example/bucket/k"),
            (
                "s3://bucket", "https://o.example", nil, ["AWS_ENDPOINT_URL_S3": "https://e.example"],
                "https://o.example/bucket/k"
            ),
        ] as [(String, String?, S3Addressing?, [String: String], String)]
    )
    func `a bucket is addressed by host on AWS and by path elsewhere`(
        _ location: String,
        _ endpoint: String?,
        _ addressing: S3Addressing?,
        _ variables: [String: String],
        _ address: String
    ) throws {
        let dialect = try S3Fixture.sink(
            location,
            endpoint: endpoint,
            variables: S3Fixture.keys.merging(variables) { $1 },
            addressing: addressing
        )
        let request = try request(SinkStep(upload: S3Fixture.upload("k"), action: .whole), of: dialect)
        #expect(request.address.description == address)
    }

    @Test(arguments: [
        ("s3://ab", "https://x.example"), ("s3://a..b", "https://x.example"), ("s3://buc%20ket", "https://x.example"),
        ("s3://logs--use1-az4--x-s3", nil), ("s3://bucket", "https://x.example/?a=b"),
        ("s3://bucket", "http://x.example"),
    ])
    func `what can't be a bucket or an endpoint is a usage error`(_ location: String, _ endpoint: String?) {
        let error = #expect(throws: StoreError.self) { try S3Fixture.sink(location, endpoint: endpoint) }
        #expect(error?.kind == .usage)
    }

    @Test func `without keys a request goes unsigned`() throws {
        let dialect = try S3Fixture.sink(variables: [:])
        let request = try request(SinkStep(upload: S3Fixture.upload(), action: .whole), of: dialect)
        #expect(request.headers.map(\.name) == ["content-type"])
    }

    @Test func `a session token goes along`() throws {
        let dialect = try S3Fixture.sink(variables: S3Fixture.keys.merging(["AWS_SESSION_TOKEN": "tok"]) { $1 })
        let request = try request(SinkStep(upload: S3Fixture.upload(), action: .whole), of: dialect)
        #expect(request["x-amz-security-token"] == "tok")
    }

    @Test func `over plain HTTP to another machine the body's hash is signed, or the step refused`() throws {
        let dialect = try S3Fixture.sink(endpoint: "http://s3.example", allowsPlaintext: true)
        let step = SinkStep(upload: S3Fixture.upload(), action: .whole, body: StepBody(slab: slab(Array("abc".utf8))))
        #expect(
            try request(step, of: dialect)["x-amz-content-sha256"]
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        let unknown = SinkStep(
            upload: S3Fixture.upload(),
            action: .whole,
            body: StepBody(reading: NoObject(), at: 0, count: 3)
        )
        let error = #expect(throws: StoreError.self) { try dialect.request(for: unknown, now: S3Fixture.now) }
        #expect(error?.kind == .usage)
        let local = try S3Fixture.sink(endpoint: "http://127.0.0.1:9000")
        #expect(try request(unknown, of: local)["x-amz-content-sha256"] == "UNSIGNED-PAYLOAD")
    }

    @Test func `an object is deleted by its name`() throws {
        let request = try #require(try S3Fixture.sink().deleteRequest(name: "a b", now: S3Fixture.now))
        #expect(request.method == .delete)
        #expect(request.address.description == "https://localhost:9000/bucket/a%20b")
    }

    @Test func `the limits are those of S3`() throws {
        let traits = try S3Fixture.sink().traits
        #expect(traits.minimumBlock == 5 << 20 && traits.maximumBlock == 5 << 30 && traits.maximumBlocks == 10_000)
        #expect(ByteCount(traits.maximumObject).description == "48.8 TiB")
        #expect(traits.blockChecksum == .crc64nvme)
    }

    @Test(arguments: ["a b", "", "ü", "x:y"])
    func `metadata whose name can't be a header's is refused`(_ name: String) throws {
        let upload = Upload(name: "k", size: 0, metadata: ObjectMetadata(user: [name: "v"]))
        let dialect = try S3Fixture.sink()
        let error = #expect(throws: StoreError.self) {
            try dialect.request(for: SinkStep(upload: upload, action: .whole), now: S3Fixture.now)
        }
        #expect(error?.kind == .invalidName)
    }

    @Test func `no value of a header can start another one`() throws {
        let upload = Upload(
            name: "k",
            size: 0,
            metadata: ObjectMetadata(contentType: "a\r\nx-evil: 1", user: ["n": "v\nw"])
        )
        let request = try request(SinkStep(upload: upload, action: .whole))
        #expect(request.headers.allSatisfy { $0.value.utf8.allSatisfy { $0 >= 0x20 } })
    }
}

/// An object without bytes.
final class NoObject: ReadableObject {
    var size: Int? { 0 }
    var modified: Timestamp? { nil }
    var metadata: ObjectMetadata { ObjectMetadata() }
    var allowsReadThrough: Bool { true }
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int { 0 }
    func checkUnchanged() throws {}
}
