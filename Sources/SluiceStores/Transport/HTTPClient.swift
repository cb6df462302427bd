internal import CCurl
package import SluiceCore
internal import Synchronization

/// Sends single requests and waits: listings, probes, properties, ranges, tokens. Handles, and with them their
/// connections, are kept for the next request.
package final class HTTPClient: HTTPExchange {
    private let settings: TransportSettings
    // A session is out of the list while a thread uses it.
    private let idle = Locked<[IdleSession]>([])
    private let hasAnswered = Atomic<Bool>(false)

    /// A session in nobody's hands.
    // @unchecked: taken from the list by one thread before it is used.
    private struct IdleSession: @unchecked Sendable {
        let session: CurlSession
    }

    package init(settings: TransportSettings) { self.settings = settings }

    package func send(_ request: HTTPRequest, bodyLimit: ByteCount) throws -> HTTPResponse {
        try exchange(request, receiver: nil, bodyLimit: bodyLimit)
    }

    /// Sends a request and hands the answer's body to `receiver` where the status is one of success; other bodies
    /// are kept up to 64 KiB.
    func exchange(
        _ request: HTTPRequest,
        receiver: (any DownloadBody)?,
        bodyLimit: ByteCount = .kibibytes(64)
    ) throws(StoreError) -> HTTPResponse {
        settings.limits.requests?.wait(for: 1)
        let session = if let kept = idle.withLock({ $0.popLast() }) { kept.session } else { try makeSession() }
        try session.prepare(request, body: nil, bodyLimit: bodyLimit, stallLimit: settings.stallLimit)
        session.setReceiver(receiver)
        let code = unsafe curl_easy_perform(session.handle)
        // Sessions outlive their requests, and receivers may not.
        session.setReceiver(nil)
        let response = try session.finish(code, to: request.address.origin)
        let kept = IdleSession(session: session)
        idle.withLock { $0.append(kept) }
        return response
    }

    /// What `body` brings by its requests, which are made again while their failures may pass: the longer once the other
    /// side has been reached.
    func retrying<Result>(_ body: () throws -> Result) throws -> Result {
        let result = try settings.retries(isFirst: !hasAnswered.load(ordering: .relaxed), body)
        hasAnswered.store(true, ordering: .relaxed)
        return result
    }

    private func makeSession() throws(StoreError) -> CurlSession {
        let pace = settings.limits.received
        // A piece that is held back is short, so that a slow line gives each connection something in time.
        let session = try CurlSession(settings, answerBuffer: pace == nil ? CurlSession.bulkBuffer : CurlSession.shortBuffer)
        session.inbound = pace
        // This thread is in libcurl's hands, maybe for as long as it takes to connect to a host that is gone.
        try session.watch { [retries = settings.retries] in retries.hasEnded }
        return session
    }
}
