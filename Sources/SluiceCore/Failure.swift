/// What kind of thing went wrong: it decides the retry, the exit code and what the item's outcome is called.
package enum FailureKind: String, Sendable, CaseIterable {
    /// The command line, a document or the configuration is wrong.
    case usage
    /// The object, bucket, container or file does not exist.
    case notFound
    /// The credentials are missing, wrong, expired or do not allow this.
    case forbidden
    /// A precondition did not hold: something stands there already, or it changed in between.
    case precondition
    /// The connection broke or the service failed in a way that another attempt can mend.
    case transient
    /// The service asks for fewer requests (429, 503).
    case throttled
    /// Bytes differ from what their checksum says.
    case integrity
    /// The source shrank, grew or was rewritten while it was read.
    case sourceChanged
    /// The source was there when it was listed and is gone now.
    case sourceVanished
    /// The store can't hold an object of this name.
    case invalidName
    /// The object does not fit the store's limits.
    case tooLarge
    /// No space is left where the bytes go.
    case noSpace
    /// The TLS handshake or the peer's certificate was refused.
    case insecure
    /// The other side answers, but is not the service it should be.
    case unexpectedAnswer
    /// The run was cancelled before this was done.
    case cancelled
    /// Reading or writing a local file failed.
    case inputOutput
}

/// An error that a person can act on. Every module throws its own type; all of them can be told as one sentence.
package protocol Failure: Error, Sendable, CustomStringConvertible {
    /// What kind of thing went wrong.
    var kind: FailureKind { get }
    /// What failed and on what, as a clause that starts with a lower-case verb or noun: no full stop.
    var what: String { get }
    /// Why: the call and code, or the service's own words.
    var cause: String? { get }
    /// What the user can do about it.
    var advice: String? { get }
    /// How long the service asks us to wait before the next attempt.
    var retryAfter: Duration? { get }
    /// Whether there was no line: no connection could be made, or nothing moved on one.
    var isOutage: Bool { get }
}

extension Failure {
    package var retryAfter: Duration? { nil }
    package var isOutage: Bool { false }

    /// Whether another attempt at the same request can succeed.
    package var isRetryable: Bool { kind == .transient || kind == .throttled }

    /// One sentence: what failed, why, and what to do.
    package var description: String {
        var sentence = what
        if let cause { sentence += ": " + cause }
        if let advice { sentence += ". " + advice }
        return sentence
    }
}

/// A cancelled run: thrown where a wait is given up.
package struct Cancelled: Failure {
    package init() {}
    package var kind: FailureKind { .cancelled }
    package var what: String { "the run was cancelled" }
    package var cause: String? { nil }
    package var advice: String? { nil }
}

/// Any error as a `Failure`; one that is not ours keeps its own words.
package func failure(from error: any Error) -> any Failure {
    (error as? any Failure) ?? ForeignFailure(what: String(describing: error))
}

/// An error thrown by something that is not Sluice's.
private struct ForeignFailure: Failure {
    let what: String
    var kind: FailureKind { .inputOutput }
    var cause: String? { nil }
    var advice: String? { nil }
}
