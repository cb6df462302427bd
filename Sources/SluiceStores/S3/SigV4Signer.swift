internal import SluiceCore
internal import SluiceDigests

/// AWS Signature Version 4, in the `Authorization` header, for one day, region and pair of keys.
///
/// Source: IAM User Guide, "Create a signed AWS API request"; Amazon S3 API Reference, "Authenticating Requests: Using
/// the Authorization Header". As S3 wants it, the path is signed as it is sent: encoded once and not normalised.
struct SigV4Signer: Sendable {
    let accessKeyID: String
    /// `20261121`
    let day: String
    let region: String
    /// `20261121/us-east-1/s3/aws4_request`
    private let scope: String
    private let key: SecretBytes

    init(_ credentials: AWSCredentials, day: String, region: String, service: String = "s3") {
        accessKeyID = credentials.accessKeyID
        self.day = day
        self.region = region
        scope = "\(day)/\(region)/\(service)/aws4_request"
        var key = Array("AWS4\(credentials.secretAccessKey.value)".utf8)
        for part in [day, region, service, "aws4_request"] { key = HMACSHA256.authenticate(key: key, message: part) }
        self.key = SecretBytes(key)
    }

    /// The SHA-256 of no bytes in hexadecimal.
    static let emptyPayload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    /// In place of a payload's hash where TLS, and a checksum of its own, guard the body.
    static let unsignedPayload = "UNSIGNED-PAYLOAD"

    /// Adds the headers that sign all headers of `request`, its path and its query.
    ///
    /// - Parameters:
    ///   - payload: the SHA-256 of the body in hexadecimal, or `unsignedPayload`.
    ///   - stamp: when it is signed: `20261121T051951Z`, on the signer's day.
    ///   - token: goes along with keys that expire.
    func sign(_ request: inout HTTPRequest, payload: String, stamp: String, token: Secret? = nil) {
        request.headers.append(HTTPRequest.Header("x-amz-content-sha256", payload))
        request.headers.append(HTTPRequest.Header("x-amz-date", stamp))
        if let token { request.headers.append(HTTPRequest.Header("x-amz-security-token", token.value)) }
        let names = SigV4Signer.signedHeaders(request)
        let digest = SHA256.hash(SigV4Signer.canonicalRequest(request, headers: names, payload: payload))
        var text: [UInt8] = []
        text.reserveCapacity(192)
        text.append(text: "AWS4-HMAC-SHA256\n")
        text.append(text: stamp)
        text.append(text: "\n")
        text.append(text: scope)
        text.append(text: "\n")
        text.append(hex: digest)
        let signature = HMACSHA256.authenticate(key: key.value, message: text)
        request.headers.append(HTTPRequest.Header("authorization", authorization(names, signature)))
    }

    private func authorization(_ headers: [HTTPRequest.Header], _ signature: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(384)
        text.append(text: "AWS4-HMAC-SHA256 Credential=")
        text.append(text: accessKeyID)
        text.append(text: "/")
        text.append(text: scope)
        text.append(text: ", SignedHeaders=")
        SigV4Signer.append(names: headers, to: &text)
        text.append(text: ", Signature=")
        text.append(hex: signature)
        return String(decoding: text, as: UTF8.self)
    }

    /// Every header, `Host` included, with names in lower case and in their order.
    static func signedHeaders(_ request: HTTPRequest) -> [HTTPRequest.Header] {
        var headers = request.headers
        for index in headers.indices where headers[index].name.utf8.contains(where: { 0x41...0x5A ~= $0 }) {
            headers[index] = HTTPRequest.Header(headers[index].name.lowercased(), headers[index].value)
        }
        headers.append(HTTPRequest.Header("host", request.address.authority))
        headers.sort { $0.name < $1.name }
        return headers
    }

    static func canonicalRequest(
        _ request: HTTPRequest,
        headers: [HTTPRequest.Header],
        payload: String
    ) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(1024)
        text.append(text: request.method.rawValue)
        text.append(text: "\n")
        text.append(text: request.address.path.isEmpty ? "/" : request.address.path)
        text.append(text: "\n")
        if let query = request.address.query { append(query: query, to: &text) }
        text.append(text: "\n")
        for header in headers {
            text.append(text: header.name)
            text.append(text: ":")
            append(value: header.value, to: &text)
            text.append(text: "\n")
        }
        text.append(text: "\n")
        append(names: headers, to: &text)
        text.append(text: "\n")
        text.append(text: payload)
        return text
    }

    private static func append(names headers: [HTTPRequest.Header], to text: inout [UInt8]) {
        for (index, header) in headers.enumerated() {
            if index > 0 { text.append(text: ";") }
            text.append(text: header.name)
        }
    }

    /// A header's value without spaces at its ends and with runs of spaces made one.
    private static func append(value: String, to text: inout [UInt8]) {
        let start = text.count
        var hadSpace = true
        for byte in value.utf8 {
            let isSpace = byte == 0x20
            if !isSpace || !hadSpace { text.append(byte) }
            hadSpace = isSpace
        }
        if hadSpace, text.count > start { text.removeLast() }
    }

    /// The parameters, which are percent-encoded as they should be, in the order of their names; each with a `=`.
    private static func append(query: String, to text: inout [UInt8]) {
        var pairs = Array(query.utf8).split(separator: UInt8(ascii: "&")).map { pair in
            (name: pair.prefix { $0 != UInt8(ascii: "=") }, pair: pair)
        }
        pairs.sort { $0.name == $1.name ? precedes($0.pair, $1.pair) : precedes($0.name, $1.name) }
        for (index, (name, pair)) in pairs.enumerated() {
            if index > 0 { text.append(UInt8(ascii: "&")) }
            text += pair
            if name.count == pair.count { text.append(UInt8(ascii: "=")) }
        }
    }

    private static func precedes(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
        left.lexicographicallyPrecedes(right)
    }
}

extension [UInt8] {
    mutating func append(text: String) { append(contentsOf: text.utf8) }

    /// Appends bytes in lower-case hexadecimal.
    mutating func append(hex bytes: [UInt8]) {
        for byte in bytes {
            append(hexDigit(byte >> 4))
            append(hexDigit(byte & 15))
        }
    }
}

private func hexDigit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
}
