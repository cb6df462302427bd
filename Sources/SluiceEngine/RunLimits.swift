internal import SluiceCore
internal import SluicePipeline
internal import SluiceStores

/// The rates that a run keeps to, shared by all its threads and connections.
struct RunLimits: Sendable {
    private let sent: ScheduledPace?
    private let received: ScheduledPace?
    let requests: ScheduledPace?
    /// How questions to stores are asked again.
    let retries: Retries

    init(_ specification: CopySpecification) {
        sent = specification.bandwidth.map { ScheduledPace(bytes: $0) }
        received = specification.bandwidth.map { ScheduledPace(bytes: $0) }
        retries = Retries(specification.retry.policy)
        requests = specification.requestsPerSecond.map { ScheduledPace(requestsPerSecond: $0) }
    }

    var transport: TransportLimits { TransportLimits(sent: sent, received: received, requests: requests) }

    /// From now on nothing is held back or asked again.
    func close() {
        for pace in [sent, received, requests] { pace?.close() }
        retries.end()
    }
}
