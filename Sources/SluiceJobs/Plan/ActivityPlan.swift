/// What an activity asks for, computed.
package struct ActivityPlan: Sendable {
    package enum Work: Sendable {
        case copy(CopyPlan)
        case script(ScriptPlan)
        case delete(DeletePlan)
        case forEach(ForEachPlan)
    }

    package let name: String
    package let policy: ActivityPolicy
    package let work: Work

    package init(name: String, policy: ActivityPolicy, work: Work) {
        self.name = name
        self.policy = policy
        self.work = work
    }
}

/// Time and attempts of an activity.
package struct ActivityPolicy: Sendable, Hashable {
    package var timeout: Duration = .seconds(12 * 3600)
    /// Attempts after the first.
    package var retries = 0
    package var interval: Duration = .seconds(30)
    /// Whether what it puts out is kept from logs and reports.
    package var concealsOutput = false
    package var concealsInput = false

    /// ADF's, where nothing is said.
    package static let standard = ActivityPolicy()
}

/// SQL to run.
package struct ScriptPlan: Sendable, Hashable {
    package struct Block: Sendable, Hashable {
        package let text: String
        /// Whether rows are put out.
        package let isQuery: Bool
    }

    package let store: StorePlan
    package let blocks: [Block]
    package let blockTimeout: Duration?
}

/// Files or objects to delete.
package struct DeletePlan: Sendable, Hashable {
    package let source: ObjectSourcePlan
    package let log: StorePlan?
    /// The name and the type of the dataset, for the output.
    package let datasetName: String
    package let datasetType: String
}

/// Activities to run for each of several items.
package struct ForEachPlan: Sendable, Hashable {
    package let items: [JSONNode.Content]
    /// How many are under way at a time.
    package let width: Int
}
