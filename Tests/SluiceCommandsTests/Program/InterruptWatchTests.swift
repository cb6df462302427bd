import Glibc
import SluiceTestSupport
import Testing

@testable import SluiceCommands

@Suite struct InterruptWatchTests {
    @Test("a signal that is told twice at once, as timeout(1) does, counts once")
    func echo() {
        #expect(InterruptWatch.isEcho(after: .zero) && InterruptWatch.isEcho(after: .milliseconds(20)))
        #expect(!InterruptWatch.isEcho(after: .milliseconds(300)))
    }

    @Test("SIGTERM ends a program that was started with it blocked", .timeLimit(.minutes(30)))
    func blocked() throws {
        // A server that says nothing: connections wait in its backlog.
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(server) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(server, $0, length) | listen(server, 8) | getsockname(server, $0, &length)
            }
        }
        try #require(code == 0)
        var signals = sigset_t()
        var before = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        // A child inherits the mask of the thread that starts it.
        pthread_sigmask(SIG_BLOCK, &signals, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let process = try SluiceProcess(["list", "https://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/x"])
        process.send(SIGTERM)
        #expect(try process.wait().status == 128 + SIGTERM)
    }
}
