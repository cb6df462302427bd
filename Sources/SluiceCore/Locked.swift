internal import Synchronization

/// A value behind a lock, for state that several threads change.
package final class Locked<Value>: Sendable {
    private let mutex: Mutex<Value>

    package init(_ value: sending Value) { mutex = Mutex(value) }

    /// Runs `body` alone with the value. It must not block.
    package func withLock<Result, Problem: Error>(
        _ body: (inout sending Value) throws(Problem) -> sending Result
    ) throws(Problem) -> sending Result {
        try mutex.withLock(body)
    }
}
