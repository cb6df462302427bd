internal import SluiceCore
internal import SluiceEngine
internal import SluiceJobs

/// How many copies of a job are under way at a time, which share its memory.
struct JobWidth: Sendable {
    let copies: Int

    /// A copy makes nothing of less.
    static let least = ByteCount.mebibytes(16)
    /// Below this a copy waits for memory rather than for its stores.
    private static let good = ByteCount.mebibytes(32)

    /// Plans all activities, and maps the copies among them, so that nothing is touched where one can't be carried out.
    ///
    /// - Throws: a `Failure` of kind `.usage`.
    init(_ planner: JobPlanner, _ activities: [JobActivity], _ settings: JobSettings) throws {
        var widths: [Int: Int] = [:]
        var levels: [String: Int] = [:]
        // Dependencies stand in any order; each round finds those of one level more.
        for _ in activities {
            for activity in activities {
                levels[activity.name] = 1 + (activity.dependencies.map { levels[$0.activity] ?? 0 }.max() ?? 0)
            }
        }
        let mapping = CopyMapping(settings: settings, folder: "")
        for activity in activities where activity.inactiveOutcome == nil {
            let count = try JobWidth.copies(of: activity, planner, mapping, item: nil)
            widths[levels[activity.name] ?? 0, default: 0] += count
        }
        let most = settings.memory.rawValue / JobWidth.good.rawValue
        copies = max(1, min(widths.values.max() ?? 1, most))
    }

    private static func copies(
        of activity: JobActivity,
        _ planner: JobPlanner,
        _ mapping: CopyMapping,
        item: JSONNode.Content?
    ) throws -> Int {
        switch try planner.plan(activity, item: item).work {
        case .copy(let plan):
            do {
                _ = try mapping.specification(plan)
                _ = try mapping.log(plan)
            } catch let failure as UnsupportedPlan {
                throw failure.of(activity.name)
            }
            return 1
        case .delete(let plan):
            if let store = plan.log { _ = try mapping.place(of: store) }
            return 0
        case .script: return 0
        case .forEach(let each):
            var widest = 0
            for item in each.items {
                var count = 0
                for inner in activity.activities where inner.inactiveOutcome == nil {
                    count += try copies(of: inner, planner, mapping, item: item)
                }
                widest = max(widest, count)
            }
            return min(each.width, each.items.count) * widest
        }
    }
}
