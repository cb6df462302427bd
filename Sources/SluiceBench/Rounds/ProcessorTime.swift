internal import Glibc

/// Time that processors spent: user and system together.
enum ProcessorTime {
    /// That of the calling thread.
    static var ofThread: Duration { read(CLOCK_THREAD_CPUTIME_ID) }
    /// That of all threads of this process.
    static var ofProcess: Duration { read(CLOCK_PROCESS_CPUTIME_ID) }

    private static func read(_ clock: clockid_t) -> Duration {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }
}
