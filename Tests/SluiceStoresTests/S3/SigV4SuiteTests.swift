import SluiceCore
import Testing

@testable import SluiceStores

/// Those cases of AWS's Signature Version 4 test suite (`aws-sig-v4-test-suite`, service `service`) whose rules are
/// S3's too: S3 doesn't normalise paths, and takes no header twice.
@Suite struct SigV4SuiteTests {
    private let signer = SigV4Signer(
        AWSCredentials(
            accessKeyID: "AKIDEXAMPLE",
            secretAccessKey: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            origin: "the test"
        ),
        day: "20150830",
        region: "us-east-1",
        service: "service"
    )

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var method = HTTPRequest.Method.get
        var path = "/"
        var query: String?
        var headers: [(String, String)] = []
        let names: String
        let signature: String

        var testDescription: String { name }
    }

    private static let cases = [
        Case(
            name: "get-vanilla",
            names: "host;x-amz-date",
            signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        ),
        Case(
            name: "get-vanilla-query-order-key-case",
            query: "Param2=value2&Param1=value1",
            names: "host;x-amz-date",
            signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
        ),
        Case(
            name: "get-vanilla-query-unreserved",
            query: "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz="
                + "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
            names: "host;x-amz-date",
            signature: "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"
        ),
        Case(
            name: "get-vanilla-utf8-query",
            query: PercentEncoding.encode("ሴ") + "=bar",
            names: "host;x-amz-date",
            signature: "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"
        ),
        Case(
            name: "get-unreserved",
            path: "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
            names: "host;x-amz-date",
            signature: "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"
        ),
        Case(
            name: "get-utf8",
            path: PercentEncoding.encode("/ሴ", keeping: "/"),
            names: "host;x-amz-date",
            signature: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"
        ),
        Case(
            name: "get-header-value-trim",
            headers: [("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")],
            names: "host;my-header1;my-header2;x-amz-date",
            signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"
        ),
        Case(
            name: "post-vanilla",
            method: .post,
            names: "host;x-amz-date",
            signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
        ),
        Case(
            name: "post-header-key-sort",
            method: .post,
            headers: [("My-Header1", "value1")],
            names: "host;my-header1;x-amz-date",
            signature: "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"
        ),
        Case(
            name: "post-header-value-case",
            method: .post,
            headers: [("My-Header1", "VALUE1")],
            names: "host;my-header1;x-amz-date",
            signature: "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"
        ),
    ]

    @Test(arguments: cases)
    func `the suite's requests have the suite's signatures`(_ example: Case) {
        let stamp = "20150830T123600Z"
        let request = HTTPRequest(
            example.method,
            HTTPAddress(host: "example.amazonaws.com", path: example.path, query: example.query),
            headers: [.init("X-Amz-Date", stamp)] + example.headers.map { HTTPRequest.Header($0, $1) }
        )
        let canonical = SigV4Signer.canonicalRequest(request, payload: SigV4Signer.emptyPayload)
        #expect(String(decoding: canonical.names, as: UTF8.self) == example.names)
        #expect(Hex.encode(signer.signature(of: canonical.text, stamp: stamp)) == example.signature)
    }
}
