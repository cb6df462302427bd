import SluiceTestSupport
import Testing

@testable import SluiceBench

/// The sink that throws everything away, as a client of another make sees it.
@Suite(.timeLimit(.minutes(30))) struct NullSinkTests {
    private func curl(_ sink: NullSink, _ arguments: [String], input: String = "/dev/null") throws -> Command {
        let directory = try TemporaryDirectory()
        let certificate = try directory.write("ca.pem", Array(sink.certificatePEM.utf8))
        let base = ["curl", "--silent", "--noproxy", "*", "--cacert", certificate, "--write-out", "%{http_code} "]
        return try Command.run(base + arguments, input: input)
    }

    @Test("curl puts files over one connection, and every byte is counted", arguments: [0, 1, 65_536, 3_000_001])
    func putting(size: Int) throws {
        let sink = try NullSink()
        defer { sink.stop() }
        let directory = try TemporaryDirectory()
        var generator = SeededGenerator(seed: 1)
        let file = try directory.write("file", generator.bytes(size))
        let result = try curl(sink, ["-T", file, "\(sink.origin)/a", "-T", file, "\(sink.origin)/b%20c"])
        #expect(String(decoding: result.output, as: UTF8.self) == "201 201 ")
        #expect(sink.requests == 2)
        #expect(sink.bytes == size * 2)
        #expect(sink.processorTime > .zero)
    }

    @Test("a body of unknown length comes in chunks")
    func chunked() throws {
        let sink = try NullSink()
        defer { sink.stop() }
        let directory = try TemporaryDirectory()
        let file = try directory.write("file", [UInt8](repeating: 7, count: 1_000_000))
        let result = try curl(sink, ["-T", "-", "\(sink.origin)/a"], input: file)
        #expect(String(decoding: result.output, as: UTF8.self) == "201 ")
        #expect(sink.bytes == 1_000_000)
    }

    @Test("other methods are answered too", arguments: [("DELETE", "204 "), ("GET", "200 ")])
    func methods(method: String, answer: String) throws {
        let sink = try NullSink()
        defer { sink.stop() }
        let result = try curl(sink, ["-X", method, "\(sink.origin)/a"])
        #expect(String(decoding: result.output, as: UTF8.self) == answer)
    }

    @Test("a client that does not know the certificate refuses it")
    func untrusted() throws {
        let sink = try NullSink()
        defer { sink.stop() }
        let result = try Command.run(["curl", "--silent", "--noproxy", "*", "\(sink.origin)/a"])
        // curl(1): 60, the peer's certificate can't be authenticated.
        #expect(result.status == 60)
    }

    @Test("stopping ends connections that are idle or in the middle of a body")
    func stopping() throws {
        let sink = try NullSink()
        let directory = try TemporaryDirectory()
        let fifo = "\(directory.path)/fifo"
        #expect(try Command.run(["mkfifo", fifo]).status == 0)
        // curl sends what comes from the pipe, and nothing comes: its request is open until the sink stops.
        let script =
            "(exec 3<>\(fifo); curl -s -k --noproxy '*' -T - \(sink.origin)/a <&3 >/dev/null 2>&1 & echo; sleep 0.3)"
        #expect(try Command.run(["sh", "-c", script]).status == 0)
        sink.stop()
        // curl(1): 7, failed to connect.
        #expect(try curl(sink, ["\(sink.origin)/a"]).status == 7)
    }
}
