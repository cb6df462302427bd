package import Synchronization

#if THREAD_SANITIZER
    internal import Glibc
#endif

/// A value behind a lock, for state that several threads change.
///
/// Inlinable: used across modules for every object, and looking up generic metadata at run time costs as much as the
/// lock (measured).
package final class Locked<Value: ~Copyable>: Sendable {
    @usableFromInline let mutex: Mutex<Value>
    #if THREAD_SANITIZER
        /// Taken beside the other one, whose futex ThreadSanitizer does not know: it would see races everywhere.
        @usableFromInline let known: KnownLock
    #endif

    @inlinable @inline(__always) package init(_ value: consuming sending Value) {
        mutex = Mutex(value)
        #if THREAD_SANITIZER
            known = KnownLock()
        #endif
    }

    /// Runs `body` alone with the value. It must not block.
    @inlinable @inline(__always) package func withLock<Result: ~Copyable, Problem: Error>(
        _ body: (inout sending Value) throws(Problem) -> sending Result
    ) throws(Problem) -> sending Result {
        #if THREAD_SANITIZER
            known.lock()
            defer { known.unlock() }
        #endif
        return try mutex.withLock(body)
    }
}

#if THREAD_SANITIZER
    /// A lock that ThreadSanitizer knows.
    // @unchecked: the pointer never changes, and pthread_mutex_t is made for many threads.
    @safe package final class KnownLock: @unchecked Sendable {
        private let mutex: UnsafeMutablePointer<pthread_mutex_t>

        package init() {
            unsafe mutex = .allocate(capacity: 1)
            unsafe precondition(pthread_mutex_init(mutex, nil) == 0)
        }

        deinit {
            unsafe pthread_mutex_destroy(mutex)
            unsafe mutex.deallocate()
        }

        package func lock() { unsafe pthread_mutex_lock(mutex) }
        package func unlock() { unsafe pthread_mutex_unlock(mutex) }
    }
#endif
