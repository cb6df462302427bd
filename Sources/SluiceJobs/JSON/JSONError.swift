package import SluiceCore

/// Why bytes are no JSON document, and where.
package struct JSONError: Failure {
    /// What is wrong, without its place.
    package let reason: String
    package let place: JSONPlace
    /// The value that was being read.
    package let path: JSONPath
    package let advice: String?

    package var kind: FailureKind { .usage }
    package var what: String { "line \(place.line), column \(place.column): \(reason)" }
    package var cause: String? { nil }

    init(_ reason: String, _ place: JSONPlace, _ path: JSONPath, advice: String? = nil) {
        self.reason = reason
        self.place = place
        self.path = path
        self.advice = advice
    }
}
