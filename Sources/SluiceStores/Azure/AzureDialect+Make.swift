package import SluiceCore

extension AzureService {
    /// The service that a location, its options and the environment lead to.
    static func make(
        location: Location,
        options: ConnectionOptions,
        environment: CredentialEnvironment,
        exchange: any HTTPExchange
    ) throws -> (service: AzureService, name: String) {
        guard case .azure(let account, let container, let name) = location else {
            preconditionFailure("only an az:// location is Azure's")
        }
        let access = try environment.azureAccess(account: account)
        let address = try AzureEndpoint.container(
            container,
            account: account,
            endpoint: options.endpoint,
            complete: access.endpoint
        )
        let isPlain = !address.isEncrypted && !address.isLoopback
        guard !isPlain || options.allowsPlaintext else {
            throw StoreError(
                .usage,
                "the endpoint \(address.origin) is not encrypted",
                advice: "Use https://, or allow it with --allow-plaintext"
            )
        }
        let authorization = Authorization(access.credential, account: account, exchange: exchange)
        guard !isPlain || !authorization.isSent else {
            throw StoreError(
                .usage,
                "the endpoint \(address.origin) is not encrypted, and a token would be seen on the way",
                advice: "Use https://, or AZURE_STORAGE_KEY, which is not sent"
            )
        }
        let service = AzureService(
            location: location,
            container: address,
            authorization: authorization,
            origin: access.origin
        )
        return (service, name)
    }
}

extension AzureService.Authorization {
    fileprivate init(_ credential: AzureCredential, account: String, exchange: any HTTPExchange) {
        switch credential {
        case .sharedKey(let key): self = .sharedKey(SharedKeySigner(account: account, key: key))
        case .sharedAccessSignature(let signature): self = .sharedAccessSignature(signature)
        case .client(let client): self = .token(TokenSource(client: client, exchange: exchange))
        case .anonymous: self = .anonymous
        }
    }

    /// Whether whoever sees a request could make others with what is in it.
    fileprivate var isSent: Bool {
        switch self {
        case .token, .sharedAccessSignature: true
        case .sharedKey, .anonymous: false
        }
    }
}

extension AzureDialect {
    /// The sink that a location, its options and the environment lead to.
    ///
    /// - Parameters:
    ///   - location: an `az://` location.
    ///   - options: `endpoint` wins over a connection string's.
    ///   - environment: where the credential comes from.
    ///   - exchange: reaches the directory that gives out access tokens; used from several threads.
    /// - Throws: a `Failure` of kind `.usage` when they don't fit together or credentials are half given.
    package static func make(
        location: Location,
        options: ConnectionOptions,
        environment: CredentialEnvironment,
        exchange: any HTTPExchange
    ) throws -> AzureDialect {
        let (service, _) = try AzureService.make(
            location: location,
            options: options,
            environment: environment,
            exchange: exchange
        )
        return AzureDialect(service: service)
    }
}

extension AzureReadDialect {
    /// The source that a location, its options and the environment lead to; see `AzureDialect.make`.
    package static func make(
        location: Location,
        options: ConnectionOptions,
        environment: CredentialEnvironment,
        exchange: any HTTPExchange
    ) throws -> AzureReadDialect {
        let (service, name) = try AzureService.make(
            location: location,
            options: options,
            environment: environment,
            exchange: exchange
        )
        return AzureReadDialect(service: service, name: name)
    }
}
