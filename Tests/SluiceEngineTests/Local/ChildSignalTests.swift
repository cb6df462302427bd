import Glibc
import SluiceTestSupport
import Testing

/// Children of the tests hear signals, whatever the thread that starts them does not.
@Suite struct ChildSignalTests {
    @Test("a child hears a signal that its parent blocks", arguments: [SIGTERM, SIGINT, SIGHUP])
    func blocked(signal: Int32) throws {
        var signals = sigset_t()
        var before = sigset_t()
        sigfillset(&signals)
        pthread_sigmask(SIG_BLOCK, &signals, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        #expect(try Command.run(["sh", "-c", "kill -\(signal) $$; exit 0"]).status == 128 + signal)
    }

    @Test("a child hears a signal that its parent ignores")
    func ignored() throws {
        let before = signal(SIGUSR2, SIG_IGN)
        defer { signal(SIGUSR2, before) }
        #expect(try Command.run(["sh", "-c", "kill -\(SIGUSR2) $$; exit 0"]).status == 128 + SIGUSR2)
    }
}
