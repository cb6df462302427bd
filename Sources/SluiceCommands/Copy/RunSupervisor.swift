internal import Dispatch
internal import SluiceCore
internal import SluiceEngine
internal import SluicePipeline

/// How a run came to its end.
struct RunEnding: Sendable {
    var result: CopyResult?
    /// Why it could not start.
    var failure: (any Failure)?
    /// Whether that was the source's absence.
    var isSourceMissing = false
    /// The signal that asked it to end.
    var signal: Int32?
}

/// Runs a copy on a thread of its own, and gives it up when a signal asks for it and it does not end by itself.
struct RunSupervisor {
    private struct State: Sendable {
        var ending: RunEnding?
        var signal: Int32?
    }

    private let copy: CopyRun

    init(_ copy: CopyRun) { self.copy = copy }

    /// Begins to execute the copy on a thread of its own, which calls `ended`.
    func begin(_ ended: @escaping @Sendable (RunEnding) -> Void) {
        Worker("run").run(in: DispatchGroup()) { [copy] in
            var ending = RunEnding()
            do {
                try copy.specification.check()
                ending.result = try copy.execute()
            } catch {
                let failure = SluiceCore.failure(from: error)
                ending.failure = failure
                ending.isSourceMissing = failure.kind == .notFound && !copy.hasOpenedSource
            }
            ended(ending)
        }
    }

    /// From the signal on: a run takes back what it had begun within 0.9 s; connecting to a host that does not answer
    /// takes longer and need not be waited for.
    static let patience = Duration.milliseconds(950)

    /// Blocks until the run has ended.
    /// - Parameter started: called when other threads may be made: signals are watched by then.
    func run(_ started: () -> Void) -> RunEnding {
        let state = Monitor(State())
        InterruptWatch.start { [copy] signal in
            state.withLock { $0.signal = signal }
            copy.cancel()
            state.broadcast()
        }
        started()
        begin { ending in
            state.withLock { $0.ending = ending }
            state.broadcast()
        }
        _ = state.wait { $0.ending != nil || $0.signal != nil ? true : nil }
        let deadline = ContinuousClock.now + RunSupervisor.patience
        _ = state.wait(deadline: deadline) { $0.ending != nil ? true : nil }
        return state.withLock { state in
            var ending = state.ending ?? RunEnding()
            // A signal that came when everything was done already has interrupted nothing.
            guard let signal = state.signal, ending.result?.isCancelled != false else { return ending }
            ending.signal = signal
            ending.failure = nil
            return ending
        }
    }
}
