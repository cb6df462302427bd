internal import Dispatch
internal import Glibc
internal import SluiceCore
internal import SluiceEngine
internal import SluiceJobs
internal import SluicePipeline

/// A job as a user sees it: its activities in their order, their attempts, what they put out, and the exit code.
final class JobSession: Sendable {
    struct State: Sendable {
        /// The signal that asked the job to end.
        var signal: Int32?
        /// What ends each of the attempts under way.
        var cancels: [Int: @Sendable () -> Void] = [:]
        var attempts = 0
        /// Copies that may begin.
        var freePlaces: Int
        var outputs: [ActivityOutput] = []
        /// How copies ended, and how other activities did.
        var outcomes: [RunOutcome] = []
        /// How the job ended; nil while it goes on.
        var ending: ActivityOutcome?
    }

    let planner: JobPlanner
    let settings: JobSettings
    let log: Log
    let state: Monitor<State>
    /// What copies take where they take only what is new; nil where they take all.
    let increments: JobIncrements?

    /// - Parameter width: copies under way at a time.
    init(_ planner: JobPlanner, _ settings: JobSettings, _ log: Log, width: Int, _ increments: JobIncrements? = nil) {
        self.increments = increments
        self.planner = planner
        self.settings = settings
        self.log = log
        state = Monitor(State(freePlaces: width))
    }

    /// Carries activities out; blocks until all have ended, or a signal has come.
    ///
    /// To be called before other threads are made: signals are watched from then on.
    func run(_ activities: [JobActivity]) -> (output: JobOutput, exitCode: Int32) {
        InterruptWatch.start { [self] signal in interrupt(signal) }
        Worker("job").run(in: DispatchGroup()) { [self] in
            let outcome = run(activities, item: nil)
            state.withLock { $0.ending = outcome }
            state.broadcast()
        }
        _ = state.wait { $0.ending != nil || $0.signal != nil ? true : nil }
        // Whoever was interrupted has the time to take back what it had begun.
        let deadline = ContinuousClock.now + RunSupervisor.patience
        _ = state.wait(deadline: deadline) { $0.ending != nil ? true : nil }
        return state.withLock { state in
            var output = JobOutput(
                name: planner.run.pipeline,
                runIdentifier: planner.run.identifier,
                status: state.signal != nil ? .cancelled : state.ending == .succeeded ? .succeeded : .failed,
                start: planner.run.start,
                end: Timestamp.now
            )
            output.parameters = planner.openParameters
            output.activities = state.outputs
            return (output, JobSession.exitCode(state))
        }
    }

    private func interrupt(_ signal: Int32) {
        let cancels = state.withLock { state in
            state.signal = signal
            return Array(state.cancels.values)
        }
        for cancel in cancels { cancel() }
        state.broadcast()
    }

    /// The contract's, of what came of all.
    private static func exitCode(_ state: State) -> Int32 {
        if let signal = state.signal { return RunOutcome.interrupted(signal: signal).exitCode }
        let bad = state.outcomes.filter { $0 != .succeeded }
        if bad.contains(.different) { return RunOutcome.different.exitCode }
        guard state.ending == .succeeded else {
            let isEmpty = state.outcomes.allSatisfy { $0 == .nothingMatched }
            return (isEmpty && !bad.isEmpty ? RunOutcome.nothingMatched : .failed).exitCode
        }
        return (bad.isEmpty ? RunOutcome.succeeded : .incomplete).exitCode
    }
}

extension JobPlanner {
    /// Those that are no secrets.
    fileprivate var openParameters: [String: JSONNode.Content] {
        let secret = Set(job.parameters.filter { $0.type == "SecureString" }.map(\.name))
        return parameters.filter { !secret.contains($0.key) }
    }
}
