/// Finds the ends of HTTP/1.1 requests in a stream of bytes, and forgets their bodies (RFC 9112).
///
/// It holds no body byte and passes over bodies of a known length without looking at them.
struct RequestScanner: Sendable {
    /// A request whose last byte has come.
    struct Request: Sendable, Equatable {
        let method: String
        let target: String
        /// Bytes of the body, without the framing of chunks.
        let bodyLength: Int
        /// Whether the client wants to go on over this connection.
        let keepsAlive: Bool
    }

    /// What a piece of the stream tells.
    enum News: Sendable, Equatable {
        case request(Request)
        /// The client waits to be told that it may send its body (RFC 9110, 10.1.1).
        case expectsContinue
    }

    /// The stream is not HTTP/1.1.
    struct Malformed: Error, Equatable {}

    private enum State: Sendable {
        case head
        case body(left: Int)
        case chunkSize
        case chunk(left: Int)
        case chunkEnd
        case trailer
    }

    private var state = State.head
    /// The bytes of the head, chunk line or trailer line so far.
    private var line: [UInt8] = []
    private var method = ""
    private var target = ""
    private var keepsAlive = true
    private var bodyLength = 0

    /// The longest head: a path of 8,000 bytes and its headers fit well.
    private static let longestHead = 64 << 10
    /// The longest line that tells a chunk's length: 16 digits and extensions, which nobody uses.
    private static let longestLine = 1024

    init() {}

    /// Takes bytes from `position` on until they have told something, and moves `position` behind what was taken.
    ///
    /// - Returns: nil when all bytes are taken and more are needed.
    mutating func scan(_ bytes: Span<UInt8>, from position: inout Int) throws(Malformed) -> News? {
        while position < bytes.count {
            switch state {
            case .head:
                guard try readLine(bytes, &position, until: 4, limit: Self.longestHead) else { return nil }
                if let news = try endHead() { return news }
            case .body(let left):
                if let request = passOver(left, bytes, &position, then: nil) { return request }
            case .chunkSize:
                guard try readLine(bytes, &position, until: 2, limit: Self.longestLine) else { return nil }
                state = try chunkState()
            case .chunk(let left):
                _ = passOver(left, bytes, &position, then: .chunkEnd)
            case .chunkEnd:
                guard try readLine(bytes, &position, until: 2, limit: 2) else { return nil }
                line.removeAll(keepingCapacity: true)
                state = .chunkSize
            case .trailer:
                guard try readLine(bytes, &position, until: 2, limit: Self.longestHead) else { return nil }
                let isLast = line.count == 2
                line.removeAll(keepingCapacity: true)
                if isLast { return end() }
            }
        }
        return nil
    }

    /// Passes over up to `left` bytes of a body; the request where that was its end.
    private mutating func passOver(_ left: Int, _ bytes: Span<UInt8>, _ position: inout Int, then next: State?) -> News?
    {
        let count = min(left, bytes.count - position)
        position += count
        bodyLength += count
        guard count == left else {
            if next == nil { state = .body(left: left - count) } else { state = .chunk(left: left - count) }
            return nil
        }
        guard let next else { return end() }
        state = next
        return nil
    }

    /// Gathers bytes until they end with a line's end, or (`until` 4) with an empty line; false when more are needed.
    private mutating func readLine(
        _ bytes: Span<UInt8>,
        _ position: inout Int,
        until count: Int,
        limit: Int
    ) throws(Malformed) -> Bool {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            line.append(byte)
            if byte == UInt8(ascii: "\n"), line.suffix(count).elementsEqual("\r\n\r\n".utf8.prefix(count)) {
                return true
            }
            guard line.count < limit else { throw Malformed() }
        }
        return false
    }

    private mutating func endHead() throws(Malformed) -> News? {
        let lines = String(decoding: line, as: UTF8.self).split(separator: "\r\n")
        line.removeAll(keepingCapacity: true)
        let parts = lines.first?.split(separator: " ") ?? []
        guard parts.count == 3, parts[2] == "HTTP/1.1" else { throw Malformed() }
        (method, target, keepsAlive, bodyLength) = (String(parts[0]), String(parts[1]), true, 0)
        var length = 0
        var isChunked = false
        var expects = false
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { throw Malformed() }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            switch line[..<colon].lowercased() {
            case "content-length":
                guard let number = Int(value), number >= 0 else { throw Malformed() }
                length = number
            case "transfer-encoding": isChunked = value.lowercased() == "chunked"
            case "connection": keepsAlive = value.lowercased() != "close"
            case "expect": expects = value.lowercased() == "100-continue"
            default: break
            }
        }
        if !isChunked, length == 0 { return end() }
        state = isChunked ? .chunkSize : .body(left: length)
        return expects ? .expectsContinue : nil
    }

    /// What follows the line of a chunk's length (RFC 9112, 7.1).
    private mutating func chunkState() throws(Malformed) -> State {
        let digits = String(decoding: line.prefix { $0 != UInt8(ascii: ";") && $0 > 32 }, as: UTF8.self)
        line.removeAll(keepingCapacity: true)
        guard let count = Int(digits, radix: 16), count >= 0 else { throw Malformed() }
        return count == 0 ? .trailer : .chunk(left: count)
    }

    private mutating func end() -> News {
        state = .head
        return .request(Request(method: method, target: target, bodyLength: bodyLength, keepsAlive: keepsAlive))
    }
}
