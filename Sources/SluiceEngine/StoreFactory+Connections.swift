internal import SluiceCore
internal import SluicePipeline
internal import SluiceStores

/// How stores behind HTTP are reached: credentials, settings, dialects.
extension StoreFactory {
    func readDialect(
        _ target: StoreTarget,
        _ role: StoreRole,
        _ connection: ConnectionOptions,
        of location: Location
    ) throws -> any BlobReadDialect {
        switch target.kind {
        case .http(let base):
            try requireEncryption(base, connection)
            return HTTPReadDialect(
                base: base,
                authorization: try credentials(role).httpAuthorization(),
                others: connection.headers
            )
        case .s3:
            return try S3ReadDialect.make(location: location, options: connection, environment: credentials(role))
        case .azure:
            return try AzureReadDialect.make(
                location: location,
                options: connection,
                environment: credentials(role),
                exchange: tokenExchange(connection)
            )
        case .file, .standardStream:
            preconditionFailure("only stores behind HTTP have a dialect")
        }
    }

    func credentials(_ role: StoreRole) -> CredentialEnvironment {
        CredentialEnvironment(role: role, variables: specification.environment, read: CredentialEnvironment.readFile)
    }

    /// Reaches the directory that gives out tokens: through the same proxy, but pin and client certificate are the
    /// store's own.
    func tokenExchange(_ connection: ConnectionOptions) -> HTTPClient {
        var own = connection
        own.pin = nil
        own.clientCertificate = nil
        own.clientKey = nil
        return HTTPClient(settings: settings(own))
    }

    func settings(_ connection: ConnectionOptions) -> TransportSettings {
        let proxy = specification.environment["SLUICE_PROXY_USERPWD"].map { Secret($0) }
        var settings = TransportSettings(options: connection, proxyCredentials: proxy)
        settings.limits = limits.transport
        settings.retries = limits.retries
        return settings
    }

    /// Bytes that come over a connection are held back there.
    var localPace: (any Pace)? {
        switch specification.source {
        case .file, .standardStream: limits.transport.sent
        case .http, .s3, .azure, .odbc: nil
        }
    }

    func requireEncryption(_ address: HTTPAddress, _ connection: ConnectionOptions) throws {
        guard address.isEncrypted || address.isLoopback || connection.allowsPlaintext else {
            throw CopyError(
                .usage,
                "\(address.origin) is not encrypted",
                advice: "Write https://, or --allow-plaintext if the line is yours alone"
            )
        }
    }
}
