internal import SluiceCore
internal import SluiceDigests

/// AWS Signature Version 4, in the `Authorization` header, for one day, region and pair of keys.
///
/// Source: IAM User Guide, "Create a signed AWS API request"; Amazon S3 API Reference, "Authenticating Requests: Using
/// the Authorization Header". As S3 wants it, the path is signed as it is sent: encoded once and not normalised.
///
/// A class, because every request of every thread holds it for a moment: one count of references rather than six.
final class SigV4Signer: Sendable {
    /// `20261121`
    let day: String
    let region: String
    /// `20261121/us-east-1/s3/aws4_request`
    let scope: String
    /// What comes in front of the names of the signed headers in `Authorization`.
    private let opening: String
    private let key: SecretBytes

    init(_ credentials: AWSCredentials, day: String, region: String, service: String = "s3") {
        self.day = day
        self.region = region
        scope = "\(day)/\(region)/\(service)/aws4_request"
        opening = "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), SignedHeaders="
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
        let canonical = SigV4Signer.canonicalRequest(request, payload: payload)
        let signature = signature(of: canonical.text, stamp: stamp)
        request.headers.append(HTTPRequest.Header("authorization", authorization(canonical.names, signature)))
    }

    func signature(of canonicalRequest: [UInt8], stamp: String) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(192)
        text.append(text: "AWS4-HMAC-SHA256\n")
        text.append(text: stamp)
        text.append(text: "\n")
        text.append(text: scope)
        text.append(text: "\n")
        text.append(hex: SHA256.hash(canonicalRequest))
        return HMACSHA256.authenticate(key: key.value, message: text)
    }

    private func authorization(_ names: [UInt8], _ signature: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(384)
        text.append(text: opening)
        text += names
        text.append(text: ", Signature=")
        text.append(hex: signature)
        return String(decoding: text, as: UTF8.self)
    }

    /// What is hashed of a request, and the names of the signed headers: all of them, `host` included, in lower case
    /// and in their order, with semicolons between them.
    static func canonicalRequest(_ request: HTTPRequest, payload: String) -> (text: [UInt8], names: [UInt8]) {
        var text: [UInt8] = []
        text.reserveCapacity(1024)
        text.append(text: request.method.rawValue)
        text.append(text: "\n")
        text.append(text: request.address.path.isEmpty ? "/" : request.address.path)
        text.append(text: "\n")
        if let query = request.address.query { append(query: query, to: &text) }
        text.append(text: "\n")
        let names = append(headers: request.headers, host: request.address.authority, to: &text)
        text.append(text: "\n")
        text += names
        text.append(text: "\n")
        text.append(text: payload)
        return (text, names)
    }

    /// Appends a line for every header and the host; returns their names.
    private static func append(headers: [HTTPRequest.Header], host: String, to text: inout [UInt8]) -> [UInt8] {
        // Sorted by index: headers are written almost in order, and moving them would touch two strings each.
        var order = Array(headers.indices)
        order.sort { precedes(headers[$0].name, headers[$1].name) }
        let hostPlace = order.firstIndex { precedes("host", headers[$0].name) } ?? order.count
        var names: [UInt8] = []
        names.reserveCapacity(192)
        for place in 0...order.count {
            if place == hostPlace { append("host", host, &names, &text) }
            guard place < order.count else { break }
            let header = headers[order[place]]
            append(header.name, header.value, &names, &text)
        }
        return names
    }

    private static func append(_ name: String, _ value: String, _ names: inout [UInt8], _ text: inout [UInt8]) {
        if !names.isEmpty { names.append(UInt8(ascii: ";")) }
        let start = names.count
        names.append(text: name)
        for index in start..<names.count { names[index] = lowercase(names[index]) }
        text += names[start...]
        text.append(UInt8(ascii: ":"))
        append(value: value, to: &text)
        text.append(UInt8(ascii: "\n"))
    }

    /// Whether a header comes before another one: by the bytes of their names in lower case.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lazy.map(lowercase).lexicographicallyPrecedes(right.utf8.lazy.map(lowercase))
    }

    /// A header's value without spaces at its ends and with runs of spaces made one.
    private static func append(value: String, to text: inout [UInt8]) {
        // Nearly no value has a space.
        guard value.utf8.contains(0x20) else { return text.append(text: value) }
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
        reserveCapacity(count + 2 * bytes.count)
        for byte in bytes {
            append(hexDigit(byte >> 4))
            append(hexDigit(byte & 15))
        }
    }
}

private func hexDigit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
}
