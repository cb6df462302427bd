import SluiceCore
import Testing

@testable import SluiceStores

/// By Azure Storage REST API, "Authorize with Shared Key".
@Suite struct SharedKeySignerTests {
    private func signer(_ account: String) throws -> SharedKeySigner {
        SharedKeySigner(account: account, key: try CredentialEnvironment.accountKey(AzureFixture.key, from: "the test"))
    }

    private func text(
        _ method: HTTPRequest.Method,
        _ path: String,
        parameters: [(name: String, value: String)] = [],
        _ headers: [(String, String)],
        length: Int = 0,
        account: String = "myaccount"
    ) throws -> String {
        let address = HTTPAddress(host: "myaccount.blob.core.windows.net", path: path)
        let request = HTTPRequest(method, address, headers: headers.map { .init($0.0, $0.1) })
        let bytes = try signer(account).stringToSign(request, parameters: parameters, contentLength: length)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `the documentation's request for a container's metadata is signed as it says`() throws {
        let text = try text(
            .get,
            "/mycontainer",
            parameters: [("restype", "container"), ("comp", "metadata"), ("timeout", "20")],
            [("x-ms-version", "2015-02-21"), ("x-ms-date", "Fri, 26 Jun 2015 23:39:12 GMT")]
        )
        #expect(
            text == "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\nx-ms-version:2015-02-21\n"
                + "/myaccount/mycontainer\ncomp:metadata\nrestype:container\ntimeout:20"
        )
    }

    @Test func `a body's length and the standard headers have lines of their own`() throws {
        let text = try text(
            .put,
            "/c/hello%20world.txt",
            [
                ("content-encoding", "gzip"), ("content-language", "de"), ("content-md5", "m=="),
                ("content-type", "text/a"),
                ("if-match", "\"e\""), ("if-none-match", "*"), ("range", "bytes=0-1"), ("x-ms-blob-type", "BlockBlob"),
                ("x-ms-date", "D"), ("accept", "not signed"),
            ],
            length: 11
        )
        #expect(
            text == "PUT\ngzip\nde\n11\nm==\ntext/a\n\n\n\"e\"\n*\n\nbytes=0-1\n"
                + "x-ms-blob-type:BlockBlob\nx-ms-date:D\n/myaccount/c/hello%20world.txt"
        )
    }

    @Test func `path style names the account twice, and values of the query are signed decoded`() throws {
        let text = try text(
            .get,
            "/dev/c",
            parameters: [("prefix", "a b/ü"), ("marker", "2!x=")],
            [("x-ms-date", "D")],
            account: "dev"
        )
        #expect(text.hasSuffix("\nx-ms-date:D\n/dev/dev/c\nmarker:2!x=\nprefix:a b/ü"))
    }

    @Test(arguments: [
        (["x-ms-meta-a1", "x-ms-meta-a_b", "x-ms-meta-ab"], ["x-ms-meta-a_b", "x-ms-meta-a1", "x-ms-meta-ab"]),
        (
            ["x-ms-version", "x-ms-date", "x-ms-blob-type", "x-ms-blob-content-type"],
            ["x-ms-blob-content-type", "x-ms-blob-type", "x-ms-date", "x-ms-version"]
        ),
        (["x-ms-meta-b", "x-ms-meta-", "x-ms-meta-a"], ["x-ms-meta-", "x-ms-meta-a", "x-ms-meta-b"]),
        (["x-ms-meta-z_1", "x-ms-meta-z", "x-ms-meta-z1"], ["x-ms-meta-z", "x-ms-meta-z_1", "x-ms-meta-z1"]),
    ])
    func `headers are ordered as the service's own libraries do`(_ names: [String], _ expected: [String]) {
        #expect(names.sorted(by: SharedKeySigner.precedes) == expected)
    }

    @Test func `a whole request is signed as an independent program signs it`() throws {
        let metadata = ObjectMetadata(contentType: "text/csv", user: ["a1": "2", "a_b": "1"])
        let upload = Upload(name: "a b.csv", size: 3, metadata: metadata, condition: .absent)
        let checksum = Checksum(algorithm: .crc64nvme, value: UInt64(0xAE8B_1486_0A79_9888))
        let step = SinkStep(upload: upload, action: .whole, body: StepBody(slab: slab([1, 2, 3])), checksum: checksum)
        let request = try AzureFixture.sink(endpoint: "https://localhost:1").request(for: step, now: AzureFixture.now)
        #expect(request?["authorization"] == "SharedKey acct:MoxWyMJgYEKZZXjmgvVsyZkw6dn9SjW1DG/auBNC8L4=")
    }

    @Test func `printing a signer shows no key`() throws {
        let signer = try signer("acct")
        for text in ["\(signer)", String(reflecting: signer), dumped(signer)] {
            #expect(!text.contains("107, 101, 121") && !text.contains(AzureFixture.key))
        }
    }
}
