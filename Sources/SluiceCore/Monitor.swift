package import Glibc

/// A value behind a lock that threads can wait on.
///
/// Blocking is meant for workers that own their thread. `signal` is given by whoever changed what others wait for.
// @unchecked: `value` is reached only between pthread_mutex_lock and _unlock.
@safe package final class Monitor<Value>: @unchecked Sendable {
    @usableFromInline let mutex: UnsafeMutablePointer<pthread_mutex_t>
    @usableFromInline let condition: UnsafeMutablePointer<pthread_cond_t>
    @usableFromInline var value: Value

    package init(_ value: sending Value) {
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        self.value = value
        var attributes = pthread_condattr_t()
        // Neither call can fail with these arguments; timed waits count on the clock that never jumps.
        unsafe precondition(pthread_mutex_init(mutex, nil) == 0)
        unsafe precondition(pthread_condattr_init(&attributes) == 0)
        unsafe precondition(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0)
        unsafe precondition(pthread_cond_init(condition, &attributes) == 0)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Runs `body` alone with the value.
    @inlinable package func withLock<Result: ~Copyable, Problem: Error>(
        _ body: (inout Value) throws(Problem) -> Result
    ) throws(Problem) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try body(&value)
    }

    /// Runs `body` until it returns a result, waiting for a signal whenever it returns nil.
    @inlinable package func wait<Result: ~Copyable>(until body: (inout Value) -> Result?) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&value) { return result }
            unsafe pthread_cond_wait(condition, mutex)
        }
    }

    /// As `wait(until:)`, and no longer than `deadline`, after which the result is nil.
    package func wait<Result: ~Copyable>(
        deadline: ContinuousClock.Instant,
        until body: (inout Value) -> Result?
    ) -> Result? {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while true {
            if let result = body(&value) { return result }
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { return nil }
            var time = timespec()
            unsafe clock_gettime(CLOCK_MONOTONIC, &time)
            let nanoseconds = time.tv_nsec + Int(left.components.attoseconds / 1_000_000_000)
            time.tv_sec += Int(left.components.seconds) + nanoseconds / 1_000_000_000
            time.tv_nsec = nanoseconds % 1_000_000_000
            unsafe pthread_cond_timedwait(condition, mutex, &time)
        }
    }

    /// Wakes one waiting thread.
    package func signal() { unsafe pthread_cond_signal(condition) }

    /// Wakes all waiting threads.
    package func broadcast() { unsafe pthread_cond_broadcast(condition) }
}
