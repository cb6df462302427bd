import SluiceCore
import SluiceEngine
import SluiceStores
import Testing

/// What reaches a store, with credentials that it takes or refuses.
struct StoreAccess {
    private let store: any StoreUnderTest
    let options: ConnectionOptions
    private let environment: CredentialEnvironment
    private let settings: TransportSettings
    private let client: HTTPClient
    private let location: Location

    /// - Parameters:
    ///   - proxy: answers in the store's place.
    ///   - line: a port at which the store is reached, too.
    init(
        _ store: any StoreUnderTest,
        _ name: String,
        isSpoiled: Bool = false,
        proxy: Launcher? = nil,
        line: Int? = nil,
        retries: Retries = Retries()
    ) throws {
        var specification = try StoreContractTests.specification("/", store, name)
        if isSpoiled { #expect(store.spoil(&specification)) }
        if let proxy {
            specification.sinkConnection.endpoint = try HTTPAddress(parsing: proxy["endpoint"])
            specification.sinkConnection.caCertificate = proxy["ca"]
        }
        if let line { specification.sinkConnection.endpoint?.port = line }
        self.store = store
        options = specification.sinkConnection
        environment = CredentialEnvironment(role: .sink, variables: specification.environment)
        var settings = TransportSettings(options: options)
        settings.retries = retries
        self.settings = settings
        client = HTTPClient(settings: settings)
        location = specification.sink
    }

    /// - Parameter name: the location's name in the store.
    func source(_ name: String) throws -> BlobSource {
        let dialect: any BlobReadDialect =
            store is AzureStore
            ? try AzureReadDialect.make(
                location: location,
                options: options,
                environment: environment,
                exchange: client
            )
            : try S3ReadDialect.make(location: location, options: options, environment: environment)
        return try BlobSource(dialect: dialect, client: client, name: name)
    }

    func sink() throws -> BlobSink {
        let dialect: any BlobDialect =
            store is AzureStore
            ? try AzureDialect.make(
                location: location,
                options: options,
                environment: environment,
                exchange: client
            )
            : try S3Dialect.make(location: location, options: options, environment: environment)
        return BlobSink(dialect: dialect, settings: settings, client: client)
    }
}
