import SluiceCore
import SluiceStores
import SluiceTestSupport
import Testing

@testable import SluiceEngine

/// Addresses from which a database reads what was staged, read by curl, which has no credentials of its own.
@Suite(.serialized, .timeLimit(.minutes(30)))
struct SignedAddressTests {
    private static let signing = Stores.all.filter { $0 is S3Store || $0 is AzureStore }
    private static let minute = Duration.seconds(60)
    private let directory: TemporaryDirectory
    private let file: String

    init() throws {
        directory = try TemporaryDirectory()
        file = try directory.write("file", Array("a,b\n1,2\n".utf8))
    }

    /// - Parameter change: of the credentials.
    private func addresses(
        _ store: any StoreUnderTest,
        _ folder: String,
        _ change: (inout CopySpecification) -> Void = { _ in }
    ) throws -> StagedAddresses {
        var specification = try StoreContractTests.specification("/", store, folder)
        change(&specification)
        return try StagedAddresses(StoreFactory(specification), specification.sink)
    }

    private func authority(_ store: any StoreUnderTest) throws -> String {
        try #require(try StoreContractTests.specification("/", store, "").sinkConnection.caCertificate)
    }

    /// What a GET by curl is answered.
    private func get(_ address: String, _ store: any StoreUnderTest) throws -> (status: String, body: [UInt8]) {
        let body = directory.path + "/body"
        let authority = try authority(store)
        let result = try Command.run([
            "curl", "-sS", "--max-time", "60", "--cacert", authority, "-o", body, "-w", "%{http_code}", address,
        ])
        #expect(result.status == 0)
        let bytes = try Command.run(["cat", body]).output
        return (String(decoding: result.output, as: UTF8.self), bytes)
    }

    private static let content = Array("a,b\n1,2\n".utf8)

    /// The last character of the signature as another one of its kind.
    private func changed(_ credential: String) -> String {
        var text = Array(credential.utf8)
        // Azure's signature ends with the padding of base64, whose last four bits before it do not all count.
        let index = text.count - (credential.hasSuffix("%3D") ? 8 : 1)
        text[index] = text[index] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
        return String(decoding: text, as: UTF8.self)
    }

    @Test(
        "a signed address lets curl read the object, and with another signature or none it is refused",
        arguments: signing
    )
    func signed(_ store: any StoreUnderTest) throws {
        for name in ["part-0.csv", "deep/it's ä+b&c=d.csv"] {
            try store.put("signed/\(name)", file)
            let address = try addresses(store, "signed/").address(of: name, lifetime: Self.minute)
            let answer = try get(address.signed, store)
            #expect(answer.status == "200" && answer.body == Self.content)
            let credential = try #require(address.credential)
            let other = try get("\(address.address)?\(changed(credential))", store)
            #expect(other.status == "403" && other.body != Self.content)
            // Swift takes what is not signed for its own interface's.
            let bare = try get(address.address, store)
            #expect(["400", "401", "403"].contains(bare.status) && bare.body != Self.content)
        }
    }

    @Test("it is for one object, and for reading it", arguments: signing)
    func narrow(_ store: any StoreUnderTest) throws {
        for name in ["one", "other"] { try store.put("narrow/\(name)", file) }
        let addresses = try addresses(store, "narrow/")
        let (one, other) = try (
            addresses.address(of: "one", lifetime: Self.minute), addresses.address(of: "other", lifetime: Self.minute)
        )
        let credential = try #require(one.credential)
        #expect(try get("\(other.address)?\(credential)", store).status == "403")
        let authority = try authority(store)
        let removal = try Command.run(
            ["curl", "-sS", "--cacert", authority, "-o", "/dev/null", "-w", "%{http_code}", "-X", "DELETE", one.signed]
        )
        #expect(removal.output.elementsEqual("403".utf8))
        #expect(try store.index("narrow/").objects.count == 2)
    }

    @Test("an address ends with its lifetime", arguments: signing)
    func expired(_ store: any StoreUnderTest) throws {
        try store.put("expired/part", file)
        let address = try addresses(store, "expired/").address(of: "part", lifetime: .seconds(1))
        // Each question starts a program and takes 10 ms at least.
        for _ in 0..<3000 {
            let answer = try get(address.signed, store)
            guard answer.status == "200" else {
                #expect(answer.status == "403" && answer.body != Self.content)
                return
            }
        }
        Issue.record("an address that was to hold for a second still does")
    }

    @Test("an object that is not there, or may not be read, is told of before a database is asked", arguments: signing)
    func missing(_ store: any StoreUnderTest) throws {
        let absent = #expect(throws: StoreError.self) {
            try addresses(store, "missing/").address(of: "part", lifetime: Self.minute)
        }
        #expect(absent?.kind == .notFound)
        let refused = #expect(throws: StoreError.self) {
            try addresses(store, "missing/") { _ = store.spoil(&$0) }.address(of: "part", lifetime: Self.minute)
        }
        #expect(refused?.kind == .forbidden)
    }

    @Test(
        "an address is signed for the region that the service names",
        arguments: signing.filter { $0.testDescription == "s3-swift" }
    )
    func region(_ store: any StoreUnderTest) throws {
        try store.put("region/part", file)
        let addresses = try addresses(store, "region/") { $0.environment["AWS_REGION"] = "eu-west-9" }
        let wrong = try addresses.preview(of: "part", lifetime: Self.minute)
        #expect(try get(wrong.signed, store).status != "200")
        #expect(try get(addresses.address(of: "part", lifetime: Self.minute).signed, store).body == Self.content)
    }

    @Test("a SAS token is the credential itself", arguments: signing.filter { $0 is AzureStore })
    func token(_ store: any StoreUnderTest) throws {
        try store.put("token/part", file)
        let server = try Launcher.shared("azure")
        let reader = [
            Project.python, Project.root + "/Fixtures/readers/azure", server["endpoint"], server["ca"],
            server["container"],
        ]
        let made = try Command.run(["env", "AZURE_STORAGE_KEY=" + server["accountKey"]] + reader + ["sas", "r"])
        let addresses = try addresses(store, "token/") {
            $0.environment = ["AZURE_STORAGE_SAS_TOKEN": String(decoding: made.output, as: UTF8.self)]
        }
        let answer = try get(addresses.address(of: "part", lifetime: Self.minute).signed, store)
        #expect(answer.status == "200" && answer.body == Self.content)
    }

    @Test(
        "what plain HTTPS and directories hold is read at its bare address",
        arguments: Stores.all.filter { !($0 is S3Store || $0 is AzureStore) }
    )
    func bare(_ store: any StoreUnderTest) throws {
        let name = "it's ä (1)$x.csv"
        let folder = try TemporaryDirectory()
        _ = try folder.write(name, Self.content)
        #expect(
            try StoreContractTests.copy(StoreContractTests.specification(folder.path + "/", store, "bare/")).failures
                .isEmpty
        )
        let address = try addresses(store, "bare/").address(of: name, lifetime: Self.minute)
        #expect(address.credential == nil)
        guard store is NginxStore else {
            #expect(try Command.run(["cat", address.address]).output == Self.content)
            return
        }
        #expect(!address.address.contains("'"))
        #expect(try get(address.signed, store).body == Self.content)
    }
}
