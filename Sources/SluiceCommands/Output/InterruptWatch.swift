internal import Glibc

/// Hears SIGINT, SIGTERM and SIGHUP in a thread of its own, so that nothing runs in a signal handler.
enum InterruptWatch {
    /// Lets the signals end the process, as they do by default. Whoever started us may have had them blocked, and a
    /// blocked signal stays blocked in a child: without this nothing but SIGKILL would end a `list` that hangs.
    static func unblock() {
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
        sigprocmask(SIG_UNBLOCK, &signals, nil)
    }

    /// Calls `heard` with the first signal. A second one ends the process at once.
    ///
    /// To be called before any other thread is made: the signals are blocked in this one and all that follow, and
    /// only the watching thread takes them.
    static func start(_ heard: @escaping @Sendable (Int32) -> Void) {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        // Whoever ignores SIGHUP for us (nohup) wants us to go on; a shell that ignores SIGINT for its background
        // jobs only keeps the terminal's away, and one that is sent on purpose counts.
        if !isIgnored(SIGHUP) { sigaddset(&signals, SIGHUP) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let context = Unmanaged.passRetained(Context(signals: signals, heard: heard))
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, { InterruptWatch.watch($0) }, context.toOpaque())
        precondition(code == 0, "a thread could not be made: \(code)")
        pthread_detach(thread)
    }

    private final class Context {
        let signals: sigset_t
        let heard: @Sendable (Int32) -> Void

        init(signals: sigset_t, heard: @escaping @Sendable (Int32) -> Void) {
            self.signals = signals
            self.heard = heard
        }
    }

    private static func watch(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let pointer else { return nil }
        let context = Unmanaged<Context>.fromOpaque(pointer).takeRetainedValue()
        var signals = context.signals
        var signal: Int32 = 0
        while sigwait(&signals, &signal) != 0 {}
        let first = ContinuousClock.now
        context.heard(signal)
        repeat {
            while sigwait(&signals, &signal) != 0 {}
        } while isEcho(after: first.duration(to: .now))
        _exit(128 + signal)
    }

    /// Whether a signal that comes so long after the first is the same one told twice: timeout(1) and shells signal
    /// the process and then its group. Nobody presses keys twice as fast.
    static func isEcho(after time: Duration) -> Bool { time < .milliseconds(150) }

    /// Whether whoever started us said that the signal does not concern us.
    private static func isIgnored(_ signal: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(signal, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }
}
