internal import SluiceCore
internal import SluiceDigests

/// Azure Storage's SharedKey authorization: an account key's signature over a request.
///
/// Source: Azure Storage REST API, "Authorize with Shared Key", for the Blob service from version 2015-02-21 on.
struct SharedKeySigner: Sendable {
    let account: String
    private let key: SecretBytes

    init(account: String, key: AzureAccountKey) {
        self.account = account
        self.key = key.bytes
    }

    /// The value of the `Authorization` header.
    ///
    /// - Parameters:
    ///   - request: with all its headers, `x-ms-date` among them, names in lower case.
    ///   - parameters: the query's, not encoded, names in lower case.
    ///   - contentLength: bytes of the body.
    func authorization(
        _ request: HTTPRequest,
        parameters: [(name: String, value: String)],
        contentLength: Int
    ) -> String {
        let text = stringToSign(request, parameters: parameters, contentLength: contentLength)
        let signature = HMACSHA256.authenticate(key: key.value, message: text)
        return "SharedKey \(account):\(Base64.encode(signature))"
    }

    /// The signature of a text by the account's key.
    func authenticate(_ text: String) -> [UInt8] { HMACSHA256.authenticate(key: key.value, message: text) }

    func stringToSign(
        _ request: HTTPRequest,
        parameters: [(name: String, value: String)],
        contentLength: Int
    ) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(768)
        text.append(text: request.method.rawValue)
        text.append(text: "\n")
        for name in SharedKeySigner.lines {
            switch name {
            // No body signs as nothing.
            case "content-length": if contentLength > 0 { text.append(text: String(contentLength)) }
            // Every request has x-ms-date, beside which this line is empty.
            case "date": break
            default:
                if let value = request.headers.first(where: { $0.name == name })?.value { text.append(text: value) }
            }
            text.append(text: "\n")
        }
        append(headers: request.headers, to: &text)
        text.append(text: "/")
        text.append(text: account)
        text.append(text: request.address.path.isEmpty ? "/" : request.address.path)
        append(parameters: parameters, to: &text)
        return text
    }

    /// The headers that have a line of their own, in this order.
    private static let lines = [
        "content-encoding", "content-language", "content-length", "content-md5", "content-type", "date",
        "if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range",
    ]

    /// `x-ms-…:value` lines in the service's order.
    private func append(headers: [HTTPRequest.Header], to text: inout [UInt8]) {
        var signed = headers.filter { $0.name.hasPrefix("x-ms-") }
        signed.sort { SharedKeySigner.precedes($0.name, $1.name) }
        for header in signed {
            text.append(text: header.name)
            text.append(text: ":")
            text.append(text: header.value)
            text.append(text: "\n")
        }
    }

    /// The service orders names by its own string comparison, which its SDKs copy: hyphens don't count, and an
    /// underscore comes before digits and letters.
    static func precedes(_ left: String, _ right: String) -> Bool {
        var (first, second) = (left.utf8.makeIterator(), right.utf8.makeIterator())
        while true {
            switch (weight(&first), weight(&second)) {
            case (nil, nil): return left < right
            case (nil, _): return true
            case (_, nil): return false
            case (let a?, let b?): if a != b { return a < b }
            }
        }
    }

    private static func weight(_ characters: inout String.UTF8View.Iterator) -> UInt8? {
        while let character = characters.next() {
            switch character {
            case UInt8(ascii: "-"): continue
            case UInt8(ascii: "_"): return 1
            default: return character
            }
        }
        return nil
    }

    private func append(parameters: [(name: String, value: String)], to text: inout [UInt8]) {
        for (name, value) in parameters.sorted(by: { ($0.name, $0.value) < ($1.name, $1.value) }) {
            text.append(text: "\n")
            text.append(text: name)
            text.append(text: ":")
            text.append(text: value)
        }
    }
}
