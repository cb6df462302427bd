internal import Dispatch
internal import SluiceCore
internal import SluiceEngine
internal import SluiceJobs
internal import SluicePipeline

/// What an attempt at an activity came to.
struct AttemptEnding: Sendable {
    var output: JSONNode?
    /// Nil where it has succeeded.
    var failure: (any Failure)?
    var outcome = RunOutcome.succeeded

    init(output: JSONNode? = nil, failure: (any Failure)? = nil, outcome: RunOutcome? = nil) {
        self.output = output
        self.failure = failure
        self.outcome = outcome ?? (failure == nil ? .succeeded : .failed)
    }
}

/// An item of a ForEach.
struct JobItem: Sendable {
    let number: Int
    let value: JSONNode.Content
}

extension JobSession {
    private var isInterrupted: Bool { state.withLock { $0.signal != nil } }

    // MARK: Order

    /// Runs activities in their order, those side by side that wait for nothing; blocks until all have ended.
    func run(_ activities: [JobActivity], item: JobItem?) -> ActivityOutcome {
        let named = Dictionary(activities.map { ($0.name, $0) }) { first, _ in first }
        let order = Monitor(ActivityOrder(activities.map { ($0.name, $0.dependencies) }))
        while true {
            let begun: [String] = order.wait { [self] order in
                if isInterrupted { order.cancel() }
                if order.isDone { return [] }
                let ready = order.ready
                for name in ready { order.start(name) }
                return ready.isEmpty ? nil : ready
            }
            guard !begun.isEmpty else { break }
            for activity in begun.compactMap({ named[$0] }) {
                Worker("activity \(activity.name)").run(in: DispatchGroup()) { [self] in
                    let outcome = run(activity, item)
                    order.withLock { $0.end(activity.name, outcome) }
                    order.broadcast()
                }
            }
        }
        let (skipped, outcome) = order.withLock { ($0.skipped, $0.outcome) }
        for activity in skipped.compactMap({ named[$0] }) where activity.inactiveOutcome == nil {
            put(ActivityOutput(activity.name, activity.kind, .skipped, start: .now, end: .now), item)
        }
        return outcome ?? .failed
    }

    private func put(_ output: ActivityOutput, _ item: JobItem?) {
        var output = output
        output.item = item?.number
        state.withLock { [output] in $0.outputs.append(output) }
    }

    private func run(_ activity: JobActivity, _ item: JobItem?) -> ActivityOutcome {
        let start = Timestamp.now
        if let outcome = activity.inactiveOutcome {
            put(ActivityOutput(activity.name, activity.kind, .inactive, start: start, end: start), item)
            return outcome
        }
        let (ending, retries, policy) = end(activity, item)
        var output = ActivityOutput(activity.name, activity.kind, .succeeded, start: start, end: .now)
        output.retries = retries
        output.output = policy.concealsOutput ? nil : ending.output
        output.failure = ending.failure
        if ending.failure != nil { output.status = isInterrupted ? .cancelled : .failed }
        state.withLock { $0.outcomes.append(ending.outcome) }
        put(output, item)
        let place = item.map { " (item \($0.number))" } ?? ""
        log.info("\(activity.name)\(place): \(output.status.rawValue.lowercased())")
        return ending.failure == nil ? .succeeded : .failed
    }

    // MARK: Attempts

    /// Tries an activity until it succeeds or has no attempt left.
    private func end(_ activity: JobActivity, _ item: JobItem?) -> (AttemptEnding, retries: Int, ActivityPolicy) {
        var policy = ActivityPolicy.standard
        var retries = 0
        do {
            while true {
                let plan = try planner.plan(activity, item: item?.value)
                policy = plan.policy
                let ending = attempt(plan, item, number: retries)
                guard let failure = ending.failure else { return (ending, retries, policy) }
                if case .forEach = plan.work { return (ending, retries, policy) }
                // What is wrong with the document is so the next time.
                guard retries < policy.retries, failure.kind != .usage, !isInterrupted else {
                    return (ending, retries, policy)
                }
                retries += 1
                log.info("\(activity.name): attempt \(retries + 1) in \(policy.interval.components.seconds) s")
                let isEnded: Bool? = state.wait(deadline: .now + policy.interval) { $0.signal != nil ? true : nil }
                guard isEnded == nil else { return (ending, retries, policy) }
            }
        } catch {
            let failure = SluiceCore.failure(from: error)
            log.error(failure, item: activity.name)
            return (AttemptEnding(failure: failure), retries, policy)
        }
    }

    private func attempt(_ plan: ActivityPlan, _ item: JobItem?, number: Int) -> AttemptEnding {
        do {
            switch plan.work {
            case .copy(let copy): return try self.copy(copy, of: plan, item, number: number)
            case .script(let script): return try run(script, plan.policy)
            case .delete(let deletion): return try delete(deletion, of: plan, item)
            case .forEach(let each): return forEach(each, plan.name)
            }
        } catch {
            let failure = SluiceCore.failure(from: error)
            log.error(failure, item: plan.name)
            return AttemptEnding(failure: failure)
        }
    }

    /// Has `cancel` called when the job is interrupted while `body` runs.
    func underWay<Result>(_ cancel: @escaping @Sendable () -> Void, _ body: () throws -> Result) rethrows -> Result {
        let (number, isLate) = state.withLock { state in
            state.attempts += 1
            state.cancels[state.attempts] = cancel
            return (state.attempts, state.signal != nil)
        }
        defer { state.withLock { $0.cancels[number] = nil } }
        if isLate { cancel() }
        return try body()
    }

    // MARK: Items

    /// Runs a ForEach's activities for its items, several at a time, whatever came of the others.
    private func forEach(_ plan: ForEachPlan, _ name: String) -> AttemptEnding {
        guard let activity = planner.job.activities.first(where: { $0.name == name }) else {
            preconditionFailure("a ForEach that is not there was planned")
        }
        let items = Locked((next: 0, failed: 0))
        let group = DispatchGroup()
        for index in 0..<min(plan.width, plan.items.count) {
            Worker("items \(index) of \(name)").run(in: group) { [self] in
                while !isInterrupted {
                    let number = items.withLock { items in
                        defer { items.next += 1 }
                        return items.next
                    }
                    guard number < plan.items.count else { return }
                    let item = JobItem(number: number, value: plan.items[number])
                    if run(activity.activities, item: item) != .succeeded { items.withLock { $0.failed += 1 } }
                }
            }
        }
        group.wait()
        let failed = items.withLock { $0.failed }
        guard failed > 0 else { return AttemptEnding(output: JSONNode(.object([]))) }
        // The items' own outcomes are known by themselves.
        let failure = CopyError(.precondition, "\(failed) of \(plan.items.count) items of \"\(name.printable)\" failed")
        return AttemptEnding(failure: failure, outcome: .incomplete)
    }
}
