internal import SluiceCore

/// Puts an answer together as it arrives.
struct AnswerCollector {
    private var headers: [HTTPRequest.Header] = []
    private var body: [UInt8] = []
    private(set) var limit = 0
    private(set) var isOverLimit = false
    /// Where the body goes instead of being kept, where the answer is one of success.
    var receiver: (any DownloadBody)? { didSet { hasBegun = false } }
    /// Whether the first bytes have come and the receiver takes them.
    private var hasBegun = false

    mutating func reset(limit: Int) {
        headers.removeAll(keepingCapacity: true)
        body.removeAll(keepingCapacity: true)
        self.limit = limit
        isOverLimit = false
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
        guard let colon = unsafe line.firstIndex(of: UInt8(ascii: ":")), unsafe !AnswerCollector.isStatusLine(line)
        else {
            if unsafe AnswerCollector.isStatusLine(line) { headers.removeAll(keepingCapacity: true) }
            return
        }
        let name = unsafe AnswerCollector.lowercased(line[..<colon])
        let value = unsafe AnswerCollector.trimmed(line[(colon + 1)...])
        headers.append(HTTPRequest.Header(name, value))
    }

    func response(status: Int) -> HTTPResponse { HTTPResponse(status: status, headers: headers, body: body) }

    private static func isStatusLine(_ line: UnsafeRawBufferPointer) -> Bool {
        unsafe line.count >= 5 && line.starts(with: "HTTP/".utf8)
    }

    /// A header's name, which is ASCII, in lower case.
    private static func lowercased(_ name: Slice<UnsafeRawBufferPointer>) -> String {
        unsafe String(unsafeUninitializedCapacity: name.count) { bytes in
            for index in unsafe 0..<name.count {
                let byte = unsafe name[name.startIndex + index]
                unsafe bytes[index] = 0x41...0x5A ~= byte ? byte | 0x20 : byte
            }
            return unsafe name.count
        }
    }

    private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        var start = unsafe bytes.startIndex
        var end = unsafe bytes.endIndex
        while start < end, unsafe bytes[start] <= 32 { start += 1 }
        while end > start, unsafe bytes[end - 1] <= 32 { end -= 1 }
        return unsafe String(decoding: bytes[start..<end], as: UTF8.self)
    }
}
