internal import Dispatch
internal import SluiceCore
internal import SluicePipeline

/// The same work on several threads at once until a time is over.
struct ParallelPass {
    let workers: Int
    let cancellation: Cancellation

    private struct State {
        var ready = 0
        var bytes = 0
        var failure: (any Failure)?
    }

    /// Gives what all workers did, in bytes a second.
    ///
    /// - Parameter makeWork: called once on each thread with its number; what it returns does a piece of the work
    ///   and says its bytes; nil when there is none left. The clock runs once all threads have theirs.
    func run(for time: Duration, _ makeWork: @escaping @Sendable (Int) throws -> () throws -> Int?) throws -> Double {
        let state = Monitor(State())
        let group = DispatchGroup()
        for number in 0..<workers {
            Worker("bench \(number)").run(in: group) { [workers, cancellation] in
                do {
                    let work = try makeWork(number)
                    ParallelPass.awaitAll(state, workers)
                    let bytes = try ParallelPass.repeatWork(work, for: time, cancellation)
                    state.withLock { $0.bytes += bytes }
                } catch {
                    let failure = SluiceCore.failure(from: error)
                    state.withLock { $0.failure = failure }
                    ParallelPass.announce(state)
                }
            }
        }
        _ = state.wait { [workers] in $0.ready >= workers ? true : nil }
        let start = ContinuousClock.now
        group.wait()
        let seconds = start.duration(to: .now).seconds
        let end = state.withLock { $0 }
        if let failure = end.failure { throw failure }
        return Double(end.bytes) / max(seconds, 1e-9)
    }

    private static func announce(_ state: Monitor<State>) {
        state.withLock { $0.ready += 1 }
        state.broadcast()
    }

    private static func awaitAll(_ state: Monitor<State>, _ workers: Int) {
        announce(state)
        _ = state.wait { $0.ready >= workers ? true : nil }
    }

    private static func repeatWork(_ work: () throws -> Int?, for time: Duration, _ cancellation: Cancellation) throws
        -> Int
    {
        let deadline = ContinuousClock.now + time
        var bytes = 0
        repeat {
            guard let done = try work() else { break }
            bytes += done
        } while ContinuousClock.now < deadline && !cancellation.isCancelled
        return bytes
    }
}
