internal import Glibc

extension Timestamp {
    /// The machine's clock.
    package static var now: Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }
}

/// Blocks the calling thread, which must be a worker's own.
package func pause(_ time: Duration) {
    var wanted = timespec(
        tv_sec: Int(time.components.seconds),
        tv_nsec: Int(time.components.attoseconds / 1_000_000_000)
    )
    var left = timespec()
    // Interrupted by a signal: sleep what is left.
    while unsafe nanosleep(&wanted, &left) != 0, errno == EINTR { wanted = left }
}
