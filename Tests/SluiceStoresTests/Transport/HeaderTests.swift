import CCurl
import SluiceCore
import Testing

@testable import SluiceStores

@Suite struct HeaderTests {
    private func block(_ lines: String...) -> HeaderBlock {
        var block = HeaderBlock()
        for line in lines { Array(line.utf8).withUnsafeBytes { block.append($0) } }
        return block
    }

    @Test(arguments: [
        ("ETag: \"e\"\r\n", "etag", "\"e\""), ("etag:x\r\n", "ETag", "x"), ("a: \t b  c \r\n", "a", "b  c"),
        ("a:\r\n", "a", ""), ("a: b: c\r\n", "a", "b: c"), ("a: b\n", "a", "b"), ("a: b", "a", "b"),
        ("etags: 1\r\n", "etag", nil), ("eta: 1\r\n", "etag", nil), ("no header\r\n", "no header", nil),
    ])
    func `a header is found by its name in any case`(_ line: String, _ name: String, _ value: String?) {
        #expect(block("X-First: 1\r\n", line, "X-Last: 2\r\n")[name] == value)
    }

    @Test func `the first of two headers counts, and no value is taken for a name`() {
        let block = block("Via: etag: no\r\n", "ETag: 1\r\n", "etag: 2\r\n", "\r\n")
        #expect(block["etag"] == "1")
        #expect(
            block.headers == [
                HTTPRequest.Header("via", "etag: no"), HTTPRequest.Header("etag", "1"), HTTPRequest.Header("etag", "2"),
            ]
        )
        #expect(HeaderBlock()["etag"] == nil && HeaderBlock().headers.isEmpty)
    }

    @Test func `a status line starts the headers anew`() {
        var collector = AnswerCollector()
        for line in ["HTTP/1.1 200 OK: established\r\n", "a: 1\r\n", "\r\n", "HTTP/1.1 200 OK\r\n", "b: 2\r\n"] {
            Array(line.utf8).withUnsafeBytes { collector.appendHeader($0) }
        }
        #expect(collector.response(status: 200).headers == [HTTPRequest.Header("b", "2")])
        collector.reset(limit: 1)
        #expect(collector.response(status: 200).headers.isEmpty)
    }

    /// The lines as libcurl would read them.
    private func lines(_ headers: inout RequestHeaders) -> [String] {
        var lines: [String] = []
        var node = headers.list()
        while let line = node {
            lines.append(String(cString: line.pointee.data))
            node = line.pointee.next
        }
        return lines
    }

    @Test func `libcurl reads the lines of this request, whatever the one before had`() {
        var headers = RequestHeaders()
        #expect(lines(&headers) == [])
        let long = String(repeating: "x", count: 5000)
        headers.append("a", "1")
        headers.append("empty", "")
        headers.append("long", long)
        for index in 0..<40 { headers.append("n\(index)", "\(index)") }
        headers.append(line: "Expect:")
        let many = (0..<40).map { "n\($0): \($0)" }
        #expect(lines(&headers) == ["a: 1", "empty;", "long: " + long] + many + ["Expect:"])
        headers.removeAll()
        headers.append("b", "2")
        #expect(lines(&headers) == ["b: 2"])
    }
}
