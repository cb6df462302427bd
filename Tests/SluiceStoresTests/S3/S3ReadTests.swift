import SluiceCore
import SluiceStores
import Testing

@Suite struct S3ReadTests {
    private let now = S3Fixture.now

    private func list(
        prefix: String,
        _ contents: [(key: String, size: Int)],
        next: String? = nil,
        encoding: String = "<EncodingType>url</EncodingType>"
    ) -> HTTPResponse {
        var body =
            "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>bucket</Name>"
        body += "<Prefix>\(prefix)</Prefix>\(encoding)<IsTruncated>\(next != nil)</IsTruncated>"
        if let next { body += "<NextContinuationToken>\(next)</NextContinuationToken>" }
        for (key, size) in contents {
            body +=
                "<Contents><Key>\(key)</Key><LastModified>2013-05-24T01:02:03.000Z</LastModified>"
                + "<ETag>&quot;t&quot;</ETag><Size>\(size)</Size><Owner><ID>x</ID></Owner></Contents>"
        }
        return HTTPResponse(status: 200, body: Array((body + "</ListBucketResult>").utf8))
    }

    @Test func `a folder is listed page by page`() throws {
        let source = try S3Fixture.source("s3://bucket/d r/")
        let first = try #require(try source.listRequest(marker: nil, now: now))
        #expect(first.address.query == "encoding-type=url&list-type=2&prefix=d%20r%2F")
        let page = try source.listPage(
            list(prefix: "d+r/", [("d+r/a%2Bb", 1), ("d+r/", 0), ("d+r/sub/%01", 2)], next: "t+/="),
            now: now
        )
        #expect(page.items.map(\.name) == ["a+b", "sub/\u{1}"])
        #expect(
            page.items.first
                == SourceItem(name: "a+b", size: 1, modified: Timestamp(seconds: 1_369_357_323), entityTag: "\"t\"")
        )
        let second = try #require(try source.listRequest(marker: page.next, now: now))
        #expect(second.address.query == "continuation-token=t%2B%2F%3D&encoding-type=url&list-type=2&prefix=d%20r%2F")
        #expect(try source.listPage(list(prefix: "d+r/", []), now: now).next == nil)
    }

    @Test func `a page begins behind a name that is asked for with its folder`() throws {
        let source = try S3Fixture.source("s3://bucket/d r/")
        let marker = try #require(source.listMarker(behind: "a+b"))
        let query = "encoding-type=url&list-type=2&prefix=d%20r%2F"
        #expect(try source.listRequest(marker: marker, now: now)?.address.query == query + "&start-after=d%20r%2Fa%2Bb")
        let page = try source.listPage(list(prefix: "d+r/", [("d+r/b", 1)], next: "t"), at: marker, now: now)
        #expect(page.items.map(\.name) == ["b"])
        #expect(try source.listRequest(marker: page.next, now: now)?.address.query == "continuation-token=t&" + query)
    }

    @Test func `a bucket is listed whole`() throws {
        let source = try S3Fixture.source()
        #expect(try source.listRequest(marker: nil, now: now)?.address.query == "encoding-type=url&list-type=2&prefix=")
        #expect(try source.listPage(list(prefix: "", [("k", 0)]), now: now).items.map(\.name) == ["k"])
        #expect(
            try source.readRequest(name: "k", offset: 0, count: 1, entityTag: nil, now: now).address.path == "/bucket/k"
        )
    }

    @Test func `a location that is an object is listed as that object`() throws {
        let source = try S3Fixture.source("s3://bucket/d/a.csv")
        let first = try #require(try source.listRequest(marker: nil, now: now))
        #expect(first.address.query == "encoding-type=url&list-type=2&max-keys=1&prefix=d%2Fa.csv")
        let page = try source.listPage(list(prefix: "d/a.csv", [("d/a.csv", 9)], next: "more"), now: now)
        #expect(page.items.map(\.name) == ["a.csv"])
        #expect(page.next == nil)
        #expect(try source.propertiesRequest(name: "a.csv", now: now).address.path == "/bucket/d/a.csv")
    }

    @Test func `a location that is no object is listed as a folder`() throws {
        let source = try S3Fixture.source("s3://bucket/d")
        _ = try source.listRequest(marker: nil, now: now)
        let page = try source.listPage(list(prefix: "d", [("d-other/x", 1)], next: "more"), now: now)
        #expect(page.items.isEmpty)
        let second = try #require(try source.listRequest(marker: page.next, now: now))
        #expect(second.address.query == "encoding-type=url&list-type=2&prefix=d%2F")
        let names = try source.listPage(list(prefix: "d/", [("d/d", 1), ("d/x", 1)]), now: now).items.map(\.name)
        #expect(names == ["d", "x"])
        #expect(try source.propertiesRequest(name: "d", now: now).address.path == "/bucket/d/d")
    }

    @Test func `keys that were not encoded are taken as they are`() throws {
        let source = try S3Fixture.source()
        let page = try source.listPage(list(prefix: "", [("a+b%20&amp;", 1)], encoding: ""), now: now)
        #expect(page.items.map(\.name) == ["a+b%20&"])
    }

    @Test(arguments: [
        "", "<html></html>", "<ListBucketResult><Prefix></Prefix><Contents><Key>a</Key>",
        "<ListBucketResult><Prefix></Prefix><IsTruncated>true</IsTruncated></ListBucketResult>",
        "<ListBucketResult><Prefix>other</Prefix><IsTruncated>false</IsTruncated></ListBucketResult>",
        "<ListBucketResult><Prefix></Prefix><Contents><Size>1</Size></Contents></ListBucketResult>",
        "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>%zz</Key></Contents></ListBucketResult>",
    ])
    func `a list that is malformed, cut or about something else is refused`(_ body: String) throws {
        let source = try S3Fixture.source()
        let answer = HTTPResponse(status: 200, body: Array(body.utf8))
        let error = #expect(throws: StoreError.self) { try source.listPage(answer, now: now) }
        #expect(error?.kind == .unexpectedAnswer)
    }

    @Test func `a range of one version is read`() throws {
        let source = try S3Fixture.source("s3://bucket/d/")
        let request = try source.readRequest(name: "ü", offset: 10, count: 5, entityTag: "\"t\"", now: now)
        #expect(request.address.path == "/bucket/d/%C3%BC")
        #expect(request.plainHeaders == ["range": "bytes=10-14", "if-match": "\"t\""])
        #expect(
            request["authorization"]?.contains("SignedHeaders=host;if-match;range;x-amz-content-sha256;x-amz-date,")
                == true
        )
    }

    @Test func `an object that was replaced since it was listed has changed`() throws {
        let source = try S3Fixture.source()
        #expect(
            source.failure(S3Fixture.error("PreconditionFailed", status: 412), name: "a", now: now).kind
                == .sourceChanged
        )
        #expect(source.failure(HTTPResponse(status: 412), name: "a", now: now).kind == .sourceChanged)
        #expect(
            source.failure(S3Fixture.error("InvalidRange", status: 416), name: "a", now: now).kind == .sourceChanged
        )
        let missing = source.failure(HTTPResponse(status: 404), name: "a", now: now)
        #expect(missing.kind == .notFound)
        #expect(missing.what == "reading \"a\" from s3://bucket")
    }

    @Test func `metadata comes from the headers`() throws {
        let source = try S3Fixture.source()
        let metadata = source.metadata(
            HTTPResponse(
                status: 200,
                headers: [
                    .init("content-type", "text/csv"), .init("content-encoding", "gzip"),
                    .init("cache-control", "no-cache"),
                    .init("x-amz-meta-mode", "0644"), .init("x-amz-meta-title", "=?UTF-8?B?w5xidW5n?="),
                    .init("x-amz-meta-other", "=?UTF-8?Q?=C3=9Cbung_1?="), .init("x-amz-meta-odd", "=?x?="),
                ]
            )
        )
        #expect(
            metadata.contentType == "text/csv" && metadata.contentEncoding == "gzip"
                && metadata.cacheControl == "no-cache"
        )
        #expect(metadata.user == ["mode": "0644", "title": "Übung", "other": "Übung 1", "odd": "=?x?="])
    }

    @Test(arguments: [
        (["x-amz-checksum-crc64nvme": "rosUhgp5mIg="], "ae8b14860a799888"),
        (["x-amz-checksum-crc64nvme": "rosUhgp5mIg=", "x-amz-checksum-type": "FULL_OBJECT"], "ae8b14860a799888"),
        (["x-amz-checksum-crc32c": "4waSgw==", "x-amz-checksum-type": "FULL_OBJECT"], "e3069283"),
        (["x-amz-checksum-crc32c": "4waSgw==-3", "x-amz-checksum-type": "COMPOSITE"], nil),
        (["x-amz-checksum-crc32c": "4waSgw==-3"], nil),
        (["x-amz-checksum-sha256": "4waSgw=="], nil),
        ([:], nil),
    ])
    func `the digest of the whole object is asked for and told`(_ headers: [String: String], _ hex: String?) throws {
        let source = try S3Fixture.source("s3://bucket/d/")
        let request = try source.propertiesRequest(name: "a", now: now)
        #expect(request.plainHeaders == ["x-amz-checksum-mode": "ENABLED"])
        let answer = HTTPResponse(status: 200, headers: headers.map { .init($0, $1) })
        #expect(source.storedChecksum(answer)?.hex == hex)
    }

    @Test func `a location without a key names no object to read`() throws {
        let error = #expect(throws: StoreError.self) { try S3Fixture.source().propertiesRequest(name: "", now: now) }
        #expect(error?.kind == .invalidName)
    }
}
