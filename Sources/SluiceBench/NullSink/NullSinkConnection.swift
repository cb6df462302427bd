internal import COpenSSL
internal import Glibc
internal import SluicePipeline
internal import Synchronization

/// The TLS settings that all connections of a null sink share.
// @unchecked: an SSL_CTX is not changed after it was set up, and OpenSSL counts the references to it atomically.
@safe final class TLSServerContext: @unchecked Sendable {
    fileprivate let context: OpaquePointer

    /// Four records at a time are taken from the socket.
    private static let readAhead = 64 << 10

    init(_ certificate: ThrowAwayCertificate) throws(BenchError) {
        unsafe context = try OpenSSLProblem.check(SSL_CTX_new(TLS_server_method()), "SSL_CTX_new")
        try OpenSSLProblem.check(unsafe sluice_tls_from_1_2(context), "SSL_CTX_set_min_proto_version")
        unsafe sluice_tls_read_ahead(context, TLSServerContext.readAhead)
        unsafe try certificate.install(in: context)
    }

    deinit { unsafe SSL_CTX_free(context) }
}

/// One connection of a null sink, served on the thread that calls `serve`.
struct NullSinkConnection: ~Copyable {
    private let socket: Int32
    private let context: TLSServerContext
    private let counters: NullSinkCounters

    init(_ socket: Int32, _ context: TLSServerContext, _ counters: NullSinkCounters) {
        self.socket = socket
        self.context = context
        self.counters = counters
    }

    /// A record of TLS holds 16 KiB at most, and SSL_read gives one at a time (RFC 8446, 5.1).
    private static let recordSize = 16 << 10

    /// Answers requests until the client goes away. Failures of the client are not ours to tell.
    func serve() {
        NullSinkConnection.ignoreBrokenPipes()
        let start = ProcessorTime.ofThread
        var accounted = start
        defer { account(&accounted) }
        guard let session = unsafe SSL_new(context.context) else { return }
        defer { unsafe SSL_free(session) }
        var immediately: Int32 = 1
        unsafe setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &immediately, socklen_t(MemoryLayout<Int32>.size))
        guard unsafe SSL_set_fd(session, socket) == 1, unsafe SSL_accept(session) == 1 else {
            ERR_clear_error()
            return
        }
        unsafe converse(session, &accounted)
        ERR_clear_error()
    }

    private func converse(_ session: OpaquePointer, _ accounted: inout Duration) {
        var scanner = RequestScanner()
        var buffer = [UInt8](repeating: 0, count: NullSinkConnection.recordSize)
        while true {
            let count = Int(unsafe SSL_read(session, &buffer, Int32(buffer.count)))
            guard count > 0 else { return }
            var position = 0
            while position < count {
                do {
                    guard let news = try scanner.scan(buffer.span.extracting(first: count), from: &position) else {
                        break
                    }
                    account(&accounted)
                    guard unsafe answer(news, session) else { return }
                } catch {
                    _ = unsafe send(
                        "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                        session
                    )
                    return
                }
            }
        }
    }

    /// Answers; false when the connection is over.
    private func answer(_ news: RequestScanner.News, _ session: OpaquePointer) -> Bool {
        guard case .request(let request) = news else { return unsafe send("HTTP/1.1 100 Continue\r\n\r\n", session) }
        counters.requests.wrappingAdd(1, ordering: .relaxed)
        counters.bytes.wrappingAdd(request.bodyLength, ordering: .relaxed)
        let text =
            switch request.method {
            case "PUT", "POST": "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
            case "GET", "HEAD": "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            default: "HTTP/1.1 204 No Content\r\n\r\n"
            }
        return unsafe send(text, session) && request.keepsAlive
    }

    private func send(_ text: String, _ session: OpaquePointer) -> Bool {
        let bytes = Array(text.utf8)
        return unsafe SSL_write(session, bytes, Int32(bytes.count)) > 0
    }

    /// Adds the thread's time since the last call, before the answer that ends a client's measurement.
    private func account(_ accounted: inout Duration) {
        let now = ProcessorTime.ofThread
        counters.nanoseconds.wrappingAdd((now - accounted).wholeNanoseconds, ordering: .relaxed)
        accounted = now
    }

    /// SIGPIPE goes to the thread that wrote; OpenSSL writes without MSG_NOSIGNAL.
    private static func ignoreBrokenPipes() {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
