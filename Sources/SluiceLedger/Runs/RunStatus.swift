/// How far a run has come.
package enum RunStatus: String, Sendable, CaseIterable {
    /// A process is at it.
    case running
    /// It was ended by a signal, or its process died.
    case interrupted
    case failed
    /// It went to its end, and some items failed or were skipped.
    case partial
    case succeeded

    /// Whether there is anything left to go on with.
    package var isResumable: Bool { self != .running && self != .succeeded }
}
