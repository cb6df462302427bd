internal import SluiceCore

/// What a Script activity puts out.
package struct ScriptOutput: Sendable {
    /// The rows of one query: each has a name and a value for each column.
    package var resultSets: [[JSONNode]] = []
    /// Rows that statements have changed; nil where none told.
    package var recordsAffected: Int?
    /// Whether rows were left out, because there were too many.
    package var isTruncated = false
    package var runtime: String
    package var seconds: Double

    package init(runtime: String, seconds: Double) {
        self.runtime = runtime
        self.seconds = seconds
    }

    package var node: JSONNode {
        let sets = resultSets.map { rows in JSONNode.object([("rowCount", .number(rows.count)), ("rows", .list(rows))])
        }
        return .object(
            [("resultSetCount", .number(sets.count))]
                + (recordsAffected.map { [("recordsAffected", .number($0))] } ?? [])
                + [
                    ("resultSets", .list(sets)), ("outputParameters", .object([])), ("outputLogs", .string("")),
                    ("outputTruncated", JSONNode(.boolean(isTruncated))),
                    ("effectiveIntegrationRuntime", .string(runtime)),
                    ("executionDuration", .decimal(seconds)),
                ]
        )
    }
}

/// What a Delete activity puts out.
package struct DeleteOutput: Sendable {
    package var plan: DeletePlan
    package var filesDeleted: Int
    /// The address of its log.
    package var logFile: String?
    package var runtime: String
    package var seconds: Double

    package init(_ plan: DeletePlan, filesDeleted: Int, runtime: String, seconds: Double) {
        self.plan = plan
        self.filesDeleted = filesDeleted
        self.runtime = runtime
        self.seconds = seconds
    }

    package var node: JSONNode {
        let selection = plan.source.selection
        var fields: [(String, JSONNode)] = [
            ("datasetName", .string(plan.datasetName)), ("type", .string(plan.datasetType)),
            ("path", .string(plan.source.store.location.description)),
            ("recursive", JSONNode(.boolean(selection.recursive))),
            ("isWildcardUsed", JSONNode(.boolean(!selection.includes.isEmpty))),
        ]
        if let connections = plan.source.connections {
            fields.append(("maxConcurrentConnections", .number(connections)))
        }
        fields.append(("filesDeleted", .number(filesDeleted)))
        if let logFile { fields.append(("logPath", .string(logFile))) }
        fields += [("effectiveIntegrationRuntime", .string(runtime)), ("executionDuration", .decimal(seconds))]
        return .object(fields)
    }
}
