internal import SluiceCore
internal import Synchronization

/// Says to all stages that the run is to end. It is set once and never taken back.
package final class Cancellation: Sendable {
    private let isSet = Atomic<Bool>(false)
    private let handlers = Locked<[@Sendable () -> Void]>([])

    package init() {}

    package var isCancelled: Bool { isSet.load(ordering: .acquiring) }

    /// Sets it and tells everyone who asked. Not for signal handlers: it takes a lock.
    package func cancel() {
        guard !isSet.exchange(true, ordering: .acquiringAndReleasing) else { return }
        for handler in handlers.withLock({ $0 }) { handler() }
    }

    /// Calls `handler` when the run is cancelled, at once when it was already.
    package func onCancel(_ handler: @escaping @Sendable () -> Void) {
        handlers.withLock { $0.append(handler) }
        if isCancelled { handler() }
    }
}
