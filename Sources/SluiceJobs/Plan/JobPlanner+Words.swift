extension JobPlanner {
    /// What the job would do, in the order that it would: `run --dry-run`.
    ///
    /// - Parameter name: the one activity that is meant; nil for all.
    /// - Throws: a `JobError` with all that is wrong in all activities.
    package func words(activity name: String? = nil) throws(JobError) -> [String] {
        let wanted = job.activities.filter { name == nil || $0.name == name }
        if wanted.isEmpty, let name {
            let known = job.activities.map(\.name).joined(separator: ", ")
            throw JobError([
                Finding("there is no activity \"\(name.shown)\"; there are \(known)", job.file, .root, JSONPlace())
            ])
        }
        var lines = ["\(job.name), from \(job.file)"]
        var findings: [Finding] = []
        for activity in name == nil ? ordered : wanted {
            do throws(JobError) {
                lines += try words(activity, item: nil).map { "  " + $0 }
            } catch {
                findings += error.findings
            }
        }
        guard findings.isEmpty else { throw JobError(findings) }
        return lines
    }

    /// The activities, each behind those that it waits for.
    private var ordered: [JobActivity] {
        var left = job.activities
        var done: Set<String> = []
        var ordered: [JobActivity] = []
        while let index = left.firstIndex(where: { $0.dependencies.allSatisfy { done.contains($0.activity) } }) {
            let next = left.remove(at: index)
            done.insert(next.name)
            ordered.append(next)
        }
        return ordered
    }

    private func words(_ activity: JobActivity, item: JSONNode.Content?) throws(JobError) -> [String] {
        if let outcome = activity.inactiveOutcome {
            return ["\(activity.name): not run, and counts as \(outcome.rawValue.lowercased())"]
        }
        let plan = try plan(activity, item: item)
        var lines = PlanWords(plan).lines
        if let condition = JobPlanner.words(activity.dependencies) { lines[0] = "\(activity.name), \(condition):" }
        guard case .forEach(let each) = plan.work else { return lines }
        for (index, item) in each.items.enumerated() {
            guard index < JobPlanner.mostItems else {
                lines.append("  … and \(each.items.count - index) more items")
                break
            }
            lines.append("  item \(index + 1): \(JSONNode(item).json.shown)")
            for inner in activity.activities { lines += try words(inner, item: item).map { "    " + $0 } }
        }
        return lines
    }

    /// A reader sees the pattern before.
    private static let mostItems = 20

    private static func words(_ dependencies: [ActivityDependency]) -> String? {
        guard !dependencies.isEmpty else { return nil }
        let parts = dependencies.map { dependency in
            let ways = dependency.conditions.map { condition in
                switch condition {
                case .succeeded: "has succeeded"
                case .failed: "has failed"
                case .skipped: "was skipped"
                case .completed: "has ended"
                }
            }
            return "\(dependency.activity) \(ways.joined(separator: " or "))"
        }
        return "once " + parts.joined(separator: " and ")
    }
}
