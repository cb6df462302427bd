package import SluiceCore

/// One HTTP request, complete but for the bytes of a body that comes from a step.
package struct HTTPRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case put = "PUT"
        case post = "POST"
        case delete = "DELETE"
    }

    package var method: Method
    /// Path and query are percent-encoded and sent as they are.
    package var address: HTTPAddress
    /// In the order in which they are sent; without Host, Content-Length and Transfer-Encoding, which the
    /// transport writes.
    package var headers: [Header]
    package var body: Body

    package struct Header: Sendable, Hashable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package enum Body: Sendable {
        /// No body at all; a PUT or POST says `Content-Length: 0`.
        case none
        /// These bytes: a commit's XML, a form.
        case bytes([UInt8])
        /// The bytes of the step that the request was made for.
        case step
    }

    package init(_ method: Method, _ address: HTTPAddress, headers: [Header] = [], body: Body = .none) {
        self.method = method
        self.address = address
        self.headers = headers
        self.body = body
    }
}

/// What came back.
package struct HTTPResponse: Sendable {
    package let status: Int
    private let block: HeaderBlock
    /// The body, cut at the bound that the request was sent with.
    package let body: [UInt8]

    package init(status: Int, headers: [HTTPRequest.Header] = [], body: [UInt8] = []) {
        self.init(status: status, block: HeaderBlock(headers), body: body)
    }

    init(status: Int, block: HeaderBlock, body: [UInt8]) {
        self.status = status
        self.block = block
        self.body = body
    }

    /// Names in lower case, in the order of arrival.
    package var headers: [HTTPRequest.Header] { block.headers }

    /// The value of the first header of this name.
    package subscript(_ name: String) -> String? { block[name] }

    package var isSuccess: Bool { 200..<300 ~= status }

    /// Bytes of the object that an answer to HEAD is about; nil where it doesn't say, or says what can't be.
    var contentLength: Int? { self["content-length"].flatMap(Int.init).flatMap { $0 >= 0 ? $0 : nil } }

    /// How long the answer asks us to wait: Retry-After in seconds or as a date (RFC 9110, 10.2.3), or Azure's
    /// and S3's millisecond variant; at most `longestWait`.
    package func retryAfter(now: Timestamp) -> Duration? {
        if let text = self["x-ms-retry-after-ms"], let milliseconds = Int(text), milliseconds >= 0 {
            return min(.milliseconds(milliseconds), HTTPResponse.longestWait)
        }
        guard let text = self["retry-after"] else { return nil }
        if let seconds = Int(text), seconds >= 0 { return min(.seconds(seconds), HTTPResponse.longestWait) }
        guard let date = Timestamp(httpDate: text) else { return nil }
        // Not in nanoseconds: dates may lie further apart than their numbers reach.
        return min(max(.zero, .seconds(date.seconds - now.seconds)), HTTPResponse.longestWait)
    }

    /// A service may ask for more, and a clock that is wrong may: asking again after five minutes harms no service, and a
    /// run that waits for a day is taken for a dead one.
    static let longestWait = Duration.seconds(300)
}
