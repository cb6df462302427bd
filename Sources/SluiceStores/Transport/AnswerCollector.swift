internal import SluiceCore

/// Puts an answer together as it arrives.
struct AnswerCollector {
    private var headers = HeaderBlock()
    private var body: [UInt8] = []
    private(set) var limit = 0
    private(set) var isOverLimit = false
    /// Where the body goes instead of being kept, where the answer is one of success.
    var receiver: (any DownloadBody)? { didSet { hasBegun = false } }
    /// Whether the first bytes have come and the receiver takes them.
    private var hasBegun = false
    /// Whether the empty line that ends the head has come. libcurl takes a head that the connection's end cuts for a whole
    /// one, be it without the headers that were to follow.
    private(set) var isHeadWhole = false

    mutating func reset(limit: Int) {
        headers.removeAll()
        body.removeAll(keepingCapacity: true)
        self.limit = limit
        isOverLimit = false
        isHeadWhole = false
        receiver = nil
    }

    /// Keeps a piece of the body; false when it is more than the limit.
    mutating func append(_ bytes: UnsafeRawBufferPointer, status: @autoclosure () -> Int) -> Bool {
        if hasBegun, let receiver { return unsafe receiver.receive(bytes) }
        if let receiver {
            let code = status()
            if 200..<300 ~= code {
                hasBegun = receiver.begin(response(status: code))
                return unsafe hasBegun && receiver.receive(bytes)
            }
        }
        guard body.count + bytes.count <= limit else {
            isOverLimit = true
            return false
        }
        unsafe body.append(contentsOf: bytes)
        return true
    }

    /// Keeps a header line. A status line starts the headers anew: of an interim answer, a proxy's or a redirect.
    mutating func appendHeader(_ line: UnsafeRawBufferPointer) {
        if unsafe line.starts(with: "HTTP/".utf8) {
            headers.removeAll()
            isHeadWhole = false
        } else if unsafe line.first == UInt8(ascii: "\r") || line.first == UInt8(ascii: "\n") {
            isHeadWhole = true
        } else {
            unsafe headers.append(line)
        }
    }

    func response(status: Int) -> HTTPResponse { HTTPResponse(status: status, block: headers, body: body) }
}
