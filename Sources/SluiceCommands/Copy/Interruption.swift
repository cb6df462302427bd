internal import Glibc
internal import SluiceCore

/// A signal that ended a run.
struct Interruption: Failure, Equatable {
    let signal: Int32

    var kind: FailureKind { .cancelled }
    var what: String { "interrupted by \(name)" }
    var cause: String? { nil }
    var advice: String? =
        "What was copied whole stays, and nothing half-written stands in its place; run the copy again to go on"

    private var name: String {
        switch signal {
        case SIGINT: "SIGINT"
        case SIGTERM: "SIGTERM"
        case SIGHUP: "SIGHUP"
        default: "signal \(signal)"
        }
    }
}
