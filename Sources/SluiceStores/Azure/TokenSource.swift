package import SluiceCore
internal import Synchronization

/// Access tokens of Microsoft Entra for one application, by its secret; renewed before they end.
///
/// Source: Microsoft identity platform, "OAuth 2.0 client credentials flow"; RFC 6749, 4.4.
package final class TokenSource: Sendable {
    private let client: AzureClient
    private let exchange: any HTTPExchange
    private let current = Locked<Token?>(nil)
    /// When the next attempt to renew a token that still holds may be made.
    private let nextRenewal = Locked(Timestamp(nanoseconds: .min))
    /// Held while a token is asked for, so that one thread asks. Whoever waits for it could do nothing without a token.
    private let renewal = Mutex(())

    private struct Token: Sendable {
        let value: Secret
        let expiry: Timestamp
        let obtained: Timestamp
    }

    /// - Parameter exchange: reaches the client's authority.
    package init(client: AzureClient, exchange: any HTTPExchange) {
        self.client = client
        self.exchange = exchange
    }

    /// A token is renewed this long before it ends, as Microsoft's own libraries do.
    private static let margin: Int64 = 5 * 60
    /// No token is believed to hold longer: a day is the most that the directory gives.
    private static let longest: Int64 = 24 * 60 * 60
    /// How soon after a renewal that failed the next is tried, while the old token holds.
    private static let pause: Int64 = 30

    /// A token that holds for some time yet. Blocks while one is asked for.
    package func token(now: Timestamp) throws -> Secret {
        guard let held = current.withLock({ $0 }), held.expiry > now else {
            return try renewal.withLock { _ in try obtainUnlessHeld(now) }
        }
        guard held.expiry.seconds - now.seconds < TokenSource.margin else { return held.value }
        // It still holds: whoever finds nobody renewing it does so, and the others go on with it.
        return renewal.withLockIfAvailable { _ in renewEarly(held, now) } ?? held.value
    }

    /// Says that the service refused a token; true when another one may be let in.
    ///
    /// - Parameter attempt: how often the request was tried before.
    package func refuse(now: Timestamp, attempt: Int) -> Bool {
        current.withLock { token in
            // A token of the last minute is not refused for its age.
            guard let held = token, now.seconds - held.obtained.seconds > 60 else { return attempt == 0 }
            token = nil
            return true
        }
    }

    private func obtainUnlessHeld(_ now: Timestamp) throws -> Secret {
        if let held = current.withLock({ $0 }), held.expiry > now { return held.value }
        return try obtain(now)
    }

    private func renewEarly(_ held: Token, _ now: Timestamp) -> Secret {
        if let newer = current.withLock({ $0 }), newer.expiry > held.expiry { return newer.value }
        guard nextRenewal.withLock({ $0 }) <= now else { return held.value }
        do {
            return try obtain(now)
        } catch {
            // Not lost: when the old token has ended, the same request is made again and its error is told.
            nextRenewal.withLock { $0 = Timestamp(seconds: now.seconds + TokenSource.pause) }
            return held.value
        }
    }

    private func obtain(_ now: Timestamp) throws -> Secret {
        let response = try exchange.send(request, bodyLimit: .kibibytes(256))
        guard response.isSuccess else { throw refusal(response, now) }
        guard let fields = JSONFields(response.body), let text = fields["access_token"], !text.isEmpty,
            text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }), let lifetime = fields["expires_in"].flatMap(Int64.init),
            lifetime > 0
        else {
            throw StoreError(
                .unexpectedAnswer,
                what,
                cause: "the answer holds no token (HTTP \(response.status))",
                advice: "Check AZURE_AUTHORITY_HOST; a proxy or a sign-in page may have answered",
                status: response.status
            )
        }
        let value = Secret(text)
        let expiry = Timestamp(seconds: now.seconds + min(lifetime, TokenSource.longest))
        let token = Token(value: value, expiry: expiry, obtained: now)
        current.withLock { $0 = token }
        return value
    }

    private var what: String { "getting an access token from \(client.authority.origin)" }

    private var request: HTTPRequest {
        var address = client.authority
        address.path = "/\(client.tenant)/oauth2/v2.0/token"
        let form = [
            "grant_type=client_credentials",
            "client_id=\(PercentEncoding.encode(client.client))",
            "client_secret=\(PercentEncoding.encode(client.secret.value))",
            // Every cloud's Blob service is this audience.
            "scope=https%3A%2F%2Fstorage.azure.com%2F.default",
        ]
        let headers = [
            HTTPRequest.Header("content-type", "application/x-www-form-urlencoded"),
            HTTPRequest.Header("accept", "application/json"),
        ]
        return HTTPRequest(.post, address, headers: headers, body: .bytes(Array(form.joined(separator: "&").utf8)))
    }

    /// Source: Microsoft identity platform, "Microsoft Entra authentication and authorization error codes".
    private func refusal(_ response: HTTPResponse, _ now: Timestamp) -> StoreError {
        let fields = JSONFields(response.body)
        let words = ServiceFailure.words(fields?["error_description"] ?? "")
        let advice =
            switch words.split(separator: ":").first {
            case "AADSTS7000215": "Check AZURE_CLIENT_SECRET: it is the secret's value, not its identifier"
            case "AADSTS7000222": "The client's secret has expired: make a new one and set AZURE_CLIENT_SECRET"
            case "AADSTS700016": "Check AZURE_CLIENT_ID, and that the application is in this tenant"
            case "AADSTS90002", "AADSTS900023": "Check AZURE_TENANT_ID and AZURE_AUTHORITY_HOST"
            default: "Check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET"
            }
        let kind = ServiceFailure.kind(status: response.status)
        let isRetryable = kind == .transient || kind == .throttled
        let said = [fields?["error"].map(ServiceFailure.words), words].compactMap(\.self).filter { !$0.isEmpty }
        return StoreError(
            isRetryable ? kind : fields?["error"] == nil ? .unexpectedAnswer : .forbidden,
            what,
            cause: (said + ["HTTP \(response.status)"]).joined(separator: ": "),
            advice: isRetryable ? nil : advice,
            retryAfter: response.retryAfter(now: now),
            status: response.status
        )
    }
}
