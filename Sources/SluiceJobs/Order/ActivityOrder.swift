/// How an activity ended.
package enum ActivityOutcome: String, Sendable, Hashable, CaseIterable {
    case succeeded = "Succeeded"
    case failed = "Failed"
    /// It was not run, because what it waited for ended otherwise.
    case skipped = "Skipped"
}

/// What an activity waits for.
package struct ActivityDependency: Sendable, Hashable {
    package enum Condition: String, Sendable, Hashable, CaseIterable {
        case succeeded = "Succeeded"
        case failed = "Failed"
        case skipped = "Skipped"
        /// It was run, whatever came of it.
        case completed = "Completed"

        func holds(_ outcome: ActivityOutcome) -> Bool {
            switch self {
            case .succeeded: outcome == .succeeded
            case .failed: outcome == .failed
            case .skipped: outcome == .skipped
            case .completed: outcome != .skipped
            }
        }
    }

    package let activity: String
    /// One of them is enough.
    package let conditions: [Condition]

    package init(_ activity: String, _ conditions: [Condition]) {
        self.activity = activity
        self.conditions = conditions
    }
}

/// Which of several activities may run, and what came of all, by ADF's rules: a pure value.
package struct ActivityOrder: Sendable {
    package enum State: Sendable, Hashable {
        /// What it waits for has not ended.
        case waiting
        /// It may be started.
        case ready
        case running
        case ended(ActivityOutcome)
    }

    private var states: [String: State] = [:]
    private let dependencies: [String: [ActivityDependency]]
    /// Names in the order of the document.
    private let names: [String]
    private var isCancelled = false

    /// - Precondition: names are unique, dependencies lead to them, and there is no cycle, which `Job` has made sure of.
    package init(_ activities: [(name: String, dependencies: [ActivityDependency])]) {
        names = activities.map(\.name)
        dependencies = Dictionary(activities.map { ($0.name, $0.dependencies) }) { first, _ in first }
        for name in names { states[name] = .waiting }
        settle()
    }

    /// Those that may be started, in the order of the document.
    package var ready: [String] { names.filter { states[$0] == .ready } }

    package func state(of name: String) -> State? { states[name] }

    /// Those that were passed over, in the order of the document.
    package var skipped: [String] { names.filter { states[$0] == .ended(.skipped) } }

    package var isDone: Bool { states.values.allSatisfy { if case .ended = $0 { true } else { false } } }

    /// - Precondition: it is ready.
    package mutating func start(_ name: String) {
        precondition(states[name] == .ready, "an activity starts that is not ready")
        states[name] = .running
    }

    /// Tells how one ended that ran, or that counts without having run.
    package mutating func end(_ name: String, _ outcome: ActivityOutcome) {
        states[name] = .ended(outcome)
        settle()
    }

    /// Lets nothing start any more; what runs goes on until it ends.
    package mutating func cancel() {
        isCancelled = true
        for name in names where states[name] == .waiting || states[name] == .ready { states[name] = .ended(.skipped) }
    }

    /// Carries on what has ended to what waits for it, until nothing changes.
    private mutating func settle() {
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            for name in names where states[name] == .waiting {
                guard let verdict = verdict(of: name) else { continue }
                states[name] = verdict ? .ready : .ended(.skipped)
                hasChanged = true
            }
        }
    }

    /// Whether one that waits may start; nil until all that it waits for has ended.
    private func verdict(of name: String) -> Bool? {
        var isMet = true
        for dependency in dependencies[name] ?? [] {
            guard case .ended(let outcome)? = states[dependency.activity] else { return nil }
            if !dependency.conditions.contains(where: { $0.holds(outcome) }) { isMet = false }
        }
        return isMet
    }

    /// What came of all: the outcome of the leaves, where a leaf that was skipped stands for those it waited for. Nil until all
    /// have ended; failed where the run was cancelled.
    package var outcome: ActivityOutcome? {
        guard isDone else { return nil }
        if isCancelled { return .failed }
        let parents = Set(dependencies.values.joined().map(\.activity))
        var seen: Set<String> = []
        var open = names.filter { !parents.contains($0) }
        while let name = open.popLast() {
            guard seen.insert(name).inserted else { continue }
            switch states[name] {
            case .ended(.failed): return .failed
            case .ended(.skipped): open += (dependencies[name] ?? []).map(\.activity)
            default: break
            }
        }
        return .succeeded
    }
}

extension ActivityOrder {
    /// The first names that wait for each other in a ring; nil where there is none.
    ///
    /// - Parameter activities: names and those that each waits for.
    static func ring(_ activities: [(name: String, waitsFor: [String])]) -> [String]? {
        let edges = Dictionary(activities.map { ($0.name, $0.waitsFor) }) { first, _ in first }
        var done: Set<String> = []
        for (start, _) in activities where !done.contains(start) {
            // The way from the start, each with those that are still to be followed.
            var way: [(name: String, left: ArraySlice<String>)] = [(start, (edges[start] ?? [])[...])]
            while let step = way.last {
                guard let next = step.left.first else {
                    done.insert(step.name)
                    way.removeLast()
                    continue
                }
                way[way.count - 1].left = step.left.dropFirst()
                if let begin = way.firstIndex(where: { $0.name == next }) { return way[begin...].map(\.name) + [next] }
                if !done.contains(next), edges[next] != nil { way.append((next, (edges[next] ?? [])[...])) }
            }
        }
        return nil
    }
}
