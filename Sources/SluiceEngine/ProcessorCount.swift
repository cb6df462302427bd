internal import Glibc

/// The processors that this process may use.
package enum ProcessorCount {
    /// By the scheduler's affinity mask, which containers set; at least 1.
    package static let available = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}
