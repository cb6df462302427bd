package import SluiceCore

/// What a job's run puts out: the pipeline's run and those of its activities, each as ADF's monitor has them.
package struct JobOutput: Sendable {
    package enum Status: String, Sendable {
        case succeeded = "Succeeded"
        case failed = "Failed"
        case cancelled = "Cancelled"
    }

    package var name: String
    package var runIdentifier: String
    package var status: Status
    package var start: Timestamp
    package var end: Timestamp
    /// Without those whose type is SecureString.
    package var parameters: [String: JSONNode.Content] = [:]
    package var activities: [ActivityOutput] = []

    package init(name: String, runIdentifier: String, status: Status, start: Timestamp, end: Timestamp) {
        self.name = name
        self.runIdentifier = runIdentifier
        self.status = status
        self.start = start
        self.end = end
    }

    /// As indented JSON with a line end.
    package var json: String {
        JSONNode.object([
            ("pipelineName", .string(name)), ("runId", .string(runIdentifier)), ("status", .string(status.rawValue)),
            ("runStart", .moment(start)), ("runEnd", .moment(end)), ("durationInMs", .milliseconds(start, end)),
            ("parameters", .object(parameters.sorted { $0.key < $1.key }.map { ($0.key, JSONNode($0.value)) })),
            ("activities", .list(activities.map(\.node))),
        ]).indentedJSON
    }
}

/// What came of one activity; of those in a ForEach there is one for each item.
package struct ActivityOutput: Sendable {
    package enum Status: String, Sendable {
        case succeeded = "Succeeded"
        case failed = "Failed"
        case cancelled = "Cancelled"
        case skipped = "Skipped"
        case inactive = "Inactive"
    }

    package var name: String
    package var kind: JobActivity.Kind
    package var status: Status
    package var start: Timestamp
    package var end: Timestamp
    /// Attempts before the last one.
    package var retries = 0
    /// Which of a ForEach's items it was, from 0 on.
    package var item: Int?
    /// Nil where there is none, and where the policy conceals it.
    package var output: JSONNode?
    package var failure: (any Failure)?

    package init(_ name: String, _ kind: JobActivity.Kind, _ status: Status, start: Timestamp, end: Timestamp) {
        self.name = name
        self.kind = kind
        self.status = status
        self.start = start
        self.end = end
    }

    var node: JSONNode {
        var fields: [(String, JSONNode)] = [
            ("activityName", .string(name)), ("activityType", .string(kind.rawValue)),
            ("status", .string(status.rawValue)),
            ("activityRunStart", .moment(start)), ("activityRunEnd", .moment(end)),
            ("durationInMs", .milliseconds(start, end)),
            ("retryAttempt", .number(retries)),
        ]
        if let item { fields.append(("item", .number(item))) }
        fields.append(("output", output ?? .object([])))
        if let failure { fields.append(("error", ActivityOutput.error(failure, name))) }
        return .object(fields)
    }

    private static func error(_ failure: any Failure, _ name: String) -> JSONNode {
        // ADF knows errors of the user, which another attempt does not mend, and others.
        let isSystem = [.transient, .throttled, .noSpace, .inputOutput, .unexpectedAnswer].contains(failure.kind)
        return .object([
            ("errorCode", .string(failure.kind.rawValue)), ("message", .string(failure.description)),
            ("failureType", .string(isSystem ? "SystemError" : "UserError")), ("target", .string(name)),
        ])
    }
}

extension JSONNode {
    fileprivate static func moment(_ time: Timestamp) -> JSONNode { .string(TimeFormat.standard.text(time)) }

    fileprivate static func milliseconds(_ start: Timestamp, _ end: Timestamp) -> JSONNode {
        .number(Int((end.nanoseconds - start.nanoseconds) / 1_000_000))
    }
}
