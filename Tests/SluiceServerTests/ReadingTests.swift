import SluiceCore
import SluiceEngine
import SluiceStores
import SluiceTestSupport
import Testing

/// What blob stores say of their objects, and what they refuse.
@Suite(.serialized, .timeLimit(.minutes(30)))
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

    private func source(
        _ store: any StoreUnderTest,
        _ name: String,
        isSpoiled: Bool = false,
        proxy: Launcher? = nil
    ) throws -> BlobSource {
        try StoreAccess(store, name, isSpoiled: isSpoiled, proxy: proxy).source(name)
    }

    private func sink(_ store: any StoreUnderTest, isSpoiled: Bool) throws -> BlobSink {
        try StoreAccess(store, "", isSpoiled: isSpoiled).sink()
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

    @Test(
        "a folder that Azure keeps as a blob is neither listed nor opened",
        arguments: stores.filter { $0 is AzureStore }
    )
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

    /// The ways in which a store is known to say a digest.
    private static let checking = stores.filter { ["azure", "s3-seaweedfs"].contains($0.testDescription) }

    @Test(
        "a byte that is damaged on the way down is read again, and told when it stays so",
        arguments: checking,
        [1, 9]
    )
    func damagedReads(_ store: any StoreUnderTest, _ times: Int) throws {
        let prefix = "damaged-read-\(times)/"
        let folder = try TemporaryDirectory()
        _ = try folder.write("object", Array("content".utf8))
        #expect(
            try StoreContractTests.copy(StoreContractTests.specification(folder.path, store, prefix)).failures.isEmpty
        )
        let access = try StoreAccess(store, prefix)
        let upstream = try #require(access.options.endpoint).description
        let authority = try #require(access.options.caCertificate)
        let faults = ["--match", "GET .*/object", "--times", "\(times)", "--corrupt-response-byte", "3"]
        let proxy = try Launcher("faults", ["--https", "--upstream", upstream, "--upstream-ca", authority] + faults)
        let source = try source(store, prefix + "object", proxy: proxy)
        let object = try source.open(SourceItem(name: "object", size: nil))
        var bytes = [UInt8](repeating: 0, count: 100)
        func read() throws -> Int { try bytes.withUnsafeMutableBytes { try object.read(at: 0, into: $0) } }
        if times == 1 {
            #expect(try read() == 7)
            #expect(bytes.prefix(7).elementsEqual("content".utf8))
        } else {
            let error = #expect(throws: StoreError.self) { _ = try read() }
            #expect(error?.kind == .integrity)
        }
    }

    @Test("an object of parts says the CRC of the whole", arguments: checking.filter { $0 is S3Store })
    func storedChecksums(_ store: any StoreUnderTest) throws {
        let folder = try TemporaryDirectory()
        _ = try folder.write("object", [UInt8](repeating: 7, count: (6 << 20) + 1))
        var specification = try StoreContractTests.specification(folder.path, store, "stored/")
        specification.blockSize = .mebibytes(5)
        #expect(try StoreContractTests.copy(specification).failures.isEmpty)
        let source = try source(store, "stored/object")
        let object = try source.open(SourceItem(name: "object", size: nil))
        // By a program of ten lines that gives the check value of CRC-64/NVME.
        #expect(try object.storedChecksum?.hex == "3416cea1189d6cc1")
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
