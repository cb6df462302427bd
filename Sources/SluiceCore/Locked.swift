package import Synchronization

/// A value behind a lock, for state that several threads change.
///
/// Inlinable: used across modules for every object, and looking up generic metadata at run time costs as much as the
/// lock (measured).
package final class Locked<Value: ~Copyable>: Sendable {
    @usableFromInline let mutex: Mutex<Value>

    @inlinable @inline(__always) package init(_ value: consuming sending Value) { mutex = Mutex(value) }

    /// Runs `body` alone with the value. It must not block.
    @inlinable @inline(__always) package func withLock<Result: ~Copyable, Problem: Error>(
        _ body: (inout sending Value) throws(Problem) -> sending Result
    ) throws(Problem) -> sending Result {
        try mutex.withLock(body)
    }
}
