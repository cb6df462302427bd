import SluiceCore
import Testing

@testable import SluiceStores

/// The examples of Amazon S3 API Reference, "Signature Calculations for the Authorization Header: Transferring Payload
/// in a Single Chunk".
@Suite struct SigV4SignerTests {
    private static let credentials = AWSCredentials(
        accessKeyID: "AKIAIOSFODNN7EXAMPLE",
        secretAccessKey: Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        origin: "the test"
    )
    private let signer = SigV4Signer(credentials, day: "20130524", region: "us-east-1")

    private func request(
        _ method: HTTPRequest.Method,
        _ path: String,
        query: String? = nil,
        _ headers: [(String, String)] = []
    ) -> HTTPRequest {
        HTTPRequest(
            method,
            HTTPAddress(host: "examplebucket.s3.amazonaws.com", path: path, query: query),
            headers: headers.map { HTTPRequest.Header($0.0, $0.1) }
        )
    }

    private func authorization(_ request: HTTPRequest, payload: String = SigV4Signer.emptyPayload) -> String {
        var request = request
        signer.sign(&request, payload: payload, stamp: "20130524T000000Z")
        return request.headers.last?.value ?? ""
    }

    private func expected(_ headers: String, _ signature: String) -> String {
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=\(headers), "
            + "Signature=\(signature)"
    }

    @Test func `a GET of a range is signed as Amazon's example`() {
        #expect(
            authorization(request(.get, "/test.txt", [("Range", "bytes=0-9")]))
                == expected(
                    "host;range;x-amz-content-sha256;x-amz-date",
                    "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
                )
        )
    }

    @Test func `a PUT of a body is signed as Amazon's example`() {
        let put = request(
            .put,
            "/test%24file.text",
            [("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")]
        )
        #expect(
            authorization(put, payload: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072")
                == expected(
                    "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
                    "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
                )
        )
    }

    @Test func `a query without a value is signed as Amazon's example`() {
        #expect(
            authorization(request(.get, "/", query: "lifecycle"))
                == expected(
                    "host;x-amz-content-sha256;x-amz-date",
                    "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
                )
        )
    }

    @Test(arguments: ["max-keys=2&prefix=J", "prefix=J&max-keys=2"])
    func `a query is signed in the order of its names as Amazon's example`(_ query: String) {
        #expect(
            authorization(request(.get, "", query: query))
                == expected(
                    "host;x-amz-content-sha256;x-amz-date",
                    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
                )
        )
    }

    @Test func `the canonical request is Amazon's, letter for letter`() {
        var get = request(.get, "/test.txt", [("Range", "bytes=0-9")])
        get.headers += [
            .init("x-amz-content-sha256", SigV4Signer.emptyPayload), .init("x-amz-date", "20130524T000000Z"),
        ]
        let text = SigV4Signer.canonicalRequest(get, payload: SigV4Signer.emptyPayload).text
        #expect(
            String(decoding: text, as: UTF8.self) == """
                GET
                /test.txt

                host:examplebucket.s3.amazonaws.com
                range:bytes=0-9
                x-amz-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
                x-amz-date:20130524T000000Z

                host;range;x-amz-content-sha256;x-amz-date
                e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
                """
        )
    }

    @Test(arguments: [
        ("  a  b   c ", "a b c"), ("", ""), ("   ", ""), ("plain", "plain"), ("a b", "a b"),
    ])
    func `a header's value is signed without spaces that don't count`(_ value: String, _ canonical: String) {
        let get = request(.get, "/k", [("x-amz-meta-a", value)])
        let text = SigV4Signer.canonicalRequest(get, payload: "").text
        #expect(String(decoding: text, as: UTF8.self).contains("x-amz-meta-a:\(canonical)\n"))
    }

    @Test func `a session token is sent and signed`() {
        var get = request(.get, "/k")
        signer.sign(&get, payload: SigV4Signer.emptyPayload, stamp: "20130524T000000Z", token: Secret("tok"))
        #expect(get.headers.contains(HTTPRequest.Header("x-amz-security-token", "tok")))
        #expect(get.headers.last?.value.contains("x-amz-security-token") == true)
    }

    @Test func `printing a signer or its keys shows no secret`() {
        for text in [
            "\(signer)", String(reflecting: signer), "\(Self.credentials)", String(reflecting: Self.credentials),
            dumped(signer), dumped(Self.credentials),
        ] {
            #expect(!text.contains("wJalrXUtnFEMI"))
            #expect(!text.contains("219, 184"), "the derived key's bytes")
        }
    }
}
