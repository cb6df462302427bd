import SluiceCore
import SluiceStores
import Testing

@Suite struct AzureReadTests {
    private let now = AzureFixture.now

    private func list(prefix: String? = nil, _ blobs: String..., next: String = "") -> HTTPResponse {
        var body =
            "\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ServiceEndpoint=\"https://x/\" ContainerName=\"data\">"
        if let prefix { body += "<Prefix>\(prefix)</Prefix>" }
        body += "<Blobs>\(blobs.joined())</Blobs><NextMarker>\(next)</NextMarker></EnumerationResults>"
        return HTTPResponse(status: 200, body: Array(body.utf8))
    }

    private func blob(
        _ name: String,
        size: Int = 1,
        encoded: Bool = false,
        properties: String = "",
        metadata: String = ""
    ) -> String {
        "<Blob><Name\(encoded ? " Encoded=\"true\"" : "")>\(name)</Name><Properties><Last-Modified>Fri, 24 May 2013 01:02:03 GMT</Last-Modified>"
            + "<Etag>0x8D</Etag><Content-Length>\(size)</Content-Length>\(properties)</Properties><Metadata>\(metadata)</Metadata><OrMetadata/></Blob>"
    }

    @Test func `a folder is asked for with the folders in it told apart`() throws {
        let source = try AzureFixture.source("az://acct/data/d r/")
        let marker = try #require(source.listMarker(foldersOf: "sub/"))
        let query = "restype=container&comp=list&include=metadata&prefix=d%20r%2Fsub%2F"
        let apart = query + "&delimiter=%2F"
        #expect(try source.listRequest(marker: marker, now: now)?.address.query == apart)
        let folder = "<BlobPrefix><Name>d r/sub/x y/</Name></BlobPrefix>"
        let answer = list(prefix: "d r/sub/", blob("d r/sub/a"), folder, next: "2!x=")
        let page = try source.listPage(answer, at: marker, now: now)
        #expect(page.items.map(\.name) == ["sub/a"])
        #expect(page.folders == ["sub/x y/"])
        let on = query + "&marker=2%21x%3D&delimiter=%2F"
        #expect(try source.listRequest(marker: page.next, now: now)?.address.query == on)
        // An answer about another folder, or a folder in itself.
        #expect(throws: StoreError.self) { try source.listPage(list(prefix: "d r/"), at: marker, now: now) }
        let itself = list(prefix: "d r/sub/", "<BlobPrefix><Name>d r/sub/</Name></BlobPrefix>")
        #expect(throws: StoreError.self) { try source.listPage(itself, at: marker, now: now) }

        let below = try #require(source.listMarker(below: "sub/"))
        #expect(try source.listRequest(marker: below, now: now)?.address.query == query)
        let next = try source.listPage(list(prefix: "d r/sub/", blob("d r/sub/x/a"), next: "m"), at: below, now: now).next
        #expect(try source.listRequest(marker: next, now: now)?.address.query == query + "&marker=m")
        #expect(source.listMarker(behind: "a") == nil)
    }

    @Test func `a folder is listed page by page`() throws {
        let source = try AzureFixture.source("az://acct/data/d r/")
        let first = try #require(try source.listRequest(marker: nil, now: now))
        #expect(first.address.query == "restype=container&comp=list&include=metadata&prefix=d%20r%2F")
        let page = try source.listPage(
            list(
                prefix: "d r/",
                blob("d r/a&amp;b"),
                blob("d r/", size: 0),
                blob("d%20r/%FF%", encoded: false),
                next: "2!x="
            ),
            now: now
        )
        #expect(
            page.items == [
                SourceItem(name: "a&b", size: 1, modified: Timestamp(seconds: 1_369_357_323), entityTag: "\"0x8D\"")
            ]
        )
        let second = try #require(try source.listRequest(marker: page.next, now: now))
        #expect(second.address.query == "restype=container&comp=list&include=metadata&prefix=d%20r%2F&marker=2%21x%3D")
        #expect(try source.listPage(list(prefix: "d r/"), now: now).next == nil)
    }

    @Test func `a container is listed whole, without folders`() throws {
        let source = try AzureFixture.source()
        #expect(
            try source.listRequest(marker: nil, now: now)?.address.query
                == "restype=container&comp=list&include=metadata"
        )
        let page = try source.listPage(
            list(
                blob("a"),
                blob("dir", size: 0, properties: "<ResourceType>directory</ResourceType>"),
                blob("old", size: 0, metadata: "<hdi_isfolder>true</hdi_isfolder>"),
                blob("mark/", size: 0),
                blob("odd%EF%BF%BF%01", encoded: true),
                blob("z", metadata: "<mode>0644</mode>")
            ),
            now: now
        )
        #expect(page.items.map(\.name) == ["a", "odd\u{FFFF}\u{1}", "z"])
    }

    @Test func `a location that is a blob is listed as that blob`() throws {
        let source = try AzureFixture.source("az://acct/data/d/a.csv")
        let first = try #require(try source.listRequest(marker: nil, now: now))
        #expect(first.address.query == "restype=container&comp=list&include=metadata&prefix=d%2Fa.csv&maxresults=1")
        let empty = try source.listPage(list(prefix: "d/a.csv", next: "m"), now: now)
        #expect(empty.items.isEmpty)
        let again = try #require(try source.listRequest(marker: empty.next, now: now))
        #expect(
            again.address.query == "restype=container&comp=list&include=metadata&prefix=d%2Fa.csv&marker=m&maxresults=1"
        )
        let page = try source.listPage(list(prefix: "d/a.csv", blob("d/a.csv"), next: "more"), now: now)
        #expect(page.items.map(\.name) == ["a.csv"])
        #expect(page.next == nil)
        #expect(try source.propertiesRequest(name: "a.csv", now: now).address.path == "/data/d/a.csv")
    }

    @Test func `a location that is a folder of the namespace is listed as a folder`() throws {
        let source = try AzureFixture.source("az://acct/data/d")
        let stub = blob("d", size: 0, properties: "<ResourceType>directory</ResourceType>")
        let page = try source.listPage(list(prefix: "d", stub, next: "more"), now: now)
        #expect(page.items.isEmpty)
        #expect(
            try source.listRequest(marker: page.next, now: now)?.address.query
                == "restype=container&comp=list&include=metadata&prefix=d%2F"
        )
        #expect(try source.listPage(list(prefix: "d/", blob("d/x")), now: now).items.map(\.name) == ["x"])
        #expect(try source.propertiesRequest(name: "d", now: now).address.path == "/data/d/d")
    }

    @Test(arguments: [
        "", "<html></html>", "<EnumerationResults><Blobs><Blob><Name>a",
        "<EnumerationResults><Blobs><Blob/></Blobs></EnumerationResults>",
        "<EnumerationResults><Prefix>other</Prefix><Blobs/></EnumerationResults>",
        "<EnumerationResults><Blobs><Blob><Name Encoded='true'>%zz</Name></Blob></Blobs></EnumerationResults>",
    ])
    func `a list that is malformed, cut or about something else is refused`(_ body: String) throws {
        let source = try AzureFixture.source()
        let answer = HTTPResponse(status: 200, body: Array(body.utf8))
        let error = #expect(throws: StoreError.self) { try source.listPage(answer, now: now) }
        #expect(error?.kind == .unexpectedAnswer)
    }

    @Test func `a range of one version is read, and a replaced blob has changed`() throws {
        let source = try AzureFixture.source("az://acct/data/d/")
        let request = try source.readRequest(name: "ü", offset: 10, count: 5, entityTag: "\"0x8D\"", now: now)
        #expect(request.address.path == "/data/d/%C3%BC")
        #expect(
            request.plainHeaders == [
                "range": "bytes=10-14", "if-match": "\"0x8D\"", "x-ms-range-get-content-crc64": "true",
            ]
        )
        // The service computes no digest of a longer one.
        let long = try source.readRequest(name: "ü", offset: 0, count: (4 << 20) + 1, entityTag: nil, now: now)
        #expect(long.plainHeaders == ["range": "bytes=0-4194304"])
        let changed = source.failure(AzureFixture.error("ConditionNotMet", status: 412), name: "a", now: now)
        #expect(changed.kind == .sourceChanged)
        let short = source.failure(AzureFixture.error("InvalidRange", status: 416), name: "a", now: now)
        #expect(short.kind == .sourceChanged)
        let missing = HTTPResponse(status: 404, headers: [.init("x-ms-error-code", "BlobNotFound")])
        #expect(source.failure(missing, name: "a", now: now).what == "reading \"a\" from az://acct/data/d/")
    }

    @Test func `metadata and folders are told by the headers`() throws {
        let source = try AzureFixture.source()
        let blob = HTTPResponse(
            status: 200,
            headers: [
                .init("content-type", "text/csv"), .init("content-language", "de"),
                .init("x-ms-meta-title", "=?UTF-8?B?w5xidW5n?="),
            ]
        )
        #expect(source.metadata(blob).contentType == "text/csv" && source.metadata(blob).contentLanguage == "de")
        #expect(source.metadata(blob).user == ["title": "Übung"])
        #expect(!source.isFolder(blob))
        #expect(source.isFolder(HTTPResponse(status: 200, headers: [.init("x-ms-meta-hdi_isfolder", "true")])))
        #expect(source.isFolder(HTTPResponse(status: 200, headers: [.init("x-ms-resource-type", "directory")])))
    }

    @Test func `a blob's digest is its MD5, and a range's its CRC64`() throws {
        let source = try AzureFixture.source()
        let properties = HTTPResponse(status: 200, headers: [.init("content-md5", "DMF1ucDxtqgxw5niaXcmYQ==")])
        #expect(source.storedChecksum(properties)?.hex == "0cc175b9c0f1b6a831c399e269772661")
        #expect(source.storedChecksum(HTTPResponse(status: 200, headers: [.init("content-md5", "AAAA")])) == nil)
        let range = HTTPResponse(status: 206, headers: [.init("x-ms-content-crc64", "iJh5CoYUi64=")])
        #expect(source.bodyChecksum(range)?.hex == "ae8b14860a799888")
        #expect(source.bodyChecksum(properties) == nil)
    }

    @Test func `a location without a name names no blob to read`() throws {
        let error = #expect(throws: StoreError.self) { try AzureFixture.source().propertiesRequest(name: "", now: now) }
        #expect(error?.kind == .invalidName)
    }
}
