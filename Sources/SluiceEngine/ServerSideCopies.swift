internal import SluiceCore

/// Whether the sink's service copies the source's objects by itself, as far as it is known by now: one that refuses the
/// first is not asked again, and what it refuses goes through this machine.
final class ServerSideCopies: Sendable {
    private struct State: Sendable {
        var hasCopied = false
        var isOff = false
        var note: String?
    }

    private let state = Locked(State())
    private let sink: Location

    init(sink: Location) { self.sink = sink }

    /// Whether the next object is to be copied by the service.
    var isOn: Bool { state.withLock { !$0.isOff } }

    /// What the user should know.
    var notes: [String] { state.withLock { $0.note.map { [$0] } ?? [] } }

    /// The service has copied something.
    func confirm() { state.withLock { $0.hasCopied = true } }

    /// The service has refused to copy something; or it is not asked to, because of what one object is.
    func refuse(_ failure: any Failure, isOfService: Bool) {
        state.withLock { state in
            if isOfService, !state.hasCopied { state.isOff = true }
            guard state.note == nil else { return }
            let what = state.isOff ? "objects" : "some objects"
            state.note =
                "\(sink): \(what) went through this machine, because the service does not copy them by itself: \(failure.cause ?? failure.what)"
        }
    }

    /// Whether another way can succeed where the service's own has failed for good: what stands at the sink, and a source
    /// that has changed, would be in its way too.
    static func canGoThroughUs(_ failure: any Failure) -> Bool {
        switch failure.kind {
        case .precondition, .sourceChanged, .sourceVanished, .cancelled, .integrity, .insecure: false
        default: !failure.isRetryable
        }
    }
}

/// A copy that the service has refused: its object goes through this machine.
struct CopyRefused: Failure {
    let refusal: any Failure

    // No kind that another attempt of the same could mend: what had begun is taken back.
    var kind: FailureKind { .unexpectedAnswer }
    var what: String { refusal.what }
    var cause: String? { refusal.cause }
    var advice: String? { refusal.advice }
}
