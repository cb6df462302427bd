package import Dispatch

/// A stage's worker: a serial queue of its own, on which it may block.
package struct Worker: Sendable {
    private let queue: DispatchQueue

    /// - Parameter name: the stage's, as it shows in a debugger: `writer 3`.
    package init(_ name: String) { queue = DispatchQueue(label: "sluice " + name) }

    /// Runs `body` on the worker's queue and leaves `group` when it returns.
    package func run(in group: DispatchGroup, _ body: @escaping @Sendable () -> Void) {
        queue.async(group: group, execute: body)
    }
}
