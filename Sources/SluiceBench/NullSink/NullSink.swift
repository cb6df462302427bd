internal import COpenSSL
internal import Dispatch
internal import Glibc
internal import SluiceCore
internal import SluicePipeline
internal import Synchronization

/// An HTTPS server on 127.0.0.1 that reads bodies to their last byte, throws them away, and answers.
///
/// Each connection has a thread of its own, whose processor time is counted, so that it can be told apart from the
/// client's in the same process.
package final class NullSink: Sendable {
    private let listener: Int32
    package let port: Int
    private let certificate: ThrowAwayCertificate
    private let context: TLSServerContext
    private let counters = NullSinkCounters()
    /// Sockets of open connections; nil once the server has been stopped.
    private let open = Locked<Set<Int32>?>([])
    private let threads = DispatchGroup()

    /// Listens on a free port.
    package init() throws {
        certificate = try ThrowAwayCertificate()
        context = try TLSServerContext(certificate)
        (listener, port) = try NullSink.listen()
        Worker("null sink").run(in: threads) { [self] in acceptAll() }
    }

    /// The certificate that clients are to trust, as PEM.
    package var certificatePEM: String { certificate.pem }
    /// Where objects are put, without a path.
    package var origin: String { "https://127.0.0.1:\(port)" }
    /// Bodies that came whole, and their bytes.
    package var requests: Int { counters.requests.load(ordering: .relaxed) }
    package var bytes: Int { counters.bytes.load(ordering: .relaxed) }
    /// The processor time of all its connections so far, up to their last answers.
    package var processorTime: Duration { .nanoseconds(counters.nanoseconds.load(ordering: .relaxed)) }

    /// Closes all connections and waits for their threads. To be called once.
    package func stop() {
        let sockets = open.withLock { $0.take() } ?? []
        // accept(2) and reads in the threads return; the threads close what is theirs.
        _ = shutdown(listener, Int32(SHUT_RDWR))
        for socket in sockets { _ = shutdown(socket, Int32(SHUT_RDWR)) }
        threads.wait()
    }

    private static func listen() throws(BenchError) -> (Int32, Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0 else { throw refused("socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                // A port of 0 asks for a free one.
                unsafe bind(listener, pointer, length) == 0 && Glibc.listen(listener, backlog) == 0
                    && getsockname(listener, pointer, &length) == 0
            }
        }
        guard isBound else {
            let error = refused("bind")
            close(listener)
            throw error
        }
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }

    /// More than the connections that a bench opens at once.
    private static let backlog: Int32 = 256

    private static func refused(_ call: String) -> BenchError {
        let cause = unsafe String(cString: strerror(errno))
        return BenchError(.inputOutput, "no port could be opened on 127.0.0.1", cause: "\(call): \(cause)")
    }

    private func acceptAll() {
        defer { close(listener) }
        var count = 0
        while true {
            let socket = accept(listener, nil, nil)
            if socket < 0 {
                if errno == EINTR || errno == ECONNABORTED { continue }
                return
            }
            guard open.withLock({ $0?.insert(socket).inserted }) == true else {
                close(socket)
                return
            }
            count += 1
            Worker("null sink \(count)").run(in: threads) { [self] in
                NullSinkConnection(socket, context, counters).serve()
                // Removed before the number can be given to another connection.
                open.withLock { _ = $0?.remove(socket) }
                close(socket)
            }
        }
    }
}

/// What the connections of a null sink count together.
final class NullSinkCounters: Sendable {
    let requests = Atomic<Int>(0)
    let bytes = Atomic<Int>(0)
    let nanoseconds = Atomic<Int>(0)
}
