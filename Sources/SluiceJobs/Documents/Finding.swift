package import SluiceCore

/// Something in a document that is wrong, or that changes nothing.
package struct Finding: Sendable, Hashable {
    package enum Severity: String, Sendable, Hashable {
        /// The document can't be run.
        case error
        /// It is taken, and has no effect.
        case note
    }

    package var severity = Severity.error
    /// The document's file.
    package let file: String
    package let path: JSONPath
    package let place: JSONPlace
    /// What is wrong: a clause without a full stop.
    package let sentence: String

    init(_ sentence: String, _ file: String, _ path: JSONPath, _ place: JSONPlace, severity: Severity = .error) {
        self.severity = severity
        self.file = file
        self.path = path
        self.place = place
        self.sentence = sentence
    }
}

extension Finding: CustomStringConvertible {
    /// `job.json:12:5: $.properties.activities[0].type: there is no …`
    package var description: String { "\(file):\(place.line):\(place.column): \(path): \(sentence)" }
}

extension Finding: Comparable {
    /// In the order of files and their lines.
    package static func < (left: Finding, right: Finding) -> Bool {
        (left.file, left.place, left.sentence) < (right.file, right.place, right.sentence)
    }
}

/// Why a job can't be run: all that was found in its documents.
package struct JobError: Failure {
    package let findings: [Finding]

    package var kind: FailureKind { .usage }
    package var what: String { findings.map(\.description).joined(separator: "\n") }
    package var cause: String? { nil }
    package var advice: String? { nil }

    init(_ findings: [Finding]) { self.findings = findings.filter { $0.severity == .error }.sorted() }
}
