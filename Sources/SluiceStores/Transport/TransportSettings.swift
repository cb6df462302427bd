internal import CCurl
internal import Glibc
package import SluiceCore

/// What all connections of a run share. Bodies count, of requests and of answers; nil sets no limit.
package struct TransportLimits: Sendable {
    /// Bytes sent.
    package var sent: (any Pace)?
    /// Bytes received: most lines carry as much in one direction whatever goes in the other.
    package var received: (any Pace)?
    /// Requests started.
    package var requests: (any Pace)?

    package init(sent: (any Pace)? = nil, received: (any Pace)? = nil, requests: (any Pace)? = nil) {
        self.sent = sent
        self.received = received
        self.requests = requests
    }
}

/// What every connection to one location is set up with.
package struct TransportSettings: Sendable {
    package var options: ConnectionOptions
    /// `USER:PASSWORD` for the proxy.
    package var proxyCredentials: Secret?
    package var connectTimeout: Duration = .seconds(30)
    /// How long nothing may move, in either direction, before an attempt is given up.
    package var stallLimit: Duration { options.stallLimit }
    /// The same for a commit, which a service may work on for minutes without a byte.
    package var commitStallLimit: Duration = .seconds(600)
    package var limits = TransportLimits()
    /// How questions are asked again; what is moved has attempts of its own.
    package var retries = Retries()

    package init(options: ConnectionOptions, proxyCredentials: Secret? = nil) {
        self.options = options
        self.proxyCredentials = proxyCredentials
    }

    func apply(to session: CurlSession) throws(StoreError) {
        // TLS 1.2 and later; verification is libcurl's default, and nothing here takes it back.
        try session.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        try session.set(CURLOPT_SSL_VERIFYPEER, 1)
        try session.set(CURLOPT_SSL_VERIFYHOST, 2)
        try session.set(CURLOPT_PROXY_SSL_VERIFYPEER, 1)
        if let file = options.caCertificate {
            try session.setString(CURLOPT_CAINFO, file)
            try session.setString(CURLOPT_PROXY_CAINFO, file)
            // Instead of the system's, not beside it.
            try session.setString(CURLOPT_CAPATH, nil)
        }
        if let file = options.clientCertificate { try session.setString(CURLOPT_SSLCERT, file) }
        if let file = options.clientKey { try session.setString(CURLOPT_SSLKEY, file) }
        if let pin = options.pin { try session.setString(CURLOPT_PINNEDPUBLICKEY, "sha256//" + Base64.encode(pin)) }
        try applyProxy(to: session)
    }

    private func applyProxy(to session: CurlSession) throws(StoreError) {
        switch options.proxy {
        case .system:
            // libcurl looks for them at every request, one name after the other.
            if !TransportSettings.hasProxyVariable { try setNoProxy(session) }
        case .none: try setNoProxy(session)
        case .address(let address):
            try session.setString(CURLOPT_PROXY, address)
            try session.setString(CURLOPT_NOPROXY, "")
        }
        if options.proxy != .none, let proxyCredentials {
            try session.setString(CURLOPT_PROXYUSERPWD, proxyCredentials.value)
        }
    }

    private func setNoProxy(_ session: CurlSession) throws(StoreError) {
        try session.setString(CURLOPT_PROXY, "")
        // Else `no_proxy` is looked for all the same.
        try session.setString(CURLOPT_NOPROXY, "")
    }

    /// Whether the environment names a proxy by a variable that libcurl heeds (CURLOPT_PROXY(3)).
    private static var hasProxyVariable: Bool {
        let names = ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        return names.contains { name in unsafe getenv(name) != nil }
    }
}
