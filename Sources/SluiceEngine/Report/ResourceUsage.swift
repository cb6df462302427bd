internal import Glibc
package import SluiceCore

/// What the process has used of the machine so far.
package struct ResourceUsage: Sendable, Equatable {
    /// User and system time of all threads.
    package let processorTime: Duration
    /// The most memory that was resident at a time.
    package let peakMemory: ByteCount

    package init(processorTime: Duration, peakMemory: ByteCount) {
        self.processorTime = processorTime
        self.peakMemory = peakMemory
    }

    /// This process's, by getrusage(2).
    package static var current: ResourceUsage {
        var usage = rusage()
        // It fails only for a bad argument.
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let time =
            Duration.seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + .microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
        // Linux counts ru_maxrss in KiB.
        return ResourceUsage(processorTime: time, peakMemory: .kibibytes(usage.ru_maxrss))
    }
}
