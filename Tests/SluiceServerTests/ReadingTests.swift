import SluiceCore
import SluiceEngine
import SluiceStores
import SluiceTestSupport
import Testing

/// What blob stores say of their objects, and what they refuse.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct ReadingTests {
    private static let stores = Stores.all.filter { $0 is AzureStore || $0 is S3Store }
    private let directory: TemporaryDirectory
    private let file: String
    private let empty: String

    init() throws {
        directory = try TemporaryDirectory()
        file = try directory.write("file", Array("content".utf8))
        empty = try directory.write("empty", [])
    }

    /// What reaches a store, with credentials that it takes or refuses.
    private struct Access {
        let options: ConnectionOptions
        let environment: CredentialEnvironment
        let client: HTTPClient
        let location: Location

        init(_ store: any StoreUnderTest, _ name: String, isSpoiled: Bool = false) throws {
            var specification = try StoreContractTests.specification("/", store, name)
            if isSpoiled { #expect(store.spoil(&specification)) }
            options = specification.sinkConnection
            environment = CredentialEnvironment(role: .sink, variables: specification.environment)
            client = HTTPClient(settings: TransportSettings(options: options))
            location = specification.sink
        }
    }

    private func source(_ store: any StoreUnderTest, _ name: String, isSpoiled: Bool = false) throws -> BlobSource {
        let access = try Access(store, name, isSpoiled: isSpoiled)
        let dialect: any BlobReadDialect =
            store is AzureStore
            ? try AzureReadDialect.make(
                location: access.location,
                options: access.options,
                environment: access.environment,
                exchange: access.client
            )
            : try S3ReadDialect.make(location: access.location, options: access.options, environment: access.environment)
        return try BlobSource(dialect: dialect, client: access.client, name: name)
    }

    private func sink(_ store: any StoreUnderTest, isSpoiled: Bool) throws -> BlobSink {
        let access = try Access(store, "", isSpoiled: isSpoiled)
        let dialect: any BlobDialect =
            store is AzureStore
            ? try AzureDialect.make(
                location: access.location,
                options: access.options,
                environment: access.environment,
                exchange: access.client
            )
            : try S3Dialect.make(location: access.location, options: access.options, environment: access.environment)
        return BlobSink(dialect: dialect, settings: TransportSettings(options: access.options), client: access.client)
    }

    private func names(_ source: BlobSource) throws -> [String] {
        var names: [String] = []
        try source.list { entry in
            if case .item(let item) = entry { names.append(item.name) }
        }
        return names
    }

    @Test("an object comes with all that is kept beside its bytes", arguments: stores)
    func metadata(_ store: any StoreUnderTest) throws {
        let properties = [
            "content-type=text/csv", "content-language=de", "content-disposition=attachment", "cache-control=no-cache",
            "purpose=a test",
        ]
        try store.put("metadata/object", file, properties)
        let source = try source(store, "metadata/object")
        let metadata = try source.open(SourceItem(name: "object", size: nil)).metadata
        #expect(metadata.contentType == "text/csv")
        #expect(metadata.user == ["purpose": "a test"])
        // Of S3's headers, Swift's s3api and JuiceFS drop one or the other.
        guard !["s3-swift", "s3-juicefs"].contains(store.testDescription) else { return }
        #expect(metadata.contentLanguage == "de")
        #expect(metadata.contentDisposition == "attachment")
        #expect(metadata.cacheControl == "no-cache")
    }

    @Test("a folder that Azure keeps as a blob is neither listed nor opened", arguments: stores.filter { $0 is AzureStore })
    func folders(_ store: any StoreUnderTest) throws {
        try store.put("folders/dir", empty, ["hdi_isfolder=true"])
        try store.put("folders/dir/file", file)
        #expect(try names(source(store, "folders/")) == ["dir/file"])
        let folder = try source(store, "folders/dir")
        #expect(!folder.isSingleObject)
        #expect(try names(folder) == ["file"])
        let error = #expect(throws: StoreError.self) {
            try source(store, "folders/").open(SourceItem(name: "dir", size: 0))
        }
        #expect(error?.kind == .notFound)
        #expect(error?.description.contains("is a folder") == true)
    }

    @Test("a refusal of HEAD is told in the service's own words", arguments: stores)
    func refusedProperties(_ store: any StoreUnderTest) throws {
        let error = #expect(throws: StoreError.self) { try source(store, "refused/object", isSpoiled: true) }
        #expect(error?.kind == .forbidden)
        #expect(error?.cause?.hasPrefix(store is AzureStore ? "AuthenticationFailed" : "SignatureDoesNotMatch") == true)
    }

    @Test("a removal that is refused is told in the service's own words", arguments: stores)
    func refusedRemoval(_ store: any StoreUnderTest) throws {
        try store.put("removal/object", file)
        let error = #expect(throws: StoreError.self) { try sink(store, isSpoiled: true).remove(name: "removal/object") }
        #expect(error?.kind == .forbidden)
        #expect(error?.what.hasPrefix("removing \"removal/object\" from ") == true)
        #expect(error?.cause?.hasPrefix(store is AzureStore ? "AuthenticationFailed" : "SignatureDoesNotMatch") == true)
        #expect(try sink(store, isSpoiled: false).remove(name: "removal/object"))
        #expect(try store.index("removal/").objects.isEmpty)
    }
}
