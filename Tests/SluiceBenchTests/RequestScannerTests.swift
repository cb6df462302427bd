import Testing

@testable import SluiceBench

@Suite struct RequestScannerTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let name: String
        let stream: String
        let news: [RequestScanner.News]
        var testDescription: String { name }
    }

    private static func put(_ length: Int, keepsAlive: Bool = true) -> RequestScanner.News {
        .request(.init(method: "PUT", target: "/a", bodyLength: length, keepsAlive: keepsAlive))
    }

    static let examples = [
        Example(name: "nothing yet", stream: "PUT /a HTTP/1.1\r\nHost: x\r\n", news: []),
        Example(name: "no body", stream: "PUT /a HTTP/1.1\r\nContent-Length: 0\r\n\r\n", news: [put(0)]),
        Example(name: "a length", stream: "PUT /a HTTP/1.1\r\ncontent-length: 5\r\n\r\nhello", news: [put(5)]),
        Example(
            name: "a body that is not all there",
            stream: "PUT /a HTTP/1.1\r\nContent-Length: 6\r\n\r\nhello",
            news: []
        ),
        Example(
            name: "two in a row",
            stream: "PUT /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nhiPUT /a HTTP/1.1\r\nConnection: close\r\n\r\n",
            news: [put(2), put(0, keepsAlive: false)]
        ),
        Example(
            name: "chunks",
            stream: "PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n",
            news: [put(13)]
        ),
        Example(
            name: "chunks with a trailer, and a request behind them",
            stream:
                "PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n\n\r\n0\r\nX: y\r\n\r\nPUT /a HTTP/1.1\r\nHost: x\r\n\r\n",
            news: [put(1), put(0)]
        ),
        Example(
            name: "a client that waits",
            stream: "PUT /a HTTP/1.1\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\nx",
            news: [.expectsContinue, put(1)]
        ),
    ]

    @Test("a stream tells the same, however it is cut", arguments: examples, [1, 2, 7, 10_000])
    func scanning(example: Example, piece: Int) throws {
        var scanner = RequestScanner()
        var heard: [RequestScanner.News] = []
        let bytes = Array(example.stream.utf8)
        for start in stride(from: 0, to: bytes.count, by: piece) {
            let part = Array(bytes[start..<min(start + piece, bytes.count)])
            var position = 0
            while position < part.count {
                if let news = try scanner.scan(part.span, from: &position) { heard.append(news) }
            }
        }
        #expect(heard == example.news)
    }

    @Test(
        "what is not HTTP/1.1 is refused",
        arguments: [
            "\u{16}\u{3}\u{1} \r\n\r\n", "GET /\r\n\r\n", "PUT /a HTTP/1.0\r\n\r\n",
            "PUT /a HTTP/1.1\r\nno colon\r\n\r\n",
            "PUT /a HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "PUT /a HTTP/1.1\r\nContent-Length: x\r\n\r\n",
            "PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            "PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
        ]
    )
    func refusing(stream: String) { #expect(throws: RequestScanner.Malformed.self) { try scan(stream) } }

    @Test("a head that does not end is refused")
    func bounding() {
        let stream = "PUT /a HTTP/1.1\r\nX: " + String(repeating: "y", count: 65_536)
        #expect(throws: RequestScanner.Malformed.self) { try scan(stream) }
    }

    private func scan(_ stream: String) throws {
        var scanner = RequestScanner()
        let bytes = Array(stream.utf8)
        var position = 0
        while position < bytes.count { _ = try scanner.scan(bytes.span, from: &position) }
    }
}
