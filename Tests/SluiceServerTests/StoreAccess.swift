import SluiceCore
import SluiceEngine
import SluiceStores
import Testing

/// What reaches a store, with credentials that it takes or refuses.
struct StoreAccess {
    private let store: any StoreUnderTest
    let options: ConnectionOptions
    private let environment: CredentialEnvironment
    private let client: HTTPClient
    private let location: Location

    init(_ store: any StoreUnderTest, _ name: String, isSpoiled: Bool = false, proxy: Launcher? = nil) throws {
        var specification = try StoreContractTests.specification("/", store, name)
        if isSpoiled { #expect(store.spoil(&specification)) }
        if let proxy {
            specification.sinkConnection.endpoint = try HTTPAddress(parsing: proxy["endpoint"])
            specification.sinkConnection.caCertificate = proxy["ca"]
        }
        self.store = store
        options = specification.sinkConnection
        environment = CredentialEnvironment(role: .sink, variables: specification.environment)
        client = HTTPClient(settings: TransportSettings(options: options))
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
        return BlobSink(dialect: dialect, settings: TransportSettings(options: options), client: client)
    }
}
